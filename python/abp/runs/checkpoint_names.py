"""The files in a run's ``checkpoints/``: their names, and which of them got furthest."""

import re
from pathlib import Path

_NAME = re.compile(r"window-(\d{6,})(?:-(\d{12,}))?\.pt")


def file_name(windows: int, steps_into_window: int) -> str:
    """``window-000010.pt`` after 10 whole windows; ``window-000010-000000065536.pt`` 65,536 transitions later."""
    part = f"-{steps_into_window:012d}" if steps_into_window else ""
    return f"window-{windows:06d}{part}.pt"


def in_order(directory: Path) -> list[Path]:
    """The directory's checkpoints, the one that got furthest first."""
    found = [(match, path) for path in directory.glob("*.pt") if (match := _NAME.fullmatch(path.name))]
    found.sort(key=lambda item: (int(item[0][1]), int(item[0][2] or 0)), reverse=True)
    return [path for _, path in found]
