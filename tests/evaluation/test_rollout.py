"""Episodes are played whole, each on its own seed, whatever else is in the batch."""

import numpy as np
import pytest

from abp.core import BatchCore
from abp.evaluation import rollout
from abp.evaluation.rollout import Episodes, join, play, seed_range
from abp.players.bots import BOTS


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(vars(left).values(), vars(right).values(), strict=True))


def by_hand(name, seed, time_max):
    """One episode, one env, one step at a time."""
    core = BatchCore(1, time_max=time_max)
    seeds = np.array([seed], dtype=np.uint64)
    core.reset(seeds)
    player = BOTS[name]()
    player.start(seeds, time_max)
    total, steps = 0.0, 0
    while not (core.terminated[0] or core.truncated[0]):
        core.step(player.act(np.zeros(1, dtype=np.int64), core.obs, core.action_mask))
        total += float(core.reward[0])
        steps += 1
    return total, steps, float(core.info["credits"][0]), float(core.info["survival"][0])


@pytest.mark.parametrize("name", BOTS)
def test_an_episode_in_a_batch_is_the_episode_alone(name):
    seeds = seed_range(40, 5)
    together = play(BOTS[name](), seeds, time_max=400)
    for i, seed in enumerate(seeds):
        total, steps, credits, survival = by_hand(name, seed, 400)
        assert together.seed[i] == seed
        assert together.steps[i] == steps
        assert together.credits[i] == credits
        assert together.survival[i] == survival
        assert together.return_total[i] == pytest.approx(total)


def test_batches_and_parts_change_nothing(monkeypatch):
    whole = play(BOTS["veteran"](), seed_range(40, 7), time_max=300)
    parts = [play(BOTS["veteran"](), seed_range(first, n), time_max=300) for first, n in ((40, 3), (43, 4))]
    assert equal(join(parts), whole)
    monkeypatch.setattr(rollout, "BATCH", 3)
    assert equal(play(BOTS["veteran"](), seed_range(40, 7), time_max=300, num_threads=2), whole)


def test_every_episode_ends_and_nothing_is_reset():
    played = play(BOTS["market_timer"](), seed_range(0, 20), time_max=150)
    assert isinstance(played, Episodes)
    assert len(played) == 20
    survived = played.survival == 1
    assert 0 < survived.sum() < 20, "some run out of time, some die"
    assert (played.time_remaining[survived] == 0).all()
    assert (played.steps <= 150).all()


def test_progress_is_told_in_ticks():
    told = []
    play(BOTS["veteran"](), seed_range(7, 3), time_max=2000, progress=lambda done, total: told.append((done, total)))
    assert told
    assert all(0 < done <= total == 6000 for done, total in told)
    assert told == sorted(told)


@pytest.mark.parametrize(("base", "episodes"), [(-1, 5), (2**64 - 3, 4), (2**64, 1)])
def test_seeds_that_do_not_exist_are_an_error(base, episodes):
    with pytest.raises(ValueError, match="seed base is"):
        seed_range(base, episodes)
    with pytest.raises(ValueError, match="episodes is 0; allowed: at least 1"):
        seed_range(1, 0)


def test_the_last_seeds_there_are():
    assert seed_range(2**64 - 2, 2).tolist() == [2**64 - 2, 2**64 - 1]
