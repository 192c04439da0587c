"""The sparse profile: money when it moves, nothing before, and an episode's profit in all."""

import numpy as np
import pytest

import abp
from abp.envs.autoreset import Autoreset
from abp.train.rewards import Sparse

N = 32
TIME_MAX = 200.0


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
    autoreset = Autoreset(core, "SameStep", seed=0)
    profile = Sparse(autoreset)
    autoreset.start()
    profile.start()
    totals = np.zeros(N)
    sales = deaths = episodes = 0
    for _ in range(2000):
        autoreset.step(random_actions(rng, core.action_mask))
        rewards = profile.reward()
        totals += rewards
        ended, endings = autoreset.ended, autoreset.endings
        for i in np.flatnonzero(~ended):
            brought = money(core.events(i))
            assert rewards[i] == pytest.approx(brought / 100, abs=1e-3)
            sales += brought > 0
        dead = ended & (endings["survival"] == 0)
        np.testing.assert_allclose(totals[ended], endings["net_profit"][ended] / 100 - 40 * dead[ended], atol=1e-3)
        episodes += int(ended.sum())
        deaths += int(dead.sum())
        totals[ended] = 0.0
    assert sales > 50
    assert episodes > deaths > 10


def test_it_goes_on_from_its_state_within_an_episode():
    core = abp.BatchCore(1, time_max=TIME_MAX)
    autoreset = Autoreset(core, "SameStep", seed=5)
    autoreset.start()
    profile = Sparse(autoreset)
    profile.restore(np.array([300.0], dtype=np.float32))
    autoreset.step(np.array([6], dtype=np.uint8))
    assert profile.reward()[0] == pytest.approx(-3.0)
    assert profile.state()[0] == core.info["credits"][0] == 0.0
