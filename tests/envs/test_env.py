"""ProspectorEnv keeps Gymnasium's promises and the rules'."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import abp
from abp import rules
from abp.episodes.episode import Episode
from abp.rules import INFO_FIELDS

CASH_OUT = rules.CASH_OUT


def valid_actions(info):
    return np.flatnonzero(info["action_mask"][:CASH_OUT])


def play(env, seed, steps):
    """A rollout of random valid actions; everything that came out of it."""
    rng = np.random.default_rng(seed)
    obs, info = env.reset(seed=seed)
    out = [obs]
    for _ in range(steps):
        obs, reward, terminated, truncated, info = env.step(int(rng.choice(valid_actions(info))))
        out.append((obs, reward, terminated, truncated, info))
        if terminated or truncated:
            break
    return out


def test_gymnasium_accepts_the_environment():
    check_env(gym.make("abp/Prospector-v1").unwrapped)


@pytest.mark.parametrize("backend", ["native", "scalar", "reference"])
def test_the_same_seed_and_actions_give_the_same_episode_on_every_backend(backend):
    first = play(abp.ProspectorEnv(), 7, 80)
    again = play(abp.ProspectorEnv(backend=backend), 7, 80)
    assert len(first) == len(again)
    np.testing.assert_equal(again, first)


def test_a_seed_names_the_world_that_replays_and_play_show():
    env = abp.ProspectorEnv()
    obs, _ = env.reset(seed=123)
    np.testing.assert_array_equal(obs, Episode.start(123).frame["render_state"]["observation"])


def test_resets_without_a_seed_go_through_the_same_worlds_after_the_same_seed():
    env = abp.ProspectorEnv()
    first = [env.reset(seed=5)[0], env.reset()[0], env.reset()[0]]
    again = [env.reset(seed=5)[0], env.reset()[0], env.reset()[0]]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[1], first[2])


def test_info_has_every_field_of_the_rules_and_the_mask():
    env = abp.ProspectorEnv()
    _, info = env.reset(seed=1)
    assert set(info) == {*INFO_FIELDS, "action_mask"}
    _, _, _, _, info = env.step(6)
    assert set(info) == {*INFO_FIELDS, "action_mask"}
    assert (info["dt"], info["action"], info["invalid_action"]) == (1, 6, False)
    assert all(isinstance(info[field], int | float | bool) for field in INFO_FIELDS)


def test_the_mask_says_exactly_which_actions_are_invalid():
    rng = np.random.default_rng(3)
    env = abp.ProspectorEnv()
    _, info = env.reset(seed=3)
    seen = {False: 0, True: 0}
    for _ in range(400):
        mask = info["action_mask"]
        np.testing.assert_array_equal(mask, env.action_masks())
        action = int(rng.integers(CASH_OUT))
        _, _, terminated, truncated, info = env.step(action)
        assert info["invalid_action"] == (mask[action] == 0), action
        seen[info["invalid_action"]] += 1
        if terminated or truncated:
            _, info = env.reset()
    assert min(seen.values()) > 20


def test_observations_handed_out_never_change():
    env = abp.ProspectorEnv()
    obs, info = env.reset(seed=2)
    kept, mask = obs.copy(), info["action_mask"].copy()
    env.step(0)
    env.step(28)
    np.testing.assert_array_equal(obs, kept)
    np.testing.assert_array_equal(info["action_mask"], mask)


@pytest.mark.parametrize("action", [69, 255, 256, 1000, -1, -(2**40)])
def test_an_integer_that_is_no_action_is_an_invalid_drift(action):
    env = abp.ProspectorEnv()
    env.reset(seed=1)
    *_, info = env.step(action)
    assert info["invalid_action"] is True
    assert info["action"] == 6


@pytest.mark.parametrize("action", [1.0, "6", None, True])
def test_an_action_that_is_no_integer_is_a_type_error(action):
    env = abp.ProspectorEnv()
    env.reset(seed=1)
    with pytest.raises(TypeError, match="actions must be an integer array"):
        env.step(action)


def test_an_action_of_two_numbers_is_a_value_error():
    env = abp.ProspectorEnv()
    env.reset(seed=1)
    with pytest.raises(ValueError, match=r"shape \(1,\), got \(2,\)"):
        env.step([1, 2])


@pytest.mark.parametrize("time_max", [float("nan"), 0.0, -1.0, float("inf")])
def test_a_time_budget_must_be_a_positive_number(time_max):
    with pytest.raises(ValueError, match="time_max"):
        abp.ProspectorEnv(time_max=time_max)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="backend"):
        abp.ProspectorEnv(backend="quantum")
    with pytest.raises(ValueError, match="render_mode"):
        abp.ProspectorEnv(render_mode="human")
    with pytest.raises(ValueError, match=r"options must be empty, got \['time_max'\]"):
        abp.ProspectorEnv().reset(options={"time_max": 5})


def test_the_episode_ends_once():
    env = abp.ProspectorEnv()
    env.reset(seed=1)
    _, _, terminated, truncated, info = env.step(CASH_OUT)
    assert (terminated, truncated, info["survival"]) == (True, False, 1.0)
    with pytest.raises(abp.EpisodeEndedError):
        env.step(6)
    env.reset()
    env.step(6)


def test_running_out_of_time_truncates():
    env = abp.ProspectorEnv(time_max=3)
    env.reset(seed=1)
    flags = [env.step(6)[2:4] for _ in range(3)]
    assert flags == [(False, False), (False, False), (False, True)]


def test_the_text_picture_shows_the_ship():
    env = gym.make("abp/Prospector-v1", render_mode="ansi")
    env.reset(seed=1)
    env.step(rules.HOLD)
    picture = env.render()
    assert "at the station" in picture
    assert rules.ACTION_NAMES[rules.HOLD] in picture
