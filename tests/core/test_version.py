"""The version is said once, in the Cargo workspace; everything else takes it from there."""

import json
import tomllib
from importlib.metadata import version
from pathlib import Path

import abp
from abp.extras import DISTRIBUTION

ROOT = Path(__file__).parents[2]


def test_package_and_distribution_have_the_version_of_the_workspace():
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    assert abp.__version__ == workspace
    assert version(DISTRIBUTION) == workspace


def test_no_other_file_states_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["name"] == DISTRIBUTION
    assert "version" not in project
    assert "version" not in json.loads((ROOT / "frontend/package.json").read_text())
    crates = [*ROOT.glob("crates/*/Cargo.toml")]
    assert len(crates) > 5
    for crate in crates:
        assert tomllib.loads(crate.read_text())["package"]["version"] == {"workspace": True}
