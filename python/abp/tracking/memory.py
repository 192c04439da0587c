"""What a tracker must know after a resume: under which id it tracks, and what it has told already."""

import json
import uuid
from pathlib import Path
from typing import Any

from abp.system.files import write_atomically

NAME = "tracking.json"


class TrackerMemory:
    """``tracking.json`` in the run's directory: for each kind of tracker an id and the last window that was told.

    A resumed trainer makes the windows after its checkpoint again. They are noted before they are told: a window
    may be missing after a kill in between, but is never told twice.
    """

    def __init__(self, run_dir: Path, kind: str) -> None:
        """Raises OSError. A file that is not JSON counts as none."""
        self._path = run_dir / NAME
        self._kind = kind
        self._all = read(run_dir)
        mine = self._all.get(kind, {})
        self.id: str = mine.get("id") or uuid.uuid4().hex[:8]
        self._last_window: int = mine.get("last_window", 0)
        self._write()

    def is_new(self, window_id: int) -> bool:
        """Whether the window was not told yet; it counts as told from now on. Raises OSError."""
        if window_id <= self._last_window:
            return False
        self._last_window = window_id
        self._write()
        return True

    def _write(self) -> None:
        self._all[self._kind] = {"id": self.id, "last_window": self._last_window}
        content = json.dumps(self._all, indent=1).encode() + b"\n"
        write_atomically(self._path, lambda file: file.write(content))


def read(run_dir: Path) -> dict[str, Any]:
    """The file's content; empty if there is none that can be read."""
    try:
        content = json.loads((run_dir / NAME).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
