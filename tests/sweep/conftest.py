"""A tiny sweep's config, and what it takes to wait for one."""

import json
import time

import pytest

TINY = {
    "name": "tiny",
    "num_envs": 8,
    "num_steps": 16,
    "window_env_steps": 512,
    "total_env_steps": 1024,
    "checkpoint_every_windows": 1,
    "num_minibatches": 2,
    "hidden_size": 16,
    "time_max": 60.0,
    "num_threads": 1,
}


@pytest.fixture
def write_config(tmp_path):
    """Writes the tiny config with other ``fields``; returns its path."""

    def write(**fields):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**TINY, **fields}))
        return path

    return write


@pytest.fixture
def write_space(tmp_path):
    """Writes ``space``; returns its path."""

    def write(space):
        path = tmp_path / "space.json"
        path.write_text(json.dumps(space))
        return path

    return write


@pytest.fixture(scope="session")
def wait_until():
    def wait(condition, *, seconds=240.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.05)

    return wait
