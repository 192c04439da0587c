"""A trained policy as a player, read from a checkpoint of the trainer."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from abp.players.logbook import Logbook
from abp.runs.config import TrainConfig
from abp.seeds import SEED_BITS, episode_seeds
from abp.train import checkpoint
from abp.train.checkpoint import CheckpointError
from abp.train.policy import Policy

SAMPLING_SEED = 1


@dataclass(frozen=True)
class LoadedPolicy:
    """A policy and where it comes from."""

    policy: Policy
    path: Path
    sha256: str
    env_steps_total: int


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
        """Of each episode, the last."""

    @torch.inference_mode()
    def act(
        self, rows: npt.NDArray[np.int64], obs: npt.NDArray[np.float32], mask: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint8]:
        """Actions uint8[k] of the episodes ``rows``; see ``Player``."""
        inputs, mask = self._look(rows, obs, mask)
        log_probs, _ = self._policy(torch.from_numpy(inputs), torch.from_numpy(mask).bool())
        self._step += 1
        self._actions[rows] = log_probs.argmax(-1).numpy() if self._greedy else self._sample(rows, log_probs)
        chosen: npt.NDArray[np.uint8] = self._actions[rows]
        return chosen

    def _look(
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


def newest_checkpoint(run_dir: Path) -> Path:
    """The checkpoint of a run that got furthest. Raises CheckpointError if there is none."""
    if not run_dir.is_dir():
        raise CheckpointError(f"there is no run directory {run_dir}; name one that `abp train --run-dir` has made")
    paths = checkpoint.in_order(run_dir / "checkpoints")
    if not paths:
        raise CheckpointError(f"{run_dir} has no checkpoint yet; train longer, or stop the run once: that saves one")
    return paths[0]


def load_policy(path: Path) -> LoadedPolicy:
    """Read the policy of a checkpoint, weights only. Raises CheckpointError, in a line that says what to do."""
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path}; name a file of a run's checkpoints/")
    try:
        state = checkpoint.load(path)
    except CheckpointError as error:
        raise CheckpointError(f"{error}; take another checkpoint") from error
    try:
        return LoadedPolicy(
            policy=_policy(state),
            path=path,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            env_steps_total=int(state["learner"]["env_steps"]),
        )
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"{path.name} holds no policy that this version knows ({type(error).__name__}); "
            f"use the version that trained it, or take another checkpoint"
        ) from error


def _policy(state: dict[str, Any]) -> Policy:
    config = TrainConfig.model_validate(state["config"])
    policy = Policy(config.hidden_size, config.inputs)
    policy.load_state_dict(state["learner"]["policy"])
    return policy
