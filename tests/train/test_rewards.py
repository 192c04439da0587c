"""The sparse profile: money when it moves, nothing before, and an episode's profit in all."""

import numpy as np
import pytest

import abp
from abp.train.rewards import Sparse

N = 32
TIME_MAX = 400.0


def random_actions(rng, mask):
    return np.array([rng.choice(np.flatnonzero(row[:68])) for row in mask], dtype=np.uint8)


def money(events):
    """Credits that the events of a step brought, by the rules: sales less purchases."""
    return sum(
        event.get("credits", 0.0) - event.get("cost", 0.0) for event in events if event["type"] in ("sell", "buy")
    )


def test_a_sparse_reward_is_what_was_sold_less_what_was_bought_and_a_death():
    rng = np.random.default_rng(0)
    core = abp.BatchCore(N, time_max=TIME_MAX, record_events=True)
    profile = Sparse(core)
    everyone = np.ones(N, dtype=bool)
    core.reset(np.arange(N, dtype=np.uint64))
    profile.start(everyone)
    totals = np.zeros(N)
    sales = deaths = episodes = 0
    for step in range(2000):
        core.step(random_actions(rng, core.action_mask))
        rewards = profile.reward()
        totals += rewards
        for i in range(N):
            dead = bool(core.terminated[i]) and core.info["survival"][i] == 0
            brought = money(core.events(i))
            assert rewards[i] == pytest.approx(brought / 100 - 40 * dead, abs=1e-3)
            sales += brought > 0
            deaths += dead
        done = core.terminated | core.truncated
        dead = core.terminated & (core.info["survival"] == 0)
        np.testing.assert_allclose(totals[done], core.info["net_profit"][done] / 100 - 40 * dead[done], atol=1e-3)
        episodes += int(done.sum())
        totals[done] = 0.0
        core.reset(np.arange(N, dtype=np.uint64) + np.uint64(1000 * (step + 1)), done)
        profile.start(done)
    assert sales > 50
    assert episodes > deaths > 10


def test_it_goes_on_from_its_state_within_an_episode():
    core = abp.BatchCore(1, time_max=TIME_MAX)
    core.reset(np.array([5], dtype=np.uint64))
    profile = Sparse(core)
    profile.restore(np.array([300.0], dtype=np.float32))
    core.step(np.array([6], dtype=np.uint8))
    assert profile.reward()[0] == pytest.approx(-3.0)
    assert profile.state()[0] == core.info["credits"][0] == 0.0
