"""A window's row: what it counts, and that nothing is not zero."""

import json

import numpy as np
import pytest

from abp.train.windows import END_FIELDS, EPISODE_FIELDS, LOSS_FIELDS, Window

CONTRACT = [
    "window_id", "env_steps_total", "ticks", "wall_time_s", "steps_per_second", "env_time_s",
    "inference_time_s", "learning_time_s", "other_time_s", "episodes_completed",
    "episodes_terminated", "episodes_truncated", "episodes_destroyed", "episodes_stranded",
    "episodes_cashed_out", "return_mean", "return_median", "return_std", "invalid_action_rate",
    "credits_mean", "net_profit_mean", "profit_per_tick_mean", "survival_mean", "overheat_ticks_mean",
    "pirate_encounters_mean", "value_lost_to_pirates_mean", "fuel_used_mean", "hull_damage_mean",
    "tool_wear_mean", "scan_count_mean", "mining_ticks_mean", "cargo_utilization_avg_mean", "policy_loss",
    "value_loss", "entropy", "approx_kl", "clip_fraction", "explained_variance", "reward_mean", "learning_rate",
]  # fmt: skip


def row(window):
    return window.row(env_steps_total=1000, wall_time_total=12.5, learning_rate=1e-3).model_dump()


def filled():
    window = Window(4)
    window.add_step(np.array([1, 3], dtype=np.int32), np.array([False, True]))
    window.add_step(np.array([2, 2], dtype=np.int32), np.array([False, False]))
    fields = {name: np.array([1.0, 2.0, 6.0], dtype=np.float32) for name in EPISODE_FIELDS}
    ends = {name: np.array([True, False, True]) for name in END_FIELDS}
    window.add_episodes(np.array([-10.0, 5.0, 8.0]), fields, ends)
    window.add_update(dict.fromkeys(LOSS_FIELDS, 1.0))
    window.add_update(dict.fromkeys(LOSS_FIELDS, 2.0))
    window.add_times(env=0.5, inference=1.0, learning=2.0)
    window.add_times(env=0.5, inference=1.0, learning=2.0)
    return window


def test_a_row_has_the_documented_keys_in_any_case():
    assert list(row(Window(1))) == CONTRACT
    assert list(row(filled())) == CONTRACT


def test_a_row_counts_and_averages():
    got = row(filled())
    want = {
        "window_id": 4, "env_steps_total": 1000, "ticks": 8, "wall_time_s": 12.5, "episodes_completed": 3,
        "episodes_destroyed": 2, "return_mean": 1.0, "return_median": 5.0, "return_std": np.std([-10, 5, 8]),
        "invalid_action_rate": 0.25, "credits_mean": 3.0, "policy_loss": 1.5,
        "env_time_s": 1.0, "inference_time_s": 2.0, "learning_time_s": 4.0, "other_time_s": 0.0, "learning_rate": 1e-3,
    }  # fmt: skip
    assert {name: got[name] for name in want} == pytest.approx(want)


def test_without_a_finished_episode_its_means_are_null():
    window = Window(1)
    window.add_step(np.array([1], dtype=np.int32), np.array([False]))
    got = row(window)
    assert got["episodes_completed"] == 0
    means = [name for name in CONTRACT if name.startswith("return_") or name.endswith("_mean")]
    assert [got[name] for name in means] == [None] * 17
    assert got["policy_loss"] is None
    assert got["invalid_action_rate"] == 0.0


def test_a_row_is_json_even_when_a_metric_is_not_a_number():
    window = filled()
    window.add_update(dict.fromkeys(LOSS_FIELDS, float("nan")))
    assert json.loads(json.dumps(row(window), allow_nan=False))["entropy"] == 1.5
    window = Window(1)
    window.add_update(dict.fromkeys(LOSS_FIELDS, float("inf")))
    got = json.loads(json.dumps(row(window), allow_nan=False))
    assert [got[name] for name in LOSS_FIELDS] == [None] * len(LOSS_FIELDS)


def test_a_window_goes_on_from_its_state():
    window = filled()
    twin = Window.from_state(json.loads(json.dumps(window.state_dict())))
    timing = ("steps_per_second", "other_time_s")
    a, b = row(window), row(twin)
    assert {k: v for k, v in a.items() if k not in timing} == {k: v for k, v in b.items() if k not in timing}
    assert twin.wall_time >= window.wall_time_before
