"""The policy's forward and backward pass, written out over buffers that are allocated once.

Autograd gives the same gradients (tests/train/test_shard.py); it also makes a new tensor for every intermediate
result, and for a network this small that costs more than the arithmetic. A pass takes as many rows as the second-level
cache holds, and needs one core: threads share work by having passes of their own.

In bfloat16 the hidden layers multiply rounded numbers and sum in float32, at twice the speed. Weights, logits, values
and gradients stay float32: what adds up over many steps is never rounded.
"""

import torch
from torch import Tensor

from abp.constants import NUM_ACTIONS
from abp.train.policy import IMPOSSIBLE, Policy


class Passes:
    """Passes of ``policy`` over up to ``rows`` observations at a time, with hidden layers in ``dtype``.

    ``gradients`` has a float32 tensor for each of the policy's parameters, in their order; ``backward`` adds to it.
    ``refresh`` takes over the policy's weights as they are now.
    """

    def __init__(self, policy: Policy, rows: int, dtype: torch.dtype) -> None:
        self._parameters = [parameter.detach() for parameter in policy.parameters()]
        self.gradients = [torch.zeros_like(parameter) for parameter in self._parameters]
        # The body's weights and biases, two layers, rounded to dtype.
        self._body = [parameter.to(dtype, copy=True) for parameter in self._parameters[:4]]
        hidden = policy.critic.in_features
        self._obs = torch.zeros(0)
        self._hidden1, self._hidden2, self._d_hidden1, self._d_hidden2 = torch.zeros(4, rows, hidden, dtype=dtype)
        self._features, self._d_features = torch.zeros(2, rows, hidden)
        self._logits = torch.zeros(rows, NUM_ACTIONS)
        self._values = torch.zeros(rows)

    def refresh(self) -> None:
        """Compute with the policy's present weights from now on."""
        for rounded, parameter in zip(self._body, self._parameters, strict=False):
            rounded.copy_(parameter)

    def forward(self, obs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """``obs`` dtype[b, 260], ``mask`` uint8[b, 69], 1 where an action is valid:

        logits float32[b, 69] and normalised values float32[b], overwritten by the next pass.
        """
        rows = len(obs)
        hidden1, hidden2, features = self._hidden1[:rows], self._hidden2[:rows], self._features[:rows]
        logits, values = self._logits[:rows], self._values[:rows]
        weight1, bias1, weight2, bias2 = self._body
        actor, actor_bias, critic, critic_bias = self._parameters[4:]
        self._obs = obs
        torch.addmm(bias1, obs, weight1.T, out=hidden1).relu_()
        torch.addmm(bias2, hidden1, weight2.T, out=hidden2).relu_()
        features.copy_(hidden2)
        # The bias, and IMPOSSIBLE on top where the mask is 0.
        logits.copy_(mask).sub_(1.0).mul_(-IMPOSSIBLE).add_(actor_bias)
        logits.addmm_(features, actor.T)
        torch.addmv(critic_bias, features, critic[0], out=values)
        return logits, values

    def backward(self, d_logits: Tensor, d_values: Tensor) -> None:
        """Add the gradients of a loss whose derivatives by the last pass's logits and values are given."""
        rows = len(d_values)
        hidden1, hidden2, features = self._hidden1[:rows], self._hidden2[:rows], self._features[:rows]
        d_hidden1, d_hidden2, d_features = self._d_hidden1[:rows], self._d_hidden2[:rows], self._d_features[:rows]
        _, _, weight2, _ = self._body
        actor, _, critic, _ = self._parameters[4:]
        self._add(6, d_values[:, None], features)
        self._add(4, d_logits, features)
        torch.mm(d_logits, actor, out=d_features).addr_(d_values, critic[0])
        d_hidden2.copy_(d_features)
        _stop_at_zeros(d_hidden2, hidden2)
        self._add(2, d_hidden2, hidden1)
        torch.mm(d_hidden2, weight2, out=d_hidden1)
        _stop_at_zeros(d_hidden1, hidden1)
        self._add(0, d_hidden1, self._obs)

    def _add(self, layer: int, d_outputs: Tensor, inputs: Tensor) -> None:
        weight, bias = self.gradients[layer : layer + 2]
        weight.add_(torch.mm(d_outputs.T, inputs).float())
        bias.add_(d_outputs.sum(0, dtype=torch.float32))


def _stop_at_zeros(d_outputs: Tensor, outputs: Tensor) -> None:
    """Backwards through a ReLU, in place."""
    torch.ops.aten.threshold_backward.grad_input(d_outputs, outputs, 0, grad_input=d_outputs)
