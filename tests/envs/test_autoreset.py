"""Autoreset from Python: its arrays, its backends, its errors. Rust and the environments test its rules."""

import gc

import numpy as np
import pytest

from abp import BatchCore, EpisodeEndedError, rules
from abp.core import BACKENDS
from abp.envs.autoreset import Autoreset
from abp.rules import INFO_FIELDS
from abp.seeds import episode_seeds

N = 5
CASH_OUT = rules.CASH_OUT


def make(mode="SameStep", **options):
    return Autoreset(BatchCore(N, time_max=40.0, **options), mode, seed=3)


def started(mode="SameStep", **options):
    autoreset = make(mode, **options)
    autoreset.start()
    return autoreset


def everything(autoreset):
    core = autoreset.core
    own = [autoreset.ended, *autoreset.endings.values(), autoreset.episodes, autoreset.returns, autoreset.lengths]
    if len(autoreset.final_obs):
        own.append(autoreset.final_obs[autoreset.ended])
    return [array.copy() for array in (core.obs, core.reward, core.terminated, core.truncated, *own)]


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_every_backend_restarts_alike(mode):
    rng = np.random.default_rng(1)
    batches = [started(mode, backend=backend) for backend in BACKENDS]
    ended = 0
    for _ in range(150):
        actions = rng.integers(0, 70, N)
        counts = {autoreset.step(actions) for autoreset in batches}
        assert counts == {batches[0].ended.sum()}
        if mode == "Disabled" and batches[0].ended.any():
            for autoreset in batches:
                autoreset.start(autoreset.ended)
        first, *others = map(everything, batches)
        for other in others:
            for left, right in zip(first, other, strict=True):
                np.testing.assert_array_equal(left, right)
        ended += counts.pop()
    assert ended > 20


def test_it_tells_what_the_core_says_of_an_ended_episode():
    kept = started("Disabled")
    kept.step(np.array([8, CASH_OUT, 200, 6, 6]))
    assert kept.ended.tolist() == [False, True, False, False, False]
    assert tuple(kept.endings) == (*INFO_FIELDS, "cargo_value", "episode_return", "episode_length")
    for name in INFO_FIELDS:
        assert kept.endings[name][1] == kept.core.info[name][1]
        assert kept.endings[name].dtype == kept.core.info[name].dtype
        assert not kept.endings[name][~kept.ended].any()
    assert kept.endings["episode_return"][1] == kept.core.reward[1]
    assert kept.endings["episode_length"].tolist() == [0, 1, 0, 0, 0]


def test_arrays_stay_the_same_and_outlive_the_batch():
    autoreset = started()
    arrays = [autoreset.ended, autoreset.final_obs, autoreset.endings["action"], autoreset.episodes]
    autoreset.step(np.full(N, CASH_OUT))
    assert arrays[0] is autoreset.ended
    assert arrays[0].all()
    assert arrays[2].tolist() == [CASH_OUT] * N
    last = arrays[1].copy()
    del autoreset
    gc.collect()
    spoil = [np.full((N, 260), i, np.float32) for i in range(50)]
    np.testing.assert_array_equal(arrays[1], last)
    assert arrays[3].tolist() == [1] * N
    assert len(spoil) == 50


def test_what_it_tells_cannot_be_written():
    autoreset = make()
    for array in (autoreset.ended, autoreset.final_obs, *autoreset.endings.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_it_goes_on_from_kept_episodes():
    rng = np.random.default_rng(2)
    autoreset = started()
    for _ in range(30):
        autoreset.step(rng.integers(0, 68, N))
    twin = make()
    for i in range(N):
        twin.core.set_state(i, autoreset.core.state(i))
    for name in ("episodes", "returns", "lengths"):
        getattr(twin, name)[:] = getattr(autoreset, name)
    ended = 0
    for _ in range(60):
        actions = rng.integers(0, 68, N)
        count = autoreset.step(actions)
        assert twin.step(actions) == count
        ended += count
        for left, right in zip(everything(twin), everything(autoreset), strict=True):
            np.testing.assert_array_equal(left, right)
    assert ended > 5


def test_indices_begin_where_they_are_told():
    whole, half = started(), Autoreset(BatchCore(2, time_max=40.0), "SameStep", seed=3, first_env=3)
    half.start()
    np.testing.assert_array_equal(half.core.obs, whole.core.obs[3:])
    single = BatchCore(1, time_max=40.0)
    single.reset(episode_seeds(3, 4, 0))
    np.testing.assert_array_equal(half.core.obs[1], single.obs[0])


def test_actions_in_the_other_byte_order_mean_the_same():
    autoreset = started("Disabled")
    autoreset.step(np.array([8, 6, 7, 300, -1], dtype=np.int64).astype(">i8"))
    assert autoreset.core.info["action"].tolist() == [8, 6, 7, 6, 6]
    assert autoreset.core.info["invalid_action"].tolist() == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda a: a.step(np.zeros(N)), TypeError, "actions must be an integer array, got dtype float64"),
        (lambda a: a.step([6] * N), TypeError, "actions"),
        (lambda a: a.step(np.zeros(3, int)), ValueError, r"actions must have shape \(5,\), got \(3,\)"),
        (lambda a: a.start(np.zeros(N)), TypeError, "mask is a numpy array of float64; allowed: a numpy array of bool"),
        (lambda a: a.start(np.zeros(2, bool)), ValueError, r"mask has the shape \(2,\); allowed: \(5,\)"),
        (lambda a: a.start(worlds=[1, 2]), ValueError, "one entry an env"),
        (lambda a: a.start(seed=1, worlds=[None] * N), ValueError, "a seed, or worlds"),
        (lambda a: a.start(seed=-1), OverflowError, "negative"),
        (lambda a: a.start(worlds=["x"] * N), TypeError, "worlds"),
    ],
)
def test_wrong_arguments_are_named_and_change_nothing(call, error, says):
    autoreset = started()
    autoreset.step(np.full(N, 8))
    before, blob = everything(autoreset), autoreset.core.state(0)
    with pytest.raises(error, match=says):
        call(autoreset)
    for left, right in zip(everything(autoreset), before, strict=True):
        np.testing.assert_array_equal(left, right)
    assert autoreset.core.state(0) == blob


def test_an_unknown_mode_is_an_error():
    with pytest.raises(ValueError, match=r"mode is .Sometimes.; allowed: NextStep, SameStep, Disabled"):
        make("Sometimes")


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_nothing_steps_before_the_start(mode):
    with pytest.raises(EpisodeEndedError, match="env 0"):
        make(mode).step(np.full(N, 6))
