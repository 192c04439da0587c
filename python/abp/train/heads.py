"""What is made of the last hidden layer: logits and value, and from them actions or PPO's loss with its derivatives.

On the CPU that is one pass over the rows (``FusedHeads``, crates/prospector-ppo). As operations on tensors it would
go to memory and back a dozen times; ``TensorHeads`` has them, for a GPU and for whoever wants to read what the other
does. A test compares the two.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from abp import _core
from abp.players.network import IMPOSSIBLE, Policy
from abp.rules import NUM_ACTIONS
from abp.runs.config import TrainConfig


@dataclass(frozen=True)
class Experience:
    """Rows to learn from, as a policy collected them."""

    masks: Tensor
    """uint8[b, 69], 1 where the action could be chosen."""
    actions: Tensor
    """int64[b]."""
    log_probs: Tensor
    """float32[b], of the actions when they were chosen."""
    advantages: Tensor
    """float32[b], normalised."""
    targets: Tensor
    """float32[b] of the values, normalised."""


class Heads(ABC):
    """The actor and the critic of ``policy``. ``refresh`` takes over their weights as they are now."""

    def __init__(self, config: TrainConfig, policy: Policy) -> None:
        self._config = config
        self._weights = [
            parameter.detach() for head in (policy.actor, policy.critic) for parameter in head.parameters()
        ]

    @abstractmethod
    def refresh(self) -> None:
        """Compute with the policy's present weights from now on."""

    @abstractmethod
    def differentiate(self, features: Tensor, rows: Experience, derivatives: Tensor) -> Tensor:
        """Fill ``derivatives`` dtype[b, 70] with those of the loss, summed over the rows, by each logit and the value.

        ``features`` dtype[b, hidden] are the last hidden layer. Returns float32[6]: the sums of policy loss, value
        loss, entropy, KL divergence and clipped rows, and the rows.
        """


class FusedHeads(Heads):
    """On the CPU. Waits for nobody: the interpreter is free meanwhile."""

    def __init__(self, config: TrainConfig, policy: Policy) -> None:
        super().__init__(config, policy)
        self._heads = _core.Heads(config.hidden_size)
        self.refresh()

    def refresh(self) -> None:
        self._heads.load(*(weight.numpy() for weight in self._weights))

    def choose(
        self, features: Tensor, masks: Tensor, draws: Tensor, actions: Tensor, log_probs: Tensor, values: Tensor
    ) -> None:
        """Sample ``actions`` int64[b] by inversion of ``draws`` float32[b] in [0, 1), the first whose cumulative
        probability exceeds it; with their ``log_probs`` float32[b] and the rows' normalised ``values`` float32[b].
        """
        self._heads.choose(
            _numbers(features), masks.numpy(), draws.numpy(), actions.numpy(), log_probs.numpy(), values.numpy()
        )

    def differentiate(self, features: Tensor, rows: Experience, derivatives: Tensor) -> Tensor:
        config = self._config
        return torch.tensor(
            self._heads.learn(
                _numbers(features),
                rows.masks.numpy(),
                rows.actions.numpy(),
                rows.log_probs.numpy(),
                rows.advantages.numpy(),
                rows.targets.numpy(),
                config.clip_coef,
                config.ent_coef,
                config.vf_coef,
                _numbers(derivatives),
            )
        )


def _numbers(tensor: Tensor) -> npt.NDArray[np.float32] | npt.NDArray[np.uint16]:
    """A view; numpy has no bfloat16, but its bits."""
    bits: npt.NDArray[np.uint16] = (tensor.view(torch.uint16) if tensor.dtype == torch.bfloat16 else tensor).numpy()
    return bits


class TensorHeads(Heads):
    """Up to ``rows`` at a time, where the policy is, over buffers that stay where they are."""

    def __init__(self, config: TrainConfig, policy: Policy, rows: int) -> None:
        super().__init__(config, policy)
        device = policy.critic.weight.device
        self._features = torch.zeros(rows, config.hidden_size, device=device)
        self._logits, self._log_probs, self._probs, self._d_logits = torch.zeros(4, rows, NUM_ACTIONS, device=device)
        self._values = torch.zeros(rows, device=device)

    def refresh(self) -> None:
        """Nothing to do: the weights are the policy's own."""

    def forward(self, features: Tensor, masks: Tensor) -> tuple[Tensor, Tensor]:
        """Logits float32[b, 69] and normalised values float32[b], overwritten by the next pass."""
        rows = len(features)
        actor, actor_bias, critic, critic_bias = self._weights
        logits, values, wide = self._logits[:rows], self._values[:rows], self._features[:rows]
        wide.copy_(features)
        # The bias, and IMPOSSIBLE on top where the mask is 0.
        logits.copy_(masks).sub_(1.0).mul_(-IMPOSSIBLE).add_(actor_bias)
        logits.addmm_(wide, actor.T)
        torch.addmv(critic_bias, wide, critic[0], out=values)
        return logits, values

    def differentiate(self, features: Tensor, rows: Experience, derivatives: Tensor) -> Tensor:
        config, actions = self._config, rows.actions[:, None]
        count = len(actions)
        logits, values = self.forward(features, rows.masks)
        log_probs = torch.log_softmax(logits, -1, out=self._log_probs[:count])
        # Not the exponential of those: torch's is several times slower where it underflows.
        probs = torch.softmax(logits, -1, out=self._probs[:count])

        log_ratio = log_probs.gather(1, actions).squeeze(1) - rows.log_probs
        ratio = log_ratio.exp()
        clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
        gain, clipped_gain = rows.advantages * ratio, rows.advantages * clipped
        error = values - rows.targets
        d_logits = torch.mul(probs, log_probs, out=self._d_logits[:count])
        entropy = -d_logits.sum(-1)

        # The smaller gain counts, and only the unclipped one moves with the ratio:
        # d gain / d logit[a] = gain * (1 where a is the action - probs[a]).
        pull = torch.where(gain <= clipped_gain, gain, 0.0)
        # - d entropy / d logit[a] = probs[a] * (log_probs[a] + entropy).
        d_logits.addcmul_(probs, entropy[:, None]).mul_(config.ent_coef)
        d_logits.addcmul_(probs, pull[:, None])
        d_logits.scatter_add_(1, actions, -pull[:, None])
        derivatives[:, :NUM_ACTIONS].copy_(d_logits)
        derivatives[:, NUM_ACTIONS].copy_(config.vf_coef * error)

        return torch.stack(
            [
                -torch.min(gain, clipped_gain).sum(),
                0.5 * error.square().sum(),
                entropy.sum(),
                (ratio - 1 - log_ratio).sum(),
                (ratio != clipped).sum(),
                torch.full((), float(count), device=values.device),
            ]
        )
