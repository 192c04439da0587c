"""One trainer process: start it, ask it to stop, make sure that it is gone."""

import contextlib
import fcntl
import json
import logging
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from abp.system.processes import ProcessIdentity
from runs.directory import run_dir

log = logging.getLogger(__name__)

LOG_TAIL_BYTES = 4000


class TrainerStillRunsError(Exception):
    """A trainer of an earlier supervisor holds the run's directory and can't be ended from here."""


def log_tail(run_id: uuid.UUID, size: int = LOG_TAIL_BYTES) -> str:
    """The last `size` bytes of the trainer's log and of what it printed, as text without NUL characters."""
    parts = [_tail(run_dir(run_id) / name, size) for name in ("trainer.log", "output.log")]
    return "\n".join(part for part in parts if part).replace("\0", "")


def _tail(path: Path, size: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


class TrainerProcess:
    """`python -m abp.train` in a session of its own, working in the run's directory."""

    def __init__(self, *, run_id: uuid.UUID, config: dict[str, Any], token: int) -> None:
        """Starts the process. In a directory that was used before it goes on from the last checkpoint there."""
        directory = run_dir(run_id)
        directory.mkdir(parents=True, exist_ok=True)
        self._stop_flag = directory / "stop"
        self._stop_flag.unlink(missing_ok=True)
        config_file = directory / "requested-config.json"
        config_file.write_text(json.dumps(config), encoding="utf-8")
        command = [*settings.ABP_TRAINER_COMMAND, "--config", str(config_file), "--run-dir", str(directory)]
        if (directory / "events.jsonl").exists() or any(directory.glob("checkpoints/*.pt")):
            command.append("--resume")
        command += ["--supervised", "--token", str(token)]
        with (directory / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        self.identity = ProcessIdentity.of(self._process.pid)

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def raise_stop_flag(self) -> None:
        self._stop_flag.touch()

    def signal(self, signum: signal.Signals) -> None:
        """To the whole group. The process is our child and not yet reaped, so its number is still its own."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signum)

    def kill_leftovers(self) -> None:
        """Ends what the process may have started itself, and reaps it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextlib.contextmanager
def no_trainer_running(*, run_id: uuid.UUID, previous: ProcessIdentity | None, patience: float) -> Iterator[None]:
    """Ends the previous trainer, if it is known and on this host; keeps the run's directory locked inside the block.

    Raises TrainerStillRunsError if another process keeps the lock.
    """
    if previous is not None and previous.alive():
        log.warning("run %s: ending its previous trainer, pid %d", run_id, previous.pid)
        previous.end_group(patience=patience)
    directory = run_dir(run_id)
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a") as lock:
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise TrainerStillRunsError(f"another process holds {directory / 'lock'}") from None
                time.sleep(0.1)
        yield
