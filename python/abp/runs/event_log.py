"""The file ``events.jsonl`` of a run: one event a line, numbered over the run's whole life."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from abp.runs.events import Event, RunEvent, read_event, write_event

Kind = TypeVar("Kind", bound=RunEvent)


class EventLog:
    """Appends events to a file, each line flushed as it is written.

    ``seq`` goes on from the last complete line; a line that a killed trainer left half-written is cut off.
    """

    def __init__(self, path: Path, token: int | None = None) -> None:
        """``token``: the supervisor's fencing token, copied into each event. Raises OSError."""
        self._token = token
        self.also: Callable[[RunEvent], None] | None = None
        """Hears each event once it is written."""
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115 - lives as long as the log
        self._seq = self._recover()

    def append(self, kind: type[Kind], **fields: Any) -> Kind:
        """Write an event of the class ``kind`` and return it. ``fields`` are those that not every event has.

        Raises pydantic's ValidationError that names a wrong field, OSError when the event can't be written. The file is
        as before then.
        """
        event = kind(seq=self._seq + 1, time=datetime.now(UTC), token=self._token, **fields)
        self._write(write_event(event))
        self._seq += 1
        if self.also is not None:
            self.also(event)
        return event

    def close(self) -> None:
        """Push the events to the disk and close the file, which is closed even if OSError is raised."""
        try:
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def _write(self, line: bytes) -> None:
        before = self._file.seek(0, os.SEEK_END)
        rest = memoryview(line)
        try:
            # A disk that has room for a part of the line takes that part, and says so in the count alone.
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(before)
            raise

    def _recover(self) -> int:
        self._file.seek(0)
        content = self._file.read()
        complete = content.rfind(b"\n") + 1
        if complete < len(content):
            self._file.truncate(complete)
        last = content[:complete].rstrip(b"\n").rpartition(b"\n")[2]
        return int(json.loads(last)["seq"]) if last else 0


def read_lines(path: Path, offset: int = 0) -> Iterator[tuple[bytes, int]]:
    """The complete lines from byte ``offset`` on, each with the offset of the next. No file counts as an empty one."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            yield line, offset


def last_event(path: Path) -> Event:
    """The event of the last line. Raises FileNotFoundError, BadEventError."""
    return read_event(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[2])
