"""TrainConfig takes what can be trained and names what can't."""

import json
import math

import pytest
from pydantic import ValidationError

from abp.runs.config import TrainConfig
from abp.runs.presets import PRESETS


def test_the_defaults_are_a_config_and_survive_json():
    config = TrainConfig()
    assert TrainConfig.model_validate(json.loads(config.model_dump_json())) == config
    assert (config.batch_size, config.minibatch_size, config.total_windows) == (32_768, 4096, 229)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_config(name):
    assert TrainConfig.model_validate(PRESETS[name])


def test_every_field_says_what_it_is():
    schema = TrainConfig.model_json_schema()["properties"]
    assert all(field["description"].endswith(".") for field in schema.values())


SCHEMA = TrainConfig.model_json_schema()["properties"]


def just_outside(rule):
    """(value, what the message says is allowed) around the bounds that the schema of a field gives."""
    step = 1 if rule["type"] == "integer" else 1e-9 * max(1.0, abs(rule.get("maximum", 1.0)))
    for key, value, allowed in [
        ("minimum", lambda bound: bound - step, "greater than or equal to {}"),
        ("exclusiveMinimum", lambda bound: bound, "greater than {}"),
        ("maximum", lambda bound: bound + step, "less than or equal to {}"),
        ("exclusiveMaximum", lambda bound: bound, "less than {}"),
    ]:
        if key in rule:
            yield value(rule[key]), allowed.format(f"{rule[key]:.0f}" if rule[key] % 1 == 0 else rule[key])


def wrong_values():
    """For every field of the model (field, value, what is allowed): the wrong kind, and just outside of the range."""
    for field, rule in SCHEMA.items():
        kind = rule["type"]
        valid = repr(rule["enum"][0]) if "enum" in rule else f"valid {kind}"
        wrong = [(None, valid), ([], valid), ({}, valid)]
        if "enum" in rule:
            wrong += [("", valid), ("quantum", valid)]
        elif kind == "string":
            wrong += [("", "at least 1 character"), ("x" * (rule["maxLength"] + 1), f"at most {rule['maxLength']} ")]
        elif kind == "boolean":
            wrong += [("perhaps", valid), (2, valid)]
        else:
            assert {"minimum", "exclusiveMinimum"} & rule.keys(), f"{field} has no lower bound"
            assert {"maximum", "exclusiveMaximum"} & rule.keys(), f"{field} has no upper bound"
            wrong += [("many", valid), *just_outside(rule)]
            wrong += [(1.5, valid)] if kind == "integer" else [(math.nan, "finite number"), (math.inf, "finite number")]
        yield from ((field, *pair) for pair in wrong)


WRONG_VALUES = [pytest.param(*case, id=f"{case[0]}={str(case[1])[:20]}") for case in wrong_values()]


@pytest.mark.parametrize(("field", "value", "allowed"), WRONG_VALUES)
def test_a_wrong_field_is_refused_by_name_with_what_is_allowed(field, value, allowed):
    with pytest.raises(ValidationError) as error:
        TrainConfig.model_validate({field: value})
    (told,) = error.value.errors()
    assert told["loc"] == (field,)
    assert allowed in told["msg"]


def test_every_field_has_a_wrong_value_among_those():
    assert {field for field, _, _ in wrong_values()} == set(TrainConfig.model_fields)


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(ValidationError, match=r"(?s)speed.*Extra inputs are not permitted"):
        TrainConfig.model_validate({"speed": 5})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"window_env_steps": 1000}, "window_env_steps is 1000, must be a multiple of num_envs"),
        ({"num_minibatches": 3}, "num_minibatches is 3, must divide"),
        ({"num_envs": 65536, "num_steps": 65536}, "must be at most"),
        ({"num_envs": 1, "num_steps": 4, "window_env_steps": 4, "num_minibatches": 4}, "must leave 2"),
    ],
)
def test_sizes_that_do_not_fit_each_other_are_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        TrainConfig.model_validate(fields)


def test_training_is_for_whole_windows():
    config = TrainConfig(total_env_steps=262_145)
    assert config.total_windows == 2
