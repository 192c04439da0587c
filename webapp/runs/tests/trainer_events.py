"""Events as a trainer writes them, and recordings of real episodes for those that name a file."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import abp
from abp.episodes.episode import Episode
from abp.episodes.replay import ReplayRecipe, state_hash
from abp.runs.config import TrainConfig
from abp.runs.replay_summary import ReplaySummary
from abp.runs.window import WindowRow
from runs.directory import run_directory
from runs.models import Run

Event = dict[str, Any]


def window_row(window_id: int, **changes: Any) -> dict[str, Any]:
    """A window's row as a trainer writes it; figures that are not named here are null."""
    counted = {name: 0 for name, field in WindowRow.model_fields.items() if field.annotation in (int, float)}
    return {
        **dict.fromkeys(WindowRow.model_fields),
        **counted,
        "window_id": window_id,
        "env_steps_total": window_id * 512,
        "ticks": window_id * 900,
        "wall_time_s": 0.5 * window_id,
        "steps_per_second": 1000.0,
        "return_mean": -1.0 / window_id,
        "credits_mean": 100.0 * window_id,
        "episodes_completed": 3,
        **changes,
    }


def started(**changes: Any) -> dict[str, Any]:
    """The fields of a `started` event that not every event has."""
    return {
        "pid": 1,
        "host": "h",
        "config": TrainConfig().model_dump(),
        "versions": {"abp": abp.__version__, "rules": abp.RULES_VERSION, "torch": "2.9.0"},
        "resumed_from": None,
        "env_steps_total": 0,
        **changes,
    }


@dataclass
class EventWriter:
    """Writes events.jsonl as the trainer of `token` would; `seq` goes on over all of them."""

    run: Run
    token: int = 1
    seq: int = 0
    written: list[Event] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return run_directory(self.run.pk).events

    def event(self, kind: str, **payload: Any) -> Event:
        self.seq += 1
        event = {"seq": self.seq, "time": datetime.now(UTC).isoformat(), "token": self.token, "type": kind, **payload}
        self.written.append(event)
        return event

    def append(self, kind: str, **payload: Any) -> Event:
        event = self.event(kind, **payload)
        self.append_text(json.dumps(event) + "\n")
        return event

    def append_text(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(text)

    def window(self, window_id: int, **changes: Any) -> Event:
        return self.append("window", window=window_row(window_id, **changes))

    def checkpoint(self, window_id: int) -> Event:
        path = self.path.parent / "checkpoints" / f"window-{window_id:06d}.pt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"weights")
        return self.append(
            "checkpoint",
            **_file(path, self.path.parent),
            window_id=window_id,
            env_steps_total=window_id * 512,
            best=False,
        )

    def remove_checkpoint(self, window_id: int, *, reason: str = "pruned") -> Event:
        path = self.path.parent / "checkpoints" / f"window-{window_id:06d}.pt"
        event = self.append("checkpoint_removed", path=str(path.relative_to(self.path.parent)), reason=reason)
        path.unlink()
        return event

    def replay(self, window_id: int, *, tags: tuple[str, ...] = ("every_window",), time_max: float = 200.0) -> Event:
        path = self.path.parent / "replays" / f"window-{window_id:06d}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        recipe = recorded_episode(seed=window_id, time_max=time_max)
        recipe.tags, recipe.window_id = [*tags], window_id
        recipe.save(path)
        summary = ReplaySummary.of(recipe, env_steps_total=window_id * 512)
        return self.append("replay", **_file(path, self.path.parent), replay=summary.model_dump())


def _file(path: Path, directory: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "path": str(path.relative_to(directory)),
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }


def recorded_episode(*, seed: int, time_max: float) -> ReplayRecipe:
    """A random policy's episode. It stays at the station, where nothing can happen to it, until near its end."""
    episode, rng = Episode.start(seed, time_max), np.random.default_rng(seed)
    actions, total = [], 0.0
    while not episode.ended:
        state = episode.frame["render_state"]
        mask = np.array(state["action_mask"], dtype=bool)
        mask[68] = False
        if state["time_remaining"] > 60:
            mask[:6] = False
        action = int(rng.choice(np.flatnonzero(mask))) if rng.random() < 0.3 else 6
        actions.append(action)
        total += episode.step(action)["reward"]
    last, steps = episode.frame, len(actions)
    return ReplayRecipe(
        rules_version=abp.RULES_VERSION,
        package_version=abp.__version__,
        seed=seed,
        time_max=time_max,
        actions=np.array(actions, dtype=np.uint8),
        values=np.linspace(-1, 1, steps, dtype=np.float32),
        top_actions=np.tile(np.arange(5, dtype=np.uint8), (steps, 1)),
        top_probs=np.tile(np.array([0.5, 0.2, 0.2, 0.1, 0.0], dtype=np.float32), (steps, 1)),
        return_total=total,
        credits=last["info"]["credits"],
        net_profit=last["info"]["net_profit"],
        survival=last["info"]["survival"],
        ticks=last["t"] + last["dt"],
        end_reason="timeout" if last["truncated"] else "stranded",
        final_state_hash=state_hash(episode.state()),
    )
