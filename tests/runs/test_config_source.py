"""A config from a preset, a file and single fields of the command line."""

import argparse
import json

import pytest

from abp import cli
from abp.runs.arguments import add_config_arguments
from abp.runs.config import TrainConfig
from abp.runs.config_source import ConfigError, ConfigSource, describe_fields


def source(*words):
    parser = argparse.ArgumentParser(add_help=False)
    add_config_arguments(parser)
    return ConfigSource.of(parser.parse_args([str(word) for word in words]))


def test_each_source_goes_over_the_one_before(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"window_env_steps": 65536, "gamma": 0.5, "seed": 3}))
    config = source("--preset", "quick", "--config", file, "--set", "gamma=0.998", "--seed", 7).read()
    assert config.name == "quick"
    assert config.total_env_steps == 2_097_152
    assert (config.window_env_steps, config.gamma, config.seed) == (65536, 0.998, 7)


EXAMPLES = {
    "name": "a run",
    "reward": "sparse",
    "backend": "scalar",
    "device": "auto",
    "precision": "float32",
    "track": "tensorboard",
    "logbook": False,
    "anneal_lr": False,
    "num_envs": 512,
    "num_steps": 64,
    "num_minibatches": 4,
    "window_env_steps": 65536,
}
"""Values other than the default, where half of it would not do."""


@pytest.mark.parametrize("name", TrainConfig.model_fields)
def test_every_field_can_be_set_on_the_command_line(name):
    default = getattr(TrainConfig(), name)
    wanted = EXAMPLES[name] if name in EXAMPLES else default * 2 if isinstance(default, int) else default / 2
    assert wanted != default
    config = source("--set", f"{name}={str(wanted).lower() if isinstance(wanted, bool) else wanted}").read()
    assert getattr(config, name) == wanted
    assert type(getattr(config, name)) is type(default)


@pytest.mark.parametrize(
    ("setting", "messages"),
    [
        ("gama=0.9", ("config field gama", "allowed: ", "gamma")),
        ("gamma=1.5", ("config field gamma", "less than or equal to 1", "'1.5'")),
        ("num_envs=many", ("config field num_envs", "valid integer", "'many'")),
        ("device=tpu", ("config field device", "'auto', 'cpu' or 'cuda'", "'tpu'")),
        ("gamma", ("--set gamma", "FIELD=VALUE")),
        ("=0.5", ("--set =0.5", "FIELD=VALUE")),
    ],
)
def test_a_bad_setting_is_exit_code_2_and_says_what_is_allowed(tmp_path, capsys, setting, messages):
    assert cli.main(["train", "--run-dir", str(tmp_path / "run"), "--set", setting]) == 2
    said = capsys.readouterr().err
    assert said.startswith("abp train: ")
    assert said.count("\n") == 1
    for message in messages:
        assert message in said
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["train", "profile", "sweep"])
def test_the_help_lists_every_field_with_its_default_and_what_it_is(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    words = " ".join(told.split())
    for name, field in TrainConfig.model_fields.items():
        assert f"  {name} = {json.dumps(field.default)}\n" in told
        assert " ".join(field.description.split()) in words
    assert "--supervised" not in told
    assert "--token" not in told
    assert describe_fields() in told


def test_without_preset_and_file_a_resumed_run_keeps_its_config(tmp_path):
    saved = tmp_path / "config.json"
    saved.write_text(TrainConfig(gamma=0.5).model_dump_json())
    assert source("--set", "name=again").read(saved=saved).gamma == 0.5
    assert source("--preset", "default").read(saved=saved).gamma == 0.999


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"missing\.json can't be read"):
        source("--config", tmp_path / "missing.json").read()
