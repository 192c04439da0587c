"""Adam (Kingma & Ba 2015) with gradient clipping, over all weights as one vector."""

from typing import Any

import torch
from torch import nn


class Adam:
    """A step is a handful of operations on one vector, however many layers there are.

    The weights and gradients of ``module`` become views of that vector, so ``backward`` accumulates straight
    into it. ``torch.optim`` would do the same arithmetic, but its first use imports the compiler, which takes
    as long as importing torch itself: a trainer should begin to train.
    """

    def __init__(self, module: nn.Module, *, eps: float = 1e-5, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.learning_rate = 0.0
        self._eps = eps
        self._betas = betas
        parameters = list(module.parameters())
        self._weights = torch.cat([parameter.detach().flatten() for parameter in parameters])
        self._gradient = torch.zeros_like(self._weights)
        self._mean = torch.zeros_like(self._weights)
        self._square = torch.zeros_like(self._weights)
        self._steps = 0
        start = 0
        for parameter in parameters:
            part = slice(start, start + parameter.numel())
            parameter.data = self._weights[part].view_as(parameter)
            parameter.grad = self._gradient[part].view_as(parameter)
            start = part.stop

    def zero_grad(self) -> None:
        """Forget the gradients."""
        self._gradient.zero_()

    @torch.no_grad()
    def step(self, max_grad_norm: float) -> None:
        """Move the weights along the gradient, scaled down to ``max_grad_norm`` if it is longer."""
        gradient = self._gradient
        norm = float(gradient.norm())
        if norm > max_grad_norm:
            gradient.mul_(max_grad_norm / norm)
        beta1, beta2 = self._betas
        self._steps += 1
        self._mean.lerp_(gradient, 1 - beta1)
        self._square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        deviation = self._square.sqrt().mul_((1 - beta2**self._steps) ** -0.5).add_(self._eps)
        self._weights.addcdiv_(self._mean, deviation, value=-self.learning_rate / (1 - beta1**self._steps))

    def state_dict(self) -> dict[str, Any]:
        """The moments and the number of steps; the weights are the module's."""
        return {"mean": self._mean, "square": self._square, "steps": self._steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what ``state_dict`` gave."""
        self._mean.copy_(state["mean"])
        self._square.copy_(state["square"])
        self._steps = state["steps"]
