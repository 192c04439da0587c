"""``abp profile``: one object with the speed, what the time goes to, and a baseline's speed from the same run."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from abp.profiling.comparison import Baseline, BaselineError
from abp.runs.config import TrainConfig

SMALL = {"num_envs": 64, "num_steps": 16, "window_env_steps": 1024, "num_minibatches": 2, "hidden_size": 16}


def profile(tmp_path, *arguments):
    config = tmp_path / "small.json"
    config.write_text(json.dumps(SMALL))
    return subprocess.run(
        [sys.executable, "-m", "abp.cli", "profile", "--config", str(config), "--rounds", "1", *arguments],
        capture_output=True,
        text=True,
        timeout=150,
    )


@pytest.mark.slow
def test_it_measures_itself_and_pufferl_in_turns(tmp_path):
    done = profile(tmp_path, "--against", "pufferl", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert list(result) == ["sps", "breakdown", "pufferl_sps", "pufferl_ratio", "rounds", "config"]
    assert result["sps"] > 0
    assert result["pufferl_sps"] > 0
    shares = result["breakdown"]
    assert list(shares) == ["env", "inference", "learning", "other"]
    assert all(0 <= share < 1 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1, abs=0.001)
    assert result["config"]["num_envs"] == 64


def test_stable_baselines_is_measured_where_it_is_installed(tmp_path):
    done = profile(tmp_path, "--against", "sb3")
    if find_spec("stable_baselines3"):
        assert "sb3" in done.stdout.splitlines()[1]
    else:
        assert done.returncode == 2
        assert "needs stable_baselines3; install with" in done.stderr


@pytest.mark.slow
def test_a_baseline_that_ends_says_why():
    # PuffeRL refuses a minibatch that cuts its segments of num_steps.
    with (
        Baseline("pufferl", TrainConfig(num_envs=4, num_steps=6, window_env_steps=24, num_minibatches=8)) as baseline,
        pytest.raises(BaselineError, match=r"pufferl ended: .*minibatch_size"),
    ):
        baseline.iterate()


def test_wrong_rounds_are_refused_by_name(tmp_path):
    done = profile(tmp_path, "--rounds", "0")
    assert done.returncode == 2
    assert "--rounds is 0, must be from 1 to 1000" in done.stderr
