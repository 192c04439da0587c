"""Which checkpoints of a run stay: the newest few and the best."""

from pathlib import Path
from typing import Any

from abp.runs import checkpoint_names


class Retention:
    """Knows the best checkpoint, and which files in ``directory`` are neither it nor among the newest ``keep``.

    The best is the one whose last whole window earned the most credits an episode; of equals the first.
    """

    def __init__(self, directory: Path, keep: int) -> None:
        self._directory = directory
        self._keep = keep
        self._best: str | None = None
        self._best_credits: float | None = None

    def consider(self, name: str, credits_mean: float | None) -> bool:
        """Whether the checkpoint ``name``, about to be saved, is the best so far.

        ``credits_mean`` is of the window that closed since the one before; None if none did, or without an episode.
        """
        if credits_mean is None or (self._best_credits is not None and credits_mean <= self._best_credits):
            return False
        self._best, self._best_credits = name, credits_mean
        return True

    def surplus(self) -> list[Path]:
        """What may go, oldest first. Ask when the newest is safely on disk."""
        rest = checkpoint_names.in_order(self._directory)[self._keep :]
        return [path for path in reversed(rest) if path.name != self._best]

    def state_dict(self) -> dict[str, Any]:
        """Plain values, for a checkpoint."""
        return {"best": self._best, "best_credits": self._best_credits}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave, unless the file of the best is gone: then the next may be it."""
        if state["best"] is not None and (self._directory / state["best"]).is_file():
            self._best, self._best_credits = state["best"], state["best_credits"]
