"""The artifact storage: it keeps what trainers produced. A file's name there begins with its run's id.

By default the storage is `<data directory>/runs`, where trainers work, so that nothing is copied.
"""

import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages


def root() -> Path:
    """Where the files of this machine are: the directory of a run is `root() / id`."""
    return Path(settings.ABP_DATA_DIR) / "runs"


class WorkingDirectoryStorage(FileSystemStorage):
    """The directories in which trainers work: what a trainer wrote there is stored already."""

    @property
    def base_location(self) -> Path:
        return root()

    @property
    def location(self) -> str:
        return str(root().absolute())


class DamagedArtifactError(Exception):
    """A stored file is not what was stored."""


def storage() -> Storage:
    return storages["artifacts"]


def fetch(*, name: str, sha256: str) -> Path:
    """Makes a stored file present on this machine (a run may resume on another one than it began).

    Raises FileNotFoundError; DamagedArtifactError if the storage holds another content.
    """
    local = root() / name
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
