"""Reading a trainer's events.jsonl from the offset that the database holds."""

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runs.directory import run_directory
from runs.models import Run
from runs.services.leases import Lease
from runs.services.recording import TERMINAL, BadEventError, record_event, skip_to

log = logging.getLogger(__name__)


@dataclass
class EventsFile:
    """The events of one run, recorded one after the other as they are read.

    `from_token`: events with a smaller token are skipped. It is None while no trainer runs, because what a dead trainer
    wrote is still valid. It is the new trainer's token once one runs, because a trainer that was taken for dead may
    still write to the file.
    """

    lease: Lease
    offset: int
    from_token: int | None = None
    lines_left: bool = False

    @classmethod
    def of(cls, lease: Lease) -> "EventsFile":
        return cls(lease=lease, offset=Run.objects.values_list("events_offset", flat=True).get(pk=lease.run_id))

    def record_new(self, *, seconds: float) -> dict[str, Any] | None:
        """Records the complete lines after `offset`, for about `seconds`; returns the last terminal event among them.

        It is bounded, because a trainer may write faster than a busy database records, and the caller must renew its
        lease and react to a stop. `lines_left` tells whether there is more to record. Raises LeaseLostError.
        """
        terminal = None
        self.lines_left = False
        deadline = time.monotonic() + seconds
        for event, end in self._new_events():
            if time.monotonic() > deadline:
                self.lines_left = True
                break
            if not self._is_current(event):
                skip_to(lease=self.lease, offset=end)
            else:
                terminal = self._record(event, end) or terminal
            self.offset = end
        return terminal

    def cut_unfinished_line(self) -> None:
        """Drops a line that a killed trainer left without its end, so that the next one's first line stays whole.

        The caller has made sure that no trainer is running.
        """
        path = run_directory(self.lease.run_id).events
        if path.exists() and path.stat().st_size > self.offset:
            log.warning("run %s: dropped an unfinished line of %s", self.lease.run_id, path.name)
            with path.open("r+b") as file:
                file.truncate(self.offset)

    def _is_current(self, event: Any) -> bool:
        if self.from_token is None or not isinstance(event, dict):
            return True
        token = event.get("token")
        return token is None or token >= self.from_token

    def _record(self, event: Any, end: int) -> dict[str, Any] | None:
        if not isinstance(event, dict):
            log.error("run %s: a line before byte %d is no JSON object; skipped", self.lease.run_id, end)
            skip_to(lease=self.lease, offset=end)
            return None
        try:
            fresh = record_event(lease=self.lease, event=event, offset=end)
        except BadEventError as error:
            log.error("run %s: skipped %s", self.lease.run_id, error)
            return None
        return event if fresh and event["type"] in TERMINAL else None

    def _new_events(self) -> Iterator[tuple[Any, int]]:
        """(event, offset of the byte after its line); an event that is not JSON comes as None."""
        path = run_directory(self.lease.run_id).events
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(self.offset)
            end = self.offset
            for line in file:
                if not line.endswith(b"\n"):
                    return
                end += len(line)
                yield _parsed(line), end


def _parsed(line: bytes) -> Any:
    """The line's JSON; NaN and infinities as null; None if it is not JSON."""
    try:
        return json.loads(line, parse_constant=lambda _: None)
    except ValueError:
        return None
