"""A disk that is full ends the run with a line that says so, and costs nothing that was saved."""

import json
import os
import resource
import shutil
import subprocess
import sys

import pytest
import torch

from abp.runs import checkpoint_names
from abp.runs.config import TrainConfig
from abp.train import checkpoint

# Several trainers in a row, each of which imports torch first.
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

CONFIG = {
    "num_envs": 8,
    "num_steps": 16,
    "window_env_steps": 512,
    "total_env_steps": 4096,
    "checkpoint_every_windows": 1,
    "num_minibatches": 2,
    "hidden_size": 16,
    "time_max": 60.0,
    "anneal_lr": False,
}
"""Eight windows; a checkpoint is a quarter of a megabyte."""

MOUNTED = """
mount -t tmpfs -o size="$SIZE" none "$DISK"
"$@"
code=$?
if [ -n "$FILL" ]; then
    cat /dev/zero > "$DISK/filling" 2> /dev/null
    "$@" --resume --total-env-steps 8192
    code=$?
fi
cp -r "$DISK/run" "$SEEN"
echo "$code" > "$SEEN/code"
rm -f "$DISK/filling"
mount -o remount,size=16m none "$DISK"
"$@" --resume --total-env-steps 8192 && cp -r "$DISK/run" "$SEEN/resumed"
"""
"""Trains on a disk of SIZE bytes at DISK (filled up after a first run if FILL), copies what is there to SEEN; then
makes room, goes on, and copies that too. In a mount namespace of its own, which ends with it."""


def can_mount():
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def command(tmp_path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(CONFIG))
    return [sys.executable, "-m", "abp.train", "--config", str(config), "--run-dir"]


def events(path, kind):
    lines = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [event for event in lines if event["type"] == kind]


def assert_nothing_saved_is_lost(path):
    """Every checkpoint that was told is there and whole, and every replay; nothing is left of what had no room."""
    told = {event["path"] for event in events(path, "checkpoint")}
    gone = {event["path"] for event in events(path, "checkpoint_removed")}
    there = {f"checkpoints/{file.name}" for file in (path / "checkpoints").iterdir()}
    assert there == told - gone
    for name in there:
        checkpoint.load(path / name)
    assert len(list((path / "replays").iterdir())) >= len({e["path"] for e in events(path, "replay")})


@pytest.fixture(scope="module")
def straight(train, tmp_path_factory):
    """The run where there is room: its last checkpoint."""
    path = tmp_path_factory.mktemp("straight")
    train(TrainConfig(**{**CONFIG, "total_env_steps": 8192}), path)
    return newest(path)


def newest(path):
    return checkpoint.load(checkpoint_names.in_order(path / "checkpoints")[0])


def assert_same_weights(state, expected):
    for name, weights in expected["learner"]["policy"].items():
        assert torch.equal(weights, state["learner"]["policy"][name]), name


@pytest.mark.skipif(not can_mount(), reason="no right to mount a small disk here")
@pytest.mark.parametrize(("size", "fill"), [("700k", ""), ("16m", "yes")], ids=["a part fits", "not a byte fits"])
def test_on_a_full_disk_the_run_ends_and_goes_on_when_there_is_room(size, fill, command, straight, tmp_path):
    disk, seen = tmp_path / "disk", tmp_path / "seen"
    disk.mkdir()
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh"]
    done = subprocess.run(
        [*inside, *command, str(disk / "run")],
        capture_output=True,
        text=True,
        env={**os.environ, "SIZE": size, "FILL": fill, "DISK": str(disk), "SEEN": str(seen)},
    )
    assert (seen / "code").read_text() == "1\n", done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"abp train: there is no room left in {disk}/run (No space left on device)" in done.stderr
    assert "make room and go on with --resume" in done.stderr
    assert_nothing_saved_is_lost(seen)
    assert newest(seen)["learner"]["env_steps"] >= 512
    assert done.returncode == 0
    assert_nothing_saved_is_lost(seen / "resumed")
    assert_same_weights(newest(seen / "resumed"), straight)


@pytest.mark.parametrize("limit", [3000, 100_000], ids=["an event does not fit", "a checkpoint does not fit"])
def test_a_limit_on_file_sizes_is_such_a_disk(limit, command, train, tmp_path):
    run_dir = tmp_path / "run"
    done = subprocess.run(
        [*command, str(run_dir)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)),
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"there is no room left in {run_dir} (File too large)" in done.stderr
    assert_nothing_saved_is_lost(run_dir)
    assert events(run_dir, "window")
    run, reason = train(TrainConfig(**CONFIG), run_dir, resume=True)
    assert (reason, run.learner.env_steps) == ("completed", CONFIG["total_env_steps"])
