"""TrainConfig takes what can be trained and names what can't."""

import json
import math

import pytest
from pydantic import ValidationError

from abp.train.config import TrainConfig


def test_the_defaults_are_a_config_and_survive_json():
    config = TrainConfig()
    assert TrainConfig.model_validate(json.loads(config.model_dump_json())) == config
    assert config.window_env_steps % config.batch_size == 0


def test_every_field_says_what_it_is():
    schema = TrainConfig.model_json_schema()["properties"]
    assert all(field["description"].endswith(".") for field in schema.values())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("seed", -1),
        ("seed", 2**53),
        ("seed", 1.5),
        ("total_env_steps", 0),
        ("num_envs", 0),
        ("num_steps", 0),
        ("window_env_steps", 0),
        ("checkpoint_every_windows", 0),
        ("learning_rate", 0),
        ("learning_rate", math.nan),
        ("gamma", 1.1),
        ("gae_lambda", -0.1),
        ("clip_coef", 0),
        ("ent_coef", -1),
        ("vf_coef", math.inf),
        ("update_epochs", 0),
        ("num_minibatches", 0),
        ("max_grad_norm", 0),
        ("anneal_lr", "perhaps"),
        ("hidden_size", 0),
        ("reward", "fame"),
        ("time_max", math.nan),
        ("time_max", 0),
        ("time_max", math.inf),
        ("backend", "quantum"),
        ("num_threads", 0),
        ("torch_threads", 0),
        ("eval_seed", -1),
        ("eval_seed", None),
        ("speed", 5),
    ],
)
def test_a_wrong_field_is_refused_by_name(field, value):
    with pytest.raises(ValidationError) as error:
        TrainConfig.model_validate({field: value})
    assert error.value.errors()[0]["loc"] == (field,)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"window_env_steps": 1000}, "window_env_steps is 1000, must be a multiple of num_envs"),
        ({"num_minibatches": 3}, "num_minibatches is 3, must divide"),
        ({"num_envs": 65536, "num_steps": 65536}, "must be at most"),
        ({"num_envs": 1, "num_steps": 4, "window_env_steps": 4}, "must leave 2"),
    ],
)
def test_sizes_that_do_not_fit_each_other_are_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        TrainConfig.model_validate(fields)


def test_training_is_for_whole_windows():
    config = TrainConfig(total_env_steps=262_145)
    assert config.total_windows == 2
