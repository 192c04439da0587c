"""Many ships as a native PufferLib environment. Needs the ``train`` extra (pufferlib-core)."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from pufferlib import APIUsageError, PufferEnv

from abp import _core
from abp.core import Backend, BatchCore
from abp.envs.autoreset import Autoreset
from abp.rules import NUM_ACTIONS, OBS_SIZE, TIME_MAX

EPISODE_STATS = (
    "episode_return",
    "episode_length",
    "credits",
    "net_profit",
    "survival",
    "scan_count",
    "mining_ticks",
    "pirate_encounters",
)
"""What is told of every finished episode: its return, its length in steps, and info fields (rules, section 7)."""

Infos = list[dict[str, Any]]


class ProspectorPufferEnv(PufferEnv):  # type: ignore[misc]
    """``num_envs`` ships as the agents of one PufferEnv, for pufferlib's vectorisation and trainer.

    The core writes observations, rewards and ends straight into the buffers that pufferlib hands out (``buf``).
    Episodes restart within the step that ends them, as pufferlib expects: the observation is then the new
    episode's, reward and flags the old one's. The k-th episode of ship i plays world
    ``episode_seeds(seed, i, k)``.

    ``step`` returns infos as a list: empty, or one dict of lists with the EPISODE_STATS of the episodes
    that ended in this step.

    **Double buffer.** With ``double_buffer=True`` (``num_envs`` even) the ships are two halves that take turns:
    ``send`` starts the step of the half that was received last, in a thread of its own with the GIL released, and
    returns at once; ``recv`` waits for the half that was sent first. So one half steps while the policy thinks about
    the other. Every ship sees the same episodes as without. ``async_reset`` makes both halves ready.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        time_max: float = TIME_MAX,
        backend: Backend = "native",
        num_threads: int = 1,
        double_buffer: bool = False,
        buf: dict[str, npt.NDArray[Any]] | None = None,
        seed: int = 0,
    ) -> None:
        """``buf`` and ``seed`` come from pufferlib; the rest are BatchCore's, errors too."""
        if double_buffer and num_envs % 2:
            raise ValueError(f"num_envs is {num_envs}; allowed with double_buffer: an even number")
        self.single_observation_space = gym.spaces.Box(-1.0, 1.0, (OBS_SIZE,), np.float32)
        self.single_action_space = gym.spaces.Discrete(NUM_ACTIONS)
        self.num_agents = num_envs
        self.render_mode = None
        super().__init__(buf)
        size = num_envs // 2 if double_buffer else num_envs
        self.agents_per_batch = size
        self._fleets = [
            _Fleet(
                self,
                slice(start, start + size),
                seed=seed,
                time_max=time_max,
                backend=backend,
                num_threads=num_threads,
            )
            for start in range(0, num_envs, size)
        ]
        self._stepper = ThreadPoolExecutor(1, "prospector-step") if double_buffer else None
        self._sent: deque[tuple[_Fleet, Future[Infos]]] = deque()
        self._received: _Fleet | None = None

    def reset(self, seed: int | None = None) -> tuple[npt.NDArray[np.float32], Infos]:
        """Start all episodes, from the first one of ``seed`` if it is given.

        Returns the observations, no infos.
        """
        self._settle()
        for fleet in self._fleets:
            fleet.reset(seed)
        self.masks[:] = True
        return self.observations, []

    def step(
        self, actions: npt.ArrayLike
    ) -> tuple[
        npt.NDArray[np.float32],
        npt.NDArray[np.float32],
        npt.NDArray[np.bool_],
        npt.NDArray[np.bool_],
        Infos,
    ]:
        """Step all ships. ``actions``: integers[n]; those outside 0..68 are invalid actions.

        Returns the shared buffers (overwritten by the next step) and infos.
        """
        self._settle()
        codes = _core.action_codes(np.asarray(actions), self.num_agents)
        infos = [info for fleet in self._fleets for info in fleet.step(codes[fleet.rows])]
        return self.observations, self.rewards, self.terminals, self.truncations, infos

    def async_reset(self, seed: int | None = None) -> None:
        """Start all episodes; ``recv`` has them."""
        _, self.infos = self.reset(seed)
        if self._stepper:
            for fleet in self._fleets:
                ready: Future[Infos] = Future()
                ready.set_result([])
                self._sent.append((fleet, ready))

    def send(self, actions: npt.ArrayLike) -> None:
        """Step with ``actions``, integers[agents_per_batch], the ships that ``recv`` gave last.

        Raises APIUsageError with a double buffer if nothing was received since the last ``send``.
        """
        if not self._stepper:
            *_, self.infos = self.step(actions)
            return
        fleet = self._received
        if fleet is None:
            raise APIUsageError("send needs a recv before it")
        # The codes are a copy: the caller may write the next actions into the same array while these are stepped.
        codes = _core.action_codes(np.asarray(actions), self.agents_per_batch)
        self._received = None
        self._sent.append((fleet, self._stepper.submit(fleet.step, codes)))

    def recv(self) -> tuple[Any, ...]:
        """What the ships whose turn it is show: all of them, or with a double buffer the half that was sent first.

        Returns observations, rewards, terminals, truncations, teacher actions, infos, agent ids and masks: views of the
        shared buffers, valid until the next ``send``.

        Raises APIUsageError with a double buffer if nothing is under way.
        """
        rows = slice(None)
        if self._stepper:
            if not self._sent:
                raise APIUsageError("recv needs an async_reset or a send before it")
            self._received, step = self._sent.popleft()
            rows, self.infos = self._received.rows, step.result()
        outputs = (self.observations, self.rewards, self.terminals, self.truncations, self.teacher_actions)
        return (*(output[rows] for output in outputs), self.infos, self.agent_ids[rows], self.masks[rows])

    def close(self) -> None:
        """Wait for a step that is under way."""
        self._settle()
        if self._stepper:
            self._stepper.shutdown()

    def _settle(self) -> None:
        """Forget what was sent, once it is done."""
        while self._sent:
            self._sent.popleft()[1].result()
        self._received = None


class _Fleet:
    """Some rows of the environment's ships: a core on their part of the buffers, and what their episodes count."""

    def __init__(
        self, env: ProspectorPufferEnv, rows: slice, *, seed: int, time_max: float, backend: Backend, num_threads: int
    ) -> None:
        self.rows = rows
        core = BatchCore(
            rows.stop - rows.start,
            time_max=time_max,
            backend=backend,
            num_threads=num_threads,
            buffers={
                "obs": env.observations[rows],
                "reward": env.rewards[rows],
                "terminated": env.terminals[rows],
                "truncated": env.truncations[rows],
            },
        )
        self._autoreset = Autoreset(core, "SameStep", seed=seed % 2**64, first_env=rows.start)

    def reset(self, seed: int | None) -> None:
        self._autoreset.start(seed=None if seed is None else seed % 2**64)

    def step(self, codes: npt.NDArray[np.uint8]) -> Infos:
        return [self._stats()] if self._autoreset.step(codes) else []

    def _stats(self) -> dict[str, Any]:
        where = np.flatnonzero(self._autoreset.ended)
        return {name: self._autoreset.endings[name][where].tolist() for name in EPISODE_STATS}
