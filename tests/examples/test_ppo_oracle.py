"""The fast trainer against the plain one of examples/ppo.py: rollout, advantages, gradient and update."""

from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch.distributions import Categorical

from abp.rules import NUM_ACTIONS, OBS_SIZE
from abp.runs.config import TrainConfig
from abp.train.ppo import PPO
from abp.train.windows import Window

SOURCE = (Path(__file__).parents[2] / "examples" / "ppo.py").read_text()
PLAIN = {"reward": "sparse", "logbook": False, "min_cutoff_steps": 0, "stall_limit": 0, "precision": "float32"}
"""What the fast trainer does beside the algorithm is off."""

ALGORITHM = (
    "hidden_size",
    "learning_rate",
    "gamma",
    "gae_lambda",
    "clip_coef",
    "ent_coef",
    "vf_coef",
    "update_epochs",
    "num_minibatches",
    "max_grad_norm",
)


def load(*change):
    """The example as a module; with ``change``, a text of its source and another one, it is wrong on purpose."""
    source = SOURCE
    if change:
        assert source.count(change[0]) == 1, f"{change[0]!r} must be in the example once"
        source = source.replace(*change)
    module = ModuleType("example_ppo")
    exec(compile(source, "examples/ppo.py", "exec"), vars(module))
    return module


EXAMPLE = load()
CONFIG = EXAMPLE.Config(
    num_envs=48,
    num_steps=64,
    window_env_steps=3072,
    time_max=250.0,
    hidden_size=32,
    num_minibatches=1,
    update_epochs=2,
    max_grad_norm=0.05,
)
"""Episodes end in every way within a few rollouts, and gradients are clipped."""


def fast_trainer(config=CONFIG):
    return PPO(TrainConfig(**asdict(config), **PLAIN))


def plain_policy(ppo, example=EXAMPLE):
    """The example's policy with the weights and the value scale of the fast trainer's."""
    policy, scale = example.Policy(ppo.config.hidden_size), ppo.values_scale
    policy.load_state_dict(ppo.policy.state_dict())
    policy.mean, policy.square, policy.std = scale.mean.clone(), scale.square.clone(), scale.std
    policy.rollouts = int(scale.updates)
    return policy


def trained():
    """A fast trainer whose policy is no longer fresh: logits far apart, values of another scale than at first."""
    ppo = fast_trainer()
    torch.manual_seed(5)
    with torch.no_grad():
        ppo.policy.actor.weight *= 300
        ppo.values_scale.mean.fill_(0.5)
        ppo.values_scale.square.fill_(2.0)
        ppo.values_scale.updates.fill_(3)
    return ppo


def whole(ppo, name):
    """A part of the rollout, of all workers' environments."""
    return torch.cat([getattr(worker.rollout, name) for worker in ppo.workers], 1)


def rollout_of(ppo, example=EXAMPLE):
    parts = {name: whole(ppo, name) for name in example.Rollout._fields}
    return example.Rollout(**{**parts, "masks": parts["masks"].bool()})


def example_env(example):
    """The environments of the example's training, and their first observations."""
    vector = example.ProspectorVecEnv(CONFIG.num_envs, time_max=CONFIG.time_max, autoreset_mode="SameStep")
    env = example.CreditReward(vector)
    return env, env.reset(seed=CONFIG.seed)[0]


def drawing(actions):
    """A ``Categorical`` that samples the rows of ``actions`` int64[T, n], one after the other."""
    drawn = iter(actions)
    return type("Drawn", (Categorical,), {"sample": lambda self: next(drawn)})


def check_collect(example):
    """The example plays what the fast trainer drew, and must see, earn and expect the same."""
    ppo = trained()
    env, obs = example_env(example)
    window, episodes = Window(1), []
    for _ in range(6):
        ppo.collect(window)
        expected = rollout_of(ppo)
        example.Categorical = drawing(expected.actions)
        obs, found = example.collect(env, obs, plain_policy(ppo, example), CONFIG, episodes)
        for name in ("obs", "masks", "actions", "dones"):
            assert torch.equal(getattr(found, name), getattr(expected, name)), name
        for name in ("log_probs", "rewards", "values"):
            torch.testing.assert_close(getattr(found, name), getattr(expected, name), rtol=1e-4, atol=1e-5)
        advantages = example.estimate_advantages(found.rewards, found.dones, found.values, CONFIG)
        torch.testing.assert_close(advantages, whole(ppo, "advantages"), rtol=1e-4, atol=1e-4)
    assert len(episodes) == len(window.returns)
    assert sum(episodes) == pytest.approx(window.sums["credits"], rel=1e-5)
    return window


