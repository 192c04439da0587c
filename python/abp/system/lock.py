"""Locks that processes hold on files: free again as soon as their holders are gone, however that was."""

import time
from pathlib import Path

from filelock import lock_descriptor

_LOOK_SECONDS = 0.005
"""A look at a lock with ``held`` has it for an instant, so a second look follows after this time."""


class FileLock:
    """The lock on the file ``path``, not yet taken. A child process that inherits ``fd`` holds it too.

    The file is never truncated or removed by the lock; its holder may keep notes in it.
    """

    def __init__(self, path: Path) -> None:
        """Create the file if needed. Raises OSError."""
        self._file = open(path, "a+b")  # noqa: SIM115 - held until it is closed
        self.fd = self._file.fileno()

    def take(self, *, timeout: float) -> bool:
        """Whether the lock is ours within ``timeout`` seconds. Raises OSError where files can't be locked."""
        deadline = time.monotonic() + timeout
        while not lock_descriptor(self.fd, blocking=False):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        """Release the lock, unless a child process still holds it."""
        self._file.close()


def held(path: Path) -> bool:
    """Whether any process holds the lock on ``path``; a file that isn't there is held by nobody."""
    try:
        with open(path, "rb+") as file:
            if lock_descriptor(file.fileno(), blocking=False):
                return False
            time.sleep(_LOOK_SECONDS)
            return not lock_descriptor(file.fileno(), blocking=False)
    except FileNotFoundError:
        return False
