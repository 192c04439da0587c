"""A tracker that fails is left out; the run goes on."""

from collections.abc import Callable

from abp.runs.events import RunEvent
from abp.tracking import Tracker


class Guarded:
    """Passes events on until the tracker fails; then warns once, with what to do, and tells it nothing more."""

    def __init__(self, tracker: Tracker, warn: Callable[[str], None]) -> None:
        self._tracker: Tracker | None = tracker
        self._warn = warn

    def hear(self, event: RunEvent) -> None:
        """Never raises for what the tracker does."""
        if self._tracker is not None:
            try:
                self._tracker.hear(event)
            except Exception as error:
                self._give_up(error)

    def close(self, *, failed: bool) -> None:
        """Never raises for what the tracker does."""
        if self._tracker is not None:
            try:
                self._tracker.close(failed=failed)
            except Exception as error:
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        # First: the warning is an event too.
        self._tracker = None
        self._warn(
            f"tracking failed and is off from here on ({type(error).__name__}: {error}); training goes on, and "
            f"events.jsonl has all of it. To track again mend the cause, stop the run and go on with --resume"
        )
