"""The environments of a run: stepped, reset as they end, rewarded by profile, their episodes counted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from abp.core import BatchCore
from abp.seeds import episode_seeds
from abp.train.config import TrainConfig
from abp.train.rewards import reward_profile
from abp.train.windows import Window

AT_STATION = 17
"""Index in the observation (rules, section 6)."""


class TrainingEnvs:
    """``num_envs`` environments with the semantics of ``ProspectorVecEnv`` in SAME_STEP mode, for the trainer
    alone.

    ``obs`` float32[n, 260] and ``mask`` uint8[n, 69] are the core's buffers: what the next action is chosen
    from. After ``step``: ``reward`` float32[n] of the training profile, ``done`` bool[n], and for the
    episodes that were truncated their ``truncated`` indices int64[k] and ``final_obs`` float32[k, 260].
    """

    def __init__(self, config: TrainConfig) -> None:
        n = config.num_envs
        self.core = BatchCore(n, time_max=config.time_max, backend=config.backend, num_threads=config.num_threads)
        self.obs = self.core.obs
        self.reward = np.zeros(n, dtype=np.float32)
        self.done = np.zeros(n, dtype=np.bool_)
        self.truncated = np.zeros(0, dtype=np.int64)
        self.final_obs = np.zeros((0, self.obs.shape[1]), dtype=np.float32)
        self._seed = config.seed
        self._indices = np.arange(n, dtype=np.int64)
        self._episodes = np.full(n, -1, dtype=np.int64)
        self._returns = np.zeros(n, dtype=np.float64)
        self._profile = reward_profile(config.reward, self.core)

    @property
    def mask(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 69], 1 where the action is valid now."""
        return self.core.action_mask

    def reset(self) -> None:
        """Start the first episode of every environment."""
        self._start_episodes(np.ones(len(self._indices), dtype=np.bool_))

    def step(self, actions: npt.NDArray[np.uint8], window: Window) -> None:
        """Step every environment with ``actions`` uint8[n], restart those that end, and count it all in
        ``window``.
        """
        core = self.core
        core.step(actions)
        self.reward[:] = self._profile.reward()
        np.logical_or(core.terminated, core.truncated, out=self.done)
        self._returns += core.reward
        window.add_step(core.info["dt"], core.info["invalid_action"])
        self.truncated = np.flatnonzero(core.truncated)
        self.final_obs = core.obs[self.truncated]
        if self.done.any():
            self._count_episodes(window)
            self._start_episodes(self.done)

    def _count_episodes(self, window: Window) -> None:
        core, done = self.core, self.done
        fields = core.info_of(np.flatnonzero(done))
        terminated = core.terminated[done]
        dead = terminated & (fields["survival"] == 0)
        # Dead by hull, by fuel, or by both at once (rules, section 4.7).
        destroyed = dead & (fields["hull_damage"] >= 100.0)
        stranded = dead & (fields["fuel_used"] >= 1000.0) & (core.obs[done, AT_STATION] == 0)
        ends = {
            "terminated": terminated,
            "truncated": core.truncated[done],
            "destroyed": destroyed,
            "stranded": stranded,
            "cashed_out": terminated & ~dead,
        }
        window.add_episodes(self._returns[done], fields, ends)

    def _start_episodes(self, mask: npt.NDArray[np.bool_]) -> None:
        self._episodes += mask
        self.core.reset(episode_seeds(self._seed, self._indices, self._episodes), mask)
        self._returns[mask] = 0.0
        self._profile.start(mask)

    def state_dict(self) -> dict[str, Tensor]:
        """Every running episode:

        state bytes end to end, their lengths, counters, sums and the current observations.
        """
        blobs = [self.core.state(i) for i in range(self.core.num_envs)]
        return {
            "blobs": torch.frombuffer(bytearray(b"".join(blobs)), dtype=torch.uint8),
            "blob_lengths": torch.tensor([len(blob) for blob in blobs]),
            "obs": torch.from_numpy(self.obs.copy()),
            "episodes": torch.from_numpy(self._episodes.copy()),
            "returns": torch.from_numpy(self._returns.copy()),
            "profile": torch.from_numpy(self._profile.state()),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave.

        Raises ValueError for state bytes that are not an episode's.
        """
        blobs = state["blobs"].numpy().tobytes()
        end = 0
        for i, length in enumerate(state["blob_lengths"].tolist()):
            self.core.set_state(i, blobs[end : end + length])
            end += length
        self.obs[:] = state["obs"].numpy()
        self._episodes[:] = state["episodes"].numpy()
        self._returns[:] = state["returns"].numpy()
        self._profile.restore(state["profile"].numpy())
