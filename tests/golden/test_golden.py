"""Every backend replays the recorded episodes of an independent implementation (README.md beside this file)."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from abp import BatchCore
from abp.core import BACKENDS

TRACES = Path(__file__).with_name("traces.npz")
COUNTS = ("survival", "overheat_ticks", "pirate_encounters", "scan_count", "mining_ticks")


@cache
def traces():
    with np.load(TRACES) as archive:
        return {key: archive[key] for key in archive.files}


def episodes() -> list[str]:
    with np.load(TRACES) as archive:
        return sorted({key.split("/")[0] for key in archive.files if "/" in key})


def replay(core, seed, actions):
    """Observations (T+1), rewards, flags and info columns of the recorded actions."""
    rows = {name: [] for name in ("obs", "reward", "terminated", "truncated")}
    info = {name: [] for name in core.info}
    core.reset([seed])
    rows["obs"].append(core.obs[0].copy())
    for action in actions:
        core.step(np.array([action], np.uint8))
        for name, column in rows.items():
            column.append(getattr(core, name)[0].copy())
        for name, column in info.items():
            column.append(core.info[name][0])
    return {name: np.array(column) for name, column in {**info, **rows}.items()}


def assert_close(name, got, recorded, scale):
    error = np.abs(got.astype(np.float64) - recorded) / scale
    worst = int(error.argmax())
    assert error[worst] <= 1, f"{name} at step {worst}: got {got[worst]}, recorded {recorded[worst]}"


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("episode", episodes())
def test_a_recorded_episode_replays_within_the_tolerance(episode, backend):
    recorded = {key.split("/")[1]: value for key, value in traces().items() if key.startswith(f"{episode}/")}
    columns = dict(zip(traces()["info_keys"].tolist(), recorded["info"].T, strict=True))
    core = BatchCore(1, time_max=float(recorded["time_max"]), backend=backend)
    got = replay(core, int(recorded["seed"]), recorded["action"])

    equal = {"dt": recorded["dt"], "invalid_action": recorded["invalid"]}
    equal |= {name: recorded[name] for name in ("terminated", "truncated")}
    equal |= {name: columns.pop(name) for name in COUNTS}
    for name, expected in equal.items():
        np.testing.assert_array_equal(got[name], expected, err_msg=name)

    obs_error = np.abs(got["obs"] - recorded["obs"])
    step, index = np.unravel_index(obs_error.argmax(), obs_error.shape)
    assert obs_error.max() <= 2e-5, f"observation {index} after step {step} of seed {recorded['seed']}"

    credits = columns["credits"]
    spent_twice = got["credits"].astype(np.float64) - got["total_spend"]
    net_profit = columns.pop("net_profit")
    scale = 1e-4 * np.maximum(1, np.maximum(np.abs(credits), np.abs(net_profit)))
    assert_close("net_profit", spent_twice, net_profit, scale)
    ticks = np.maximum(1, np.cumsum(recorded["dt"].astype(np.int64)))
    assert_close("profit_per_tick", spent_twice / ticks, columns.pop("profit_per_tick"), scale)

    assert_close("reward", got["reward"], recorded["reward"], 1e-4 * np.maximum(1, np.abs(recorded["reward"])))
    for name, expected in columns.items():
        assert_close(name, got[name], expected, 1e-4 * np.maximum(1, np.abs(expected)))
