"""What may be varied, and what is said of the rest."""

import itertools

import pytest

from abp.runs.config import TrainConfig
from abp.runs.presets import PRESETS
from abp.sweep.results import merged
from abp.sweep.space import DEFAULT_SPACE, FIXED, SpaceError, check_space


@pytest.mark.parametrize("preset", PRESETS)
def test_every_combination_of_the_default_space_fits_every_preset(preset):
    config = TrainConfig(**PRESETS[preset])
    space = check_space(DEFAULT_SPACE)
    options = [dimension.get("choices") or [dimension["low"], dimension["high"]] for dimension in space.values()]
    for values in itertools.product(*options):
        merged(config, dict(zip(space, values, strict=True)))


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ([], "must be a JSON object, its keys the fields to vary"),
        ({}, "must be a JSON object, its keys the fields to vary"),
        ({"speed": {"low": 1, "high": 2}}, "speed is no field of the config; allowed: anneal_lr, clip_coef, "),
        ({"seed": {"low": 1, "high": 2}}, "seed is not varied: trials are compared on the same one; allowed: "),
        ({"gamma": 0.9}, 'gamma is 0.9; allowed: {"low": a, "high": b} or {"choices": [...]}'),
        ({"gamma": {"low": 0.9, "high": 1, "choices": [1, 2]}}, "gamma is {'low'"),
        ({"gamma": {"low": 0.9, "high": 2}}, "gamma.high: Input should be less than or equal to 1 (got 2)"),
        ({"gamma": {"low": 0.9}}, "gamma.high: Field required"),
        ({"gamma": {"low": 0.9, "high": 1, "step": 1}}, "gamma.step: Extra inputs are not permitted (got 1)"),
        ({"gamma": {"low": 0.9, "high": float("inf")}}, "gamma.high: Input should be "),
        ({"num_steps": {"low": 1.5, "high": 4}}, "num_steps.low: Input should be a valid integer (got 1.5)"),
        ({"num_steps": {"choices": [32, "64"]}}, "num_steps.choices.1: Input should be a valid integer (got '64')"),
        ({"num_steps": {"choices": [32]}}, "num_steps.choices: List should have at least 2 items"),
        ({"num_steps": {"choices": [32, 16, 32]}}, "num_steps.choices has 32 twice; each must be another"),
        ({"num_steps": {"low": 64, "high": 32}}, "num_steps.low is 64, must be less than high = 32"),
        ({"ent_coef": {"low": 0, "high": 1, "log": True}}, "ent_coef.low is 0.0, must be greater than 0 where log"),
        ({"reward": {"low": 0, "high": 1}}, "reward is no number, so it has no range; name choices"),
        ({"reward": {"choices": ["sparse", "rich"]}}, "reward.choices.1: Input should be 'base_worth', 'net_worth'"),
        ({"anneal_lr": {"choices": [True, 1]}}, "anneal_lr.choices.1: Input should be a valid boolean (got 1)"),
    ],
)
def test_what_cannot_be_varied_is_named_with_what_is_allowed(space, message):
    with pytest.raises(SpaceError) as error:
        check_space(space)
    assert str(error.value).startswith(message)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SpaceError, match=r"^gamma.*; speed is no field"):
        check_space({"gamma": {"low": 2, "high": 3}, "speed": {}})


def test_what_is_not_varied_is_a_field_of_the_config():
    assert FIXED.keys() < TrainConfig.model_fields.keys()
