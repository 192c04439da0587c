"""The policy's network, and its choice among valid actions. Needs the ``train`` extra (torch)."""

import torch
from torch import Tensor, nn

from abp.rules import CASH_OUT, NUM_ACTIONS, OBS_SIZE

IMPOSSIBLE = -1e9
"""Logit of an invalid action:

finite, so that its zero probability times its logarithm is zero and not NaN.
"""


RARE = -5.0
"""Initial logit of cashing out. An even chance among 20 valid actions would end the first episodes within
seconds, before they show anything to learn from."""


class Policy(nn.Module):
    """Two ReLU layers that logits and value share. The value is in normalised units (``ValueScale``).

    ``inputs`` are 260, or 368 with the features of a ``Logbook``.
    """

    def __init__(self, hidden_size: int, inputs: int = OBS_SIZE) -> None:
        super().__init__()
        self.logbook = inputs > OBS_SIZE
        """Whether it sees the features of one."""
        self.body = nn.Sequential(
            _layer(inputs, hidden_size, gain=2**0.5),
            nn.ReLU(),
            _layer(hidden_size, hidden_size, gain=2**0.5),
            nn.ReLU(),
        )
        self.actor = _layer(hidden_size, NUM_ACTIONS, gain=0.01)
        self.critic = _layer(hidden_size, 1, gain=1.0)
        with torch.no_grad():
            self.actor.bias[CASH_OUT] = RARE

    def forward(self, obs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probabilities [b, 69] and values [b] for ``obs`` float32[b, inputs].

        ``mask`` bool[b, 69] names the actions to choose from.
        """
        hidden = self.body(obs)
        logits = self.actor(hidden).masked_fill(~mask, IMPOSSIBLE)
        return logits.log_softmax(-1), self.critic(hidden).squeeze(-1)

    def value(self, obs: Tensor) -> Tensor:
        """Normalised values [b] of ``obs`` float32[b, inputs]."""
        values: Tensor = self.critic(self.body(obs)).squeeze(-1)
        return values


def _layer(inputs: int, outputs: int, gain: float) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer
