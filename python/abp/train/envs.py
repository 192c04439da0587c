"""The environments of a run: stepped, reset as they end, rewarded by profile, their episodes counted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from abp.core import BatchCore
from abp.envs.autoreset import Autoreset
from abp.players.logbook import Logbook
from abp.runs.config import TrainConfig
from abp.train.cutoff import EpisodeCutoff
from abp.train.rewards import reward_profile
from abp.train.windows import Tally

AT_STATION = 17
"""Index in the observation (rules, section 6)."""

STALLED = np.float32(20.0)
"""What the training reward is less for an episode that is given up."""


class TrainingEnvs:
    """Environments ``envs`` of a run, n of them, with the semantics of ``ProspectorVecEnv`` in SAME_STEP mode, for
    the trainer alone.

    ``obs`` float32[n, 260], ``features`` float32[n, 108] of the logbook (if there is one) and ``mask`` uint8[n, 69] are
    what the next action is chosen from. After ``step``: ``reward`` float32[n] of the training profile, ``done``
    bool[n], and for the episodes that were truncated, or left, their ``truncated`` indices int64[k] and what the
    policy would have seen next, ``final_inputs`` float32[k, 368].
    """

    def __init__(self, config: TrainConfig, envs: slice, num_threads: int = 1) -> None:
        """``num_threads`` step them together; it changes no number."""
        n = envs.stop - envs.start
        self.core = BatchCore(n, time_max=config.time_max, backend=config.backend, num_threads=num_threads)
        self.obs = self.core.obs
        self.reward = np.zeros(n, dtype=np.float32)
        self.done = np.zeros(n, dtype=np.bool_)
        self.truncated = np.zeros(0, dtype=np.int64)
        self.final_inputs = self._nothing = np.zeros((0, config.inputs), dtype=np.float32)
        self._autoreset = Autoreset(self.core, "SameStep", seed=config.seed, first_env=envs.start)
        self._profile = reward_profile(config.reward, self._autoreset)
        self._logbook = Logbook(n, kept=config.logbook)
        self.features = self._logbook.features
        self._cutoff = EpisodeCutoff(config, envs.start, n)
        self._stall_limit = config.stall_limit

    @property
    def mask(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 69], 1 where the action is valid now and not pointless."""
        return self._logbook.prune_actions(self.obs, self.core.action_mask)

    def reset(self) -> None:
        """Start the first episode of every environment."""
        self._autoreset.start()
        self._profile.start()
        self._logbook.begin(self.obs)

    def step(self, actions: npt.NDArray[np.uint8], tally: Tally) -> None:
        """Step every environment with ``actions`` uint8[n], restart those that end, and count it all in
        ``tally``.
        """
        core, autoreset = self.core, self._autoreset
        ended = autoreset.step(actions)
        self.reward[:] = self._profile.reward()
        self.done[:] = autoreset.ended
        self.truncated, self.final_inputs = np.flatnonzero(core.truncated), self._nothing
        if len(self.truncated):
            final_obs = autoreset.final_obs[self.truncated]
            ends = self._logbook.note_rows(self.truncated, actions[self.truncated], final_obs)
            self.final_inputs = np.concatenate([final_obs, ends], axis=1)
        self._logbook.note(actions, self.obs, autoreset.ended)
        # The last step of an episode that ended is in its ending, that of a running one in the core; the other is 0.
        last = autoreset.endings
        tally.add_step(core.info["dt"] + last["dt"], core.info["invalid_action"] | last["invalid_action"])
        if ended:
            self._count_episodes(tally)
        self._leave_episodes()

    def _leave_episodes(self) -> None:
        """Go over to the next episode where the training has seen enough of this one. It counts as not finished."""
        over = self._cutoff.is_over(self._autoreset.episodes, self._autoreset.lengths)
        stalled = np.zeros_like(over)
        if self._stall_limit:
            stalled = self._logbook.steps_since_high() >= self._stall_limit
        left = over | stalled
        if not left.any():
            return
        over &= ~stalled
        self.truncated = np.concatenate([self.truncated, np.flatnonzero(over)])
        inputs = np.concatenate([self.obs[over], self.features[over]], axis=1)
        self.final_inputs = np.concatenate([self.final_inputs, inputs])
        self.reward[stalled] -= STALLED
        self.done |= left
        self._autoreset.start(left)
        self._profile.start()
        self._logbook.begin(self.obs, left)

    def _count_episodes(self, tally: Tally) -> None:
        core, ended = self.core, np.flatnonzero(self.done)
        fields = {name: column[ended] for name, column in self._autoreset.endings.items()}
        terminated = core.terminated[ended]
        dead = terminated & (fields["survival"] == 0)
        # Dead by hull, by fuel, or by both at once (rules, section 4.7).
        destroyed = dead & (fields["hull_damage"] >= 100.0)
        stranded = dead & (fields["fuel_used"] >= 1000.0) & (self._autoreset.final_obs[ended, AT_STATION] == 0)
        ends = {
            "terminated": terminated,
            "truncated": core.truncated[ended],
            "destroyed": destroyed,
            "stranded": stranded,
            "cashed_out": terminated & ~dead,
        }
        tally.add_episodes(fields["episode_return"], fields, ends)

    def state_dict(self) -> dict[str, Tensor]:
        """What the running episodes are: state bytes end to end, their lengths, counters, sums, logs, observations."""
        blobs = [self.core.state(i) for i in range(self.core.num_envs)]
        return {
            "blobs": torch.frombuffer(bytearray(b"".join(blobs)), dtype=torch.uint8),
            "blob_lengths": torch.tensor([len(blob) for blob in blobs]),
            "obs": torch.from_numpy(self.obs.copy()),
            "episodes": torch.from_numpy(self._autoreset.episodes.copy()),
            "returns": torch.from_numpy(self._autoreset.returns.copy()),
            "lengths": torch.from_numpy(self._autoreset.lengths.copy()),
            "profile": torch.from_numpy(self._profile.state()),
            "logbook": torch.from_numpy(self._logbook.state().view(np.int32)),
            "features": torch.from_numpy(self.features.copy()),
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
        self._autoreset.episodes[:] = state["episodes"].numpy()
        self._autoreset.returns[:] = state["returns"].numpy()
        self._autoreset.lengths[:] = state["lengths"].numpy()
        self._profile.restore(state["profile"].numpy())
        self._logbook.restore(state["logbook"].numpy().view(np.uint32), state["features"].numpy())
