"""A worker's gradients against autograd of the loss as it is written in the paper, in one go and in chunks."""

import pytest
import torch

from abp.rules import NUM_ACTIONS, OBS_SIZE
from abp.runs.config import TrainConfig
from abp.train import cpu_worker
from abp.train.ppo import PPO
from abp.train.windows import Window
from abp.train.worker import Samples

BLOCKS, SIDE = 12, 16


def learner(precision="float32"):
    """A policy that is no longer fresh: its logits are far apart, its clipping and its ReLUs are at work."""
    config = TrainConfig(
        num_envs=4, num_steps=8, window_env_steps=32, num_minibatches=1, precision=precision, logbook=False
    )
    ppo = PPO(config)
    torch.manual_seed(5)
    with torch.no_grad():
        ppo.policy.actor.weight *= 100
        for parameter in ppo.policy.parameters():
            parameter += 0.02 * torch.randn_like(parameter)
    return ppo


def samples(policy, dtype=torch.float32):
    rows = BLOCKS * SIDE
    obs = (torch.rand(rows, OBS_SIZE) * 2 - 1).to(dtype)
    masks = torch.rand(rows, NUM_ACTIONS) < 0.3
    masks[:, -1] = True
    actions = masks.float().multinomial(1)
    with torch.no_grad():
        log_probs = policy(obs.float(), masks)[0].gather(1, actions)
    return Samples(
        obs=obs.view(BLOCKS, -1),
        masks=masks.to(torch.uint8).view(BLOCKS, -1),
        actions=actions.view(BLOCKS, SIDE),
        log_probs=(log_probs + 0.3 * torch.randn(rows, 1)).view(BLOCKS, SIDE),
        advantages=torch.randn(BLOCKS, SIDE),
        targets=torch.randn(BLOCKS, SIDE),
    )


def by_autograd(policy, config, batch, blocks):
    """Sums of the loss's parts over the rows of ``blocks``, and the gradients of their weighted sum."""
    policy.zero_grad()
    log_probs, values = policy(
        batch.obs[blocks].float().view(-1, OBS_SIZE), batch.masks[blocks].bool().view(-1, NUM_ACTIONS)
    )
    advantages = batch.advantages[blocks].flatten()
    log_ratio = log_probs.gather(1, batch.actions[blocks].view(-1, 1))[:, 0] - batch.log_probs[blocks].flatten()
    ratio = log_ratio.exp()
    clipped = ratio.clamp(1 - config.clip_coef, 1 + config.clip_coef)
    policy_loss = -torch.min(advantages * ratio, advantages * clipped).sum()
    value_loss = 0.5 * (values - batch.targets[blocks].flatten()).square().sum()
    entropy = -(log_probs.exp() * log_probs).sum()
    (policy_loss + config.vf_coef * value_loss - config.ent_coef * entropy).backward()
    told = [policy_loss, value_loss, entropy, (ratio - 1 - log_ratio).sum(), (ratio != clipped).float().sum()]
    told.append(torch.tensor(float(len(ratio))))
    return torch.stack(told).detach(), [parameter.grad for parameter in policy.parameters()]


@pytest.mark.parametrize("chunk_rows", [16, 80, 4096])
def test_gradients_are_those_of_autograd_however_the_rows_are_cut(chunk_rows, monkeypatch):
    monkeypatch.setattr(cpu_worker, "CHUNK_BYTES", chunk_rows * OBS_SIZE * 4)
    ppo = learner()
    batch, blocks = samples(ppo.policy), torch.tensor([3, 0, 7, 11, 8, 1, 2])
    sums = ppo.workers[0].differentiate(batch, blocks)
    expected_sums, expected = by_autograd(ppo.policy, ppo.config, batch, blocks)
    torch.testing.assert_close(sums, expected_sums, rtol=1e-4, atol=1e-3)
    assert 0 < sums[4] < len(blocks) * SIDE, "some rows are clipped, some are not"
    for found, wanted in zip(ppo.workers[0].gradients, expected, strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_gradients_in_bfloat16_point_where_those_of_float32_do():
    ppo = learner("bfloat16")
    batch, blocks = samples(ppo.policy, torch.bfloat16), torch.arange(BLOCKS)
    ppo.workers[0].differentiate(batch, blocks)
    _, expected = by_autograd(ppo.policy, ppo.config, batch, blocks)
    for found, wanted in zip(ppo.workers[0].gradients, expected, strict=True):
        assert torch.cosine_similarity(found.flatten(), wanted.flatten(), 0) > 0.99
        torch.testing.assert_close(found.norm(), wanted.norm(), rtol=0.05, atol=0)


def test_a_share_without_rows_has_no_gradient():
    ppo = learner()
    worker = ppo.workers[1]
    worker.differentiate(samples(ppo.policy), torch.arange(BLOCKS))
    assert torch.equal(worker.differentiate(samples(ppo.policy), torch.arange(0)), torch.zeros(6))
    assert all(torch.equal(gradient, torch.zeros_like(gradient)) for gradient in worker.gradients)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_before_the_first_gradient_step_the_policy_is_the_one_that_acted(precision):
    config = TrainConfig(num_envs=32, num_steps=16, window_env_steps=512, num_minibatches=1, precision=precision)
    ppo = PPO(config)
    window = Window(1)
    ppo.iteration(window)
    losses = {name: values[0] for name, values in window.losses.items()}
    assert abs(losses["approx_kl"]) < 1e-5
    assert losses["clip_fraction"] == 0
