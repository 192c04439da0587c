"""The directory of one run: the names of its files, and the lock that one trainer at a time holds on it."""

from pathlib import Path

from abp.runs import checkpoint_names
from abp.system.lock import FileLock


class DirectoryInUseError(RuntimeError):
    """Another trainer works in the run directory."""


class RunDirectory:
    """The files of the run in ``path``. Making one touches nothing on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = path / "checkpoints"
        self.replays = path / "replays"
        self.events = path / "events.jsonl"
        self.config = path / "config.json"
        """The config of the trainer that works here, or worked here last."""
        self.requested_config = path / "requested-config.json"
        """The config that a supervisor or a sweep gave the trainer."""
        self.stop_flag = path / "stop"
        """While it is there, the trainer saves a checkpoint and stops."""
        self.log = path / "trainer.log"
        self.output = path / "output.log"
        """What a trainer prints that a supervisor or a sweep has started."""
        self.lock_file = path / "lock"
        self._lock: FileLock | None = None

    @property
    def used(self) -> bool:
        """Whether a run has left something here to go on with."""
        return self.events.exists() or bool(checkpoint_names.in_order(self.checkpoints))

    def replay(self, window_id: int) -> Path:
        """The file of the replay that a window ends with."""
        return self.replays / f"window-{window_id:06d}.npz"

    def take(self, *, timeout: float = 0.0) -> None:
        """Create what is missing, and hold the directory until ``close`` or the end of this process.

        Raises DirectoryInUseError when another holder doesn't let go within ``timeout`` seconds, OSError.
        """
        for directory in (self.path, self.checkpoints, self.replays):
            directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.lock_file)
        if not lock.take(timeout=timeout):
            lock.close()
            raise DirectoryInUseError(f"{self.path} is in use by another trainer; stop it first")
        self._lock = lock

    def close(self) -> None:
        """Let another trainer have the directory."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
