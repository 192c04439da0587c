"""abp.BatchCore: what callers may rely on, on every backend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abp import BatchCore, EpisodeEndedError, _core, rules
from abp.core import BACKENDS
from abp.episodes import state
from abp.rules import INFO_FIELDS


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


def started(num_envs, **options):
    core = BatchCore(num_envs, **options)
    core.reset(np.arange(num_envs))
    return core


def outputs(core):
    arrays = [core.obs, core.reward, core.terminated, core.truncated, core.action_mask, core.cargo_value]
    return [array.copy() for array in [*arrays, *core.info.values()]]


def assert_same(left, right):
    for a, b in zip(left, right, strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_export_of_the_extension_has_a_face_in_python():
    exports = {name for name in dir(_core) if not name.startswith("__")}
    assert exports == {
        "Autoreset", "BatchCore", "EpisodeEndedError", "Heads", "INFO_FIELDS", "LEAST_YIELD", "LOGBOOK_SIZE", "Logbook",
        "MINING_TICKS", "SEED_BITS", "STATION_TICK", "UNSEEN_GAIN", "action_codes", "best_sales",
        "episode_seeds", "expected_robbery", "follow_prices", "forecast_mining", "mined_richness", "ore_prices",
        "paths_home", "refining_gain", "rules_table", "simd_path", "trip_profit",
    }  # fmt: skip
    public = {name for name in dir(_core.BatchCore) if not name.startswith("_")}
    assert public == {
        "reset", "step", "fill_action_mask", "last_dt", "last_action", "last_invalid", "info", "info_row",
        "cargo_value", "events", "state", "set_state",
    }  # fmt: skip
    public = {name for name in dir(_core.Autoreset) if not name.startswith("_")}
    assert public == {
        "start", "step", "ended", "final_obs", "endings", "episodes", "returns", "lengths",
    }  # fmt: skip
    public = {name for name in dir(_core.Logbook) if not name.startswith("_")}
    assert public == {"note", "prune_actions", "since_high", "state", "restore"}


def test_reset_shows_the_start_of_the_rules(backend):
    core = started(3, backend=backend)
    assert core.obs.shape == (3, 260)
    assert core.obs.dtype == np.float32
    np.testing.assert_array_equal(core.obs[:, [0, 1, 2, 3, 4, 5, 6]], [[1, 1, 0, 1, 0, 0, 1]] * 3)
    np.testing.assert_array_equal(core.obs[:, 17], 1)
    assert not core.terminated.any()
    assert not core.truncated.any()
    assert tuple(core.info) == INFO_FIELDS
    assert core.info["dt"].tolist() == [0, 0, 0]
    assert core.info["credits"].tolist() == [0, 0, 0]
    assert core.action_mask[:, rules.CASH_OUT].tolist() == [1, 1, 1]
    assert core.action_mask[:, rules.BUY[rules.FUEL_SMALL]].tolist() == [0, 0, 0], "fuel costs credits"


@given(st.lists(st.integers(0, 255), min_size=1, max_size=80), st.integers(0, 2**64 - 1))
@settings(deadline=None, max_examples=40)
def test_any_stream_of_actions_gives_the_same_bits_on_every_backend(actions, seed):
    cores = [BatchCore(1, backend=backend, time_max=300.0, record_events=True) for backend in BACKENDS]
    for core in cores:
        core.reset([seed])
    for action in actions:
        if cores[0].terminated[0] or cores[0].truncated[0]:
            break
        for core in cores:
            core.step(np.array([action], np.uint8))
        first = outputs(cores[0])
        assert np.abs(cores[0].obs).max() <= 1
        for core in cores[1:]:
            assert_same(first, outputs(core))
            assert core.events(0) == cores[0].events(0)
            assert core.state(0) == cores[0].state(0)


@pytest.mark.parametrize("action", [69, 70, 128, 255])
def test_a_code_above_the_table_is_an_invalid_drift(backend, action):
    core = started(1, backend=backend, record_events=True)
    core.step(np.array([action], np.uint8))
    assert core.info["invalid_action"].tolist() == [True]
    assert core.info["action"].tolist() == [6]
    assert core.info["dt"].tolist() == [1]
    assert core.events(0) == [{"type": "invalid", "action": action}]


def test_events_must_be_asked_for(backend):
    with pytest.raises(RuntimeError, match="record_events=True"):
        started(1, backend=backend).events(0)


def test_a_mask_leaves_the_other_envs_alone(backend):
    core = started(4, backend=backend)
    before = outputs(core)
    mask = np.array([False, True, False, True])
    core.step(np.full(4, 8, np.uint8), mask)
    after = outputs(core)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a[~mask], b[~mask])
    assert core.info["dt"].tolist() == [0, 3, 0, 3]
    core.reset(np.full(4, 99), mask)
    assert core.state(1) == core.state(3) != core.state(0)


def test_the_info_row_of_an_env_is_its_own(backend):
    core = started(5, backend=backend)
    core.step(np.array([rules.SCAN[rules.WIDE], rules.CASH_OUT, rules.BURN, rules.HOLD, 200], np.uint8))
    for env in range(5):
        assert core.info_row(env) == {name: core.info[name][env].item() for name in INFO_FIELDS}
    with pytest.raises(IndexError, match="env index"):
        core.info_row(-1)


def test_an_ended_episode_is_an_error_and_nothing_moves(backend):
    core = started(2, backend=backend)
    core.step(np.array([rules.CASH_OUT, rules.HOLD], np.uint8))
    assert core.terminated.tolist() == [True, False]
    before, blobs = outputs(core), [core.state(0), core.state(1)]
    with pytest.raises(EpisodeEndedError, match="env 0"):
        core.step(np.array([6, 6], np.uint8))
    assert_same(before, outputs(core))
    assert blobs == [core.state(0), core.state(1)]
    assert core.action_mask[0].sum() == 0
    core.step(np.array([6, 6], np.uint8), np.array([False, True]))


def test_a_core_that_was_never_reset_cannot_step(backend):
    with pytest.raises(EpisodeEndedError, match="reset"):
        BatchCore(1, backend=backend).step(np.array([6], np.uint8))


def test_callers_own_their_buffers(backend):
    buffers = {
        "obs": np.zeros((2, 260), np.float32),
        "reward": np.zeros(2, np.float32),
        "terminated": np.zeros(2, np.bool_),
        "truncated": np.zeros(2, np.bool_),
    }
    core = BatchCore(2, backend=backend, buffers=buffers)
    assert core.obs is buffers["obs"]
    core.reset([1, 2])
    core.step(np.array([8, rules.CASH_OUT], np.uint8))
    assert buffers["obs"].any()
    assert buffers["reward"].all()
    assert buffers["terminated"].tolist() == [False, True]


def test_a_state_goes_on_bit_for_bit_on_any_backend(backend):
    core = started(1, backend=backend)
    rng = np.random.default_rng(3)

    def step(*cores):
        action = rng.choice(np.flatnonzero(cores[0].action_mask[0][: rules.CASH_OUT])).astype(np.uint8)
        for each in cores:
            each.step(action[None])

    for _ in range(40):
        step(core)
    others = [BatchCore(1, backend=other) for other in BACKENDS]
    for other in others:
        other.set_state(0, core.state(0))
        np.testing.assert_array_equal(other.obs, core.obs)
        assert other.info["dt"].tolist() == [0]
    steps = 0
    while steps < 40 and not (core.terminated[0] or core.truncated[0]):
        step(core, *others)
        steps += 1
        for other in others:
            assert_same(outputs(core), outputs(other))
    assert steps > 20


def test_the_blob_reads_as_named_fields(backend):
    core = started(1, backend=backend)
    core.step(np.array([8], np.uint8))
    episode = state.parse(core.state(0))
    assert episode.ship["ticks"] == 3
    assert episode.ship["fuel"] == np.float32(995)
    assert len(episode.nodes) == len(episode.asteroids) == episode.ship["node_count"]
    assert episode.nodes["type"][0] == 0
    assert [5 <= len(slots) <= 16 for slots in episode.asteroids] == [False] + [True] * (episode.ship["node_count"] - 1)
    with pytest.raises(ValueError, match="cut off"):
        state.parse(core.state(0)[:-100])
    with pytest.raises(ValueError, match="no episode"):
        state.parse(b"")


def of_another_time_max(blob):
    foreign = BatchCore(1, time_max=77.0)
    foreign.reset([0])
    return foreign.state(0)


DAMAGES = {
    "empty": lambda blob: b"",
    "cut in the header": lambda blob: blob[:20],
    "cut": lambda blob: blob[:-1],
    "longer": lambda blob: blob + b"\0",
    "foreign": lambda blob: b"PNG\r" + blob[4:],
    "newer": lambda blob: blob[:4] + b"\2\0" + blob[6:],
    "flipped": lambda blob: blob[:200] + bytes([blob[200] ^ 1]) + blob[201:],
    "other time_max": of_another_time_max,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_blob_is_refused_and_nothing_moves(backend, damage):
    core = started(1, backend=backend)
    core.step(np.array([8], np.uint8))
    before, blob = outputs(core), core.state(0)
    with pytest.raises(ValueError, match="state"):
        core.set_state(0, DAMAGES[damage](blob))
    assert_same(before, outputs(core))
    assert core.state(0) == blob


@given(st.binary(max_size=600))
@settings(deadline=None)
def test_bytes_from_anywhere_are_refused(blob):
    for backend in BACKENDS:
        core = started(1, backend=backend)
        for candidate in (blob, core.state(0)[:300] + blob):
            with pytest.raises(ValueError, match="state"):
                core.set_state(0, candidate)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"num_envs": 0}, ValueError, "num_envs is 0; allowed"),
        ({"num_envs": -3}, ValueError, "num_envs is -3"),
        ({"num_envs": 1.5}, TypeError, "num_envs is 1.5"),
        ({"num_envs": True}, TypeError, "num_envs"),
        ({"num_threads": 0}, ValueError, "num_threads is 0"),
        ({"time_max": float("nan")}, ValueError, "time_max is nan; allowed"),
        ({"time_max": 0.0}, ValueError, "time_max is 0"),
        ({"time_max": -5}, ValueError, "time_max is -5"),
        ({"time_max": float("inf")}, ValueError, "time_max is inf"),
        ({"time_max": 1e-60}, ValueError, "time_max"),
        ({"time_max": 2**25}, ValueError, "allowed: 0 < time_max <= 16777216"),
        ({"time_max": "long"}, TypeError, "time_max is 'long'"),
        ({"record_events": 1}, TypeError, "record_events is 1"),
        ({"backend": "gpu"}, ValueError, "backend is 'gpu'; allowed: native, scalar, reference"),
        ({"buffers": {"obs": np.zeros((2, 259), np.float32)}}, ValueError, "shape"),
        ({"buffers": {"obs": np.zeros((2, 260))}}, TypeError, "float32"),
        ({"buffers": {"obs": np.zeros((4, 260), np.float32)[::2]}}, ValueError, "C-contiguous"),
        ({"buffers": {"rewards": np.zeros(2, np.float32)}}, ValueError, "allowed names: obs"),
    ],
)
def test_a_wrong_argument_is_named_with_what_is_allowed(arguments, error, says):
    with pytest.raises(error, match=says):
        BatchCore(**{"num_envs": 2, **arguments})


@pytest.mark.parametrize(
    ("actions", "error"),
    [
        (np.zeros(2, np.int64), TypeError),
        (np.zeros(2, np.float32), TypeError),
        ([0, 0], TypeError),
        (np.zeros(3, np.uint8), ValueError),
        (np.zeros((2, 1), np.uint8), ValueError),
        (np.uint8(3), TypeError),
    ],
)
def test_wrong_actions_are_named(backend, actions, error):
    core = started(2, backend=backend)
    blob = core.state(0)
    with pytest.raises(error, match="actions"):
        core.step(actions)
    assert core.state(0) == blob


@pytest.mark.parametrize(
    ("seeds", "error"),
    [
        ([1.0, 2.0], TypeError),
        ([1, -2], ValueError),
        ([1], ValueError),
        ([[1, 2]], ValueError),
        (["1", "2"], TypeError),
    ],
)
def test_wrong_seeds_are_named(backend, seeds, error):
    with pytest.raises(error, match="seeds"):
        BatchCore(2, backend=backend).reset(seeds)


@pytest.mark.parametrize(("mask", "error"), [(np.ones(2, np.uint8), TypeError), (np.ones(3, np.bool_), ValueError)])
def test_wrong_masks_are_named(backend, mask, error):
    with pytest.raises(error, match="mask"):
        started(2, backend=backend).step(np.zeros(2, np.uint8), mask)


def test_inputs_need_not_be_contiguous_nor_apart_from_the_outputs(backend):
    core, twin = started(3, backend=backend), started(3, backend=backend)
    core.step(np.array([8, 0, rules.CASH_OUT, 0, 6, 0], np.uint8)[::2], np.array([True, True, True])[::-1])
    twin.step(np.array([8, rules.CASH_OUT, 6], np.uint8))
    assert_same(outputs(core), outputs(twin))
    core.reset(np.arange(3), core.terminated)
    twin.reset(np.arange(3), np.array([False, True, False]))
    assert_same(outputs(core), outputs(twin))


def test_any_byte_but_zero_in_a_mask_is_true(backend):
    core = started(3, backend=backend)
    core.step(np.full(3, 8, np.uint8), np.array([0, 1, 254], np.uint8).view(np.bool_))
    assert core.info["dt"].tolist() == [0, 3, 3]


@pytest.mark.parametrize("env", [-1, 2, 10**9])
def test_an_env_that_does_not_exist_is_an_index_error(backend, env):
    core = started(2, backend=backend, record_events=True)
    for call in (core.state, core.events, lambda i: core.set_state(i, b"")):
        with pytest.raises(IndexError, match=f"env index is {env}; allowed: 0..1"):
            call(env)


@pytest.mark.parametrize("num_threads", [2, 3])
def test_results_do_not_depend_on_the_threads(num_threads):
    cores = [BatchCore(700, num_threads=n, time_max=200.0) for n in (1, num_threads)]
    actions = np.random.default_rng(3)
    for core in cores:
        core.reset(np.arange(700))
    for _ in range(60):
        codes = actions.integers(0, 72, 700).astype(np.uint8)
        running = ~(cores[0].terminated | cores[0].truncated)
        for core in cores:
            core.step(codes, running)
        assert_same(outputs(cores[0]), outputs(cores[1]))


def test_a_simd_path_can_be_named_and_a_bad_name_is_an_error(monkeypatch):
    monkeypatch.setenv("ABP_SIMD", "portable")
    portable = started(5)
    monkeypatch.setenv("ABP_SIMD", "sse9")
    with pytest.raises(ValueError, match=r"ABP_SIMD is .*sse9.* allows: .*portable"):
        BatchCore(1)
    monkeypatch.delenv("ABP_SIMD")
    assert_same(outputs(portable), outputs(started(5)))
