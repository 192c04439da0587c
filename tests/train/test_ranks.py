"""Training with torchrun in two processes: the numbers of one process, and one fate for both."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from abp.runs import checkpoint_names
from abp.runs.config import TrainConfig
from abp.train import checkpoint
from abp.train.run import UsageError

# Each starts torch several times over, on a machine that may do other work.
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

CHANGES = {"precision": "float32", "update_epochs": 2}
ENDLESS = 10**9
DEADLINE = 240.0

TIMING = (
    "wall_time_s", "steps_per_second", "env_time_s", "inference_time_s", "learning_time_s", "other_time_s",
)  # fmt: skip


@pytest.fixture(scope="module")
def start():
    """Starts torchrun with two processes of a trainer, over loopback; what still runs at the end is stopped."""
    processes = []

    def popen(path, *arguments):
        torchrun = [Path(sys.executable).with_name("torchrun"), "--nproc-per-node", 2, "--local-addr", "127.0.0.1"]
        rendezvous = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
        process = subprocess.Popen(
            list(map(str, [*torchrun, *rendezvous, "-m", "abp.train", "--run-dir", path, *arguments])),
            env={**os.environ, "GLOO_SOCKET_IFNAME": "lo"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield popen
    for process in processes:
        if process.poll() is None:
            # Not killed: it has trainers to end.
            process.terminate()
            process.communicate()


def ended(process):
    """Exit code, stdout and stderr."""
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


def events(path, kind=None):
    file = path / "events.jsonl"
    told = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [event for event in told if kind in (None, event["type"])]


def windows(path):
    rows = [event["window"] for event in events(path, "window")]
    return [{name: value for name, value in row.items() if name not in TIMING} for row in rows]


def learner(path):
    return checkpoint.load(checkpoint_names.in_order(path / "checkpoints")[0])["learner"]


def wait_for_a_window(path, *, after, process):
    end = time.monotonic() + DEADLINE
    while len(windows(path)) <= after:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def other_trainer(process, path):
    """The trainer of ``process`` that doesn't have the run."""
    first = events(path, "started")[-1]["pid"]
    children = map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
    (other,) = (pid for pid in children if pid != first)
    return other


@pytest.fixture(scope="module")
def config(tiny, tmp_path_factory):
    """A file for two processes of a thread each."""
    path = tmp_path_factory.mktemp("ranks") / "config.json"
    path.write_text(json.dumps({**tiny.model_dump(), **CHANGES, "num_threads": 1}))
    return path


@pytest.fixture(scope="module")
def together(config, start):
    """The directory of a run of both processes to its end."""
    path = config.parent / "together"
    code, out, err = ended(start(path, "--config", config, "--json"))
    assert code == 0, err
    assert [json.loads(line)["window_id"] for line in out.splitlines()] == [1, 2, 3, 4, 5], "one process reports"
    return path


def test_two_processes_learn_what_one_learns_with_the_threads_of_both(together, train, tiny, tmp_path):
    _, reason = train(TrainConfig(**{**tiny.model_dump(), **CHANGES, "num_threads": 2}), tmp_path)
    assert reason == "completed"
    alone, both = learner(tmp_path), learner(together)
    for name, weights in alone["policy"].items():
        torch.testing.assert_close(both["policy"][name], weights, rtol=1e-6, atol=1e-7)
    assert len(both["workers"]) == len(alone["workers"]) == 2
    for row, expected in zip(windows(together), windows(tmp_path), strict=True):
        assert row == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert [e["type"] for e in events(together)] == [e["type"] for e in events(tmp_path)]


def test_two_processes_that_go_on_from_a_checkpoint_end_in_the_same_bits(together, start, tmp_path):
    path = tmp_path / "again"
    shutil.copytree(together, path)
    for later in ("window-000004.pt", "window-000005.pt"):
        (path / "checkpoints" / later).unlink()
    code, _, err = ended(start(path, "--resume"))
    assert code == 0, err
    assert events(path, "started")[-1]["resumed_from"] == "checkpoints/window-000002.pt"
    expected, found = learner(together), learner(path)
    for name, weights in expected["policy"].items():
        assert torch.equal(found["policy"][name], weights), name
    assert windows(path) == windows(together) + windows(together)[2:]


def test_all_processes_stop_when_one_is_asked_to_and_end_when_one_dies(config, start, train, tmp_path):
    process = start(tmp_path, "--config", config, "--total-env-steps", ENDLESS)
    wait_for_a_window(tmp_path, after=0, process=process)
    os.kill(other_trainer(process, tmp_path), signal.SIGTERM)
    code, _, err = ended(process)
    assert code == 0, err
    last = events(tmp_path)[-1]
    assert (last["type"], last["reason"]) == ("finished", "stopped")
    assert learner(tmp_path)["env_steps"] == last["env_steps_total"]

    process = start(tmp_path, "--resume")
    wait_for_a_window(tmp_path, after=len(windows(tmp_path)), process=process)
    os.kill(other_trainer(process, tmp_path), signal.SIGKILL)
    code, _, err = ended(process)
    assert code != 0
    assert "abp train: LostTouchError: process 0 of 2 lost touch with the others: " in err
    assert events(tmp_path)[-1]["type"] == "failed"

    alone = TrainConfig(**{**json.loads(config.read_text()), "total_env_steps": ENDLESS})
    with pytest.raises(UsageError, match="was trained by 2 threads in all, these are 1 processes of 1"):
        train(alone, tmp_path, resume=True)


def test_a_config_for_fewer_processes_ends_all_before_anything_is_written(config, start, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({**json.loads(config.read_text()), "num_envs": 1, "num_steps": 128}))
    code, _, err = ended(start(tmp_path / "run", "--config", bad))
    assert code != 0
    assert "abp train: config field num_envs: 1 are too few for 2 processes" in err
    assert not (tmp_path / "run").exists()
