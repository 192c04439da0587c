"""The rules of thumb, a branch at a time, on observations made by hand."""

import numpy as np
import pytest

from abp import rules
from abp.core import BatchCore
from abp.evaluation.rollout import play, seed_range
from abp.players.bots.rules_of_thumb import Glance, cautious_scanner, greedy_miner, market_timer

RULES = (greedy_miner, cautious_scanner, market_timer)
OUT = (("station", 1, 10.0), ("cluster", 2, 60.0), ("hazard", 5, 30.0), ("cluster", 3, 30.0))
GOOD = {"composition": {"rare_isotopes": 1.0}, "stability": 0.9}
POOR = {"composition": {"iron": 1.0}, "stability": 0.9}


def selected(rock, **changes):
    return {**rock, "selected": True, **changes}


class TestAnyOfThem:
    @pytest.mark.parametrize("rule", RULES)
    def test_leaves_the_station_where_fuel_is_cheapest_and_never_for_a_station(self, rule, choice):
        assert choice(rule, place="station", kits=12, edges=OUT) == rules.TRAVEL[2]
        assert choice(rule, place="station", kits=12, edges=(None, *OUT)) == rules.TRAVEL[3]

    @pytest.mark.parametrize("rule", RULES)
    def test_goes_home_through_a_neighbor_that_is_the_station_else_the_first(self, rule, choice):
        tired = {"hull": 0.1, "heat": 0.7, "deltas": {"pge": -0.03}, "rocks": (GOOD,)}
        tired |= {"heat": 0.5} if rule is market_timer else {}
        assert choice(rule, edges=(("cluster", 1, 20), None, ("station", 8, 99)), **tired) == rules.TRAVEL[2]
        assert choice(rule, edges=(None, ("cluster", 1, 20), ("hazard", 1, 20)), **tired) == rules.TRAVEL[1]

    @pytest.mark.parametrize("rule", RULES)
    def test_goes_home_from_a_place_with_nothing_left(self, rule, choice):
        spent = selected(GOOD, depletion=1.0, confidence=1.0)
        assert choice(rule, rocks=(spent, None)) == rules.TRAVEL[0]
        assert choice(rule, rocks=()) == rules.TRAVEL[0]

    @pytest.mark.parametrize("rule", RULES)
    def test_drifts_where_no_way_leads_out(self, rule, choice):
        assert choice(rule, place="station", kits=12, edges=()) == rules.HOLD
        assert choice(rule, edges=()) == rules.HOLD

    @pytest.mark.parametrize("rule", RULES)
    def test_a_row_is_decided_alone(self, rule):
        core = BatchCore(40)
        core.reset(np.arange(40))
        for _ in range(30):
            alone = np.concatenate([rule(core.obs[i : i + 1]) for i in range(40)])
            together = rule(core.obs)
            assert together.dtype == np.uint8
            np.testing.assert_array_equal(together, alone)
            running = ~(core.terminated | core.truncated)
            core.step(together, running)

    @pytest.mark.parametrize("rule", RULES)
    def test_never_chooses_an_invalid_action(self, rule, counted):
        player = counted(Glance)(rule)
        played = play(player, seed_range(3000, 60))
        assert player.chosen == played.steps.sum() > 60
        assert player.forbidden == 0


class TestGreedyMiner:
    def test_sells_the_first_commodity_above_a_hundredth_of_the_hold(self, choice):
        hold = {"iron": 1.9, "nickel": 2.1, "pge": 50}
        assert choice(greedy_miner, place="station", hold=hold) == rules.SELL[rules.NICKEL][rules.ALL]

    def test_buys_large_fuel_under_two_fifths_if_it_can_pay(self, choice):
        def act(**ship):
            return choice(greedy_miner, place="station", edges=OUT, **ship)

        assert act(fuel=0.39, credits=210.01) == rules.BUY[rules.FUEL_LARGE]
        assert act(fuel=0.39, credits=209.9) == rules.TRAVEL[2]
        assert act(fuel=0.41, credits=5000) == rules.TRAVEL[2]
        assert act(fuel=0.1, credits=5000, hold={"iron": 10}) == rules.SELL[rules.IRON][rules.ALL]

    @pytest.mark.parametrize(
        ("ship", "home"),
        [
            ({"hold": {"iron": 171}}, True),
            ({"hold": {"iron": 169}}, False),
            ({"heat": 0.81}, True),
            ({"heat": 0.79}, False),
            ({"hull": 0.39}, True),
            ({"hull": 0.41}, False),
        ],
    )
    def test_goes_home_loaded_hot_or_hurt(self, choice, ship, home):
        action = choice(greedy_miner, rocks=(selected(GOOD),), **ship)
        assert (action == rules.TRAVEL[0]) == home

    def test_selects_what_is_dearest_steadiest_and_least_spent(self, choice):
        assert choice(greedy_miner, rocks=(POOR, GOOD)) == rules.SELECT[1]
        assert choice(greedy_miner, rocks=(selected(POOR), None, GOOD)) == rules.SELECT[2]
        assert choice(greedy_miner, rocks=(POOR, {**GOOD, "stability": 0.1})) == rules.SELECT[0]
        assert choice(greedy_miner, rocks=(POOR, {**GOOD, "depletion": 0.95})) == rules.SELECT[0]
        assert choice(greedy_miner, rocks=(POOR, GOOD), prices={"rare_isotopes": 0.2}) == rules.SELECT[0]
        assert choice(greedy_miner, rocks=(GOOD, GOOD)) == rules.SELECT[0]

    def test_mines_hard_only_with_a_good_tool_and_cool(self, choice):
        rocks = (selected(GOOD),)
        assert choice(greedy_miner, rocks=rocks, tool=0.61, heat=0.59) == rules.MINE[rules.AGGRESSIVE]
        assert choice(greedy_miner, rocks=rocks, tool=0.59) == rules.MINE[rules.STANDARD]
        assert choice(greedy_miner, rocks=rocks, heat=0.61) == rules.MINE[rules.STANDARD]


class TestCautiousScanner:
    def test_sells_by_halves(self, choice):
        assert (
            choice(cautious_scanner, place="station", hold={"volatiles": 3}) == rules.SELL[rules.VOLATILES][rules.HALF]
        )

    def test_then_buys_a_kit_then_fuel_as_it_can_pay(self, choice):
        def act(**ship):
            return choice(cautious_scanner, place="station", edges=OUT, **ship)

        assert act(kits=3, fuel=0.2, credits=151) == rules.BUY[rules.REPAIR_KIT]
        assert act(kits=3, fuel=0.2, credits=149) == rules.BUY[rules.FUEL_MED]
        assert act(kits=4, fuel=0.49, credits=121) == rules.BUY[rules.FUEL_MED]
        assert act(kits=4, fuel=0.49, credits=119) == rules.TRAVEL[2]
        assert act(kits=4, fuel=0.51, credits=9999) == rules.TRAVEL[2]

    @pytest.mark.parametrize(
        ("ship", "home"),
        [
            ({"hold": {"iron": 141}}, True),
            ({"hold": {"iron": 139}}, False),
            ({"heat": 0.76}, True),
            ({"heat": 0.74}, False),
            ({"hull": 0.54}, True),
            ({"hull": 0.56}, False),
        ],
    )
    def test_goes_home_earlier(self, choice, ship, home):
        action = choice(cautious_scanner, rocks=(selected(GOOD, confidence=1.0),), **ship)
        assert (action == rules.TRAVEL[0]) == home

    def test_scans_all_while_it_knows_little_of_the_slots_there_are(self, choice):
        known, unknown = {**GOOD, "confidence": 0.6}, {**GOOD, "confidence": 0.08}
        assert choice(cautious_scanner, rocks=(unknown, known)) == rules.SCAN[rules.WIDE]
        assert choice(cautious_scanner, rocks=(unknown, None, known, known)) == rules.SELECT[2]

    def test_weighs_a_rock_by_how_well_it_knows_it(self, choice):
        sure, unsure = {**GOOD, "confidence": 1.0}, {**GOOD, "confidence": 0.5}
        assert choice(cautious_scanner, rocks=(unsure, sure)) == rules.SELECT[1]
        assert (
            choice(cautious_scanner, rocks=({**unsure, "stability": 1.0}, {**sure, "stability": 0.7}))
            == (rules.SELECT[0])
        )

    def test_scans_deep_then_steadies_then_mines_gently(self, choice):
        def act(stabilizers=2, **rock):
            return choice(cautious_scanner, stabilizers=stabilizers, rocks=(selected(GOOD, **rock),))

        assert act(confidence=0.59) == rules.SCAN[rules.DEEP]
        assert act(confidence=0.61, stability=0.39) == rules.STABILIZE
        assert act(confidence=0.61, stability=0.39, stabilizers=0) == rules.MINE[rules.CONSERVATIVE]
        assert act(confidence=0.61, stability=0.41) == rules.MINE[rules.CONSERVATIVE]


