"""Played episodes as bytes, between the worker that played them and the one that measures."""

import io
from dataclasses import fields

import numpy as np

from abp.evaluation.rollout import Episodes


def to_bytes(episodes: Episodes) -> bytes:
    """Every array, exactly; compressed."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{field.name: getattr(episodes, field.name) for field in fields(Episodes)})
    return buffer.getvalue()


def from_bytes(data: bytes) -> Episodes:
    """What `to_bytes` was given."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Episodes(**{field.name: arrays[field.name] for field in fields(Episodes)})
