"""``abp train`` as a process: arguments, exit codes, signals, kills, and an orphaned trainer."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch

from abp import cli
from abp.runs import checkpoint_names
from abp.runs.config import TrainConfig
from abp.runs.directory import RunDirectory
from abp.train import checkpoint
from abp.train.run import Run

SLOW = {
    "num_envs": 8,
    "num_steps": 16,
    "window_env_steps": 512,
    "total_env_steps": 10**9,
    "checkpoint_every_windows": 1,
    "num_minibatches": 2,
    "hidden_size": 16,
    "time_max": 60.0,
    "anneal_lr": False,
}
"""Would go on for hours, with a window every few dozen milliseconds."""

DEADLINE = 120.0


def events(run_dir):
    path = run_dir / "events.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def wait_until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def windows(run_dir):
    return [event["window"] for event in events(run_dir) if event["type"] == "window"]


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(SLOW))
    return path


@pytest.fixture
def run_dir(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def start(config, run_dir):
    """Starts ``python -m abp.train`` on the slow config; what still runs at the end is killed."""
    processes = []

    def popen(*arguments, wrap=()):
        command = [sys.executable, "-m", "abp.train", "--config", str(config), "--run-dir", str(run_dir)]
        process = subprocess.Popen(
            [*wrap, *command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield popen
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()
    for event in events(run_dir):
        if processes and event["type"] == "started" and event["pid"] != os.getpid() and alive(event["pid"]):
            os.kill(event["pid"], signal.SIGKILL)


@pytest.mark.slow
def test_a_signal_saves_and_ends_well(start, run_dir):
    process = start("--json", "--token", "7")
    wait_until(lambda: windows(run_dir))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, err
    last = events(run_dir)[-1]
    assert (last["type"], last["reason"], last["token"]) == ("finished", "stopped", 7)
    furthest = checkpoint.load(checkpoint_names.in_order(run_dir / "checkpoints")[0])
    assert furthest["learner"]["env_steps"] == last["env_steps_total"]
    assert [json.loads(line) for line in out.splitlines()] == windows(run_dir)


@pytest.mark.slow
def test_a_killed_run_resumes_and_ends_in_the_same_weights(start, run_dir, config, tmp_path):
    process = start()
    wait_until(lambda: len(windows(run_dir)) >= 3)
    process.kill()
    process.wait()
    before = len(windows(run_dir))
    total = str(512 * (before + 3))
    resume = ["train", "--run-dir", str(run_dir), "--resume", "--total-env-steps", total]
    assert cli.main(resume) == 0
    straight = ["train", "--config", str(config), "--run-dir", str(run_dir) + "2", "--total-env-steps", total]
    assert cli.main(straight) == 0
    states = [
        checkpoint.load(checkpoint_names.in_order(path / "checkpoints")[0])
        for path in (run_dir, run_dir.with_name("run2"))
    ]
    assert [state["learner"]["env_steps"] for state in states] == [int(total)] * 2
    for name, weights in states[0]["learner"]["policy"].items():
        assert torch.equal(weights, states[1]["learner"]["policy"][name]), name
    ids = [row["window_id"] for row in windows(run_dir)]
    assert sorted(set(ids)) == list(range(1, before + 4))
    seqs = [event["seq"] for event in events(run_dir)]
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.slow
def test_a_supervised_trainer_stops_when_its_parent_dies(start, run_dir):
    # The parent is a shell that waits for the trainer.
    parent = start("--supervised", wrap=("sh", "-c", '"$@" & wait', "sh"))
    wait_until(lambda: windows(run_dir))
    trainer = events(run_dir)[0]["pid"]
    assert trainer != parent.pid
    parent.kill()
    wait_until(lambda: events(run_dir)[-1]["type"] == "finished")
    assert events(run_dir)[-1]["reason"] == "stopped"
    wait_until(lambda: not alive(trainer))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def run(*arguments):
    return cli.main(["train", *map(str, arguments)])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"gamma": 2}', "config field gamma: Input should be less than or equal to 1 (got 2)"),
        ('{"speed": 1}', "config field speed: Extra inputs are not permitted"),
        ('{"window_env_steps": 7}', "config: window_env_steps is 7, must be a multiple of"),
        ('{"seed": 1', "is not JSON"),
        ("[1, 2]", "must be a JSON object"),
        ('{"time_max": NaN}', "config field time_max"),
    ],
)
def test_a_bad_config_is_one_line_and_exit_code_2(content, message, config, run_dir, capsys):
    config.write_text(content)
    assert run("--config", config, "--run-dir", run_dir) == 2
    error = capsys.readouterr().err
    assert error.startswith("abp train: ")
    assert message in error
    assert error.count("\n") == 1
    assert not run_dir.exists()


@pytest.mark.parametrize("field", TrainConfig.model_fields)
def test_each_field_that_is_wrong_is_named_in_that_line(field, config, run_dir, capsys):
    config.write_text(json.dumps({field: [-1]}))
    assert run("--config", config, "--run-dir", run_dir) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(rf"abp train: config field {field}: Input should be .* \(got \[-1\]\)\n", error)
    assert not run_dir.exists()


def test_bad_arguments_are_one_line_and_exit_code_2(tmp_path, capsys):
    for arguments, message in [
        (["--config", tmp_path / "none.json"], "can't be read: No such file"),
        (["--resume"], "--resume needs --run-dir"),
        (["--resume", "--run-dir", tmp_path / "none"], "config.json can't be read"),
        (["--seed", "-1", "--run-dir", tmp_path / "none"], "config field seed"),
    ]:
        assert run(*arguments) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


@pytest.mark.slow
def test_a_used_directory_is_not_overwritten(run_dir, config, capsys):
    arguments = ["--config", config, "--run-dir", run_dir, "--total-env-steps", 512]
    assert run(*arguments) == 0
    out = capsys.readouterr().out
    assert "window 1 | 512 steps | " in out
    assert "completed after 512 steps" in out
    before = (run_dir / "events.jsonl").read_bytes()
    assert run(*arguments) == 2
    assert "already holds a run; add --resume" in capsys.readouterr().err
    assert (run_dir / "events.jsonl").read_bytes() == before


def test_a_directory_in_use_is_refused(run_dir, config, capsys):
    directory = RunDirectory(run_dir)
    directory.take()
    assert run("--config", config, "--run-dir", run_dir) == 1
    assert "is in use by another trainer; stop it first" in capsys.readouterr().err
    directory.close()


def test_another_config_on_resume_is_exit_code_2(run_dir, config, capsys):
    assert run("--config", config, "--run-dir", run_dir, "--total-env-steps", 512) == 0
    assert run("--run-dir", run_dir, "--resume", "--seed", 5) == 2
    assert "trained with another seed" in capsys.readouterr().err
    assert events(run_dir)[-1]["type"] == "failed"


def test_a_failure_is_told_in_the_events_the_log_and_a_line(run_dir, config, capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "_record_replay", lambda self, window: (_ for _ in ()).throw(OSError(28, "No space left")))
        assert run("--config", config, "--run-dir", run_dir) == 1
    error = capsys.readouterr().err
    assert "No space left" in error
    assert error.count("\n") == 1
    failed = events(run_dir)[-1]
    assert failed["type"] == "failed"
    assert "No space left" in failed["error"]
    assert "Traceback" in failed["detail"]
    assert "Traceback" in (run_dir / "trainer.log").read_text()


@pytest.fixture
def in_first_window(monkeypatch):
    """Has something happen while the first window is trained in this process."""

    def when(action):
        original = Run._close_window

        def close(self):
            action()
            return original(self)

        monkeypatch.setattr(Run, "_close_window", close)

    return when


def test_ctrl_c_saves_and_ends_well(run_dir, config, in_first_window):
    in_first_window(lambda: os.kill(os.getpid(), signal.SIGINT))
    assert run("--config", config, "--run-dir", run_dir) == 0
    assert [event["type"] for event in events(run_dir)][-2:] == ["checkpoint", "finished"]
    assert events(run_dir)[-1]["reason"] == "stopped"
    assert len(windows(run_dir)) == 1


def test_the_stop_flag_stops_once(run_dir, config, in_first_window):
    in_first_window((run_dir / "stop").touch)
    assert run("--config", config, "--run-dir", run_dir) == 0
    assert events(run_dir)[-1]["reason"] == "stopped"
    assert not (run_dir / "stop").exists()
    assert run("--config", config, "--run-dir", run_dir, "--resume") == 0
    assert len(windows(run_dir)) == 2


def test_signals_are_given_back(run_dir, config):
    before = signal.getsignal(signal.SIGTERM)
    assert run("--config", config, "--run-dir", run_dir, "--total-env-steps", 512) == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_doctor_names_versions_backends_and_the_cpu(capsys):
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    for part in ("abp 0", "rules 1", "backend native: ok, on ", "backend reference: ok", "cpu features:", "torch 2"):
        assert part in out
