"""The forward and backward pass of the policy's hidden layers, written out over buffers that are allocated once.

Autograd gives the same gradients (tests/train/test_worker.py); it also makes a new tensor for every intermediate
result, and for a network this small that costs more than the arithmetic. A pass takes as many rows as the second-level
cache holds, and needs one core: threads share work by having passes of their own.

In bfloat16 the hidden layers and the way back multiply rounded numbers and sum in float32, at twice the speed.
Logits, values, weights and their gradients stay float32: ratios of probabilities are not rounded, nor is what adds up
over many steps.

On a GPU the same passes take a minibatch at once.
"""

from functools import partial

import torch
from torch import Tensor, nn

from abp.players.network import Policy
from abp.rules import NUM_ACTIONS


def body_dtype(precision: str, device: torch.device) -> torch.dtype:
    """What the config's ``precision`` ("auto", "float32" or "bfloat16") is on this machine's ``device``."""
    if precision == "auto":
        # Elsewhere bfloat16 is emulated, and slower than float32. Torch tells of the CPU under this name only.
        if device.type == "cuda":
            multiplies = torch.cuda.get_device_capability(device) >= (8, 0)
        else:
            multiplies = torch.cpu._is_avx512_bf16_supported()
        precision = "bfloat16" if multiplies else "float32"
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


class MLP:
    """The passes through the layers of ``policy`` over up to ``rows`` observations at a time.

    They run on the device of the policy, the hidden layers in ``dtype``.

    ``gradients`` has a float32 tensor for each of the policy's parameters, in their order; ``backward`` adds to it.
    ``refresh`` takes over the policy's weights as they are now.
    """

    def __init__(self, policy: Policy, rows: int, dtype: torch.dtype) -> None:
        first, second = (layer for layer in policy.body if isinstance(layer, nn.Linear))
        zeros = partial(torch.zeros, device=policy.critic.weight.device)
        # Weights in dtype, of the two layers and of both heads in one, and where they come from.
        sources = [*first.parameters(), *second.parameters(), policy.actor.weight, policy.critic.weight]
        self._sources = [source.detach() for source in sources]
        self._body = [source.to(dtype, copy=True) for source in self._sources[:4]]
        hidden = policy.critic.in_features
        self._both_heads = zeros(NUM_ACTIONS + 1, hidden, dtype=dtype)
        self._rounded = [*self._body, self._both_heads[:NUM_ACTIONS], self._both_heads[NUM_ACTIONS:]]

        # Weights' and biases' gradients of the three.
        self._gradients = [
            (zeros(outputs, inputs), zeros(outputs))
            for outputs, inputs in ((hidden, first.in_features), (hidden, hidden), (NUM_ACTIONS + 1, hidden))
        ]
        (*_, (weight, bias)) = self._gradients
        of_heads = (weight[:NUM_ACTIONS], bias[:NUM_ACTIONS], weight[NUM_ACTIONS:], bias[NUM_ACTIONS:])
        self.gradients = [*self._gradients[0], *self._gradients[1], *of_heads]

        self._obs = zeros(0)
        self._hidden1, self._hidden2, self._d_hidden1, self._d_hidden2 = zeros(4, rows, hidden, dtype=dtype)
        self.derivatives = zeros(rows, NUM_ACTIONS + 1, dtype=dtype)

    def refresh(self) -> None:
        """Compute with the policy's present weights from now on."""
        for rounded, source in zip(self._rounded, self._sources, strict=True):
            rounded.copy_(source)

    def clear(self) -> None:
        """Set the gradients to zero."""
        for gradient in self.gradients:
            gradient.zero_()

    def forward(self, obs: Tensor) -> Tensor:
        """The last hidden layer dtype[b, hidden] for ``obs`` dtype[b, inputs], overwritten by the next pass."""
        rows = len(obs)
        hidden1, hidden2 = self._hidden1[:rows], self._hidden2[:rows]
        weight1, bias1, weight2, bias2 = self._body
        self._obs = obs
        torch.addmm(bias1, obs, weight1.T, out=hidden1).relu_()
        return torch.addmm(bias2, hidden1, weight2.T, out=hidden2).relu_()

    def backward(self) -> None:
        """Add the gradients of a loss whose ``derivatives`` dtype[b, 70] by the pass's logits and values are set."""
        rows = len(self._obs)
        hidden1, hidden2 = self._hidden1[:rows], self._hidden2[:rows]
        d_hidden1, d_hidden2, d_outputs = self._d_hidden1[:rows], self._d_hidden2[:rows], self.derivatives[:rows]
        self._add(2, d_outputs, hidden2)
        torch.mm(d_outputs, self._both_heads, out=d_hidden2)
        _stop_at_zeros(d_hidden2, hidden2)
        self._add(1, d_hidden2, hidden1)
        torch.mm(d_hidden2, self._body[2], out=d_hidden1)
        _stop_at_zeros(d_hidden1, hidden1)
        self._add(0, d_hidden1, self._obs)

    def _add(self, layer: int, d_outputs: Tensor, inputs: Tensor) -> None:
        weight, bias = self._gradients[layer]
        weight.add_(torch.mm(d_outputs.T, inputs).float())
        bias.add_(d_outputs.sum(0, dtype=torch.float32))


def _stop_at_zeros(d_outputs: Tensor, outputs: Tensor) -> None:
    """Backwards through a ReLU, in place."""
    torch.ops.aten.threshold_backward.grad_input(d_outputs, outputs, 0, grad_input=d_outputs)
