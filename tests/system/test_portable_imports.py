"""Environments, players and the trainer import where an operating system has no POSIX modules."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
import abp, abp.envs.env, abp.envs.vector, abp.episodes.replay
import abp.players.bots, abp.players.policy
import abp.runs.launch, abp.runs.directory
import abp.train.command, abp.train.run
try:
    import fcntl
except ImportError:
    print("imported without fcntl")
"""


@pytest.mark.slow
def test_environments_players_and_trainer_import_without_posix_modules():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "imported without fcntl\n", done.stderr
