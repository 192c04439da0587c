"""EpisodeCutoff: stays are drawn from seed, env and episode alone, and spread over all hours."""

import numpy as np

from abp.runs.config import TrainConfig
from abp.train.cutoff import EpisodeCutoff

N = 4000
CONFIG = TrainConfig(seed=5, min_cutoff_steps=256)


def stays(config, first_env=0, n=N, episode=0):
    """How many steps of an episode each env stays for."""
    cutoff, episodes = EpisodeCutoff(config, first_env, n), np.full(n, episode)
    low, high = np.zeros(n, dtype=np.int64), np.full(n, 2**20)
    while (high - low > 1).any():
        middle = (low + high) // 2
        over = cutoff.is_over(episodes, middle)
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return high


def test_stays_lie_between_the_bounds_with_an_even_logarithm():
    found = stays(CONFIG)
    assert found.min() >= 256
    assert found.max() <= 20_000
    position = np.log(found / 256) / np.log(20_000 / 256)
    counts, _ = np.histogram(position, bins=10, range=(0, 1))
    assert counts.min() > 0.8 * N / 10
    assert counts.max() < 1.2 * N / 10


def test_a_stay_depends_on_seed_env_and_episode_alone():
    whole = stays(CONFIG)
    assert np.array_equal(stays(CONFIG, first_env=100, n=50), whole[100:150])
    for other in (stays(CONFIG, episode=1), stays(CONFIG.model_copy(update={"seed": 6}))):
        assert (other != whole).mean() > 0.9


def test_with_no_min_cutoff_steps_it_never_ends():
    cutoff = EpisodeCutoff(CONFIG.model_copy(update={"min_cutoff_steps": 0}), 0, 3)
    assert not cutoff.is_over(np.zeros(3, dtype=np.int64), np.full(3, 10**9)).any()
