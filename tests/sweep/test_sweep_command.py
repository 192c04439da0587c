"""``abp sweep`` with arguments that can't be used: a line that says why, before anything starts."""

import json
import socket
from contextlib import closing

import pytest

from abp import cli
from abp.sweep.directory import SweepDirectory
from abp.system.lock import FileLock, held


@pytest.fixture
def sweep(capsys, tmp_path, monkeypatch):
    """Runs ``abp sweep`` in ``tmp_path``/sweep with the words given; returns exit code, stdout, stderr."""
    monkeypatch.delenv("REDIS_URL", raising=False)

    def call(*words):
        code = cli.main(["sweep", "--dir", str(tmp_path / "sweep"), *(str(word) for word in words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def unused_port():
    """A port of loopback on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--trials", 0], "--trials is 0; allowed: 1 to 100,000"),
        (["--workers", 0], "--workers is 0; allowed: 1 to 1,024"),
        (["--episodes", 0], "--episodes is 0; allowed: 1 to 1,000,000"),
        (["--seed-base", -1], "--seed-base is -1; allowed: 0 to 9,007,199,254,740,991"),
        (["--broker", "amqp://x"], "--broker is amqp:...; allowed: redis://... or rediss://..."),
        (["--seed", -1], "config field seed: Input should be greater than or equal to 0 (got -1)"),
        (["--space", "{tmp}/none.json"], "--space {tmp}/none.json can't be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(sweep, tmp_path, words, message):
    code, out, err = sweep(*(str(word).format(tmp=tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert err == f"abp sweep: {message.format(tmp=tmp_path)}\n"
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"gamma": 1', "is not JSON"),
        ('{"gamma": {"low": 0.9, "high": 2}}', "gamma.high: Input should be less than or equal to 1 (got 2)"),
    ],
)
def test_a_bad_space_is_one_line_and_exit_code_2(sweep, tmp_path, text, message):
    (tmp_path / "space.json").write_text(text)
    code, _, err = sweep("--space", tmp_path / "space.json")
    assert code == 2
    assert err.startswith(f"abp sweep: --space {tmp_path}/space.json")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "sweep").exists()


def test_a_broker_that_does_not_answer_is_named_without_its_password(sweep, unused_port):
    code, _, err = sweep("--broker", f"redis://:secret@127.0.0.1:{unused_port}/0")
    assert code == 1
    assert err.startswith(f"abp sweep: no broker answers at redis://:**@127.0.0.1:{unused_port}/0: ")
    assert "secret" not in err
    assert err.count("\n") == 1


def test_a_sweep_does_not_change_while_it_goes_on(sweep, tmp_path, unused_port):
    broker = ("--broker", f"redis://127.0.0.1:{unused_port}/0")
    assert sweep(*broker)[0] == 1
    code, _, err = sweep(*broker, "--objective", "survival_rate", "--preset", "quick")
    assert code == 2
    assert f"{tmp_path}/sweep holds a sweep with another config.name, config.total_env_steps, " in err
    assert "objective; go on with the arguments that began it (sweep.json), or name another directory" in err
    code, _, err = sweep(*broker, "--trials", 3, "--workers", 2)
    assert (code, "no broker answers" in err) == (1, True)


def test_a_directory_serves_one_command_at_a_time(sweep, tmp_path):
    directory = SweepDirectory(tmp_path / "sweep")
    directory.path.mkdir()
    with closing(FileLock(directory.lock)) as lock:
        assert lock.take(timeout=0)
        assert held(directory.lock)
        code, _, err = sweep()
    assert code == 1
    assert err == f"abp sweep: {tmp_path}/sweep is in use by another `abp sweep`; stop it first\n"
    assert not held(directory.lock)


def test_a_damaged_sweep_is_a_line(sweep, tmp_path):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "sweep.json").write_text(json.dumps({"objective": "credits"}))
    code, _, err = sweep()
    assert code == 1
    assert err == f"abp sweep: {tmp_path}/sweep/sweep.json can't be read; name another directory\n"


def test_a_damaged_study_is_a_line(sweep, tmp_path):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "study.db").write_bytes(b"nonsense" * 100)
    code, _, err = sweep()
    assert code == 1
    assert err == f"abp sweep: {tmp_path}/sweep/study.db can't be opened (DatabaseError); name another --dir\n"


def test_missing_packages_are_named_with_the_remedy(sweep, monkeypatch):
    find_spec = cli.find_spec
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == "optuna" else find_spec(name))
    code, _, err = sweep()
    assert code == 2
    assert err == 'abp sweep: optuna missing; install with: pip install "asteroid-belt-prospector[sweep]"\n'
