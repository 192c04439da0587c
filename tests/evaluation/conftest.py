"""A policy that has learned nothing, saved as the trainer saves one."""

import pytest
import torch

from abp.players.network import Policy
from abp.runs.config import TrainConfig
from abp.train import checkpoint


@pytest.fixture
def save_policy():
    """Saves a policy of ``hidden_size`` 8 in ``run_dir``/checkpoints after ``windows`` windows; returns its path."""

    def save(run_dir, *, windows=1, seed=0, logbook=True):
        directory = run_dir / "checkpoints"
        directory.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(seed)
        config = TrainConfig(hidden_size=8, logbook=logbook)
        policy = Policy(8, config.inputs)
        with torch.no_grad():
            policy.actor.bias[68] = -1e4
        state = {
            "config": config.model_dump(),
            "learner": {"policy": policy.state_dict(), "env_steps": windows * 1000},
        }
        return checkpoint.save(directory, state, windows=windows, steps_into_window=0).path

    return save


@pytest.fixture
def run_dir(tmp_path, save_policy):
    """A run's directory with two checkpoints."""
    save_policy(tmp_path / "run", windows=1, seed=1)
    save_policy(tmp_path / "run", windows=2, seed=2)
    return tmp_path / "run"
