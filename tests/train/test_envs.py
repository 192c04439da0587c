"""TrainingEnvs: the vector env's episodes, the profile's rewards, every episode counted once and to its own env."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

import abp
from abp.players.logbook import LOGBOOK_SIZE
from abp.rules import BASE_PRICE
from abp.runs.config import TrainConfig
from abp.train.envs import TrainingEnvs
from abp.train.windows import EPISODE_FIELDS, Tally

N = 6
TIME_MAX = 250.0
"""Ticks in which random actions come to every kind of end."""


def setup(reward, **fields):
    bare = {"logbook": False, "min_cutoff_steps": 0}
    config = TrainConfig(
        num_envs=N,
        num_steps=2,
        window_env_steps=12,
        num_minibatches=1,
        time_max=TIME_MAX,
        seed=3,
        reward=reward,
        **{**bare, **fields},
    )
    envs = TrainingEnvs(config, slice(0, N))
    envs.reset()
    vector = abp.ProspectorVecEnv(N, seed=3, time_max=TIME_MAX, autoreset_mode=AutoresetMode.SAME_STEP)
    vector.reset()
    return envs, vector


def random_actions(rng, mask):
    actions = [rng.choice(np.flatnonzero(row[:68])) if rng.random() > 0.003 else 68 for row in mask]
    return np.array(actions, dtype=np.uint8)


@pytest.mark.parametrize("reward", ["frozen_v1", "base_worth", "net_worth", "sparse"])
def test_they_step_as_the_vector_env_and_count_what_it_tells(reward):
    rng = np.random.default_rng(0)
    envs, vector = setup(reward)
    window = Tally()
    returns, finished = np.zeros(N), []
    ends = dict.fromkeys(["terminated", "truncated", "destroyed", "stranded", "cashed_out"], 0)
    sums = dict.fromkeys(EPISODE_FIELDS, 0.0)
    for _ in range(1000):
        actions = random_actions(rng, envs.mask)
        envs.step(actions, window)
        obs, frozen, terminated, truncated, info = vector.step(actions)
        np.testing.assert_array_equal(envs.obs, obs)
        np.testing.assert_array_equal(envs.mask, vector.action_masks())
        np.testing.assert_array_equal(envs.done, terminated | truncated)
        np.testing.assert_array_equal(envs.truncated, np.flatnonzero(truncated))
        if reward == "frozen_v1":
            np.testing.assert_array_equal(envs.reward, frozen)
        returns += frozen
        for i in np.flatnonzero(envs.done):
            final = {name: info["final_info"][name][i] for name in (*EPISODE_FIELDS, "survival", "action")}
            if truncated[i]:
                np.testing.assert_array_equal(envs.final_inputs[envs.truncated.tolist().index(i)], info["final_obs"][i])
            finished.append(returns[i])
            returns[i] = 0.0
            for name in EPISODE_FIELDS:
                sums[name] += float(final[name])
            ends["terminated"] += int(terminated[i])
            ends["truncated"] += int(truncated[i])
            dead = terminated[i] and final["survival"] == 0
            ends["destroyed"] += int(dead and final["hull_damage"] >= 100)
            ends["stranded"] += int(dead and final["fuel_used"] >= 1000 and info["final_obs"][i][17] == 0)
            ends["cashed_out"] += int(terminated[i] and not dead)
    assert len(finished) > 50
    assert min(ends.values()) > 0
    np.testing.assert_allclose(window.returns, finished)
    assert window.ends == ends
    assert window.sums == pytest.approx(sums)
    assert window.env_steps == 1000 * N
    assert window.invalid_actions == 0


@pytest.mark.parametrize("reward", ["net_worth", "base_worth"])
def test_rewards_add_up_to_the_change_of_net_worth(reward):
    rng = np.random.default_rng(1)
    envs, _ = setup(reward)
    core = abp.BatchCore(N, time_max=TIME_MAX)
    totals = np.zeros(N)
    checked = {True: 0, False: 0}
    # A twin core without resets tells what each episode ended with.
    for i in range(N):
        core.set_state(i, envs.core.state(i))
    for _ in range(1000):
        actions = random_actions(rng, envs.mask)
        core.step(actions)
        envs.step(actions, Tally())
        totals += envs.reward
        for i in np.flatnonzero(envs.done):
            hold = core.obs[i, 8:14] * 200
            refined = 0.52 * 210
            cargo = core.cargo_value[i] if reward == "net_worth" else hold @ [refined, refined, *BASE_PRICE[2:]]
            worth = core.info["credits"][i] + 0.8 * cargo
            death = 40 if reward == "net_worth" else 100
            given_up = reward == "base_worth" and actions[i] == 68
            dead = bool(core.terminated[i] and core.info["survival"][i] == 0)
            assert totals[i] == pytest.approx(worth / 100 - death * dead - 20 * given_up, abs=1e-3)
            checked[dead] += 1
            totals[i] = 0.0
            core.set_state(i, envs.core.state(i))
    assert min(checked.values()) > 10


def test_ticks_and_invalid_actions_are_counted_before_the_reset_hides_them():
    envs, _ = setup("frozen_v1")
    window = Tally()
    envs.step(np.full(N, 68, dtype=np.uint8), window)  # ends every episode
    envs.step(np.full(N, 255, dtype=np.uint8), window)
    envs.step(np.full(N, 8, dtype=np.uint8), window)  # a wide scan takes 3 ticks
    assert window.ticks == N * (1 + 1 + 3)
    assert window.invalid_actions == N


@pytest.mark.parametrize("remembering", [{}, {"logbook": True, "min_cutoff_steps": 20, "stall_limit": 60}])
def test_running_episodes_go_on_from_their_state(remembering):
    rng = np.random.default_rng(2)
    envs, _ = setup("net_worth", **remembering)
    for _ in range(37):
        envs.step(random_actions(rng, envs.mask), Tally())
    twin, _ = setup("net_worth", **remembering)
    twin.load_state_dict(envs.state_dict())
    windows = Tally(), Tally()
    for _ in range(400):
        np.testing.assert_array_equal(twin.mask, envs.mask)
        actions = random_actions(rng, envs.mask)
        envs.step(actions, windows[0])
        twin.step(actions, windows[1])
        np.testing.assert_array_equal(twin.obs, envs.obs)
        np.testing.assert_array_equal(twin.features, envs.features)
        np.testing.assert_array_equal(twin.done, envs.done)
        np.testing.assert_array_equal(twin.reward, envs.reward)
    assert windows[0].returns == windows[1].returns != []


def test_an_episode_that_has_been_seen_enough_is_left_for_the_next_and_not_counted():
    envs, _ = setup("frozen_v1", min_cutoff_steps=5, logbook=True)
    tally, left, again = Tally(), 0, 0
    rng = np.random.default_rng(4)
    for _ in range(400):
        before = envs.obs.copy()
        envs.step(random_actions(rng, envs.mask), tally)
        ended = len(tally.returns)
        over = [i for i in envs.truncated if envs.done[i] and envs.obs[i, 6] == 1.0 and before[i, 6] < 1.0]
        left += len(envs.truncated)
        assert envs.final_inputs.shape == (len(envs.truncated), 260 + LOGBOOK_SIZE)
        again += len(over)
        for i in over:
            # A new episode, full of fuel, at the station; the old one's last observation is kept to be valued.
            assert envs.obs[i, 0] == 1.0
            assert envs.obs[i, 17] == 1.0
            assert not np.array_equal(envs.final_inputs[envs.truncated.tolist().index(i), :260], envs.obs[i])
    assert left > 30
    assert again > 20
    assert ended < left


def test_an_episode_that_earns_nothing_is_given_up_at_a_penalty():
    envs, _ = setup("frozen_v1", logbook=True, stall_limit=30)
    drift = np.full(N, 6, dtype=np.uint8)
    for _ in range(29):
        envs.step(drift, Tally())
        assert not envs.done.any()
    envs.step(drift, Tally())
    assert envs.done.all()
    assert (envs.reward < -20).all()
    assert len(envs.truncated) == 0, "what would have come later counts as nothing"
