"""Frames of stored replays: simulated again, from snapshots taken along the way, so that any page costs the same.

The first use of a replay in a process walks its whole episode once: that proves its hash, and leaves a state every
SNAPSHOT_EVERY steps. What is kept is bounded (a state is about 10 kB, a replay of 20,000 steps about 1 MB).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from abp.core import EpisodeEndedError
from abp.episodes.episode import Episode
from abp.episodes.frame import Frame
from abp.episodes.replay import ReplayFormatError, ReplayMismatchError, ReplayRecipe, policy_at, state_hash
from base import artifacts
from base.errors import BrokenArtifactError
from replays.models import Replay

SNAPSHOT_EVERY = 200
KEPT_REPLAYS = 32


@dataclass(frozen=True)
class Snapshot:
    """An episode right after frame `frame_index`."""

    frame_index: int
    state: bytes
    visited: tuple[int, ...]


class Playback:
    """One verified replay, ready to give any of its frames."""

    def __init__(self, recipe: ReplayRecipe) -> None:
        """Raises ReplayMismatchError unless the recipe, simulated again, ends as recorded."""
        self._recipe = recipe
        self._snapshots = [*_walk(recipe)]

    @property
    def total(self) -> int:
        """Number of frames: one more than steps."""
        return self._recipe.steps + 1

    def frames(self, *, offset: int, limit: int) -> list[Frame]:
        """At most `limit` frames from `offset` on."""
        return [*self.iterate(offset=offset, stop=min(self.total, offset + limit))]

    def iterate(self, *, offset: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames `offset`..`stop`-1 (all that follow if None), one after the other."""
        stop = self.total if stop is None else stop
        # A frame belongs to the step that led to it, so simulation starts one frame before the first one wanted.
        episode = self._restore(max(0, offset - 1))
        if offset == 0 < stop:
            yield episode.frame
        for step in range(episode.frame_index, stop - 1):
            yield episode.step(int(self._recipe.actions[step]), policy_at(self._recipe, step))

    def _restore(self, frame_index: int) -> Episode:
        snapshot = self._snapshots[frame_index // SNAPSHOT_EVERY]
        episode = Episode.restore(
            snapshot.state,
            time_max=self._recipe.time_max,
            frame_index=snapshot.frame_index,
            visited=snapshot.visited,
        )
        if frame_index > snapshot.frame_index:
            episode.skip(self._recipe.actions[snapshot.frame_index : frame_index])
        return episode


def _walk(recipe: ReplayRecipe) -> Iterator[Snapshot]:
    episode = Episode.start(recipe.seed, recipe.time_max)
    try:
        for start in range(0, recipe.steps + 1, SNAPSHOT_EVERY):
            yield Snapshot(start, episode.state(), tuple(episode.visited))
            episode.skip(recipe.actions[start : start + SNAPSHOT_EVERY])
    except EpisodeEndedError as error:
        raise ReplayMismatchError(f"the episode ends before its {recipe.steps} recorded actions") from error
    if state_hash(episode.state()) != recipe.final_state_hash:
        raise ReplayMismatchError("the final state differs from the recorded one")


class PlaybackCache:
    """The playbacks used last. A replay that was recorded again (same id, other hash) is read anew."""

    def __init__(self, size: int = KEPT_REPLAYS) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, str], Playback] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, replay: Replay) -> Playback:
        """BrokenArtifactError if the file is missing, unreadable or doesn't give what was recorded."""
        key = (str(replay.pk), replay.sha256)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        playback = _opened(replay)
        with self._lock:
            self._kept[key] = playback
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return playback


def _opened(replay: Replay) -> Playback:
    try:
        with artifacts.storage().open(replay.path) as file:
            recipe = ReplayRecipe.load(cast(BinaryIO, file))
        if recipe.final_state_hash != replay.final_state_hash:
            raise ReplayMismatchError("the file belongs to another recording")
        return Playback(recipe)
    except FileNotFoundError as error:
        raise BrokenArtifactError(f"the file of replay {replay.pk} is gone") from error
    except ReplayFormatError as error:
        raise BrokenArtifactError(f"replay {replay.pk} can't be read: {error}") from error
    except (ReplayMismatchError, ValueError) as error:
        raise BrokenArtifactError(f"replay {replay.pk} can't be simulated again: {error}") from error


cache = PlaybackCache()
