"""The supervisor in this process, with trainers that are a few lines of Python."""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from abp.system.processes import ProcessIdentity
from base.tests.waiting import wait_until
from runs import directory, supervisor
from runs.models import Run, RunStatus, Window
from runs.services import leases, lifecycle
from runs.supervisor import supervise
from runs.tests.trainer_events import EventWriter, window_row
from runs.trainer_process import TrainerStillRunsError, no_trainer_running

pytestmark = pytest.mark.django_db(transaction=True)

PRELUDE = """
import json, os, signal, sys, time
run_dir, token = sys.argv[sys.argv.index("--run-dir") + 1], int(sys.argv[-1])
path = os.path.join(run_dir, "events.jsonl")
def seq():
    return sum(1 for _ in open(path)) if os.path.exists(path) else 0
def emit(kind, **payload):
    event = {"seq": seq() + 1, "time": "2026-01-02T03:04:05+00:00", "token": token, "type": kind, **payload}
    open(path, "a").write(json.dumps(event) + "\\n")
def window(number):
    emit("window", window={**row, "window_id": number, "env_steps_total": number, "steps_per_second": 1.0})
row = json.loads(ROW)
""".replace("ROW", repr(json.dumps(window_row(1))))


@pytest.fixture
def trainer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the trainer does, as Python source after PRELUDE; its arguments are those of the real one."""
    settings.ABP_LEASE_SECONDS = 5.0
    settings.ABP_STOP_FLAG_SECONDS = 0.5
    settings.ABP_STOP_TERM_SECONDS = 0.5
    monkeypatch.setattr(supervisor, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(supervisor, "worker_shutdown", threading.Event())

    def use(source: str) -> None:
        settings.ABP_TRAINER_COMMAND = [sys.executable, "-S", "-c", PRELUDE + source]

    return use


def outcome(run: Run) -> tuple[str, str]:
    run.refresh_from_db()
    assert (run.pid, run.lease_expires_at) == (None, None)
    return run.status, run.error


class Supervising:
    """`supervise` in a thread, as in a worker."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.thread = threading.Thread(target=self._supervise)

    def _supervise(self) -> None:
        try:
            supervise(run_id=self.run.pk)
        finally:
            connection.close()

    def __enter__(self) -> "Supervising":
        self.thread.start()
        wait_until(self.trainer, seconds=10, what="the trainer's process")
        return self

    def __exit__(self, *_: object) -> None:
        supervisor.worker_shutdown.set()
        self.thread.join(20)

    def trainer(self) -> ProcessIdentity | None:
        self.run.refresh_from_db()
        return ProcessIdentity(self.run.pid, self.run.pid_started) if self.run.pid else None


def test_a_trainer_that_finishes_finishes_its_run(run: Run, trainer: Any) -> None:
    trainer('window(1); window(2); emit("finished", reason="completed", env_steps_total=2)')
    supervise(run_id=run.pk)
    assert outcome(run) == (RunStatus.FINISHED, "")
    assert Window.objects.count() == 2


def test_a_trainer_that_fails_fails_its_run_with_its_own_words(run: Run, trainer: Any) -> None:
    trainer('emit("failed", error="RuntimeError: no memory", detail="Traceback ..."); sys.exit(1)')
    supervise(run_id=run.pk)
    assert outcome(run) == (RunStatus.FAILED, "RuntimeError: no memory\nTraceback ...")


def test_a_trainer_that_refuses_the_config_is_not_started_again(run: Run, trainer: Any) -> None:
    trainer('print("num_envs must be odd"); window(seq() + 1); sys.exit(2)')
    supervise(run_id=run.pk)
    status, error = outcome(run)
    assert status == RunStatus.FAILED
    assert "exit code 2" in error
    assert "num_envs must be odd" in error
    assert Window.objects.count() == 1


def test_a_trainer_that_dies_without_progress_is_started_again_a_few_times(
    run: Run, trainer: Any, settings: Any
) -> None:
    trainer(
        'open(run_dir + "/starts", "a").write("x"); print("the end of the log"); os.kill(os.getpid(), signal.SIGKILL)'
    )
    supervise(run_id=run.pk)
    status, error = outcome(run)
    assert status == RunStatus.FAILED
    assert "signal SIGKILL" in error
    assert "the end of the log" in error
    assert len((directory.run_directory(run.pk).path / "starts").read_text()) == settings.ABP_MAX_RESTARTS + 1


def test_a_trainer_that_dies_but_gets_on_is_started_again_as_often_as_it_takes(run: Run, trainer: Any) -> None:
    trainer('n = seq() + 1; window(n); n < 8 and sys.exit(1); emit("finished", reason="completed", env_steps_total=8)')
    supervise(run_id=run.pk)
    assert outcome(run) == (RunStatus.FINISHED, "")
    assert Window.objects.count() == 8


