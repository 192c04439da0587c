"""What the veteran remembers is true: compared with the whole state of the episodes, which it never sees."""

import numpy as np
import pytest

from abp import _core, rules
from abp.core import BatchCore
from abp.episodes.state import parse
from abp.players.bots import observation as o
from abp.players.bots.chart import NODES, STATION, UNKNOWN, Chart
from abp.players.bots.market import Market, best_sale
from abp.players.bots.survey import Survey
from abp.rules import BASE_PRICE

MINE = rules.MINE[rules.CONSERVATIVE]


@pytest.fixture(scope="module")
def wandering():
    """Twelve ships that travelled at random, their charts, and their true states."""
    n = 12
    core, chart, rng = BatchCore(n), Chart(n), np.random.default_rng(2)
    core.reset(np.arange(n))
    rows, node = np.arange(n), np.zeros(n, dtype=np.int64)
    chart.note(rows, node, core.obs)
    running = np.ones(n, dtype=np.bool_)
    for _ in range(25):
        exists = o.edges(core.obs)[:, :, rules.EDGE_EXISTS] > 0
        edge = np.where(exists, rng.random(exists.shape), -1).argmax(1)
        core.step(edge.astype(np.uint8), running)
        arrived = np.rint(core.obs[:, rules.OBS_NODE] * 31).astype(np.int64)
        r = np.flatnonzero(running)
        chart.note(r, arrived[r], core.obs[r])
        chart.arrive(r, node[r], edge[r], arrived[r])
        node = np.where(running, arrived, node)
        running &= ~(core.terminated | core.truncated)
        if not running.any():
            break
    return chart, [parse(core.state(i)) for i in range(n)]


class TestChart:
    def test_edges_lead_where_it_says(self, wandering):
        chart, states = wandering
        for row, state in enumerate(states):
            known = chart.to[row] != UNKNOWN
            assert known.sum() > 4
            truth = state.nodes["edges"]["to"]
            assert np.array_equal(chart.to[row][known], truth[known[: len(truth)]])

    def test_every_place_it_has_been_at_has_a_path_home_of_the_length_it_says(self, wandering):
        chart, states = wandering
        places = 0
        for row, state in enumerate(states):
            for start in np.flatnonzero(chart.visited[row]):
                node, ticks, fuel, hops = start, 0, 0.0, 0
                while node != STATION:
                    edge = state.nodes["edges"][node, chart.home[row, node]]
                    ticks, fuel, hops = ticks + edge["time"], fuel + edge["fuel"], hops + 1
                    node = edge["to"]
                assert ticks == pytest.approx(chart.home_ticks[row, start], abs=1e-3)
                assert fuel == pytest.approx(chart.home_fuel[row, start], abs=0.1)
                assert hops == chart.home_hops[row, start] <= NODES
                places += start != STATION
        assert places > 50

    def test_the_way_out_is_the_way_home_backwards(self, wandering):
        chart, states = wandering
        targets = 0
        for row, state in enumerate(states):
            for target in np.flatnonzero(chart.visited[row])[1:]:
                targets += 1
                node, hops = STATION, 0
                while node != target:
                    edge = chart.edge_towards(np.array([row]), np.array([node]), np.array([target]))[0]
                    assert edge != UNKNOWN
                    node, hops = int(state.nodes["edges"][node, edge]["to"]), hops + 1
                    assert hops <= NODES
        assert targets > 50

    def test_there_is_no_edge_towards_where_it_never_was(self):
        chart = Chart(1)
        assert chart.edge_towards(np.array([0]), np.array([3]), np.array([STATION]))[0] == UNKNOWN


