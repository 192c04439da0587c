"""The directory in which a run's trainer works, and what of it goes to the artifact storage."""

import shutil
import uuid

from django.core.files import File

from abp.runs.directory import RunDirectory
from base import artifacts
from base.artifacts import WorkingDirectoryStorage


def run_directory(run_id: uuid.UUID) -> RunDirectory:
    """The directory in which a trainer of this run works."""
    return RunDirectory(artifacts.root() / str(run_id))


def artifact_name(*, run_id: uuid.UUID, relative_path: str) -> str:
    """The name in the storage of a file in the run directory; ValueError if it would lie outside of it."""
    directory = run_directory(run_id).path.resolve()
    if not (directory / relative_path).resolve().is_relative_to(directory):
        raise ValueError(f"path {relative_path!r} leads out of the run's directory")
    return f"{run_id}/{relative_path}"


def store(*, run_id: uuid.UUID, relative_path: str) -> str:
    """Puts a file of the run directory into the storage and returns its name there; FileNotFoundError."""
    name = artifact_name(run_id=run_id, relative_path=relative_path)
    (artifacts.root() / name).stat()
    target = artifacts.storage()
    if isinstance(target, WorkingDirectoryStorage):
        return name
    if target.exists(name):
        target.delete(name)
    with (run_directory(run_id).path / relative_path).open("rb") as file:
        return target.save(name, File(file))


def discard(*, name: str) -> None:
    """Deletes a stored copy. In the run directories it is the trainer that removes its files: by the time this is
    called it may have written another of that name.
    """
    if not isinstance(artifacts.storage(), WorkingDirectoryStorage):
        artifacts.storage().delete(name)


def delete_all(*, run_id: uuid.UUID, names: list[str]) -> None:
    """Deletes the stored files `names` and the run's directory."""
    for name in names:
        artifacts.storage().delete(name)
    shutil.rmtree(run_directory(run_id).path, ignore_errors=True)
