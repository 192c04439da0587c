"""The trainer process of a run: what it has logged, and making sure that an earlier one is gone."""

import contextlib
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path

from abp.runs.directory import DirectoryInUseError
from abp.system.processes import ProcessIdentity
from runs.directory import run_directory

log = logging.getLogger(__name__)

LOG_TAIL_BYTES = 4000


class TrainerStillRunsError(Exception):
    """A trainer of an earlier supervisor holds the run's directory and can't be ended from here."""


def log_tail(run_id: uuid.UUID, size: int = LOG_TAIL_BYTES) -> str:
    """The last `size` bytes of the trainer's log and of what it printed, as text without NUL characters."""
    directory = run_directory(run_id)
    parts = [_tail(path, size) for path in (directory.log, directory.output)]
    return "\n".join(part for part in parts if part).replace("\0", "")


def _tail(path: Path, size: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return ""


@contextlib.contextmanager
def no_trainer_running(*, run_id: uuid.UUID, previous: ProcessIdentity | None, timeout: float) -> Iterator[None]:
    """Ends the previous trainer, if it is known and on this host; keeps the run's directory locked inside the block.

    Both may take `timeout` seconds. Raises TrainerStillRunsError if another process keeps the lock.
    """
    if previous is not None and previous.alive():
        log.warning("run %s: ending its previous trainer, pid %d", run_id, previous.pid)
        previous.end_group(timeout=timeout)
    directory = run_directory(run_id)
    try:
        directory.take(timeout=timeout)
    except DirectoryInUseError as error:
        raise TrainerStillRunsError(f"another process holds {directory.lock_file}") from error
    with contextlib.closing(directory):
        yield
