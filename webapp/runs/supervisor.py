"""Supervising one run: hold its lease, keep its trainer running, record what it reports, stop it when asked.

The database decides who supervises (`runs.services.leases`); this module owns one process and one file, and can be
killed at any point: another supervisor then takes the run over, records what the file holds beyond the recorded
offset, and starts the trainer again from its last checkpoint.
"""

import logging
import signal
import socket
import time
import uuid

from django.conf import settings
from django.db import OperationalError, close_old_connections

from abp.runs.directory import RunDirectory
from abp.runs.events import Failed, Finished
from abp.runs.launch import start_trainer
from abp.system.child import Child, describe_exit
from abp.system.processes import ProcessIdentity
from base.artifacts import DamagedArtifactError, fetch
from base.leases import worker_name
from base.worker import worker_shutdown
from runs.directory import run_directory
from runs.events_file import EventsFile
from runs.models import Checkpoint, Run, RunStatus
from runs.services import leases
from runs.services.leases import Lease, LeaseLostError
from runs.trainer_process import TrainerStillRunsError, log_tail, no_trainer_running

log = logging.getLogger(__name__)

POLL_SECONDS = 0.25
RECORD_SECONDS = 0.5
BAD_CONFIG_EXIT = 2


def supervise(*, run_id: uuid.UUID) -> None:
    """Takes the run if it is free and stays until it ends, is handed over, or is taken away."""
    if worker_shutdown.is_set():
        return
    lease = leases.acquire_lease(run_id=run_id, worker=worker_name())
    if lease is None:
        log.info("run %s is not free; nothing to do", run_id)
        return
    log.info("run %s: supervised from here with token %d", run_id, lease.token)
    try:
        Supervisor(lease).run()
    except LeaseLostError as error:
        log.warning("stopped supervising: %s", error)


