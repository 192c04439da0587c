"""Why a trainer should stop: a signal, the stop flag in its directory, or the death of its supervisor."""

import os
import signal
from pathlib import Path
from types import FrameType


class StopRequest:
    """Asked between iterations:

    ``requested()``. A second signal ends the process at once, as if not handled.
    """

    def __init__(self, *, supervised: bool) -> None:
        """Take over SIGTERM and SIGINT; ``supervised``: also stop when the parent process is gone."""
        self._parent = os.getppid() if supervised else None
        self._signalled = False
        self._flag: Path | None = None
        self._handlers = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}

    def watch(self, flag: Path) -> None:
        """Also stop when the file ``flag`` is there."""
        self._flag = flag

    def requested(self) -> bool:
        """Whether to stop now."""
        orphaned = self._parent is not None and os.getppid() != self._parent
        return self._signalled or orphaned or (self._flag is not None and self._flag.exists())

    def restore(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signalled = True
        self.restore()
