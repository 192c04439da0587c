"""PPO: advantages against their definition, the bootstrap at time-outs, and that it learns."""

import numpy as np
import pytest
import torch

from abp.runs.config import TrainConfig
from abp.train.ppo import PPO, DivergedError
from abp.train.rollout import Rollout
from abp.train.windows import Window


def test_advantages_are_the_sum_of_the_definition():
    torch.manual_seed(0)
    steps, n, gamma, gae_lambda = 16, 8, 0.99, 0.9
    rollout = Rollout.allocate(steps, n, 3, torch.float32)
    rollout.rewards.normal_()
    rollout.values.normal_()
    rollout.dones.copy_((torch.rand(steps, n) < 0.15).float())
    rollout.estimate_advantages(gamma, gae_lambda)
    rewards, values, dones = rollout.rewards.numpy(), rollout.values.numpy(), rollout.dones.numpy()
    expected = np.zeros((steps, n))
    for env in range(n):
        for start in range(steps):
            weight = 1.0
            for t in range(start, steps):
                goes_on = 1.0 - dones[t, env]
                delta = rewards[t, env] + gamma * values[t + 1, env] * goes_on - values[t, env]
                expected[start, env] += weight * delta
                weight *= gamma * gae_lambda * goes_on
    np.testing.assert_allclose(rollout.advantages.numpy(), expected, rtol=1e-4, atol=1e-5)


def test_a_time_out_is_rewarded_with_the_value_of_where_it_stopped():
    # Time for five actions of a tick: every episode is truncated, none ends by itself.
    config = TrainConfig(
        num_envs=4,
        num_steps=20,
        window_env_steps=80,
        num_minibatches=1,
        hidden_size=16,
        time_max=2.0,
        reward="frozen_v1",
        logbook=False,
    )
    ppo = PPO(config)
    with torch.no_grad():
        # Only "drift", and the same value everywhere.
        ppo.policy.actor.bias[6] = 1e4
        ppo.policy.critic.weight.zero_()
        ppo.policy.critic.bias.fill_(7.0)
    ppo.collect(Window(1))
    for rollout in (worker.rollout for worker in ppo.workers):
        assert torch.all(rollout.actions == 6)
        time_outs = rollout.dones == 1
        assert time_outs.sum() == 20
        drift = rollout.rewards[~time_outs]
        torch.testing.assert_close(rollout.rewards[time_outs], drift + config.gamma * 7.0)
        torch.testing.assert_close(rollout.values, torch.full_like(rollout.values, 7.0))


@pytest.mark.parametrize("num_threads", [1, 2, 3])
def test_the_rollout_holds_what_was_seen_and_done(tiny, num_threads):
    ppo = PPO(tiny.model_copy(update={"num_threads": num_threads, "precision": "float32"}))
    first = np.concatenate([np.hstack([worker.envs.obs, worker.envs.features]) for worker in ppo.workers])
    assert len(np.unique(first, axis=0)) == tiny.num_envs, "every environment plays a world of its own"
    window = Window(1)
    ppo.collect(window)
    rollouts = [worker.rollout for worker in ppo.workers]
    np.testing.assert_array_equal(torch.cat([rollout.obs[0] for rollout in rollouts]).numpy(), first)
    assert window.env_steps == tiny.batch_size
    assert window.invalid_actions == 0
    for rollout in rollouts:
        actions = rollout.actions.flatten()[:, None]
        masks = rollout.masks.flatten(0, 1)
        assert masks.gather(1, actions).all()
        with torch.no_grad():
            log_probs, values = ppo.policy(rollout.obs.flatten(0, 1), masks.bool())
        torch.testing.assert_close(log_probs.gather(1, actions)[:, 0], rollout.log_probs.flatten())
        torch.testing.assert_close(ppo.values_scale.restore(values), rollout.values[:-1].flatten())


