"""The scale of the values that the critic predicts."""

import torch
from torch import Tensor, nn


class ValueScale(nn.Module):
    """Running mean and deviation of the value targets (PopArt, van Hasselt et al. 2016).

    The critic predicts ``(value - mean) / std``; when the statistics move, its last layer is changed so that
    its values stay what they were.
    """

    mean: Tensor
    square: Tensor
    updates: Tensor

    def __init__(self, decay: float = 0.99) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("square", torch.ones(()))
        self.register_buffer("updates", torch.zeros((), dtype=torch.int64))

    @property
    def std(self) -> Tensor:
        return (self.square - self.mean**2).clamp_min(1e-8).sqrt()

    def normalise(self, values: Tensor) -> Tensor:
        return (values - self.mean) / self.std

    def restore(self, normalised: Tensor) -> Tensor:
        return normalised * self.std + self.mean

    @torch.no_grad()
    def update(self, target: Tensor, square: Tensor, critic: nn.Linear) -> None:
        """Move towards the means of a batch's targets and of their squares, and keep the critic's values.

        The first batch is taken whole.
        """
        mean, std = self.mean.clone(), self.std
        # A plain average at first, then an exponential one.
        weight = max(1.0 / (int(self.updates) + 1), 1.0 - self.decay)
        self.mean.lerp_(target, weight)
        self.square.lerp_(square, weight)
        self.updates += 1
        critic.weight *= std / self.std
        critic.bias.copy_((critic.bias * std + mean - self.mean) / self.std)
