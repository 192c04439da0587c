"""The policy chooses valid actions only, by its probabilities; its values keep their scale."""

import numpy as np
import torch

from abp.episodes import replay
from abp.players.network import Policy
from abp.rules import NUM_ACTIONS, OBS_SIZE
from abp.train.evaluation import _Actor, _sample, record_episode
from abp.train.value_scale import ValueScale


def random_policy(seed=0):
    """A policy whose logits are far apart, unlike those of a fresh one."""
    torch.manual_seed(seed)
    policy = Policy(32)
    with torch.no_grad():
        policy.actor.weight *= 300
    return policy


def test_invalid_actions_have_no_probability():
    generator = torch.Generator().manual_seed(0)
    policy = random_policy()
    mask = torch.rand(5000, NUM_ACTIONS, generator=generator) < 0.1
    mask[:, -1] = True
    log_probs, values = policy(torch.rand(5000, OBS_SIZE, generator=generator) * 2 - 1, mask)
    assert values.shape == (5000,)
    assert torch.all(log_probs.exp()[~mask] == 0)
    torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(5000))


def test_samples_of_the_evaluation_follow_the_probabilities():
    probabilities = torch.zeros(NUM_ACTIONS)
    probabilities[[3, 10, 68]] = torch.tensor([0.2, 0.5, 0.3])
    rng = np.random.default_rng(1)
    drawn = np.bincount([_sample(probabilities.numpy(), rng.random()) for _ in range(20_000)], minlength=69)
    np.testing.assert_allclose(drawn / 20_000, probabilities.numpy(), atol=0.015)


def test_a_fresh_policy_rarely_ends_the_episode():
    torch.manual_seed(0)
    log_probs, _ = Policy(32)(torch.rand(100, OBS_SIZE), torch.ones(100, NUM_ACTIONS, dtype=torch.bool))
    assert log_probs[:, -1].exp().max() < 0.001
    assert log_probs[:, :-1].exp().min() > 0.005


def test_the_evaluation_actor_is_the_policy():
    policy = random_policy()
    generator = torch.Generator().manual_seed(2)
    obs = torch.rand(50, OBS_SIZE, generator=generator) * 2 - 1
    mask = torch.rand(50, NUM_ACTIONS, generator=generator) < 0.5
    mask[:, -1] = True
    expected = policy(obs, mask)[0].exp().detach().numpy()
    actor = _Actor(policy)
    found = [actor(o, m)[1] for o, m in zip(obs.numpy(), mask.numpy().astype(np.uint8), strict=True)]
    np.testing.assert_allclose(np.stack(found), expected, atol=1e-5)


def test_an_evaluation_is_a_replay_that_verifies_and_repeats():
    policy, scale = random_policy(), ValueScale()

    def record(sampling_seed):
        return record_episode(
            policy,
            scale,
            seed=5,
            sampling_seed=sampling_seed,
            time_max=200.0,
            backend="native",
            config={},
        )

    recipe = record(1)
    replay.verify(recipe)
    assert record(1).final_state_hash == recipe.final_state_hash
    assert record(2).final_state_hash != recipe.final_state_hash
    frames = list(replay.iter_frames(recipe))
    assert sum(frame["reward"] for frame in frames) == recipe.return_total
    assert frames[-1]["info"]["credits"] == recipe.credits
    assert frames[-1]["t"] + frames[-1]["dt"] == recipe.ticks
    # The probability shown of the action taken is the policy's, and the best come first.
    obs = torch.from_numpy(frames[0]["render_state"]["observation"])[None]
    mask = torch.tensor(frames[0]["render_state"]["action_mask"])[None].bool()
    log_probs, value = policy(obs, mask)
    top = log_probs[0].exp().topk(5)
    np.testing.assert_array_equal(recipe.top_actions[0], top.indices)
    np.testing.assert_allclose(recipe.top_probs[0], top.values.detach(), atol=1e-5)
    np.testing.assert_allclose(recipe.values[0], value.item(), atol=1e-5)


def test_the_value_scale_follows_the_targets_and_keeps_the_critics_values():
    torch.manual_seed(3)
    policy, scale = random_policy(), ValueScale()
    obs = torch.rand(64, OBS_SIZE)
    for centre in (50.0, -200.0, 10.0):
        before = scale.restore(policy.value(obs))
        targets = torch.randn(10_000) * 30 + centre
        scale.update(targets.mean(), targets.square().mean(), policy.critic)
        torch.testing.assert_close(scale.restore(policy.value(obs)), before, atol=1e-2, rtol=1e-3)
    first = ValueScale()
    targets = torch.randn(10_000) * 30 + 50
    first.update(targets.mean(), targets.square().mean(), policy.critic)
    normalised = first.normalise(targets)
    torch.testing.assert_close(normalised.mean(), torch.zeros(()), atol=1e-3, rtol=0)
    torch.testing.assert_close(normalised.std(), torch.ones(()), atol=1e-3, rtol=0)
    torch.testing.assert_close(first.restore(normalised), targets)
