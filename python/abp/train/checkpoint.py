"""Checkpoints: everything a run needs to go on as if it had never stopped."""

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from abp.runs.checkpoint_names import file_name
from abp.system.files import write_atomically

FORMAT = 5

_SEAL = b"\nsha256:"
_SEAL_BYTES = len(_SEAL) + 64
"""A file ends with ``\\nsha256:`` and the hex digest of what comes before. What torch wrote holds no checksum that it
would look at, and a flipped bit in a weight is still a weight."""


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

    The file (see ``file_name``) is there completely and for good (fsync), or not at all. Raises OSError.
    """
    path = directory / file_name(windows, steps_into_window)
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **state}, buffer)
    body = buffer.getvalue()
    content = body + _SEAL + hashlib.sha256(body).hexdigest().encode()
    write_atomically(path, lambda file: file.write(content))
    return SavedCheckpoint(path, hashlib.sha256(content).hexdigest(), len(content))


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint without running anything that it contains.

    Raises CheckpointError for a file that is not, to the last bit, what was written.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path.name} can't be read: {error.strerror}") from error
    state_bytes = _unsealed(content, path.name)
    try:
        state = torch.load(io.BytesIO(state_bytes), map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises a dozen kinds
        # Their messages advise to load without ``weights_only``, which nobody should.
        raise CheckpointError(f"{path.name} can't be read ({type(error).__name__})") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path.name} is no checkpoint of format {FORMAT}")
    return state


def set_aside(path: Path) -> Path:
    """Rename a damaged checkpoint so that nothing takes it for one. Returns its new path. Raises OSError."""
    damaged = path.with_name(f"{path.name}.damaged")
    os.replace(path, damaged)
    return damaged


def _unsealed(content: bytes, name: str) -> bytes:
    body, seal = content[:-_SEAL_BYTES], content[-_SEAL_BYTES:]
    if not seal.startswith(_SEAL) or len(seal) < _SEAL_BYTES:
        raise CheckpointError(f"{name} is damaged, or of an older version: it doesn't end with its SHA-256")
    expected, actual = seal[len(_SEAL) :], hashlib.sha256(body).hexdigest().encode()
    if actual != expected:
        raise CheckpointError(
            f"{name} is damaged: its SHA-256 is {actual[:12].decode()}…, "
            f"and was {expected[:12].decode(errors='replace')}… when it was written"
        )
    return body
