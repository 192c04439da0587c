"""Whole sweeps with real brokers, workers and trainers; anything may be killed."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from abp.runs.config import TrainConfig
from abp.sweep.directory import SweepDirectory
from abp.system.broker import EmbeddedBroker

# Trainers import torch first, on a machine that may have better things to do.
pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]

LONG = 512 * 100


def events(trial):
    path = trial.path / "events.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def starts(trial):
    return [event for event in events(trial) if event["type"] == "started"]


def checkpoints(trial):
    return [event for event in events(trial) if event["type"] == "checkpoint"]


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def working_in(directory):
    """The processes whose working directory is ``directory`` or below: all that a sweep starts."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if link.readlink().is_relative_to(directory):
                found.append(int(link.parent.name))
    return found


@pytest.fixture
def abp_sweep(tmp_path):
    """Starts ``abp sweep`` in ``tmp_path``/sweep with the words given; it is ended with the test."""
    commands = []

    def start(*words):
        env = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        command = [sys.executable, "-m", "abp.cli", "sweep", "--dir", tmp_path / "sweep", "--episodes", 4, *words]
        process = subprocess.Popen(
            [str(word) for word in command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        commands.append(process)
        return process

    yield start
    for process in commands:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks processes up in /proc")
def test_a_killed_worker_and_ctrl_c_cost_nothing_but_time(abp_sweep, tmp_path, write_config, write_space, wait_until):
    directory = SweepDirectory(tmp_path / "sweep")
    trial = directory.trial(0)
    words = [
        *("--config", write_config(total_env_steps=LONG), "--trials", 1),
        *("--space", write_space({"learning_rate": {"low": 1e-4, "high": 1e-2}})),
    ]
    command = abp_sweep(*words)
    wait_until(lambda: checkpoints(trial))
    os.kill(parent_of(starts(trial)[0]["pid"]), signal.SIGKILL)
    wait_until(lambda: len(starts(trial)) == 2)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate()
    assert (command.returncode, err) == (0, "")
    assert "worker-1 ended with signal SIGKILL and was started again" in out
    assert "trial 0: its worker is gone; it goes on with another" in out
    assert "0 of 1 trials have ended" in out
    assert "the same command goes on" in out
    assert working_in(directory.path) == []
    assert trial.result() is None
    assert events(trial)[-1]["reason"] == "stopped"

    command = abp_sweep(*words)
    out, err = command.communicate()
    assert (command.returncode, err) == (0, "")
    assert "trial 0 complete: credits " in out
    assert working_in(directory.path) == []
    assert [start["resumed_from"] is None for start in starts(trial)] == [True, False, False]
    assert events(trial)[-1]["reason"] == "completed"
    results = json.loads((directory.path / "results.json").read_text())
    best = TrainConfig.model_validate_json((directory.path / "best-config.json").read_text())
    assert results["best"] == 0
    assert best.learning_rate == results["trials"][0]["params"]["learning_rate"]
    assert best.name == "tiny"
    assert results["trials"][0]["evaluation"]["episodes"] == 4


@pytest.fixture
def broker(tmp_path, wait_until):
    broker = EmbeddedBroker.new()
    with subprocess.Popen(broker.command(tmp_path), stdout=subprocess.DEVNULL) as process:
        wait_until(broker.answers)
        yield broker
        process.terminate()


@pytest.fixture
def worker(broker, tmp_path):
    """A Celery worker that somebody started, as the documentation says."""
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "abp.sweep.app", "worker", "--concurrency", "2"],
            env={**os.environ, "REDIS_URL": broker.url},
            cwd=tmp_path,
            stdout=log,
            stderr=log,
        )
        yield process
        process.terminate()
        assert process.wait(60) == 0


def test_workers_elsewhere_save_and_wait_when_the_command_is_killed(
    abp_sweep, tmp_path, write_config, write_space, wait_until, broker, worker
):
    directory = SweepDirectory(tmp_path / "sweep")
    trial = directory.trial(0)
    space = {"num_minibatches": {"choices": [2, 3]}, "ent_coef": {"low": 0.001, "high": 0.1, "log": True}}
    words = [
        *("--config", write_config(total_env_steps=LONG // 2, seed=2), "--trials", 3, "--workers", 2),
        *("--space", write_space(space), "--broker", broker.url, "--json"),
    ]
    command = abp_sweep(*words)
    wait_until(lambda: checkpoints(trial))
    command.kill()
    command.communicate()
    wait_until(lambda: not any(directory.trial(number).claimed() for number in range(3)))
    assert events(trial)[-1]["reason"] == "stopped"
    assert worker.poll() is None

    command = abp_sweep(*words)
    out, err = command.communicate()
    assert command.returncode == 0
    assert err == f"3 of 3 trials have ended, in {directory.path}\n"
    lines = [json.loads(line) for line in out.splitlines()]
    results = json.loads((directory.path / "results.json").read_text())["trials"]
    by_number = {line.pop("trial"): line for line in lines}
    assert len(starts(trial)) == 2
    for result in results:
        refused = result["params"]["num_minibatches"] == 3
        assert result["outcome"] == ("refused" if refused else "complete")
        if refused:
            assert result["reason"] == "num_minibatches is 3, must divide num_envs * num_steps = 128"
        elif result["trial"] in by_number:
            assert by_number[result["trial"]]["value"] == result["evaluation"]["credits_mean"]
    assert {result["outcome"] for result in results} == {"refused", "complete"}