class TestSurvey:
    def test_a_tick_of_mining_tells_composition_and_richness(self):
        n = 60
        core, survey = BatchCore(n), Survey(n)
        core.reset(np.arange(n))
        core.step(np.zeros(n, dtype=np.uint8))
        node = np.rint(core.obs[:, rules.OBS_NODE] * 31).astype(np.int64)
        rows = np.arange(n)
        survey.note(rows, node, core.obs)
        slot = (core.action_mask[:, 12:28] > 0).argmax(1)
        core.step((12 + slot).astype(np.uint8))
        before = core.obs.copy()
        core.step(np.full(n, MINE, dtype=np.uint8))
        survey.learn(rows, node, slot, before, core.obs)
        proved = survey.proved[rows, node, slot]
        assert proved.mean() > 0.6
        for i in np.flatnonzero(proved):
            truth = parse(core.state(i)).asteroids[node[i]][slot[i]]
            assert survey.composition[i, node[i], slot[i]] == pytest.approx(truth["true_comp"], abs=2e-3)
            assert survey.richness[i, node[i], slot[i]] == pytest.approx(truth["richness"], rel=0.25)

    def test_a_scan_does_not_undo_what_mining_proved(self, see):
        survey = Survey(1)
        rows, node, slot = np.array([0]), np.array([4]), np.array([0])
        rock = {"composition": {"pge": 1.0}, "selected": True}
        before = see(rocks=(rock,))
        after = see(rocks=({**rock, "depletion": 0.01},), hold={"iron": 0.5, "nickel": 0.5})
        survey.note(rows, node, before)
        survey.learn(rows, node, slot, before, after)
        survey.note(rows, node, see(rocks=({**rock, "stability": 0.8, "depletion": 0.01},)))
        assert survey.composition[0, 4, 0] == pytest.approx([0.5, 0.5, 0, 0, 0, 0], abs=1e-5)
        assert survey.richness[0, 4, 0] == pytest.approx(1.25, rel=1e-3)
        assert survey.stability[0, 4, 0] == pytest.approx(0.8)

    @pytest.mark.parametrize(
        "after",
        [
            {"hold": {"iron": 8, "pge": 5}, "rocks": ({"selected": True, "depletion": 0.01},)},
            {"hold": {"iron": 11}, "rocks": ({"selected": True, "depletion": 1.0},)},
            {"hold": {"iron": 200}, "rocks": ({"selected": True, "depletion": 0.01},)},
        ],
        ids=["robbed", "fractured", "full"],
    )
    def test_nothing_is_learned_from_a_tick_that_shows_nothing(self, see, after):
        survey = Survey(1)
        one = np.array([0])
        before = see(hold={"iron": 10}, rocks=({"selected": True},))
        survey.learn(one, one, one, before, see(**after))
        assert not survey.proved.any()
        survey.learn(one, one, one, before, see(hold={"iron": 11}, rocks=({"selected": True, "depletion": 0.01},)))
        assert np.argwhere(survey.proved).tolist() == [[0, 0, 0]]


class TestMarket:
    def test_a_price_above_its_base_is_known_once_it_has_been_below(self):
        core, market = BatchCore(8), Market(8)
        core.reset(np.arange(8))
        rows = np.arange(8)
        below = np.zeros((8, 6), dtype=np.bool_)
        for _ in range(300):
            market.note(rows, core.obs)
            below |= core.obs[:, rules.OBS_PRICE] < 1
            core.step(np.full(8, rules.DOCK, dtype=np.uint8))
        market.note(rows, core.obs)
        truth = np.array([parse(core.state(i)).ship["price"] for i in range(8)])
        assert below.mean() > 0.9
        assert (truth > BASE_PRICE).any()
        assert market.price[below] == pytest.approx(truth[below], abs=0.05)

    def test_refining_pays_where_iron_and_nickel_are_cheap(self):
        prices = np.array([BASE_PRICE], dtype=np.float32)
        hold = np.array([[40, 20, 0, 0, 0, 0]], dtype=np.float32)
        gain = 0.85 * 0.15 * (60 * 0.65 * 210 - 40 * 45 - 20 * 55)
        assert _core.refining_gain(hold, prices)[0] == pytest.approx(gain, rel=1e-5)
        assert _core.refining_gain(np.zeros((1, 6), dtype=np.float32), prices)[0] == 0
        dear = np.array([[170, 170, 85, 145, 80, 120]], dtype=np.float32)
        assert _core.refining_gain(hold, dear)[0] < 0

    @pytest.mark.parametrize(
        ("pge", "action"),
        [
            (60.0, rules.SELL[rules.PGE][rules.QUARTER]),
            (2.5, rules.SELL[rules.PGE][rules.HALF]),
            (1.0, rules.SELL[rules.PGE][rules.ALL]),
        ],
    )
    def test_the_more_there_is_the_thinner_the_slice(self, see, pge, action):
        obs = see(place="station", hold={"pge": pge, "iron": 0.5})
        hold = obs[:, rules.OBS_CARGO] * 200
        chosen, proceeds = best_sale(hold, np.array([BASE_PRICE], dtype=np.float32), obs)
        assert chosen[0] == action
        assert 0 < proceeds[0] < pge * 145


def test_the_chance_of_a_fracture_is_that_of_the_rules():
    stability, tool = np.float32([0.6, 0.2]), np.float32([1.0, 0.5])
    expected = 1 / (1 + np.exp(-(-3.1 - 0.7 + 2.5 * (1 - stability) + 1.5 * (1 - tool))))
    # Where the ore is worth nothing, a tick of mining brings the damage of a fracture alone.
    of_fields = np.repeat(stability[:, None], 16, axis=1)
    worthless = np.zeros((2, 6), dtype=np.float32)
    credits, _ = _core.forecast_mining(
        worthless, np.zeros((2, 16, 6), dtype=np.float32), of_fields, of_fields, of_fields, of_fields, tool
    )
    assert -credits[:, 0] / 45 == pytest.approx(expected, rel=1e-5)
