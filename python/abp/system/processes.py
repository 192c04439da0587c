"""Processes by identity: a pid alone may be somebody else's by now, so it goes with the time its process started."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


def start_time(pid: int) -> str:
    """When process `pid` started, as an opaque text; "" if there is no such process (or only its zombie)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, and no later one with the same number. It leads a process group of its own."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        return cls(pid=pid, started=start_time(pid))

    def alive(self) -> bool:
        return bool(self.started) and start_time(self.pid) == self.started

    def signal_group(self, signum: signal.Signals) -> None:
        """Signals the process's group, if the process still lives."""
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

    def end_group(self, *, patience: float) -> bool:
        """SIGTERM to the group, SIGKILL after `patience` seconds; whether the process is gone."""
        self.signal_group(signal.SIGTERM)
        if self.wait_gone(patience):
            return True
        self.signal_group(signal.SIGKILL)
        return self.wait_gone(5.0)
