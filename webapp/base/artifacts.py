"""Where a run's files live: the trainer's working directory, and the storage that keeps what it produced."""

import hashlib
import shutil
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages


def runs_root() -> Path:
    return Path(settings.ABP_DATA_DIR) / "runs"


def run_dir(run_id: uuid.UUID) -> Path:
    """The directory a trainer of this run works in."""
    return runs_root() / str(run_id)


class RunDirectoryStorage(FileSystemStorage):
    """The run directories themselves: what a trainer wrote there is stored already."""

    @property
    def base_location(self) -> Path:
        return runs_root()

    @property
    def location(self) -> str:
        return str(runs_root().absolute())


class DamagedArtifactError(Exception):
    """A stored file is not what was stored."""


def storage() -> Storage:
    return storages["artifacts"]


def artifact_name(*, run_id: uuid.UUID, relative_path: str) -> str:
    """The name in the storage of a file in the run directory; ValueError if it would lie outside of it."""
    directory = run_dir(run_id).resolve()
    if not (directory / relative_path).resolve().is_relative_to(directory):
        raise ValueError(f"path {relative_path!r} leads out of the run's directory")
    return f"{run_id}/{relative_path}"


def store(*, run_id: uuid.UUID, relative_path: str) -> str:
    """Puts a file of the run directory into the storage and returns its name there; FileNotFoundError."""
    name = artifact_name(run_id=run_id, relative_path=relative_path)
    (runs_root() / name).stat()
    target = storage()
    if isinstance(target, RunDirectoryStorage):
        return name
    if target.exists(name):
        target.delete(name)
    with (run_dir(run_id) / relative_path).open("rb") as file:
        return target.save(name, File(file))


def fetch(*, name: str, sha256: str) -> Path:
    """Makes a stored file present in its run's directory (a run may resume on another machine).

    Raises FileNotFoundError; DamagedArtifactError if the storage holds another content.
    """
    local = runs_root() / name
    if not local.exists() or _sha256(local) != sha256:
        local.parent.mkdir(parents=True, exist_ok=True)
        temporary = local.with_suffix(local.suffix + ".part")
        with storage().open(name) as source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target)
        if _sha256(temporary) != sha256:
            temporary.unlink()
            raise _damaged(name, sha256)
        temporary.replace(local)
    return local


def copy(*, name: str, sha256: str, to: str) -> str:
    """Stores a copy of a stored file that outlives it; returns the copy's name.

    Raises FileNotFoundError; DamagedArtifactError if the storage holds another content.
    """
    with storage().open(name) as source:
        content = source.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _damaged(name, sha256)
    return storage().save(to, ContentFile(content))


def _damaged(name: str, sha256: str) -> DamagedArtifactError:
    return DamagedArtifactError(f"{name} is damaged: its SHA-256 is not the recorded {sha256[:12]}…")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def discard(*, name: str) -> None:
    """Deletes a stored copy. In the run directories it is the trainer that removes its files: by the time this is
    called it may have written another of that name.
    """
    if not isinstance(storage(), RunDirectoryStorage):
        storage().delete(name)


def delete_all(*, run_id: uuid.UUID, names: list[str]) -> None:
    """Deletes the stored files `names` and the run's directory."""
    for name in names:
        storage().delete(name)
    shutil.rmtree(run_dir(run_id), ignore_errors=True)
