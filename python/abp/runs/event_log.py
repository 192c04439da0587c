"""What a trainer tells: one JSON object a line in ``events.jsonl``, numbered over the run's whole life."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class EventLog:
    """Appends events to a file, each line flushed as it is written.

    ``seq`` goes on from the last complete line; a line that a killed trainer left half-written is cut off.
    """

    def __init__(self, path: Path, token: int | None = None) -> None:
        """``token``: the supervisor's fencing token, copied into each event. Raises OSError."""
        self._token = token
        self.also: Callable[[dict[str, Any]], None] | None = None
        """Hears each event once it is written."""
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115 - lives as long as the log
        self._seq = self._recover()

    def append(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Write an event of type ``kind`` and return it. Raises OSError when it can't be written; the file is as
        before then.
        """
        event = {
            "seq": self._seq + 1,
            "time": datetime.now(UTC).isoformat(),
            "token": self._token,
            "type": kind,
            **payload,
        }
        self._write(json.dumps(event, allow_nan=False).encode() + b"\n")
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
