"""Every program of examples/ runs as its first lines say, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

ARGUMENTS = {
    "ppo.py": ["--total-env-steps=600", "--window-env-steps=256", "--num-envs=8", "--num-steps=16", "--time-max=40"],
}
"""What makes each short."""


def run(name):
    """What the program printed, line by line."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *ARGUMENTS[name]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_program_is_run_here():
    assert set(ARGUMENTS) == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.slow
def test_ppo_prints_a_line_for_each_window():
    windows = [json.loads(line) for line in run("ppo.py")]
    assert [window["env_steps_total"] for window in windows] == [256, 512, 768]
    assert {"credits_mean", "reward_mean", "policy_loss", "value_loss", "entropy"} <= set(windows[0])
    assert all(window["entropy"] > 0 for window in windows)


def test_ppo_is_short_enough_to_be_read():
    assert len((EXAMPLES / "ppo.py").read_text().splitlines()) <= 200
