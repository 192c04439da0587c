"""Many ships as one Gymnasium vector environment, on one core and in one call a step."""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from abp.actions import action_codes
from abp.constants import NUM_ACTIONS, OBS_SIZE, TIME_MAX
from abp.core import Backend, BatchCore
from abp.seeds import SEED_BITS, episode_seeds

Obs = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class ProspectorVecEnv(VectorEnv[Obs, npt.NDArray[np.int64], npt.NDArray[Any]]):
    """``num_envs`` ships, stepped together. Spaces, rewards and ends are those of ``ProspectorEnv``.

    **Seeds.** The k-th episode of environment i plays world ``episode_seeds(seed, i, k)``, whatever the order
    in which episodes end. ``reset(seed=s)`` starts again at k = 0 with seed ``s``; ``reset(seed=[...])`` with
    one integer an environment plays exactly these worlds first (as ``ProspectorEnv.reset(seed=...)`` would),
    and goes on with ``episode_seeds(seed[i], i, k)``; ``reset()`` goes to the next episode of each
    environment.

    **Autoreset**, as Gymnasium defines the modes (``metadata["autoreset_mode"]``):

    - NEXT_STEP (default): the step after an end ignores that environment's action and returns the reset,
      reward 0.
    - SAME_STEP: the reset happens within the ending step; ``info["final_obs"]`` (object array of float32[260]
      or None) and ``info["final_info"]`` hold what the episode ended with, ``_final_obs`` and ``_final_info``
      where.
    - DISABLED: ``reset(options={"reset_mask": bool[n]})`` resets; stepping an ended environment raises
      EpisodeEndedError.

    **Info.** Always ``action_mask`` (uint8[n, 69]; all 0 for an ended episode). When episodes end in a step
    also the fields of the rules' section 7 for them (in ``final_info`` under SAME_STEP), each with its mask
    ``_name`` of the environments that have it, as Gymnasium does. The fields of running episodes cost time to
    compute: read them from ``env.core.info[name]`` when you need them.

    **Copies.** With ``copy=True`` (default) everything returned is the caller's. With ``copy=False`` the
    observations and the action mask are the core's own buffers, overwritten by the next ``step`` or
    ``reset``.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        seed: int | None = None,
        backend: Backend = "native",
        num_threads: int = 1,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        time_max: float = TIME_MAX,
        copy: bool = True,
    ) -> None:
        """``seed``: what the first ``reset()`` without a seed uses; None draws one from the operating system.

        ``backend``, ``num_threads`` and ``time_max`` are ``BatchCore``'s. Raises ValueError for values out of
        range.
        """
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {"render_modes": [], "autoreset_mode": self.autoreset_mode}
        self.core = BatchCore(num_envs, time_max=time_max, backend=backend, num_threads=num_threads)
        self.num_envs = num_envs
        self.copy = copy
        self.single_observation_space = gym.spaces.Box(-1.0, 1.0, (OBS_SIZE,), np.float32)
        self.single_action_space = gym.spaces.Discrete(NUM_ACTIONS)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        if seed is None:
            seed = int(np.random.default_rng().integers(2**SEED_BITS))
        self._base_seeds = np.full(num_envs, _checked_seed(seed), dtype=np.uint64)
        self._episodes = np.full(num_envs, -1, dtype=np.int64)
        self._worlds = np.zeros(num_envs, dtype=np.uint64)
        self._ended = np.zeros(num_envs, dtype=np.bool_)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Obs, dict[str, Any]]:
        """Start episodes in all environments, or in those of ``options["reset_mask"]`` (bool[n], at least one
        True).

        Returns observations float32[n, 260] of all environments, and info. Raises ValueError or TypeError for
        a seed, an option or a mask that does not fit; nothing has changed then.
        """
        mask = self._reset_mask(options)
        worlds, named = self._named_worlds(seed)
        if isinstance(seed, int | np.integer):
            super().reset(seed=_checked_seed(seed))
            self._base_seeds[mask] = seed
            self._episodes[mask] = -1
        self._base_seeds[mask & named] = worlds[mask & named]
        self._episodes[mask & named] = -1
        self._start_episodes(mask, worlds, named)
        return self._observations(), self._info(None)

    def step(self, actions: npt.ArrayLike) -> tuple[Obs, npt.NDArray[np.float32], Flags, Flags, dict[str, Any]]:
        """Step all environments. ``actions``: integers[n]; those outside 0..255 become 255, an invalid
        action.

        Returns observations float32[n, 260], rewards float32[n], terminated bool[n], truncated bool[n], info.
        Raises TypeError or ValueError for actions of a wrong dtype or shape, EpisodeEndedError before the
        first reset.
        """
        core = self.core
        codes = action_codes(actions, self.num_envs)
        resetting = self._ended if self.autoreset_mode is AutoresetMode.NEXT_STEP and self._ended.any() else None
        if resetting is None:
            core.step(codes)
        else:
            core.step(codes, ~resetting)
            self._start_episodes(resetting)
        reward, terminated, truncated = core.reward.copy(), core.terminated.copy(), core.truncated.copy()
        ended = terminated | truncated
        if self.autoreset_mode is AutoresetMode.SAME_STEP and ended.any():
            final = self._final(ended)
            self._start_episodes(ended)
            return self._observations(), reward, terminated, truncated, {**final, **self._info(None)}
        self._ended = ended
        return self._observations(), reward, terminated, truncated, self._info(ended)

    def action_masks(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 69], 1 where the action is valid now (rules, section 4)."""
        return self.core.action_mask.copy()

    def _start_episodes(
        self, mask: Flags, worlds: npt.NDArray[np.uint64] | None = None, named: Flags | None = None
    ) -> None:
        """Go to the next episode where ``mask``, in the world of ``worlds`` where it is ``named``."""
        where = np.flatnonzero(mask)
        self._episodes[where] += 1
        self._worlds[where] = episode_seeds(self._base_seeds[where], where, self._episodes[where])
        if worlds is not None and named is not None:
            self._worlds = np.where(mask & named, worlds, self._worlds)
        self.core.reset(self._worlds, mask)
        self._ended = self._ended & ~mask

    def _observations(self) -> Obs:
        return self.core.obs.copy() if self.copy else self.core.obs

    def _info(self, ended: Flags | None) -> dict[str, Any]:
        mask = self.core.action_mask
        info: dict[str, Any] = {
            "action_mask": mask.copy() if self.copy else mask,
            "_action_mask": np.ones(self.num_envs, dtype=np.bool_),
        }
        if ended is not None and ended.any():
            info.update(self._episode_fields(ended))
        return info

    def _final(self, ended: Flags) -> dict[str, Any]:
        final_obs = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(ended):
            final_obs[i] = self.core.obs[i].copy()
        fields = self._episode_fields(ended)
        fields["action_mask"] = np.where(ended[:, None], self.core.action_mask, np.uint8(0))
        fields["_action_mask"] = ended.copy()
        return {
            "final_obs": final_obs,
            "_final_obs": ended.copy(),
            "final_info": fields,
            "_final_info": ended.copy(),
        }

    def _episode_fields(self, ended: Flags) -> dict[str, Any]:
        where = np.flatnonzero(ended)
        last = {name: self.core.info[name][where] for name in ("dt", "invalid_action", "action")}
        fields: dict[str, Any] = {}
        present = ended.copy()
        for name, values in {**last, **self.core.info_of(where)}.items():
            column = np.zeros(self.num_envs, values.dtype)
            column[where] = values
            fields[name] = column
            fields[f"_{name}"] = present
        return fields

    def _reset_mask(self, options: dict[str, Any] | None) -> Flags:
        unknown = sorted(set(options or {}) - {"reset_mask"})
        if unknown:
            raise ValueError(f'options allows only "reset_mask", got {unknown}')
        if not options:
            return np.ones(self.num_envs, dtype=np.bool_)
        mask = options["reset_mask"]
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            raise TypeError(
                f'options["reset_mask"] must be a numpy bool array, got {getattr(mask, "dtype", type(mask))}'
            )
        if mask.shape != (self.num_envs,):
            raise ValueError(f'options["reset_mask"] must have shape ({self.num_envs},), got {mask.shape}')
        if not mask.any():
            raise ValueError('options["reset_mask"] must have at least one True')
        return mask

    def _named_worlds(self, seed: int | Sequence[int | None] | None) -> tuple[npt.NDArray[np.uint64], Flags]:
        """The worlds uint64[n] that a sequence of seeds names, and where it names one, bool[n]."""
        worlds, named = np.zeros(self.num_envs, dtype=np.uint64), np.zeros(self.num_envs, dtype=np.bool_)
        if seed is None or isinstance(seed, int | np.integer):
            return worlds, named
        if len(seed) != self.num_envs:
            raise ValueError(f"seed must have one entry an environment ({self.num_envs}), got {len(seed)}")
        for i, value in enumerate(seed):
            if value is not None:
                worlds[i], named[i] = _checked_seed(value), True
        return worlds, named


def _checked_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed must be an integer, got {type(seed).__name__}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be in 0..2**64-1, got {seed}")
    return int(seed)