class TestMarketTimer:
    def test_sells_a_quarter_of_the_target_while_it_rises_and_is_dear(self, choice):
        def act(delta, price, **hold):
            return choice(
                market_timer, place="station", edges=OUT, hold=hold, deltas={"pge": delta}, prices={"pge": price}
            )

        assert act(0.03, 0.7, pge=10) == rules.SELL[rules.PGE][rules.QUARTER]
        assert act(0.01, 0.7, pge=10) == rules.TRAVEL[2]
        assert act(0.03, 0.5, pge=10) == rules.TRAVEL[2]
        assert act(0.03, 0.7, pge=1, iron=40) == rules.TRAVEL[2]

    def test_sells_anything_when_over_half_full(self, choice):
        assert (
            choice(market_timer, place="station", hold={"nickel": 60, "pge": 41})
            == rules.SELL[rules.NICKEL][rules.QUARTER]
        )
        assert choice(market_timer, place="station", hold={"nickel": 60, "pge": 39}, edges=OUT) == rules.TRAVEL[2]

    def test_buys_medium_fuel_under_half_if_it_can_pay(self, choice):
        def act(**ship):
            return choice(market_timer, place="station", edges=OUT, **ship)

        assert act(fuel=0.49, credits=121) == rules.BUY[rules.FUEL_MED]
        assert act(fuel=0.49, credits=119) == rules.TRAVEL[2]
        assert act(fuel=0.51, credits=121) == rules.TRAVEL[2]

    def test_goes_home_from_a_falling_price_once_cool(self, choice):
        def act(**ship):
            return choice(market_timer, rocks=(selected(GOOD),), **ship)

        assert act(deltas={"pge": -0.03}, heat=0.61) == rules.COOL
        assert act(deltas={"pge": -0.03}, heat=0.59) == rules.TRAVEL[0]
        assert act(deltas={"pge": -0.01}) == rules.MINE[rules.STANDARD]

    def test_goes_home_full_or_hot_once_cool(self, choice):
        def act(**ship):
            return choice(market_timer, rocks=(selected(GOOD),), **ship)

        assert act(hold={"iron": 171}) == rules.TRAVEL[0]
        assert act(hold={"iron": 171}, heat=0.71) == rules.COOL
        assert act(heat=0.81) == rules.COOL
        assert act(hold={"iron": 169}) == rules.MINE[rules.STANDARD]

    def test_digs_where_most_of_the_target_is(self, choice):
        some, more = {"composition": {"pge": 0.3}}, {"composition": {"pge": 0.5}}
        assert choice(market_timer, rocks=(some, more)) == rules.SELECT[1]
        assert (
            choice(market_timer, rocks=({**some, "confidence": 1.0}, {**more, "confidence": 0.0})) == (rules.SELECT[0])
        )
        assert choice(market_timer, rocks=(some, {**more, "depletion": 0.5})) == rules.SELECT[0]
        assert choice(market_timer, rocks=(some, {**more, "stability": 0.2})) == rules.SELECT[0]

    def test_mines_gently_when_warm(self, choice):
        assert choice(market_timer, rocks=(selected(GOOD),), heat=0.59) == rules.MINE[rules.STANDARD]
        assert choice(market_timer, rocks=(selected(GOOD),), heat=0.61) == rules.MINE[rules.CONSERVATIVE]

    def test_takes_another_target(self, see):
        rocks = ({"composition": {"pge": 1.0}}, {"composition": {"iron": 1.0}})
        assert market_timer(see(rocks=rocks), "iron")[0] == 13
        with pytest.raises(ValueError, match="target is 'gold'; allowed: iron"):
            market_timer(see(), "gold")