def test_a_later_start_resumes_and_the_first_does_not(run: Run, trainer: Any) -> None:
    trainer(
        'open(run_dir + "/args", "a").write(str("--resume" in sys.argv) + " ")\n'
        "window(seq() + 1)\n"
        "seq() < 2 and sys.exit(1)\n"
        'emit("finished", reason="completed", env_steps_total=2)'
    )
    supervise(run_id=run.pk)
    assert (directory.run_directory(run.pk).path / "args").read_text() == "False True "


def test_a_stop_asks_by_flag_first(run: Run, trainer: Any) -> None:
    trainer(
        'while not os.path.exists(run_dir + "/stop"): time.sleep(0.02)\n'
        'emit("finished", reason="stopped", env_steps_total=0)'
    )
    with Supervising(run) as supervising:
        lifecycle.stop_run(run_id=run.pk)
        supervising.thread.join(20)
    assert outcome(run) == (RunStatus.STOPPED, "")


def test_a_trainer_deaf_to_flag_and_sigterm_is_killed(run: Run, trainer: Any) -> None:
    trainer("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen(run_dir + '/deaf', 'w')\ntime.sleep(60)")
    with Supervising(run) as supervising:
        deaf = directory.run_directory(run.pk).path / "deaf"
        wait_until(deaf.exists, seconds=10, what="the trainer to ignore SIGTERM")
        identity = supervising.trainer()
        lifecycle.stop_run(run_id=run.pk)
        supervising.thread.join(20)
    status, error = outcome(run)
    assert status == RunStatus.STOPPED
    assert "SIGKILL" in error
    assert not identity.alive()


def test_a_worker_that_shuts_down_hands_its_run_over_and_the_next_goes_on(run: Run, trainer: Any) -> None:
    trainer("window(seq() + 1)\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\ntime.sleep(60)")
    for windows in (1, 2):
        supervisor.worker_shutdown.clear()
        with Supervising(run) as supervising:
            wait_until(lambda n=windows: Window.objects.count() == n, seconds=10, what=f"window {windows}")
            identity = supervising.trainer()
        assert outcome(run)[0] == RunStatus.QUEUED
        assert not identity.alive()


def test_a_supervisor_that_lost_its_lease_ends_its_trainer_and_writes_nothing(run: Run, trainer: Any) -> None:
    trainer("time.sleep(60)")
    with Supervising(run) as supervising:
        identity = supervising.trainer()
        Run.objects.filter(pk=run.pk).update(fencing_token=99, worker="successor")
        supervising.thread.join(20)
    assert not identity.alive()
    run.refresh_from_db()
    assert (run.status, run.fencing_token, run.worker) == (RunStatus.RUNNING, 99, "successor")


def test_taking_over_ends_the_old_trainer_and_keeps_what_it_wrote(run: Run, trainer: Any, settings: Any) -> None:
    settings.ABP_LEASE_SECONDS = 0.5
    trainer("window(1)\ntime.sleep(60)")
    lost = leases.acquire_lease(run_id=run.pk, worker="killed")
    trainer_process = supervisor.start_trainer(
        directory.run_directory(run.pk), run.config, token=lost.token, command=settings.ABP_TRAINER_COMMAND
    )
    orphan = ProcessIdentity.of(trainer_process.pid)
    leases.record_process(lease=lost, host=supervisor.socket.gethostname(), pid=orphan.pid, pid_started=orphan.started)
    events = directory.run_directory(run.pk).events
    wait_until(lambda: events.exists() and events.stat().st_size, seconds=10, what="the orphan's window")
    time.sleep(settings.ABP_LEASE_SECONDS)
    trainer('window(2); emit("finished", reason="completed", env_steps_total=2)')
    supervise(run_id=run.pk)
    assert not orphan.alive()
    trainer_process.kill()
    assert outcome(run) == (RunStatus.FINISHED, "")
    assert [*Window.objects.values_list("window_id", flat=True)] == [1, 2]


def test_taking_over_a_run_that_was_being_stopped_stops_it(run: Run, trainer: Any) -> None:
    trainer("sys.exit(9)")
    lease = leases.acquire_lease(run_id=run.pk, worker="killed")
    EventWriter(run, token=lease.token).window(1)
    lifecycle.stop_run(run_id=run.pk)
    Run.objects.filter(pk=run.pk).update(lease_expires_at=None)
    supervise(run_id=run.pk)
    assert outcome(run) == (RunStatus.STOPPED, "")
    assert Window.objects.count() == 1


def test_a_directory_that_another_process_holds_is_left_alone(run: Run, tmp_path: Path) -> None:
    with (
        no_trainer_running(run_id=run.pk, previous=None, timeout=0),
        pytest.raises(TrainerStillRunsError),
        no_trainer_running(run_id=run.pk, previous=None, timeout=0.2),
    ):
        pass
