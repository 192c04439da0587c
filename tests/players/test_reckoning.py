"""What the extension reckons for the players agrees with docs/rules.md, written out here in float64."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from abp import _core
from abp.rules import BASE_PRICE, COMMODITIES

IRON, NICKEL, RARE = (COMMODITIES.index(name) for name in ("iron", "nickel", "rare_isotopes"))
MIN_PRICE = np.array([12, 15, 20, 50, 80, 30], dtype=np.float32)
MAX_PRICE = np.array([180, 200, 240, 320, 420, 300], dtype=np.float32)
SHOWN_STOCK = [0, 2, 3, 4]
"""Commodities whose inventory the observation shows (rules, section 6)."""
K = 8


def shares(*shape):
    """float32 from 0 to 1."""
    return arrays(np.float32, shape, elements=st.floats(0, 1, width=32))


def between(low, high, share):
    return (low + (high - low) * share).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def composition_of(weights):
    weights = weights + np.float32(0.01)
    return weights / weights.sum(-1, keepdims=True)


def paid(units, price, inventory):
    """Credits of one sale (rules, 4.4)."""
    ratio = units / np.maximum(1, inventory + units)
    return units * price * (1 - np.clip(0.25 * ratio + 0.2 * np.sqrt(ratio), 0, 0.7))


def sell(units, price, inventory, fractions):
    """Credits of sales of such fractions of what is left, a tick at the station for each after the first."""
    total = 0.0
    for n, fraction in enumerate(fractions):
        sold = fraction * units
        total = total + paid(sold, price, inventory) - (n > 0) * _core.STATION_TICK
        units, inventory = units - sold, inventory + sold
    return total


@settings(deadline=None)
@given(shares(K, 6), shares(K, 6), shares(K, 4))
def test_sales_are_in_the_slices_that_bring_most(hold, price, stock):
    hold, price = hold * 200, between(MIN_PRICE, MAX_PRICE, price)
    obs = np.zeros((K, 260), dtype=np.float32)
    obs[:, 256:260] = stock
    inventory = np.full((K, 6), 80.0)
    inventory[:, SHOWN_STOCK] = stock.astype(np.float64) * 500
    chosen, credits = _core.best_sales(hold, price, obs)
    plans = [[0.25, 0.5, 1.0], [0.5, 1.0], [1.0]]
    brings = np.stack([sell(hold.astype(np.float64), price, inventory, plan) for plan in plans])
    np.testing.assert_allclose(credits, brings[2], rtol=1e-5, atol=1e-3)
    np.testing.assert_allclose(np.take_along_axis(brings, chosen[None], 0)[0], brings.max(0), rtol=1e-5, atol=1e-2)
    assert (chosen[hold == 0] == 2).all(), "nothing is sold at once"


@settings(deadline=None)
@given(shares(K, 6), shares(K, 6))
def test_refining_adds_what_the_hold_is_worth_more_after_it(hold, price):
    hold, price = hold * 200, between(MIN_PRICE, MAX_PRICE, price)
    refined = hold.astype(np.float64)
    low = refined[:, IRON] + refined[:, NICKEL]
    refined[:, [IRON, NICKEL]] *= 0.85
    refined[:, RARE] += 0.65 * 0.15 * low
    gain = 0.85 * ((refined - hold) * price).sum(1)
    np.testing.assert_allclose(_core.refining_gain(hold, price), gain, rtol=1e-4, atol=0.05)


@settings(deadline=None)
@given(shares(K, 6))
def test_ore_is_worth_its_price_or_what_it_brings_refined(price):
    price = between(MIN_PRICE, MAX_PRICE, price)
    ore = price.copy()
    refined = 0.8 * 0.65 * price[:, RARE]
    ore[:, IRON], ore[:, NICKEL] = np.maximum(price[:, IRON], refined), np.maximum(price[:, NICKEL], refined)
    np.testing.assert_allclose(_core.ore_prices(price), ore, rtol=1e-6)


@settings(deadline=None)
@given(shares(K), shares(K))
def test_pirates_come_as_often_as_the_rules_say_where_they_are_as_many_as_usual(value, alert):
    value, alert = value * 80_000, alert * 100
    logit = -4 + 3 * 0.2 + 2.2 * (alert / 100) + 0.8 * np.log1p(value.astype(np.float64) / 1000)
    loss = 0.45 * value * sigmoid(logit)
    np.testing.assert_allclose(_core.expected_robbery(value, alert), loss, rtol=1e-4, atol=1e-4)


@settings(deadline=None)
@given(shares(K, 6), shares(K, 16, 6), shares(K, 16), shares(K, 16), shares(K, 16), shares(K, 16), shares(K))
def test_a_tick_of_mining_brings_what_the_rules_say_less_the_damage_of_a_fracture(
    price, composition, trust, richness, left, stability, tool
):
    price, richness, composition = price * 400, between(0.2, 4, richness), composition_of(composition)
    credits, ends = _core.forecast_mining(price, composition, trust, richness, left, stability, tool)
    estimate = (composition * price[:, None, :].astype(np.float64)).sum(2)
    unit = trust * estimate + (1 - trust) * price.mean(1, dtype=np.float64)[:, None]
    eff_tool = (0.4 + 0.6 * tool.astype(np.float64))[:, None]
    fracture = sigmoid(-3.1 - 0.7 + 2.5 * (1 - stability.astype(np.float64)) + 1.5 * (1 - tool[:, None]))
    np.testing.assert_allclose(credits, 0.8 * eff_tool * richness * left * unit - fracture * 45, rtol=1e-4, atol=1e-2)
    # The share that a tick depletes of a whole asteroid counts with the fractures.
    np.testing.assert_allclose(ends, fracture + 0.01 * 0.8 * eff_tool * richness, rtol=1e-4)


@settings(deadline=None)
@given(shares(K), shares(K), shares(K))
def test_a_tick_of_mining_proves_the_richness(richness, tool, left):
    richness, left = between(0.2, 4, richness), between(0.05, 1, left)
    extracted = richness.astype(np.float64) * left * (0.4 + 0.6 * tool) * 0.8
    before = (1 - left).astype(np.float32)
    after = (before + 0.01 * extracted).astype(np.float32)
    unknown = np.zeros(K, dtype=np.float32)
    found = _core.mined_richness(unknown, tool, before, after)
    np.testing.assert_allclose(found, richness, rtol=2e-2)
    np.testing.assert_allclose(_core.mined_richness(found, tool, before, after), found, rtol=1e-5)


@settings(deadline=None)
@given(shares(K, 6), shares(K, 6))
def test_a_price_is_followed_above_what_the_observation_shows(before, after):
    before, after = between(MIN_PRICE, MAX_PRICE, before), between(MIN_PRICE, MAX_PRICE, after)
    base = np.array(BASE_PRICE, dtype=np.float32)
    obs = np.zeros((K, 260), dtype=np.float32)
    obs[:, 244:250] = np.clip(after / base, 0, 1)
    obs[:, 250:256] = np.clip((after - before) / 100, -1, 1)
    followed = _core.follow_prices(before, obs)
    tracked = (np.abs(after - before) < 100) | (after < base)
    np.testing.assert_allclose(followed[tracked], after[tracked], rtol=1e-4)
    assert ((followed >= base) == (after >= base)).all()


@settings(deadline=None)
@given(arrays(np.int64, (12, 2), elements=st.integers(0, 9)), shares(12), shares(12))
def test_paths_home_are_the_shortest(ends, ticks, fuel):
    ticks, fuel = np.ceil(ticks * 7) + 1, fuel * 160
    to = np.full((1, 32, 6), -1)
    edge_ticks, edge_fuel = np.zeros((1, 32, 6), dtype=np.float32), np.zeros((1, 32, 6), dtype=np.float32)
    best = np.full((32, 2), [1e6, 1e6])
    best[0] = 0
    edges = []
    for (a, b), t, f in zip(ends.tolist(), ticks.tolist(), fuel.tolist(), strict=True):
        slots = (to[0, [a, b]] < 0).argmax(1)
        if a != b and (to[0, [a, b], slots] < 0).all():
            to[0, [a, b], slots] = b, a
            edge_ticks[0, [a, b], slots], edge_fuel[0, [a, b], slots] = t, f
            edges += [(a, b, t, f), (b, a, t, f)]
    for _ in range(32):
        for a, b, t, f in edges:
            best[a] = min(tuple(best[a]), (best[b, 0] + t, best[b, 1] + f))
    slot, home_ticks, home_fuel, hops = (array[0] for array in _core.paths_home(to, edge_ticks, edge_fuel))
    np.testing.assert_array_equal(home_ticks, best[:, 0])
    np.testing.assert_allclose(home_fuel, best[:, 1], rtol=1e-5)
    for start in range(32):
        node, walked = start, 0
        while slot[node] >= 0:
            node, walked = to[0, node, slot[node]], walked + 1
        assert walked == hops[start]
        assert (node == 0) == (best[start, 0] < 1e6), "the edges lead to the station"


def test_a_trip_brings_less_the_longer_it_is():
    gain = np.full(3, 3000, dtype=np.float32)
    ticks, fuel = np.array([5, 10, 10], dtype=np.float32), np.array([50, 50, 80], dtype=np.float32)
    profit = _core.trip_profit(gain, ticks, fuel)
    assert profit == pytest.approx(3000 / (1 + 0.02 * ticks) - 250 - 6 * ticks - 0.9 * fuel)
    assert (np.diff(profit) < 0).all()


@pytest.mark.parametrize(
    ("function", "wrong", "message"),
    [
        ("ore_prices", [(3, 5)], r"prices has shape \[3, 5\]; allowed: 3 rows of 6"),
        ("refining_gain", [(3, 6), (2, 6)], r"prices has shape \[2, 6\]; allowed: 3 rows of 6"),
        ("follow_prices", [(2, 6), (3, 260)], r"prices has shape \[2, 6\]; allowed: 3 rows of 6"),
        ("best_sales", [(2, 6), (2, 6), (2, 259)], r"obs has shape \[2, 259\]; allowed: 2 rows of 260"),
        ("expected_robbery", [(2,), (3,)], r"alert has shape \[3\]; allowed: \[2\]"),
        ("trip_profit", [(2, 2), (4,), (4,)], r"ticks has shape \[4\]; allowed: \[2, 2\]"),
        ("paths_home", [(1, 32, 6), (1, 32, 6), (2, 32, 6)], r"fuel has shape \[2, 32, 6\]; allowed: 1 rows of 192"),
        ("mined_richness", [(2,), (2,), (2,), (1,)], r"after has shape \[1\]; allowed: \[2\]"),
        (
            "forecast_mining",
            [(2, 6), (2, 16, 5), (2, 16), (2, 16), (2, 16), (2, 16), (2,)],
            r"composition has shape \[2, 16, 5\]; allowed: 2 rows of 96",
        ),
    ],
)
def test_arrays_of_a_wrong_shape_are_refused(function, wrong, message):
    arguments = [np.zeros(shape, dtype=np.float32) for shape in wrong]
    if function == "paths_home":
        arguments[0] = arguments[0].astype(np.int64)
    with pytest.raises(ValueError, match=message):
        getattr(_core, function)(*arguments)


def test_a_node_that_no_belt_has_is_refused():
    to, edges = np.full((1, 32, 6), 32), np.zeros((1, 32, 6), dtype=np.float32)
    with pytest.raises(ValueError, match="to has 32; allowed: at most 31"):
        _core.paths_home(to, edges, edges)
