"""Files that are either the old one or the whole new one, never half of it."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Give ``path`` the content that ``write(file)`` writes: a temporary file beside it, fsync, rename, fsync of the
    directory.

    The file's mode is what the process's umask leaves of 666. Raises OSError when the disk is full or the directory is
    not there; ``path`` is untouched then.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    """Make a rename in ``path`` last. Windows does that by itself, and can't open directories."""
    if os.name != "posix":
        return
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
