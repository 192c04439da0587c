"""Locks that processes hold on files (``flock``): free again as soon as their holders are gone, however that was."""

import fcntl
import time
from pathlib import Path

PATIENCE = 2.0
"""Seconds. Whoever looks at a lock with ``held`` has it for an instant."""


class FileLock:
    """The lock on ``path``, not yet taken. A child that gets ``fd`` holds it too."""

    def __init__(self, path: Path) -> None:
        """Create the file if needed. Raises OSError."""
        self._file = open(path, "a+b")  # noqa: SIM115 - held until it is closed
        self.fd = self._file.fileno()

    def take(self) -> bool:
        """Whether the lock is ours now; False if another keeps it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.05)

    def close(self) -> None:
        """Let go, as far as this process is concerned."""
        self._file.close()


def held(path: Path) -> bool:
    """Whether any process holds the lock on ``path``."""
    try:
        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