def check_gradient(example, config=CONFIG):
    ppo = trained()
    ppo.collect(Window(1))
    with torch.no_grad():
        # Away from the policy that acted, so that some ratios are clipped.
        for parameter in ppo.policy.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
    mean, std = torch.tensor(0.1), torch.tensor(0.7)
    samples = [worker.samples(mean, std) for worker in ppo.workers]
    sums = sum(
        worker.differentiate(part, torch.arange(len(part.actions)))
        for worker, part in zip(ppo.workers, samples, strict=True)
    )
    gradients = [sum(parts) / sums[-1] for parts in zip(*(worker.gradients for worker in ppo.workers), strict=True)]
    rows = [
        torch.cat([getattr(part, name).flatten() for part in samples])
        for name in ("obs", "masks", "actions", "log_probs", "advantages", "targets")
    ]
    rows[:2] = rows[0].view(-1, OBS_SIZE), rows[1].view(-1, NUM_ACTIONS).bool()
    policy = plain_policy(ppo, example)
    objective, metrics = example.loss(policy, config, rows)
    objective.backward()
    torch.testing.assert_close(torch.stack(list(metrics.values())), sums[:-1] / sums[-1], rtol=1e-4, atol=1e-5)
    for (name, parameter), expected in zip(policy.named_parameters(), gradients, strict=True):
        # Float32 sums of some 2,000 rows in another order.
        torch.testing.assert_close(
            parameter.grad, expected, rtol=1e-3, atol=2e-6, msg=lambda text, name=name: f"{name}: {text}"
        )
    return metrics


def check_update(example, config=CONFIG):
    ppo = trained()
    ppo.collect(Window(1))
    policy, rollout = plain_policy(ppo, example), rollout_of(ppo, example)
    before = [parameter.detach().clone() for parameter in policy.parameters()]
    optimizer = torch.optim.Adam(policy.parameters(), config.learning_rate, eps=1e-5)
    ppo.update()
    example.update(policy, optimizer, rollout, config)
    torch.testing.assert_close(policy.mean, ppo.values_scale.mean)
    torch.testing.assert_close(policy.std, ppo.values_scale.std)
    # Adam's steps hardly depend on the size of gradients, but what it remembers of them does.
    for state, expected in zip(optimizer.state.values(), ppo.optimizer.state.values(), strict=True):
        torch.testing.assert_close(state["exp_avg"], expected["exp_avg"], rtol=1e-3, atol=1e-6)
    for found, expected, old in zip(policy.parameters(), ppo.policy.parameters(), before, strict=True):
        # Two steps of Adam move a weight by up to twice the learning rate, 4e-3.
        torch.testing.assert_close(found - old, expected - old, rtol=1e-2, atol=1e-5)
    return before, policy


def check_training(example):
    """A few iterations of both with the same draws: the actions and the minibatches are the fast trainer's."""
    config = replace(CONFIG, num_minibatches=4)
    ppo = fast_trainer(config)
    policy = plain_policy(ppo, example)
    optimizer = torch.optim.Adam(policy.parameters(), config.learning_rate, eps=1e-5)
    env, obs = example_env(example)
    for _ in range(4):
        ppo.collect(Window(1))
        example.Categorical = drawing(whole(ppo, "actions"))
        obs, rollout = example.collect(env, obs, policy, config, [])
        shuffles = [noted_shuffles(worker) for worker in ppo.workers]
        optimizer.param_groups[0]["lr"] = ppo.learning_rate
        ppo.update()
        orders = order_of_rows(ppo, shuffles)
        example.torch = SimpleNamespace(**{**vars(torch), "randperm": lambda rows, orders=orders: next(orders)})
        example.update(policy, optimizer, rollout, config)
        ppo.env_steps += config.num_envs * config.num_steps
    for found, expected in zip(policy.parameters(), ppo.policy.parameters(), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)


