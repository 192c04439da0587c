"""Configs by name, for ``--preset``: what differs from the defaults."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "quick": {
        "name": "quick",
        "total_env_steps": 2_097_152,
        "window_env_steps": 131_072,
    },
    "default": {},
    "strong": {
        "name": "strong",
        "total_env_steps": 52_428_800,
        "window_env_steps": 1_048_576,
        "checkpoint_every_windows": 10,
        "num_envs": 512,
        "num_steps": 64,
        "hidden_size": 256,
        "gamma": 0.9995,
        "gae_lambda": 0.97,
    },
}
"""``quick`` shows within a minute that it learns; ``strong`` earns most of what ten minutes on two cores can bring."""
