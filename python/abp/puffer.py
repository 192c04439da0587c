"""Many ships as a native PufferLib environment. Needs the ``train`` extra (pufferlib-core)."""

from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from pufferlib import PufferEnv

from abp.actions import action_codes
from abp.constants import NUM_ACTIONS, OBS_SIZE, TIME_MAX
from abp.core import Backend, BatchCore
from abp.seeds import episode_seeds

EPISODE_STATS = ("credits", "net_profit", "survival", "scan_count", "mining_ticks", "pirate_encounters")
"""Info fields (rules, section 7) told of every finished episode, beside its return and length."""


class ProspectorPufferEnv(PufferEnv):  # type: ignore[misc]
    """``num_envs`` ships as the agents of one PufferEnv, for pufferlib's vectorisation and trainer.

    The core writes observations, rewards and ends straight into the buffers that pufferlib hands out
    (``buf``). Episodes restart within the step that ends them, as pufferlib expects: the observation is then
    the new episode's, reward and flags the old one's. The k-th episode of ship i plays world
    ``episode_seeds(seed, i, k)``.

    ``step`` returns infos as a list: empty, or one dict of lists with ``episode_return``, ``episode_length``
    and EPISODE_STATS of the episodes that ended in this step.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        time_max: float = TIME_MAX,
        backend: Backend = "native",
        num_threads: int = 1,
        buf: dict[str, npt.NDArray[Any]] | None = None,
        seed: int = 0,
    ) -> None:
        """``buf`` and ``seed`` come from pufferlib; the rest are BatchCore's, errors too."""
        self.single_observation_space = gym.spaces.Box(-1.0, 1.0, (OBS_SIZE,), np.float32)
        self.single_action_space = gym.spaces.Discrete(NUM_ACTIONS)
        self.num_agents = num_envs
        self.render_mode = None
        super().__init__(buf)
        self.core = BatchCore(
            num_envs,
            time_max=time_max,
            backend=backend,
            num_threads=num_threads,
            buffers={
                "obs": self.observations,
                "reward": self.rewards,
                "terminated": self.terminals,
                "truncated": self.truncations,
            },
        )
        self._seed = seed
        self._indices = np.arange(num_envs, dtype=np.int64)
        self._episodes = np.full(num_envs, -1, dtype=np.int64)
        self._returns = np.zeros(num_envs, dtype=np.float64)
        self._lengths = np.zeros(num_envs, dtype=np.int64)

    def reset(self, seed: int | None = None) -> tuple[npt.NDArray[np.float32], list[dict[str, Any]]]:
        """Start all episodes, from the first one of ``seed`` if it is given.

        Returns the observations, no infos.
        """
        if seed is not None:
            self._seed = seed
            self._episodes[:] = -1
        self._start_episodes(np.ones(self.num_agents, dtype=np.bool_))
        self.masks[:] = True
        return self.observations, []

    def step(
        self, actions: npt.ArrayLike
    ) -> tuple[
        npt.NDArray[np.float32],
        npt.NDArray[np.float32],
        npt.NDArray[np.bool_],
        npt.NDArray[np.bool_],
        list[dict[str, Any]],
    ]:
        """Step all ships. ``actions``: integers[n]; those outside 0..68 are invalid actions.

        Returns the shared buffers (overwritten by the next step) and infos.
        """
        self.core.step(action_codes(actions, self.num_agents))
        self._returns += self.rewards
        self._lengths += 1
        ended = self.terminals | self.truncations
        infos: list[dict[str, Any]] = []
        if ended.any():
            infos.append(self._stats(ended))
            # A reset clears the outputs of the step that ended the episode: put them back.
            outputs = (self.rewards, self.terminals, self.truncations)
            kept = [output[ended] for output in outputs]
            self._start_episodes(ended)
            for output, values in zip(outputs, kept, strict=True):
                output[ended] = values
        return self.observations, self.rewards, self.terminals, self.truncations, infos

    def close(self) -> None:
        """Nothing to release."""

    def _start_episodes(self, mask: npt.NDArray[np.bool_]) -> None:
        self._episodes += mask
        self.core.reset(episode_seeds(self._seed, self._indices, self._episodes), mask)
        self._returns[mask] = 0.0
        self._lengths[mask] = 0

    def _stats(self, ended: npt.NDArray[np.bool_]) -> dict[str, Any]:
        return {
            "episode_return": self._returns[ended].tolist(),
            "episode_length": self._lengths[ended].tolist(),
            **{name: self.core.info[name][ended].tolist() for name in EPISODE_STATS},
        }