def noted_shuffles(worker):
    """A list that gets what ``worker.shuffle`` returns, for each pass of the next update."""
    noted, shuffle = [], type(worker).shuffle

    def note():
        noted.append(shuffle(worker))
        return noted[-1]

    worker.shuffle = note
    return noted


def order_of_rows(ppo, shuffles):
    """The rows of the rollout in the order in which each pass learns from them: int64[T * n] a pass."""
    envs = torch.arange(CONFIG.num_envs).tensor_split(len(ppo.workers))
    blocks = [
        (torch.arange(CONFIG.num_steps)[:, None] * CONFIG.num_envs + columns).view(len(torch.cat(noted[0])), -1)
        for columns, noted in zip(envs, shuffles, strict=True)
    ]
    for passes in zip(*shuffles, strict=True):
        minibatches = zip(*passes, strict=True)
        yield torch.cat(
            [rows[share].flatten() for shares in minibatches for rows, share in zip(blocks, shares, strict=True)]
        )


def test_the_example_has_the_fast_trainers_settings():
    assert {name: getattr(EXAMPLE.Config(), name) for name in ALGORITHM} == {
        name: getattr(TrainConfig(), name) for name in ALGORITHM
    }


def test_a_seed_gives_both_the_same_initial_weights():
    expected = fast_trainer().policy.state_dict()
    torch.manual_seed(CONFIG.seed)
    found = EXAMPLE.Policy(CONFIG.hidden_size).state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in found)


def test_both_collect_the_same_rollouts_over_truncations_and_deaths():
    window = check_collect(load())
    assert min(window.ends[name] for name in ("truncated", "destroyed", "stranded", "cashed_out")) > 0


def test_the_fast_trainers_gradient_is_that_of_the_loss_by_autograd():
    metrics = check_gradient(EXAMPLE)
    assert 0.01 < metrics["clip_fraction"] < 0.99
    assert metrics["entropy"] > 0.1


def test_an_update_of_both_moves_every_weight_alike():
    before, policy = check_update(EXAMPLE)
    moved = [(parameter - old).abs().max() for parameter, old in zip(policy.parameters(), before, strict=True)]
    assert min(moved) > CONFIG.learning_rate / 10


def test_a_few_iterations_with_the_same_draws_lead_both_to_the_same_weights():
    check_training(load())


@pytest.mark.parametrize(
    ("check", "change"),
    [
        (check_collect, ("reward[torch.tensor(truncated)] +=", "reward[torch.tensor(truncated)] -=")),
        (check_collect, ("config.gamma * (future", "(future")),
        (check_collect, ("* goes_on - values[t]", "- values[t]")),
        (check_collect, ("config.gamma * config.gae_lambda *", "config.gae_lambda *")),
        (check_collect, ("(after - before) * 0.01", "(after - before) * 0.02")),
        (check_gradient, ("policy_loss = -torch.min", "policy_loss = torch.min")),
        (check_gradient, ("-torch.min(", "-torch.max(")),
        (check_gradient, ("advantages * clipped).mean()", "advantages * ratio).mean()")),
        (check_gradient, ("- config.ent_coef * entropy", "+ config.ent_coef * entropy")),
        (check_gradient, ("masked_fill(~masks, -1e9)", "masked_fill(masks, -1e9)")),
        (check_update, ("policy.rescale(targets)", "policy.rescale(advantages)")),
        (check_update, ("advantages - advantages.mean()", "advantages")),
        (check_training, ("policy.rescale(targets)", "pass")),
        (check_training, ("1.0 / self.rollouts", "0.5 / self.rollouts")),
        (check_update, ("nn.utils.clip_grad_norm_(policy.parameters(), config.max_grad_norm)", "pass")),
    ],
)
def test_the_comparison_notices_a_wrong_line(check, change):
    with pytest.raises(AssertionError):
        check(load(*change))


@pytest.mark.parametrize(
    ("check", "name", "value"),
    [
        (check_gradient, "clip_coef", 0.21),
        (check_gradient, "ent_coef", 0.006),
        (check_gradient, "vf_coef", 0.51),
        (check_update, "max_grad_norm", 0.051),
    ],
)
def test_the_comparison_notices_a_wrong_coefficient(check, name, value):
    with pytest.raises(AssertionError):
        check(EXAMPLE, replace(CONFIG, **{name: value}))
