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
        "total_env_steps": 104_857_600,
        "window_env_steps": 1_048_576,
        "checkpoint_every_windows": 10,
    },
}
"""``quick`` shows within a minute that it learns; ``strong`` earns most of what ten minutes on two cores can bring."""
