"""A child process in a session of its own, logging to a file, ending with its parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

RESTARTS_ALLOWED = 5
WITHIN_SECONDS = 60.0

_PR_SET_PDEATHSIG = 1


class Child:
    """A process that may be started again when it dies."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        log: Path,
        env: dict[str, str],
        cwd: Path,
        keep_fds: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._env = env
        self._cwd = cwd
        self._keep_fds = keep_fds
        self._starts: deque[float] = deque(maxlen=RESTARTS_ALLOWED + 1)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._starts.append(time.monotonic())
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                pass_fds=self._keep_fds,
                # A session of its own: a terminal's Ctrl-C reaches only us, and we stop the others in order.
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        assert self.process is not None
        return self.process.poll()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within ``seconds``."""
        assert self.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is not None

    def death(self) -> str | None:
        """How the process ended; None while it runs."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        return describe_exit(code)

    def may_restart(self) -> bool:
        """False once it was started RESTARTS_ALLOWED + 1 times within WITHIN_SECONDS."""
        full = len(self._starts) == self._starts.maxlen
        return not (full and time.monotonic() - self._starts[0] < WITHIN_SECONDS)

    def signal(self, signum: signal.Signals) -> None:
        """Send a signal to its whole process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signum)

    def kill(self) -> int:
        """SIGKILL to its whole process group and what is left there. Returns its exit code, once it is gone."""
        assert self.process is not None
        self.signal(signal.SIGKILL)
        return self.process.wait()

    def group_alive(self) -> bool:
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            # macOS answers this for a group of zombies.
            return self.process.returncode is None
        return True

    def last_words(self, lines: int = 8) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""


def describe_exit(returncode: int) -> str:
    """`exit code 1` or `signal SIGKILL`."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"signal {signal.Signals(-returncode).name}"
    except ValueError:
        return f"signal {-returncode}"


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """What the child runs before exec: Linux shall send it SIGTERM when its parent dies, however that happens."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
