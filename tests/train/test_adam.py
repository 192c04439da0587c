"""Adam against its published formulas, number by number."""

import numpy as np
import torch
from torch import nn

from abp.train.adam import Adam


def test_steps_follow_the_paper_with_clipped_gradients():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(5, 4), nn.Linear(4, 2))
    weights = nn.utils.parameters_to_vector(module.parameters()).detach().numpy().astype(np.float64)
    adam = Adam(module, eps=1e-5)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, 30):
        adam.learning_rate = 0.1 / step
        adam.zero_grad()
        (module(torch.randn(3, 5)).square().sum() * 10 ** (-step % 7)).backward()
        gradient = torch.cat([p.grad.flatten() for p in module.parameters()]).numpy().astype(np.float64)
        gradient *= min(1.0, 0.5 / np.linalg.norm(gradient))
        adam.step(max_grad_norm=0.5)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        corrected = np.sqrt(square / (1 - 0.999**step))
        weights = weights - adam.learning_rate * mean / (1 - 0.9**step) / (corrected + 1e-5)
        found = nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
        np.testing.assert_allclose(found, weights, rtol=1e-3, atol=1e-4)


def test_it_goes_on_from_its_state():
    torch.manual_seed(1)
    modules = [nn.Linear(3, 2), nn.Linear(3, 2)]
    first, second = (Adam(module) for module in modules)
    batches = torch.randn(6, 4, 3)

    def learn(adam, module, batches):
        adam.learning_rate = 0.01
        for batch in batches:
            adam.zero_grad()
            module(batch).square().sum().backward()
            adam.step(1.0)

    learn(first, modules[0], batches[:3])
    modules[1].load_state_dict(modules[0].state_dict())
    second.load_state_dict(first.state_dict())
    learn(first, modules[0], batches[3:])
    learn(second, modules[1], batches[3:])
    assert torch.equal(modules[0].weight, modules[1].weight)
