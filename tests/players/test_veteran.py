"""The veteran: what it does with the ship in hand, and that it lives and earns."""

import numpy as np
import pytest

from abp import rules
from abp.core import BatchCore
from abp.evaluation.rollout import play, seed_range
from abp.players.bots import BOTS
from abp.players.bots.veteran import Veteran

OUT = (("cluster", 3, 40.0), ("hazard", 2, 30.0))
ROCK = {"composition": {"rare_isotopes": 0.9, "iron": 0.1}, "stability": 0.9, "confidence": 0.5}


@pytest.fixture
def first_choice(see):
    """What a veteran does first when it finds the ship like this, by the action's name."""

    def decide(**ship):
        player = Veteran()
        player.start(np.zeros(1, dtype=np.uint64), 20000.0)
        actions = player.act(np.zeros(1, dtype=np.int64), see(**ship), np.ones((1, 69), dtype=np.uint8))
        return int(actions[0])

    return decide


@pytest.fixture
def at_work(see):
    """What it does at an asteroid field it has flown out to, for a ship like this."""

    def decide(**ship):
        player, row, mask = Veteran(), np.zeros(1, dtype=np.int64), np.ones((1, 69), dtype=np.uint8)
        player.start(np.zeros(1, dtype=np.uint64), 20000.0)
        assert player.act(row, see(place="station", edges=(("cluster", 3, 40.0),)), mask)[0] == 0
        there = see(**{"edges": (None, ("station", 3, 40.0)), "rocks": (ROCK,), **ship})
        there[0, 22:24] = 1 / 31
        return int(player.act(row, there, mask)[0])

    return decide


class TestAtTheStation:
    @pytest.mark.parametrize(
        ("ship", "action"),
        [
            ({"hold": {"iron": 40, "pge": 10}}, rules.REFINE),
            ({"hold": {"iron": 40, "pge": 10}, "heat": 0.9}, rules.SELL[rules.IRON][rules.QUARTER]),
            ({"hold": {"pge": 1}}, rules.SELL[rules.PGE][rules.ALL]),
            ({"hull": 0.8, "credits": 300}, rules.BUY[rules.OVERHAUL]),
            ({"tool": 0.8, "credits": 300}, rules.BUY[rules.OVERHAUL]),
            ({"hull": 0.5, "credits": 200}, rules.PATCH),
            ({"fuel": 0.5, "credits": 215}, rules.BUY[rules.FUEL_LARGE]),
            ({"fuel": 0.35, "credits": 130}, rules.BUY[rules.FUEL_MED]),
            ({"fuel": 0.25, "credits": 65}, rules.BUY[rules.FUEL_SMALL]),
            ({"credits": 900, "kits": 3}, rules.BUY[rules.REPAIR_KIT]),
            ({"alert": 0.1}, rules.DOCK),
            ({}, rules.TRAVEL[0]),
            ({"fuel": 0.05}, rules.CASH_OUT),
            ({"time": 0.004}, rules.CASH_OUT),
            ({"time": 0.004, "hold": {"nickel": 0.1}}, rules.SELL[rules.NICKEL][rules.ALL]),
            ({"edges": ()}, rules.CASH_OUT),
        ],
    )
    def test_it_does_what_comes_first(self, first_choice, ship, action):
        assert first_choice(**{"place": "station", "edges": OUT, **ship}) == action


class TestInTheField:
    @pytest.mark.parametrize(
        ("ship", "action"),
        [
            ({}, rules.SELECT[0]),
            ({"rocks": ({**ROCK, "selected": True},)}, rules.MINE[rules.CONSERVATIVE]),
            ({"rocks": ({**ROCK, "confidence": 0.1},)}, rules.SCAN[rules.WIDE]),
            ({"alert": 0.1}, rules.JETTISON[rules.IRON]),
            ({"alert": 0.1, "hold": {"iron": 5, "nickel": 1}}, rules.JETTISON[rules.WATER_ICE]),
            ({"heat": 0.8}, rules.COOL),
            ({"tool": 0.5}, rules.MAINTAIN),
            ({"hull": 0.2}, rules.PATCH),
            ({"hull": 0.2, "kits": 0}, rules.TRAVEL[1]),
            ({"hull": 0.34}, rules.TRAVEL[1]),
            ({"fuel": 0.12}, rules.TRAVEL[1]),
            ({"time": 0.003}, rules.TRAVEL[1]),
            ({"hold": {"rare_isotopes": 150}}, rules.TRAVEL[1]),
            ({"rocks": ({**ROCK, "depletion": 0.95},)}, rules.TRAVEL[1]),
            ({"rocks": ()}, rules.TRAVEL[1]),
        ],
    )
    def test_it_looks_after_the_ship_before_it_mines(self, at_work, ship, action):
        assert at_work(**ship) == action


class TestWholeEpisodes:
    @pytest.mark.slow
    def test_it_lives_and_earns_far_more_than_a_rule_of_thumb(self):
        played = play(Veteran(), seed_range(500_000, 24), time_max=3000)
        thumb = play(BOTS["greedy_miner"](), seed_range(500_000, 24), time_max=3000)
        assert played.survival.mean() >= 0.95
        assert played.credits.mean() > 10 * thumb.credits.mean()
        assert played.credits.mean() > 20_000

    @pytest.mark.slow
    def test_it_never_chooses_an_invalid_action(self, counted):
        player = counted(Veteran)()
        played = play(player, seed_range(600_000, 8), time_max=2500)
        assert player.chosen == played.steps.sum() > 8000
        assert player.forbidden == 0

    def test_it_sees_the_observation_alone(self):
        core = BatchCore(4)
        core.reset(np.arange(4))
        players = Veteran(), Veteran()
        players[0].start(np.arange(4, dtype=np.uint64), core.time_max)
        players[1].start(np.zeros(4, dtype=np.uint64), core.time_max)
        nothing = np.zeros((4, 69), dtype=np.uint8)
        decided = 0
        for _ in range(300):
            rows = np.flatnonzero(~(core.terminated | core.truncated))
            decided += len(rows)
            actions = players[0].act(rows, core.obs[rows], core.action_mask[rows])
            assert np.array_equal(actions, players[1].act(rows, core.obs[rows], nothing[rows]))
            every = np.zeros(4, dtype=np.uint8)
            every[rows] = actions
            core.step(every, np.isin(np.arange(4), rows))
        assert decided > 600

    def test_it_obeys_another_time_limit(self):
        played = play(Veteran(), seed_range(700_000, 12), time_max=400)
        assert played.survival.mean() == 1
        assert (played.credits > 0).mean() > 0.8
