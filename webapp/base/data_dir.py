"""The data directory and the small private files in it (secret key, admin password, broker URL)."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def ensure_data_dir(data_dir: Path) -> Path:
    """Creates `data_dir` if it is missing, readable by its owner only, and returns it."""
    if not data_dir.is_dir():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data_dir


def read_private(path: Path) -> str | None:
    """The stripped text of `path`, or None if there is no such file or it is empty."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def write_private(path: Path, text: str) -> None:
    """Replaces `path` atomically by a file of mode 600."""
    ensure_data_dir(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    os.replace(temporary, path)


def generated_once(path: Path, length: int = 50) -> str:
    """A random string kept in `path` (mode 600): made on the first call, the same one ever after.

    Several processes may call this at the same time; a hard link decides which one's string is kept.
    """
    while (existing := read_private(path)) is None:
        ensure_data_dir(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(length) + "\n")
        if path.exists() and not path.read_text(encoding="utf-8").strip():
            path.unlink()
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        os.unlink(temporary)
    return existing
