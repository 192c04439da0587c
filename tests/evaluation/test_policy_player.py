"""A policy from a checkpoint plays; the same seed gives the same choices in any company."""

import numpy as np
import pytest
import torch

from abp.evaluation.rollout import play, seed_range
from abp.evaluation.trained_policy import load_policy, newest_checkpoint
from abp.players.policy import PolicyPlayer
from abp.train import checkpoint
from abp.train.checkpoint import CheckpointError


@pytest.fixture
def policy(run_dir):
    return load_policy(newest_checkpoint(run_dir)).policy


def test_the_checkpoint_that_got_furthest_plays(run_dir):
    loaded = load_policy(newest_checkpoint(run_dir))
    assert loaded.path.name == "window-000002.pt"
    assert loaded.env_steps_total == 2000
    assert len(loaded.sha256) == 64


def test_choices_are_sampled_as_the_policy_says_and_always_valid(tmp_path, save_policy):
    policy = load_policy(save_policy(tmp_path, logbook=False)).policy
    n = 20_000
    player = PolicyPlayer(policy)
    player.start(np.arange(n, dtype=np.uint64), 20000)
    obs = np.tile(np.random.default_rng(1).random((1, 260), dtype=np.float32), (n, 1))
    mask = np.zeros((n, 69), dtype=np.uint8)
    mask[:, [3, 6, 68]] = 1
    mask[:, 12:20] = 1
    counts = np.bincount(player.act(np.arange(n), obs, mask), minlength=69) / n
    with torch.no_grad():
        expected = policy(torch.from_numpy(obs[:1]), torch.from_numpy(mask[:1]).bool())[0].exp()[0].numpy()
    assert np.abs(counts - expected).max() < 0.02
    assert counts[mask[0] == 0].sum() == 0


def test_another_step_sampling_seed_or_world_draws_anew(policy):
    rows, n = np.arange(300), 300
    rng = np.random.default_rng(1)
    obs, mask = rng.random((n, 260), dtype=np.float32), np.ones((n, 69), dtype=np.uint8)

    def first_two(seeds, **options):
        player = PolicyPlayer(policy, **options)
        player.start(seeds, 20000)
        return player.act(rows, obs, mask), player.act(rows, obs, mask)

    worlds = np.arange(n, dtype=np.uint64)
    first, second = first_two(worlds)
    assert (first != second).any()
    assert np.array_equal(first_two(worlds)[0], first)
    assert (first_two(worlds, sampling_seed=2)[0] != first).any()
    assert (first_two(worlds + np.uint64(n))[0] != first).any()
    greedy, again = first_two(worlds, greedy=True)
    assert np.array_equal(greedy, again)


@pytest.mark.parametrize("logbook", [True, False])
def test_an_episode_does_not_depend_on_the_others(tmp_path, save_policy, logbook):
    policy = load_policy(save_policy(tmp_path, logbook=logbook)).policy
    whole = play(PolicyPlayer(policy), seed_range(10, 6), time_max=60)
    part = play(PolicyPlayer(policy), seed_range(13, 3), time_max=60)
    assert np.array_equal(whole.credits[3:], part.credits)
    assert np.array_equal(whole.steps[3:], part.steps)


def test_a_checkpoint_without_a_policy_is_an_error_in_a_line(tmp_path):
    state = {"config": {"hidden_size": 8}, "learner": {"policy": {}, "env_steps": 1}}
    path = checkpoint.save(tmp_path, state, windows=1, steps_into_window=0).path
    with pytest.raises(CheckpointError, match=r"^window-000001.pt holds no policy that this version knows .*$"):
        load_policy(path)
