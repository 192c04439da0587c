"""What a rollout holds, in buffers that are allocated once, and the advantages of its actions."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from abp.rules import NUM_ACTIONS


@dataclass(frozen=True)
class Rollout:
    """T steps of n environments.

    The rows of a step lie side by side in memory and are of different environments: neighbours are independent samples.
    """

    obs: Tensor
    """dtype[T, n, inputs], what each action was chosen from."""
    masks: Tensor
    """uint8[T, n, 69], 1 where an action could be chosen."""
    actions: Tensor
    """int64[T, n]."""
    log_probs: Tensor
    """float32[T, n], of the actions when they were chosen."""
    rewards: Tensor
    """float32[T, n]; for an episode that was truncated here, with what would have come."""
    dones: Tensor
    """float32[T, n], 1 where the episode ended with this step."""
    values: Tensor
    """float32[T + 1, n], of each observation and of those after the last step."""
    advantages: Tensor
    """float32[T, n]."""

    @classmethod
    def allocate(cls, steps: int, n: int, inputs: int, dtype: torch.dtype, device: torch.device | None = None) -> Self:
        """A rollout of zeros on ``device`` (the CPU), with observations in ``dtype``."""
        return cls(
            obs=torch.zeros(steps, n, inputs, dtype=dtype, device=device),
            masks=torch.zeros(steps, n, NUM_ACTIONS, dtype=torch.uint8, device=device),
            actions=torch.zeros(steps, n, dtype=torch.int64, device=device),
            log_probs=torch.zeros(steps, n, device=device),
            rewards=torch.zeros(steps, n, device=device),
            dones=torch.zeros(steps, n, device=device),
            values=torch.zeros(steps + 1, n, device=device),
            advantages=torch.zeros(steps, n, device=device),
        )

    def estimate_advantages(self, gamma: float, gae_lambda: float) -> None:
        """Generalised advantage estimation (Schulman et al. 2016), backwards through the rollout."""
        advantage = torch.zeros_like(self.rewards[0])
        for t in reversed(range(len(self.rewards))):
            goes_on = 1.0 - self.dones[t]
            delta = self.rewards[t] + gamma * self.values[t + 1] * goes_on - self.values[t]
            advantage = delta + gamma * gae_lambda * goes_on * advantage
            self.advantages[t].copy_(advantage)
