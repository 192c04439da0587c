"""Weights & Biases, through its own client, online or offline.

``WANDB_MODE=offline`` writes to ``RUN/wandb`` alone, for ``wandb sync`` to upload. ``ABP_WANDB_ENTITY`` and
``ABP_WANDB_PROJECT`` say where the run belongs.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from abp.extras import install_command
from abp.runs.events import CheckpointSaved, Finished, ReplayRecorded, RunEvent, WindowClosed
from abp.tracking import TrackingError
from abp.tracking.memory import TrackerMemory

PROJECT = "asteroid-belt-prospector"
STEP = "env_steps_total"
INIT_SECONDS = 30.0
"""How long to try to reach the server before going on offline."""


class WandbTracker:
    """A run of W&B: windows as history over ``env_steps_total``, checkpoints and replays as artifacts.

    Artifacts are ``checkpoint-ID`` (type model) and ``replay-ID`` (type replay), with the aliases ``latest``, ``best``
    and ``window-N``. Replays: those that are the best so far or reach a milestone. Checkpoints: all of them online;
    offline the best ones and the last, because what waits for its upload fills the disk.
    """

    def __init__(self, run_dir: Path, config: dict[str, Any], *, warn: Callable[[str], None]) -> None:
        """Raises TrackingError where W&B can't work as it is set up; OSError."""
        self._memory = TrackerMemory(run_dir, "wandb")
        self._run_dir = run_dir
        self._last_checkpoint: CheckpointSaved | None = None
        """The newest checkpoint, as long as it is no artifact."""
        self._wandb, self._run = start_run(run_dir, warn=warn, id=self._memory.id, name=config["name"], config=config)
        self._run.define_metric(STEP)
        self._run.define_metric("*", step_metric=STEP)

    def hear(self, event: RunEvent) -> None:
        """What windows, checkpoints, replays and the end of the run tell."""
        match event:
            case WindowClosed(window=row):
                if self._memory.is_new(row.window_id):
                    self._run.log(row.model_dump(exclude_none=True), step=row.window_id)
            case CheckpointSaved():
                self._last_checkpoint = event
                if event.best or not self._run.offline:
                    self._keep_checkpoint(event)
            case ReplayRecorded():
                self._keep_replay(event)
            case Finished():
                if self._last_checkpoint is not None:
                    self._keep_checkpoint(self._last_checkpoint)

    def close(self, *, failed: bool) -> None:
        """Send what is left."""
        self._run.finish(exit_code=int(failed))

    def _keep_checkpoint(self, event: CheckpointSaved) -> None:
        self._last_checkpoint = None
        about = event.model_dump(include={"window_id", "env_steps_total", "sha256"})
        self._keep(f"checkpoint-{self._memory.id}", "model", event.path, about, best=event.best)

    def _keep_replay(self, event: ReplayRecorded) -> None:
        replay = event.replay
        if replay.tags != ["every_window"]:
            best = "best_so_far" in replay.tags
            self._keep(f"replay-{self._memory.id}", "replay", event.path, replay.model_dump(), best=best)

    def _keep(self, name: str, kind: str, path: str, about: dict[str, Any], *, best: bool) -> None:
        artifact = self._wandb.Artifact(name, type=kind, metadata=about)
        # Copied: the file may be removed before it is uploaded.
        artifact.add_file(str(self._run_dir / path), policy="mutable")
        aliases = ["latest", f"window-{about['window_id']}", *(["best"] if best else [])]
        self._run.log_artifact(artifact, aliases=aliases)


def start_run(directory: Path, *, warn: Callable[[str], None], **about: Any) -> tuple[Any, Any]:
    """The module ``wandb`` and a run of it, started or gone on with, whose files are in ``directory``/wandb.

    ``about`` goes to ``wandb.init``. If the server can't be reached the run is offline, and ``warn`` is told.
    Raises TrackingError.
    """
    wandb = _import_wandb()
    (directory / "wandb").mkdir(exist_ok=True)
    # Artifacts wait here for their upload, not in the home directory.
    os.environ.setdefault("WANDB_DATA_DIR", str((directory / "wandb" / "data").absolute()))
    settings = wandb.Settings(silent=True, console="off", init_timeout=INIT_SECONDS, disable_git=True)
    start = {
        "project": os.environ.get("ABP_WANDB_PROJECT") or PROJECT,
        "entity": os.environ.get("ABP_WANDB_ENTITY") or None,
        "dir": str(directory.absolute()),
        "resume": "allow",
        "settings": settings,
        "allow_val_change": True,
        **about,
    }
    try:
        return wandb, wandb.init(mode=_mode(), **start)
    except (wandb.errors.AuthenticationError, wandb.errors.UsageError) as error:
        raise TrackingError(
            f"track is wandb, and W&B refuses: {error}; check WANDB_API_KEY, ABP_WANDB_ENTITY and ABP_WANDB_PROJECT, "
            f"or set WANDB_MODE=offline"
        ) from error
    except wandb.errors.CommError:
        warn(
            f"W&B can't be reached; this process tracks offline. Upload it later with: "
            f"wandb sync {directory / 'wandb'}/offline-run-*"
        )
        # W&B's process holds on to the id of the run that it could not start.
        wandb.teardown()
        return wandb, wandb.init(mode="offline", **start)


def _import_wandb() -> Any:
    try:
        import wandb
    except ImportError as error:
        raise TrackingError(f"track is wandb, which is not installed; {install_command('train')} brings it") from error
    return wandb


def _mode() -> str:
    mode = os.environ.get("WANDB_MODE") or "online"
    if mode not in ("online", "offline", "disabled"):
        raise TrackingError(f"WANDB_MODE is {mode!r}; allowed: online, offline, disabled")
    if mode == "online" and not os.environ.get("WANDB_API_KEY"):
        raise TrackingError("track is wandb, and WANDB_API_KEY is not set; set it, or WANDB_MODE=offline")
    return mode
