"""Checkpoints: everything a run needs to go on as if it had never stopped."""

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from abp.files import write_atomically

FORMAT = 1

_NAME = re.compile(r"window-(\d{6,})(?:-(\d{12,}))?\.pt")


class CheckpointError(RuntimeError):
    """A checkpoint can't be read or doesn't fit the run."""


@dataclass(frozen=True)
class SavedCheckpoint:
    """What is told of a checkpoint that was written."""

    path: Path
    sha256: str
    bytes: int


def save(directory: Path, state: dict[str, Any], *, windows: int, steps_into_window: int) -> SavedCheckpoint:
    """Write ``state`` (tensors and plain values) after ``windows`` whole windows and a part of the next.

    The file is ``window-000010.pt``, or ``window-000010-000000065536.pt`` 65,536 transitions into window 11.
    It is there completely or not at all. Raises OSError.
    """
    part = f"-{steps_into_window:012d}" if steps_into_window else ""
    path = directory / f"window-{windows:06d}{part}.pt"
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **state}, buffer)
    content = buffer.getvalue()
    write_atomically(path, lambda file: file.write(content))
    return SavedCheckpoint(path, hashlib.sha256(content).hexdigest(), len(content))


def in_order(directory: Path) -> list[Path]:
    """The directory's checkpoints, the one that got furthest first."""
    found = [(match, path) for path in directory.glob("*.pt") if (match := _NAME.fullmatch(path.name))]
    found.sort(key=lambda item: (int(item[0][1]), int(item[0][2] or 0)), reverse=True)
    return [path for _, path in found]


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint without running anything that it contains. Raises CheckpointError."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen kinds for a damaged file
        # Their messages advise to load without ``weights_only``, which nobody should.
        raise CheckpointError(f"{path.name} can't be read ({type(error).__name__})") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path.name} is no checkpoint of format {FORMAT}")
    return state
