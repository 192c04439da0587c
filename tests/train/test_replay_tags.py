"""Milestones are reached once; the best is better than all before."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abp.train.replay_tags import LADDERS, ReplayTags


def replay(profit=-1.0, total=-1000.0, ticks=1):
    return SimpleNamespace(net_profit=profit, return_total=total, ticks=ticks)


def test_a_first_replay_is_the_best_and_has_every_milestone_up_to_its_own():
    assert ReplayTags().of(replay(profit=999.9, total=-10.0, ticks=300)) == [
        "every_window",
        "best_so_far",
        "milestone:profit:100",
        "milestone:profit:300",
        "milestone:return:-100",
        "milestone:return:-30",
        "milestone:return:-10",
        "milestone:survival:100",
        "milestone:survival:300",
    ]


def test_only_what_is_better_than_all_before_is_the_best():
    tags = ReplayTags()
    returns = [-5.0, -7.0, -5.0, -4.9, -6.0]
    assert ["best_so_far" in tags.of(replay(total=total)) for total in returns] == [True, False, False, True, False]


def test_a_milestone_is_for_the_first_that_reaches_it():
    tags = ReplayTags()
    profits = [50, 100, 100, 40, 2999, 3000]
    told = [[tag for tag in tags.of(replay(profit=profit)) if "profit" in tag] for profit in profits]
    assert told == [
        [],
        ["milestone:profit:100"],
        [],
        [],
        ["milestone:profit:300", "milestone:profit:1000"],
        ["milestone:profit:3000"],
    ]


figures = st.tuples(st.floats(-10, 1e6), st.floats(-700, 300), st.integers(1, 20_000))


@given(st.lists(figures, max_size=30), st.integers(0, 30))
def test_each_milestone_comes_once_and_a_resume_changes_nothing(episodes, resumed_after):
    straight, tags = ReplayTags(), ReplayTags()
    seen = []
    for i, (profit, total, ticks) in enumerate(episodes):
        if i == resumed_after:
            again = ReplayTags()
            again.load_state_dict(tags.state_dict())
            tags = again
        told = tags.of(replay(profit, total, ticks))
        assert told == straight.of(replay(profit, total, ticks))
        seen += [tag for tag in told if tag.startswith("milestone:")]
    reached = zip(*episodes, strict=True) if episodes else [[-math.inf]] * 3
    expected = [
        f"milestone:{ladder}:{step}"
        for (ladder, steps), values in zip(LADDERS.items(), reached, strict=True)
        for step in steps
        if max(values) >= step
    ]
    assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize("steps", LADDERS.values(), ids=LADDERS)
def test_ladders_rise(steps):
    assert list(steps) == sorted(set(steps))
