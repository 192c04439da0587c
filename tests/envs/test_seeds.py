"""Episode seeds are a function of (seed, environment, episode) and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abp.seeds import SEED_BITS, episode_seeds

U64 = st.integers(0, 2**64 - 1)
INDEX = st.integers(0, 2**31)


def splitmix64(state):
    """The published algorithm in Python integers; its first output from 0 is 0xE220A8397B1DCDAF."""
    z = (state + 0x9E3779B97F4A7C15) % 2**64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


@given(U64, U64, U64)
def test_a_seed_is_the_chained_mix_of_its_three_parts(seed, env, episode):
    expected = splitmix64(splitmix64(splitmix64(seed) ^ env) ^ episode) >> (64 - SEED_BITS)
    assert episode_seeds(seed, env, episode).tolist() == [expected]


def test_one_call_for_a_batch_gives_what_single_calls_give():
    envs, episodes = np.arange(5), np.array([0, 3, 1, 7, 2])
    batch = episode_seeds(42, envs, episodes)
    assert batch.dtype == np.uint64
    assert batch.tolist() == [episode_seeds(42, i, int(k)).item() for i, k in enumerate(episodes)]


def test_arguments_broadcast_and_wrap():
    grid = episode_seeds(7, np.arange(3)[:, None], np.arange(2))
    assert grid.shape == (3, 2)
    assert grid[2, 1] == episode_seeds(7, 2, 1).item()
    np.testing.assert_array_equal(episode_seeds(-1, -1, 0), episode_seeds(2**64 - 1, np.array([-1]), 0))


def test_environments_and_episodes_do_not_share_worlds():
    envs, episodes = np.meshgrid(np.arange(300), np.arange(300))
    seeds = episode_seeds(1, envs.ravel(), episodes.ravel())
    assert len(np.unique(seeds)) == len(seeds)


@given(U64, INDEX, INDEX)
def test_a_seed_survives_a_json_number(seed, env, episode):
    value = episode_seeds(seed, env, episode).item()
    assert int(float(value)) == value
