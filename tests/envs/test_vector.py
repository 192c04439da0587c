"""ProspectorVecEnv against single environments, under each of Gymnasium's autoreset modes."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import abp
from abp.rules import INFO_FIELDS
from abp.seeds import episode_seeds

N = 6
SEED = 11
TIME_MAX = 40.0
"""Short, so that a few hundred steps hold many truncations and deaths."""


class Single:
    """One environment of the batch, played alone by the documented rules of seeds."""

    def __init__(self, index, seed=SEED):
        self.core = abp.BatchCore(1, time_max=TIME_MAX)
        self.index, self.seed, self.episode = index, seed, -1
        self.start()

    def start(self):
        self.episode += 1
        self.core.reset(episode_seeds(self.seed, self.index, self.episode))

    def step(self, action):
        self.core.step(np.array([action], dtype=np.uint8))
        return self.outputs()

    def outputs(self):
        core = self.core
        return core.obs[0].copy(), core.reward[0], core.terminated[0], core.truncated[0]

    @property
    def ended(self):
        return bool(self.core.terminated[0] or self.core.truncated[0])


def batch(mode, **options):
    return abp.ProspectorVecEnv(N, seed=SEED, autoreset_mode=mode, time_max=TIME_MAX, **options)


def random_actions(rng, mask):
    """Mostly valid ones; sometimes nonsense; a cash-out now and then."""
    actions = np.array([rng.choice(np.flatnonzero(row)) if row.any() else 0 for row in mask])
    return np.where(rng.random(len(mask)) < 0.05, 200, actions)


def assert_step_equal(got, singles_out):
    for i, (obs, reward, terminated, truncated) in enumerate(singles_out):
        np.testing.assert_array_equal(got[0][i], obs)
        assert (got[1][i], got[2][i], got[3][i]) == (reward, terminated, truncated)


def test_next_step_resets_in_the_step_after_an_end():
    rng = np.random.default_rng(0)
    env, singles = batch(AutoresetMode.NEXT_STEP), [Single(i) for i in range(N)]
    env.reset()
    resets = 0
    for _ in range(300):
        actions = random_actions(rng, env.action_masks())
        got = env.step(actions)
        expected = []
        for single, action in zip(singles, actions, strict=True):
            if single.ended:
                single.start()
                resets += 1
                assert single.outputs()[1:] == (0.0, False, False)
                expected.append(single.outputs())
            else:
                expected.append(single.step(action))
        assert_step_equal(got, expected)
        assert "final_obs" not in got[4]
    assert resets > 20


def test_same_step_resets_at_once_and_keeps_what_the_episode_ended_with():
    rng = np.random.default_rng(1)
    env, singles = batch(AutoresetMode.SAME_STEP), [Single(i) for i in range(N)]
    env.reset()
    resets = 0
    for _ in range(300):
        actions = random_actions(rng, env.action_masks())
        obs, reward, terminated, truncated, info = env.step(actions)
        ended = terminated | truncated
        assert ("final_obs" in info) == ended.any()
        for i, single in enumerate(singles):
            final_obs, *rest = single.step(actions[i])
            assert [reward[i], terminated[i], truncated[i]] == rest
            assert ended[i] == single.ended
            if not ended[i]:
                np.testing.assert_array_equal(obs[i], final_obs)
                continue
            resets += 1
            np.testing.assert_array_equal(info["final_obs"][i], final_obs)
            assert info["_final_obs"][i]
            assert info["_final_info"][i]
            for field in INFO_FIELDS:
                assert info["final_info"][field][i] == single.core.info[field][0]
                assert info["final_info"][f"_{field}"][i]
            single.start()
            np.testing.assert_array_equal(obs[i], single.outputs()[0])
        if ended.any():
            assert info["final_obs"][~ended].tolist() == [None] * int((~ended).sum())
            np.testing.assert_array_equal(info["_final_obs"], ended)
        np.testing.assert_array_equal(env.action_masks(), [s.core.action_mask[0] for s in singles])
    assert resets > 20


def test_disabled_leaves_resets_to_the_caller():
    rng = np.random.default_rng(2)
    env, singles = batch(AutoresetMode.DISABLED), [Single(i) for i in range(N)]
    env.reset()
    resets = 0
    for _ in range(300):
        actions = random_actions(rng, env.action_masks())
        got = env.step(actions)
        assert_step_equal(got, [s.step(a) for s, a in zip(singles, actions, strict=True)])
        ended = got[2] | got[3]
        if ended.any():
            with pytest.raises(abp.EpisodeEndedError):
                env.step(actions)
            obs, _ = env.reset(options={"reset_mask": ended.copy()})
            for i in np.flatnonzero(ended):
                singles[i].start()
                resets += 1
            np.testing.assert_array_equal(obs, [s.outputs()[0] for s in singles])
    assert resets > 20


@pytest.mark.parametrize("mask", [None, np.arange(N) == 2])
def test_next_step_does_not_reset_again_what_the_caller_has_reset(mask):
    env = batch(AutoresetMode.NEXT_STEP)
    env.reset()
    env.step(np.where(np.arange(N) == 2, 68, 6))
    env.reset(options=None if mask is None else {"reset_mask": mask})
    env.step(np.full(N, 8))
    assert env.core.info["dt"].tolist() == [3] * N


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_info_of_ended_episodes_carries_their_fields(mode):
    env = batch(mode)
    env.reset()
    actions = np.full(N, 6)
    actions[2] = 68
    *_, info = env.step(actions)
    fields = info["final_info"] if mode is AutoresetMode.SAME_STEP else info
    only_third = np.arange(N) == 2
    for field in INFO_FIELDS:
        np.testing.assert_array_equal(fields[f"_{field}"], only_third)
    assert fields["survival"][2] == 1.0
    assert fields["action"][2] == 68


def test_same_step_info_has_the_keys_of_gymnasiums_own_vector_env():
    actions = np.full(3, 68)
    ours = abp.ProspectorVecEnv(3, seed=1, autoreset_mode="SameStep")
    theirs = gym.make_vec(
        "abp/Prospector-v1", 3, vectorization_mode="sync", vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP}
    )
    infos = []
    for env in (ours, theirs):
        env.reset(seed=1)
        infos.append(env.step(actions)[4])
    assert set(infos[0]["final_info"]) == set(infos[1]["final_info"])
    assert infos[0]["final_obs"].dtype == infos[1]["final_obs"].dtype
    assert {"final_obs", "_final_obs", "final_info", "_final_info"} <= set(infos[0])


def test_gymnasium_makes_it_by_its_id():
    env = gym.make_vec(
        "abp/Prospector-v1", 4, vectorization_mode="vector_entry_point", seed=3, autoreset_mode="SameStep"
    )
    assert env.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    obs, _ = env.reset()
    assert obs in env.observation_space
    actions = env.action_space.sample()
    assert env.step(actions)[0] in env.observation_space


def test_an_episode_does_not_depend_on_the_size_of_the_batch_or_on_threads():
    small = abp.ProspectorVecEnv(2, seed=9).reset()[0]
    large = abp.ProspectorVecEnv(64, seed=9, num_threads=2).reset()[0]
    np.testing.assert_array_equal(large[:2], small)


def test_reset_with_a_seed_starts_all_over_and_without_goes_on():
    env = abp.ProspectorVecEnv(3, seed=4, copy=True)
    first, second = env.reset()[0], env.reset()[0]
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(env.reset(seed=4)[0], first)
    np.testing.assert_array_equal(env.reset()[0], second)


def test_without_a_seed_batches_differ():
    assert not np.array_equal(abp.ProspectorVecEnv(2).reset()[0], abp.ProspectorVecEnv(2).reset()[0])


def test_a_list_of_seeds_names_the_worlds():
    env = abp.ProspectorVecEnv(3, seed=4)
    obs, _ = env.reset(seed=[100, None, 102])
    np.testing.assert_array_equal(obs[0], abp.ProspectorEnv().reset(seed=100)[0])
    np.testing.assert_array_equal(obs[2], abp.ProspectorEnv().reset(seed=102)[0])
    untouched = abp.ProspectorVecEnv(3, seed=4).reset()[0]
    np.testing.assert_array_equal(obs[1], untouched[1])


def test_a_masked_reset_leaves_the_others_alone():
    env = abp.ProspectorVecEnv(3, seed=4, autoreset_mode="Disabled")
    before = env.reset()[0].copy()
    env.step(np.full(3, 8))
    middle = env.core.obs.copy()
    mask = np.array([True, False, False])
    obs, _ = env.reset(seed=4, options={"reset_mask": mask})
    np.testing.assert_array_equal(obs[0], before[0])
    np.testing.assert_array_equal(obs[1:], middle[1:])


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_with_copies_nothing_handed_out_changes(mode):
    env = batch(mode, copy=True)
    handed_out = [env.reset()[0], env.action_masks()]
    *parts, info = env.step(np.array([68, 6, 6, 68, 6, 6]))
    final = info.pop("final_info", {})
    handed_out += [*parts, *info.values(), *final.values()]
    snapshot = [np.copy(part) for part in handed_out]
    env.reset()
    env.step(np.full(N, 68))
    env.action_masks()
    for part, kept in zip(handed_out, snapshot, strict=True):
        if part.dtype == object:
            for row, kept_row in zip(part, kept, strict=True):
                np.testing.assert_array_equal(row, kept_row)
        else:
            np.testing.assert_array_equal(part, kept)


def test_without_copies_observations_and_info_are_views_that_nobody_can_write():
    env = batch(AutoresetMode.NEXT_STEP)
    obs, _ = env.reset()
    assert np.shares_memory(obs, env.core.obs)
    *parts, info = env.step(np.array([68, 6, 6, 68, 6, 6]))
    assert parts[0] is obs
    for view in (obs, *info.values()):
        with pytest.raises(ValueError, match="read-only"):
            view[...] = 0
    assert info["_dt"].tolist() == info["dt"].tolist() == [1, 0, 0, 1, 0, 0]
    rewards = [part.copy() for part in parts[1:]]
    env.step(np.full(N, 6))
    assert info["dt"].tolist() == [0] * N, "the next step overwrote it"
    for part, kept in zip(parts[1:], rewards, strict=True):
        np.testing.assert_array_equal(part, kept)


def test_final_observations_are_the_callers():
    env = batch(AutoresetMode.SAME_STEP)
    env.reset()
    final_obs = env.step(np.full(N, 68))[4]["final_obs"]
    kept = np.stack(final_obs)
    env.step(np.full(N, 8))
    env.step(np.full(N, 68))
    np.testing.assert_array_equal(np.stack(final_obs), kept)


@pytest.mark.parametrize("wrap", [gym.wrappers.vector.RecordEpisodeStatistics, gym.wrappers.vector.DictInfoToList])
def test_gymnasiums_vector_wrappers_take_the_info(wrap):
    env = wrap(batch(AutoresetMode.NEXT_STEP))
    env.reset()
    infos = [env.step(np.full(N, code))[4] for code in (8, 68, 6)]
    if wrap is gym.wrappers.vector.DictInfoToList:
        assert [len(info) for info in infos] == [N] * 3
        assert infos[1][2]["survival"] == 1.0
    else:
        assert infos[1]["episode"]["l"].tolist() == [2] * N
    assert env.unwrapped.action_masks().shape == (N, 69)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.int8])
def test_actions_of_any_integer_type_mean_the_same(dtype):
    env = abp.ProspectorVecEnv(2, seed=1)
    env.reset()
    env.step(np.array([6, 8], dtype=dtype))
    assert env.core.info["action"].tolist() == [6, 8]


def test_integers_that_are_no_action_are_invalid():
    codes = np.array([69, 255, 256, 256 + 6, -1, 2**40])
    env = abp.ProspectorVecEnv(len(codes), seed=1)
    env.reset()
    env.step(codes)
    assert env.core.info["invalid_action"].all()


@pytest.mark.parametrize(
    ("actions", "error", "message"),
    [
        (np.zeros(N), TypeError, "got dtype float64"),
        (np.zeros(N, dtype=bool), TypeError, "got dtype bool"),
        (np.zeros(N + 1, dtype=int), ValueError, r"must have shape \(6,\), got \(7,\)"),
        (np.zeros((N, 1), dtype=int), ValueError, r"got \(6, 1\)"),
        (3, ValueError, r"got \(\)"),
        ([], TypeError, "got dtype float64"),
    ],
)
def test_actions_that_do_not_fit_are_errors_and_change_nothing(actions, error, message):
    env = batch(AutoresetMode.NEXT_STEP)
    env.reset()
    state = env.core.state(0)
    with pytest.raises(error, match=message):
        env.step(actions)
    assert env.core.state(0) == state


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"seed": -1}, ValueError, "seed must be in"),
        ({"seed": 2**64}, ValueError, "seed must be in"),
        ({"seed": [1, 2]}, ValueError, "one entry an environment"),
        ({"seed": [1, 2, 3, 4, 5, "x"]}, TypeError, "seed must be an integer"),
        ({"options": {"speed": 1}}, ValueError, "speed"),
        ({"options": {"reset_mask": [True] * N}}, TypeError, "numpy bool array"),
        ({"options": {"reset_mask": np.ones(N)}}, TypeError, "float64"),
        ({"options": {"reset_mask": np.ones(2, dtype=bool)}}, ValueError, "shape"),
        ({"options": {"reset_mask": np.zeros(N, dtype=bool)}}, ValueError, "at least one True"),
    ],
)
def test_resets_that_do_not_fit_are_errors_and_change_nothing(kwargs, error, message):
    env = batch(AutoresetMode.NEXT_STEP)
    env.reset()
    states = [env.core.state(i) for i in range(N)]
    with pytest.raises(error, match=message):
        env.reset(**kwargs)
    assert [env.core.state(i) for i in range(N)] == states


def test_stepping_before_a_reset_is_an_error():
    with pytest.raises(abp.EpisodeEndedError):
        batch(AutoresetMode.NEXT_STEP).step(np.full(N, 6))


@pytest.mark.parametrize(
    "options", [{"num_envs": 0}, {"time_max": float("nan")}, {"autoreset_mode": "Never"}, {"seed": -1}]
)
def test_bad_arguments_are_value_errors(options):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is BatchCore's or Gymnasium's
        abp.ProspectorVecEnv(**{"num_envs": 2, **options})
