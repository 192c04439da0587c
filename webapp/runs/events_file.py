"""Reading a trainer's events.jsonl from the offset that the database holds."""

import logging
import time
from dataclasses import dataclass

from abp.runs.event_log import read_lines
from abp.runs.events import BadEventError, Failed, Finished, read_event
from runs.directory import run_directory
from runs.models import Run
from runs.services.leases import Lease
from runs.services.recording import record_event, skip_to

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

    def record_new(self, *, seconds: float) -> Finished | Failed | None:
        """Records the complete lines after `offset`, for about `seconds`; returns the last terminal event among them.

        It is bounded, because a trainer may write faster than a busy database records, and the caller must renew its
        lease and react to a stop. `lines_left` tells whether there is more to record. Raises LeaseLostError.
        """
        terminal = None
        self.lines_left = False
        deadline = time.monotonic() + seconds
        for line, end in read_lines(run_directory(self.lease.run_id).events, self.offset):
            if time.monotonic() > deadline:
                self.lines_left = True
                break
            terminal = self._record(line, end) or terminal
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

    def _record(self, line: bytes, end: int) -> Finished | Failed | None:
        """Records one line, whose next one begins at `end`; returns its event if the trainer ended with it."""
        try:
            event = read_event(line)
        except BadEventError as error:
            log.error("run %s: skipped %s", self.lease.run_id, error)
            skip_to(lease=self.lease, offset=end)
            return None
        if self.from_token is not None and event.token is not None and event.token < self.from_token:
            skip_to(lease=self.lease, offset=end)
            return None
        try:
            fresh = record_event(lease=self.lease, event=event, offset=end)
        except BadEventError as error:
            log.error("run %s: skipped %s", self.lease.run_id, error)
            return None
        return event if fresh and isinstance(event, Finished | Failed) else None
