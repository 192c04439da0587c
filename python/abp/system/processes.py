"""Processes by identity: a pid alone may be somebody else's by now, so it goes with the time its process started."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass

import psutil

_SAME_START_SECONDS = 2.0
"""Start times this close are of the same process: the boot time that they count from is known to a second, and a pid
is not given away again so soon."""


def start_time(pid: int) -> str:
    """When process `pid` started, in seconds since the epoch; "" if there is no such process (or only its zombie)."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return ""


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, and no later one with the same number. It leads a process group of its own."""

    pid: int
    started: str
    """As `start_time` has it."""

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """The process that has the number `pid` now."""
        return cls(pid=pid, started=start_time(pid))

    def alive(self) -> bool:
        """Whether the process still runs."""
        now = start_time(self.pid)
        return bool(now and self.started) and abs(float(now) - float(self.started)) < _SAME_START_SECONDS

    def signal_group(self, signum: signal.Signals) -> None:
        """Signal the process's group, if the process still runs."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signum)

    def wait_gone(self, seconds: float) -> bool:
        """Whether the process is gone within `seconds`."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True

    def end_group(self, *, timeout: float) -> bool:
        """SIGTERM to the group, SIGKILL after `timeout` seconds. Returns whether the process is gone."""
        self.signal_group(signal.SIGTERM)
        if self.wait_gone(timeout):
            return True
        self.signal_group(signal.SIGKILL)
        return self.wait_gone(5.0)
