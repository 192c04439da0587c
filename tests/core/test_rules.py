"""The generated table of the rules: what it says, and that the built extension says the same."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from abp import _core, rules
from abp.core import BACKENDS, BatchCore

GENERATE = Path(__file__).parents[2] / "generate"


def test_there_are_sixty_nine_actions_with_names_of_their_own():
    assert len(set(rules.ACTION_NAMES)) == rules.NUM_ACTIONS == 69
    assert rules.ACTION_NAMES[12] == "SELECT_ASTEROID_0"
    assert rules.ACTION_NAMES[46] == "SELL_NICKEL_25"
    assert rules.ACTION_NAMES[61] == "BUY_FUEL_SMALL"
    assert rules.ACTION_NAMES[68] == "CASH_OUT_END_EPISODE"


def test_each_code_stands_in_one_group():
    ranges = [rules.TRAVEL, rules.SCAN, rules.SELECT, rules.MINE, rules.JETTISON, *rules.SELL, rules.BUY]
    single = [rules.HOLD, rules.BURN, rules.LISTEN, rules.STABILIZE, rules.REFINE, rules.COOL, rules.MAINTAIN]
    single += [rules.PATCH, rules.DOCK, rules.CASH_OUT]
    codes = [code for group in ranges for code in group] + single
    assert sorted(codes) == list(range(rules.NUM_ACTIONS))


def test_the_built_extension_has_the_table_that_the_module_was_made_from():
    spec = importlib.util.spec_from_file_location("rules_python", GENERATE / "rules_python.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    made = {}
    exec(generator.module(json.loads(_core.rules_table())), made)
    public = {name for name in vars(rules) if name.isupper()}
    assert {name for name in made if name.isupper()} == public, "run make setup and make generate"
    different = [name for name in sorted(public) if made[name] != getattr(rules, name)]
    assert different == [], "run make setup and make generate"


@pytest.mark.parametrize("backend", BACKENDS)
def test_edges_stand_where_the_table_says_and_can_be_travelled(backend):
    core = BatchCore(64, backend=backend)
    core.reset(np.arange(64))
    edges = core.obs[:, rules.OBS_EDGES].reshape(64, rules.EDGE_SLOTS, rules.EDGE_SIZE)
    valid = core.action_mask[:, rules.TRAVEL.start : rules.TRAVEL.stop]
    np.testing.assert_array_equal(edges[:, :, rules.EDGE_EXISTS], valid)
    assert valid.any()


@pytest.mark.parametrize(
    ("kind", "name"), list(enumerate(["travel", "dock", "sell", "buy", "scan", "mine", "fracture"]))
)
def test_events_are_described_by_their_number(kind, name):
    assert rules.describe_event(kind, 1, 2, [0.5] * 7)["type"] == name


def test_an_unknown_event_is_refused():
    with pytest.raises(ValueError, match=r"event kind is 14; allowed: 0\.\.13"):
        rules.describe_event(14, 0, 0, [0.0] * 7)
