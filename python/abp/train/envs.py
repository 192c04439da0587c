"""The environments of a run: stepped, reset as they end, rewarded by profile, their episodes counted."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from abp.autoreset import Autoreset
from abp.core import BatchCore
from abp.train.config import TrainConfig
from abp.train.rewards import reward_profile
from abp.train.windows import Tally

AT_STATION = 17
"""Index in the observation (rules, section 6)."""


class TrainingEnvs:
    """Environments ``envs`` of a run, n of them, with the semantics of ``ProspectorVecEnv`` in SAME_STEP mode, for
    the trainer alone.

    ``obs`` float32[n, 260] and ``mask`` uint8[n, 69] are the core's buffers: what the next action is chosen
    from. After ``step``: ``reward`` float32[n] of the training profile, ``done`` bool[n], and for the
    episodes that were truncated their ``truncated`` indices int64[k] and ``final_obs`` float32[k, 260].
    """

    def __init__(self, config: TrainConfig, envs: slice) -> None:
        n = envs.stop - envs.start
        self.core = BatchCore(n, time_max=config.time_max, backend=config.backend)
        self.obs = self.core.obs
        self.reward = np.zeros(n, dtype=np.float32)
        self.done = np.zeros(n, dtype=np.bool_)
        self.truncated = np.zeros(0, dtype=np.int64)
        self.final_obs = np.zeros((0, self.obs.shape[1]), dtype=np.float32)
        self._autoreset = Autoreset(self.core, "SameStep", seed=config.seed, first_env=envs.start)
        self._profile = reward_profile(config.reward, self._autoreset)

    @property
    def mask(self) -> npt.NDArray[np.uint8]:
        """uint8[n, 69], 1 where the action is valid now."""
        return self.core.action_mask

    def reset(self) -> None:
        """Start the first episode of every environment."""
        self._autoreset.start()
        self._profile.start()

    def step(self, actions: npt.NDArray[np.uint8], tally: Tally) -> None:
        """Step every environment with ``actions`` uint8[n], restart those that end, and count it all in
        ``tally``.
        """
        core, autoreset = self.core, self._autoreset
        ended = autoreset.step(actions)
        self.reward[:] = self._profile.reward()
        self.done[:] = autoreset.ended
        self.truncated = np.flatnonzero(core.truncated)
        self.final_obs = autoreset.final_obs[self.truncated]
        # The last step of an episode that ended is in its ending, that of a running one in the core; the other is 0.
        last = autoreset.endings
        tally.add_step(core.info["dt"] + last["dt"], core.info["invalid_action"] | last["invalid_action"])
        if ended:
            self._count_episodes(tally)

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
        """Every running episode:

        state bytes end to end, their lengths, counters, sums and the current observations.
        """
        blobs = [self.core.state(i) for i in range(self.core.num_envs)]
        return {
            "blobs": torch.frombuffer(bytearray(b"".join(blobs)), dtype=torch.uint8),
            "blob_lengths": torch.tensor([len(blob) for blob in blobs]),
            "obs": torch.from_numpy(self.obs.copy()),
            "episodes": torch.from_numpy(self._autoreset.episodes.copy()),
            "returns": torch.from_numpy(self._autoreset.returns.copy()),
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
        self._autoreset.episodes[:] = state["episodes"].numpy()
        self._autoreset.returns[:] = state["returns"].numpy()
        self._profile.restore(state["profile"].numpy())
