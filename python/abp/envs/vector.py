"""Many ships as one Gymnasium vector environment, on one core and in one call a step."""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from abp.core import Backend, BatchCore
from abp.envs.autoreset import Autoreset, read_only
from abp.rules import INFO_FIELDS, NUM_ACTIONS, OBS_SIZE, TIME_MAX
from abp.seeds import SEED_BITS

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

    **What a step returns is overwritten by the next.** The observations are a read-only view of the core's own
    buffer, valid until the next ``step`` or ``reset``, and so are the columns of ``info``: a loop that keeps them
    must copy them (``obs.copy()``, ``torch.tensor(obs)``). Rewards, flags and ``final_obs`` are the caller's.
    With ``copy=True`` everything is.

    **Action mask.** ``env.action_masks()`` computes it when asked (through wrappers:
    ``env.unwrapped.action_masks()``); it isn't in ``info``, as that would cost every step.

    **Info.** Empty unless episodes ended in the step. Then it has the fields of the rules' section 7 for these (in
    ``final_info`` under SAME_STEP), 0 for the others, each with its mask ``_name`` of the environments that have it,
    as Gymnasium does. Those of running episodes cost time to compute: read them from ``env.core.info[name]`` when
    you need them.
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
        copy: bool = False,
    ) -> None:
        """``seed``: what the first ``reset()`` without a seed uses; None draws one from the operating system.

        ``backend``, ``num_threads`` and ``time_max`` are ``BatchCore``'s; ``copy``: whether what a step returns
        outlives the next. Raises ValueError for values out of range.
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
        self._autoreset = Autoreset(self.core, self.autoreset_mode.value, seed=_checked_seed(seed))
        self._obs = read_only(self.core.obs)
        self._endings: dict[str, npt.NDArray[Any]] = {}
        for name in INFO_FIELDS:
            self._endings[name] = self._autoreset.endings[name]
            self._endings[f"_{name}"] = self._autoreset.ended

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Obs, dict[str, Any]]:
        """Start episodes in all environments, or in those of ``options["reset_mask"]`` (bool[n], at least one
        True).

        Returns observations float32[n, 260] of all environments, and info. Raises ValueError or TypeError for
        a seed, an option or a mask that does not fit; nothing has changed then.
        """
        mask = self._reset_mask(options)
        if seed is None:
            self._autoreset.start(mask)
        elif isinstance(seed, int | np.integer):
            super().reset(seed=_checked_seed(seed))
            self._autoreset.start(mask, seed=int(seed))
        else:
            self._autoreset.start(mask, worlds=self._worlds(seed))
        return self._observations(), {}

    def step(self, actions: npt.ArrayLike) -> tuple[Obs, npt.NDArray[np.float32], Flags, Flags, dict[str, Any]]:
        """Step all environments. ``actions``: integers[n]; those outside 0..255 become 255, an invalid
        action.

        Returns observations float32[n, 260], rewards float32[n], terminated bool[n], truncated bool[n], info.
        Raises TypeError or ValueError for actions of a wrong dtype or shape, EpisodeEndedError before the
        first reset.
        """
        core = self.core
        ended = self._autoreset.step(np.asarray(actions))
        info = self._info() if ended else {}
        return self._observations(), core.reward.copy(), core.terminated.copy(), core.truncated.copy(), info

    def action_masks(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 69], 1 where the action is valid now, all 0 for an ended episode (rules, section 4).

        Without ``copy`` the next call overwrites it.
        """
        return self.core.action_mask.copy() if self.copy else self.core.action_mask

    def _observations(self) -> Obs:
        return self._obs.copy() if self.copy else self._obs

    def _info(self) -> dict[str, Any]:
        """What a step tells that ended episodes."""
        fields: dict[str, Any] = dict(self._endings)
        if self.copy:
            fields = {name: column.copy() for name, column in fields.items()}
        if self.autoreset_mode is not AutoresetMode.SAME_STEP:
            return fields
        ended = fields["_dt"]
        final_obs = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(ended):
            final_obs[i] = self._autoreset.final_obs[i].copy()
        fields["action_mask"] = np.zeros((self.num_envs, NUM_ACTIONS), dtype=np.uint8)
        fields["_action_mask"] = ended
        return {"final_obs": final_obs, "_final_obs": ended, "final_info": fields, "_final_info": ended}

    def _reset_mask(self, options: dict[str, Any] | None) -> Flags | None:
        unknown = sorted(set(options or {}) - {"reset_mask"})
        if unknown:
            raise ValueError(f'options allows only "reset_mask", got {unknown}')
        if not options:
            return None
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

    def _worlds(self, seeds: Sequence[int | None]) -> list[int | None]:
        if len(seeds) != self.num_envs:
            raise ValueError(f"seed must have one entry an environment ({self.num_envs}), got {len(seeds)}")
        return [None if seed is None else _checked_seed(seed) for seed in seeds]


def _checked_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed must be an integer, got {type(seed).__name__}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed must be in 0..2**64-1, got {seed}")
    return int(seed)
