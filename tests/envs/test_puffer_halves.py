"""ProspectorPufferEnv's asynchronous interface: two halves that take turns."""

import threading

import numpy as np
import pytest
from pufferlib import APIUsageError

import abp
from abp.rules import NUM_ACTIONS

SHIPS = 8


def make(**options):
    return abp.ProspectorPufferEnv(SHIPS, time_max=40.0, seed=3, **options)


def actions_of(step):
    return np.random.default_rng(step).integers(NUM_ACTIONS, size=SHIPS)


def test_the_halves_see_what_the_whole_sees():
    whole, halves = make(), make(double_buffer=True)
    whole.reset(seed=9)
    halves.async_reset(seed=9)
    ended = 0
    for step in range(120):
        actions = actions_of(step)
        for turn in range(2):
            obs, rewards, terminals, truncations, _, infos, ids, masks = halves.recv()
            rows = slice(turn * SHIPS // 2, (turn + 1) * SHIPS // 2)
            assert ids.tolist() == list(range(SHIPS))[rows]
            assert masks.all()
            np.testing.assert_array_equal(obs, whole.observations[rows])
            np.testing.assert_array_equal(rewards, whole.rewards[rows])
            np.testing.assert_array_equal(terminals, whole.terminals[rows])
            np.testing.assert_array_equal(truncations, whole.truncations[rows])
            ended += sum(len(info["episode_return"]) for info in infos)
            sent = actions[rows].copy()
            halves.send(sent)
            sent[:] = 0  # the caller's array is the caller's again
        whole.step(actions)
    assert ended > SHIPS
    halves.close()


def test_send_returns_while_the_half_still_steps(monkeypatch):
    env = make(double_buffer=True)
    env.async_reset()
    env.recv()
    going, fleet = threading.Event(), env._fleets[0]
    step = fleet.step
    monkeypatch.setattr(fleet, "step", lambda codes: going.wait(20) and step(codes))
    env.send(np.full(SHIPS // 2, 6))
    _, _, _, _, _, _, ids, _ = env.recv()
    assert ids.tolist() == [4, 5, 6, 7], "the other half is there meanwhile"
    going.set()
    env.send(np.full(SHIPS // 2, 6))
    assert env.recv()[6].tolist() == [0, 1, 2, 3]
    env.close()


def test_a_reset_forgets_what_was_under_way():
    env = make(double_buffer=True)
    env.async_reset(seed=1)
    first = env.recv()[0].copy()
    env.send(np.full(SHIPS // 2, 8))
    env.async_reset(seed=1)
    np.testing.assert_array_equal(env.recv()[0], first)
    env.close()


def test_calls_out_of_turn_are_errors():
    env = make(double_buffer=True)
    with pytest.raises(APIUsageError, match="recv needs"):
        env.recv()
    env.async_reset()
    with pytest.raises(APIUsageError, match="send needs a recv"):
        env.send(np.zeros(SHIPS // 2, np.int64))
    env.recv()
    with pytest.raises(ValueError, match=r"shape \(4,\)"):
        env.send(np.zeros(SHIPS, np.int64))
    env.send(np.zeros(SHIPS // 2, np.int64))
    env.close()


def test_an_odd_number_has_no_halves():
    with pytest.raises(ValueError, match="num_envs is 3; allowed with double_buffer: an even number"):
        abp.ProspectorPufferEnv(3, double_buffer=True)