@pytest.mark.parametrize(("num_envs", "num_threads", "num_minibatches"), [(8, 2, 2), (8, 3, 32), (7, 4, 7), (2, 2, 16)])
def test_a_pass_learns_from_every_row_once_and_each_minibatch_from_every_worker(
    tiny, num_envs, num_threads, num_minibatches
):
    sizes = {"num_envs": num_envs, "num_threads": num_threads, "num_minibatches": num_minibatches}
    ppo = PPO(tiny.model_copy(update=sizes))
    assert len(ppo.workers) == num_threads
    for worker in ppo.workers:
        samples = worker.samples(torch.zeros(()), torch.ones(()))
        shares = worker.shuffle()
        assert [len(share) > 0 for share in shares] == [True] * num_minibatches
        assert sorted(torch.cat(shares).tolist()) == list(range(len(samples.actions)))


def test_there_are_no_more_threads_than_a_minibatch_can_feed():
    config = TrainConfig(num_envs=8, num_steps=2, window_env_steps=16, num_minibatches=8, num_threads=4)
    assert [config.threads(processes) for processes in (1, 2, 3)] == [2, 1, 0]


def test_what_is_learned_from_is_normalised_over_all_workers(tiny, monkeypatch):
    ppo = PPO(tiny.model_copy(update={"num_threads": 3}))
    seen = []
    monkeypatch.setattr(ppo, "_gradient_step", lambda samples, minibatch: seen.append(samples) or torch.ones(6))
    ppo.collect(Window(1))
    advantages = torch.cat([worker.rollout.advantages.flatten() for worker in ppo.workers])
    values = torch.cat([worker.rollout.values[:-1].flatten() for worker in ppo.workers])
    told = ppo.update()
    targets = advantages + values
    assert told["explained_variance"] == pytest.approx(1 - (advantages.var() / targets.var()).item(), abs=1e-5)
    for name, expected in [
        ("advantages", (advantages - advantages.mean()) / advantages.std(correction=0)),
        # The first targets set the scale.
        ("targets", (targets - targets.mean()) / targets.std(correction=0)),
    ]:
        found = torch.cat([getattr(part, name).flatten() for part in seen[0]])
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_an_iteration_says_where_its_time_went(tiny):
    ppo, window = PPO(tiny), Window(1)
    ppo.iteration(window)
    assert all(seconds > 0 for seconds in window.times.values())
    assert sum(window.times.values()) <= window.wall_time


def test_the_learning_rate_falls_to_zero_over_the_run(tiny):
    ppo = PPO(tiny)
    rates = []
    while ppo.env_steps < tiny.total_env_steps:
        rates.append(ppo.learning_rate)
        ppo.iteration(Window(1))
    assert rates == pytest.approx([tiny.learning_rate * (1 - i / 10) for i in range(10)])
    assert PPO(tiny.model_copy(update={"anneal_lr": False})).learning_rate == tiny.learning_rate


def test_a_diverged_loss_is_an_error(tiny):
    ppo = PPO(tiny)
    with torch.no_grad():
        ppo.policy.critic.bias.fill_(float("nan"))
    with pytest.raises(DivergedError, match="try a lower learning_rate"):
        ppo.iteration(Window(1))


def test_it_learns_to_stay_alive_within_seconds():
    config = TrainConfig(
        num_envs=64,
        num_steps=32,
        window_env_steps=8192,
        total_env_steps=10**9,
        hidden_size=64,
        learning_rate=3e-3,
        time_max=1000.0,
        reward="net_worth",
        logbook=False,
        min_cutoff_steps=0,
    )
    ppo = PPO(config)
    windows = [Window(i) for i in range(7)]
    for window in windows:
        while window.env_steps < config.window_env_steps:
            ppo.iteration(window)
    survival = [window.sums["survival"] / len(window.returns) for window in windows]
    returns = [float(np.mean(window.returns)) for window in windows]
    assert survival[0] < 0.5 < 0.8 < max(survival[-3:])
    assert max(returns[-3:]) > returns[0] + 30
