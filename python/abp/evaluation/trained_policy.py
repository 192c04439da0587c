"""The policy that a checkpoint of the trainer holds. Needs the ``train`` extra (torch)."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abp.players.network import Policy
from abp.runs.checkpoint_names import in_order
from abp.runs.config import TrainConfig
from abp.runs.directory import RunDirectory
from abp.train import checkpoint
from abp.train.checkpoint import CheckpointError


@dataclass(frozen=True)
class LoadedPolicy:
    """A policy and where it comes from."""

    policy: Policy
    path: Path
    sha256: str
    env_steps_total: int


def newest_checkpoint(run_dir: Path) -> Path:
    """The checkpoint of a run that got furthest. Raises CheckpointError if there is none."""
    if not run_dir.is_dir():
        raise CheckpointError(f"there is no run directory {run_dir}; name one that `abp train --run-dir` has made")
    paths = in_order(RunDirectory(run_dir).checkpoints)
    if not paths:
        raise CheckpointError(f"{run_dir} has no checkpoint yet; train longer, or stop the run once: that saves one")
    return paths[0]


def load_policy(path: Path) -> LoadedPolicy:
    """Read the policy of a checkpoint, weights only. Raises CheckpointError, in a line that says what to do."""
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}; name a file of a run's checkpoints/")
    try:
        state = checkpoint.load(path)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; take another checkpoint") from error
    try:
        return LoadedPolicy(
            policy=_policy(state),
            path=path,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            env_steps_total=int(state["learner"]["env_steps"]),
        )
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"{path.name} holds no policy that this version knows ({type(error).__name__}); "
            f"use the version that trained it, or take another checkpoint"
        ) from error


def _policy(state: dict[str, Any]) -> Policy:
    config = TrainConfig.model_validate(state["config"])
    policy = Policy(config.hidden_size, config.inputs)
    policy.load_state_dict(state["learner"]["policy"])
    return policy
