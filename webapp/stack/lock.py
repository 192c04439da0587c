"""One stack a data directory: a lock that the stack's processes share, so it is free only when all are gone."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

from abp.system.lock import FileLock
from abp.system.processes import ProcessIdentity


class AlreadyRunningError(Exception):
    """Another stack uses this data directory."""


class StackLock:
    """`stack.lock` in the data directory. It is handed to the children as an open file: while one of them lives, so
    does the lock, and a new stack knows that something of the old one is left even if that was killed with -9.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "stack.lock"
        self._lock = FileLock(self._path)
        self.fd = self._lock.fd

    def take(self, *, say: Callable[[str], None], timeout: float = 40.0) -> None:
        """AlreadyRunningError if another stack is up. What a killed one left behind is waited for, then ended."""
        if not self._lock.take(timeout=0):
            self._wait_for_leftovers(say, timeout)
        self.note([])

    def note(self, pids: list[int]) -> None:
        """Writes down who we are and which children we have, for a later start to find."""
        identities = [ProcessIdentity.of(pid) for pid in [os.getpid(), *pids]]
        self._path.write_text(json.dumps([[identity.pid, identity.started] for identity in identities]))

    def close(self) -> None:
        self._lock.close()

    def _wait_for_leftovers(self, say: Callable[[str], None], timeout: float) -> None:
        owner, *children = self._noted()
        if owner.alive():
            raise AlreadyRunningError(f"another stack is up with this data directory (pid {owner.pid})")
        say("an earlier start was killed; waiting for what it left behind to end")
        if self._lock.take(timeout=timeout):
            return
        for child in children:
            child.signal_group(signal.SIGKILL)
        if not self._lock.take(timeout=0.5):
            raise AlreadyRunningError(f"a process still holds {self._path}")

    def _noted(self) -> list[ProcessIdentity]:
        try:
            return [ProcessIdentity(pid, started) for pid, started in json.loads(self._path.read_text())]
        except ValueError:
            return [ProcessIdentity(0, "")]
