"""One stack a data directory: a lock that the stack's processes share, so it is free only when all are gone."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from abp.system.processes import ProcessIdentity


class AlreadyRunningError(Exception):
    """Another stack uses this data directory."""


class StackLock:
    """`stack.lock` in the data directory. It is handed to the children as an open file: while one of them lives, so
    does the lock, and a new stack knows that something of the old one is left even if that was killed with -9.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "stack.lock"
        self._file = self._path.open("a+")
        self.fd = self._file.fileno()

    def take(self, *, say: Callable[[str], None], patience: float = 40.0) -> None:
        """AlreadyRunningError if another stack is up. What a killed one left behind is waited for, then ended."""
        if self._try():
            self.note([])
            return
        owner, *children = self._noted()
        if owner.alive():
            raise AlreadyRunningError(f"another stack is up with this data directory (pid {owner.pid})")
        say("an earlier start was killed; waiting for what it left behind to end")
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self._try():
                self.note([])
                return
            time.sleep(0.2)
        for child in children:
            child.signal_group(signal.SIGKILL)
        time.sleep(0.5)
        if not self._try():
            raise AlreadyRunningError(f"a process still holds {self._path}")
        self.note([])

    def note(self, pids: list[int]) -> None:
        """Writes down who we are and which children we have, for a later start to find."""
        identities = [ProcessIdentity.of(pid) for pid in [os.getpid(), *pids]]
        self._file.seek(0)
        self._file.truncate()
        json.dump([[identity.pid, identity.started] for identity in identities], self._file)
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _noted(self) -> list[ProcessIdentity]:
        self._file.seek(0)
        try:
            return [ProcessIdentity(pid, started) for pid, started in json.load(self._file)]
        except ValueError:
            return [ProcessIdentity(0, "")]
