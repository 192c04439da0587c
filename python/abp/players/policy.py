"""A trained policy as a player. Needs the ``train`` extra (torch)."""

import numpy as np
import numpy.typing as npt
import torch

from abp.players.logbook import Logbook
from abp.players.network import Policy
from abp.seeds import SEED_BITS, episode_seeds

SAMPLING_SEED = 1


class PolicyPlayer:
    """Samples its actions, or with ``greedy`` takes the most probable one.

    The draw of a step depends on the sampling seed, the world's seed and the number of the step, never on the other
    episodes of the batch.
    """

    def __init__(self, policy: Policy, *, greedy: bool = False, sampling_seed: int = SAMPLING_SEED) -> None:
        self._policy = policy.eval()
        self._greedy = greedy
        self._sampling_seed = sampling_seed
        self._streams = np.zeros(0, dtype=np.uint64)
        self._logbook = Logbook(0)
        self._actions = np.zeros(0, dtype=np.uint8)
        self._step = 0

    def start(self, seeds: npt.NDArray[np.uint64], time_max: float) -> None:
        """Begin episodes of worlds ``seeds`` uint64[n]."""
        self._streams = episode_seeds(seeds, self._sampling_seed, 0)
        self._step = 0
        self._logbook = Logbook(len(seeds), kept=self._policy.logbook)
        self._actions = np.zeros(len(seeds), dtype=np.uint8)
        """The last action of each episode."""

    @torch.inference_mode()
    def act(
        self, rows: npt.NDArray[np.int64], obs: npt.NDArray[np.float32], mask: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint8]:
        """Actions uint8[k] of the episodes ``rows``; see ``Player``."""
        inputs, mask = self._inputs(rows, obs, mask)
        log_probs, _ = self._policy(torch.from_numpy(inputs), torch.from_numpy(mask).bool())
        self._step += 1
        self._actions[rows] = log_probs.argmax(-1).numpy() if self._greedy else self._sample(rows, log_probs)
        chosen: npt.NDArray[np.uint8] = self._actions[rows]
        return chosen

    def _inputs(
        self, rows: npt.NDArray[np.int64], obs: npt.NDArray[np.float32], mask: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        """What the policy sees, and what it may choose from."""
        if self._step == 0:
            self._logbook.begin(obs)
            features = self._logbook.features
        else:
            features = self._logbook.note_rows(rows, self._actions[rows], obs)
        return np.concatenate([obs, features], axis=1), self._logbook.prune_actions(obs, mask.copy(), rows)

    def _sample(self, rows: npt.NDArray[np.int64], log_probs: torch.Tensor) -> npt.NDArray[np.int64]:
        draws = episode_seeds(self._streams[rows], self._step, 0) / np.float64(2**SEED_BITS)
        cumulative = log_probs.exp().numpy().cumsum(1)
        # In float64 a draw times the whole is less than the whole: an impossible action is never chosen.
        chosen: npt.NDArray[np.int64] = (cumulative <= (draws * cumulative[:, -1])[:, None]).sum(1)
        return chosen