class Supervisor:
    """One lease's worth of supervision."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.events = EventsFile.of(lease)
        self.heartbeat = Heartbeat(lease)
        self.trainer: Child | None = None

    def run(self) -> None:
        try:
            ended = self._take_over()
            while ended is None:
                ended = self._train_once()
            if ended is HANDED_OVER:
                leases.hand_over(lease=self.lease)
            else:
                leases.end_run(lease=self.lease, status=ended[0], error=ended[1])
        except TrainerStillRunsError as error:
            log.error("run %s: %s; its lease will run out and it will be tried again", self.lease.run_id, error)
        except Exception as error:
            if not isinstance(error, LeaseLostError | OperationalError):
                log.exception("run %s: the supervisor failed", self.lease.run_id)
                self._end_trainer()
                leases.end_run(lease=self.lease, status=RunStatus.FAILED, error=f"the supervisor failed: {error!r}")
                return
            raise
        finally:
            self._end_trainer()

    def _take_over(self) -> "Ended | None":
        """Brings the database up to what earlier trainers wrote; the run may turn out to be over already."""
        run = Run.objects.get(pk=self.lease.run_id)
        previous = ProcessIdentity(run.pid, run.pid_started) if run.pid and run.host == socket.gethostname() else None
        # Twice this long at most (the process, then the lock), while nobody renews the lease.
        timeout = settings.ABP_LEASE_SECONDS / 3
        with no_trainer_running(run_id=run.pk, previous=previous, timeout=timeout):
            self.heartbeat.beat()
            terminal = self._record_all()
            self.events.cut_unfinished_line()
        leases.record_process(lease=self.lease, host="", pid=None)
        self.events.from_token = self.lease.token
        if isinstance(terminal, Finished) and terminal.reason == "completed":
            return RunStatus.FINISHED, ""
        if self.heartbeat.beat() == RunStatus.STOPPING:
            return RunStatus.STOPPED, ""
        self._fetch_checkpoint()
        return None

    def _record_all(self) -> Finished | Failed | None:
        """Records all that the file holds, while no trainer writes to it."""
        terminal = None
        self.events.lines_left = True
        while self.events.lines_left:
            terminal = self.events.record_new(seconds=RECORD_SECONDS) or terminal
            self.heartbeat.beat()
        return terminal

    def _fetch_checkpoint(self) -> None:
        """Makes sure that the newest checkpoint that is whole is where the trainer looks for it."""
        for checkpoint in Checkpoint.objects.filter(run=self.lease.run_id).order_by("-env_steps_total"):
            try:
                fetch(name=checkpoint.path, sha256=checkpoint.sha256)
            except (FileNotFoundError, DamagedArtifactError) as error:
                log.warning("run %s: an earlier checkpoint will have to do: %s", self.lease.run_id, error)
            else:
                return

    def _train_once(self) -> "Ended | None":
        """One life of a trainer process: how the run ended, or None if the trainer is to be started again."""
        config = Run.objects.values_list("config", flat=True).get(pk=self.lease.run_id)
        directory = run_directory(self.lease.run_id)
        self.trainer = start_trainer(directory, config, token=self.lease.token, command=settings.ABP_TRAINER_COMMAND)
        identity = ProcessIdentity.of(self.trainer.pid)
        leases.record_process(
            lease=self.lease, host=socket.gethostname(), pid=identity.pid, pid_started=identity.started
        )
        terminal, returncode = self._watch(self.trainer, Stopping(self.trainer, directory))
        if terminal is not None:
            return _ended_by(terminal, shutting_down=worker_shutdown.is_set(), status=self.heartbeat.status)
        return self._after_death(returncode)

    def _watch(self, trainer: Child, stopping: "Stopping") -> tuple[Finished | Failed | None, int]:
        """Records events and keeps the lease until the process is gone: its terminal event, if any, and its code."""
        terminal = None
        while True:
            returncode = trainer.returncode
            try:
                terminal = self.events.record_new(seconds=RECORD_SECONDS) or terminal
                status = self.heartbeat.beat_when_due()
            except OperationalError:
                self.heartbeat.tolerate_outage()
                continue
            # What is left when the worker has to go, the next supervisor records.
            if returncode is not None and (worker_shutdown.is_set() or not self.events.lines_left):
                # What it may have started itself.
                trainer.kill()
                self.trainer = None
                return terminal, returncode
            if returncode is None and worker_shutdown.is_set():
                stopping.escalate(flag=False)
            elif returncode is None and status == RunStatus.STOPPING:
                stopping.escalate(flag=True)
            if not self.events.lines_left:
                time.sleep(POLL_SECONDS)

    def _after_death(self, returncode: int) -> "Ended | None":
        """The trainer went without saying how it ended."""
        how = f"the trainer ended with {describe_exit(returncode)}"
        if self.heartbeat.beat() == RunStatus.STOPPING:
            return RunStatus.STOPPED, f"{how} while it was being stopped; it resumes from its last checkpoint"
        if worker_shutdown.is_set():
            return HANDED_OVER
        self.events.cut_unfinished_line()
        tail = log_tail(self.lease.run_id)
        if returncode == BAD_CONFIG_EXIT:
            return RunStatus.FAILED, f"{how}: it refuses the config\n{tail}"
        if leases.count_restart(lease=self.lease, reason=how):
            log.warning("run %s: %s; starting it again", self.lease.run_id, how)
            return None
        return RunStatus.FAILED, f"{how}, too often without a new window\n{tail}"

    def _end_trainer(self) -> None:
        """Whatever happens, no trainer outlives its supervisor."""
        if self.trainer is None:
            return
        self.trainer.signal(signal.SIGTERM)
        self.trainer.wait(settings.ABP_STOP_TERM_SECONDS)
        self.trainer.kill()
        self.trainer = None


Ended = tuple[RunStatus, str]
HANDED_OVER: Ended = (RunStatus.QUEUED, "")


def _ended_by(terminal: Finished | Failed, *, shutting_down: bool, status: RunStatus) -> Ended:
    if isinstance(terminal, Failed):
        return RunStatus.FAILED, f"{terminal.error}\n{terminal.detail}".strip()
    if terminal.reason == "completed":
        return RunStatus.FINISHED, ""
    if shutting_down and status != RunStatus.STOPPING:
        return HANDED_OVER
    return RunStatus.STOPPED, "" if status == RunStatus.STOPPING else "the trainer was stopped from outside"


class Heartbeat:
    """Keeps the lease. An outage of the database is tolerated until the lease would have run out."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.status = RunStatus.RUNNING
        self._last = time.monotonic()

    def beat(self) -> RunStatus:
        self.status = leases.renew_lease(lease=self.lease)
        self._last = time.monotonic()
        return self.status

    def beat_when_due(self) -> RunStatus:
        if time.monotonic() - self._last > settings.ABP_LEASE_SECONDS / 5:
            self.beat()
        return self.status

    def tolerate_outage(self) -> None:
        """Called in an `except OperationalError`: waits a little, or raises again if the lease has run out by now."""
        if time.monotonic() - self._last > settings.ABP_LEASE_SECONDS:
            raise
        log.warning("run %s: the database does not answer", self.lease.run_id, exc_info=True)
        close_old_connections()
        time.sleep(POLL_SECONDS)


class Stopping:
    """How a trainer is stopped: by flag, then SIGTERM (both end in a checkpoint), then SIGKILL."""

    def __init__(self, trainer: Child, directory: RunDirectory) -> None:
        self.trainer = trainer
        self._directory = directory
        self._flagged_at: float | None = None
        self._termed_at: float | None = None

    def escalate(self, *, flag: bool) -> None:
        """Called again and again until the process is gone. `flag` False starts with SIGTERM."""
        now = time.monotonic()
        if flag and self._flagged_at is None:
            self._flagged_at = now
            self._directory.stop_flag.touch()
        elif self._termed_at is None:
            if not flag or self._flagged_at is None or now - self._flagged_at > settings.ABP_STOP_FLAG_SECONDS:
                self._termed_at = now
                self.trainer.signal(signal.SIGTERM)
        elif now - self._termed_at > settings.ABP_STOP_TERM_SECONDS:
            self.trainer.signal(signal.SIGKILL)
