"""ProspectorPufferEnv under pufferlib's vectorisations and its own trainer."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pufferlib.vector
import pytest

import abp
from abp.rules import NUM_ACTIONS

KWARGS = {"num_envs": 8, "time_max": 30.0}
ENVS = 2
"""PufferEnvs in a vectorisation, each with its own seed."""


def rollout(vecenv, steps=60):
    """Observations, rewards, ends and infos of random actions."""
    rng = np.random.default_rng(0)
    try:
        obs, _ = vecenv.reset(seed=5)
        out = [np.array(obs)]
        infos = []
        for _ in range(steps):
            actions = rng.integers(NUM_ACTIONS - 1, size=ENVS * KWARGS["num_envs"], dtype=np.int32)
            *parts, info = vecenv.step(actions)
            out.extend(np.array(part) for part in parts)
            infos.extend(info)
        return out, infos
    finally:
        vecenv.close()


@pytest.fixture(scope="module")
def expected():
    """The same rollout on one ProspectorVecEnv for each PufferEnv, whose semantics are tested on their own."""
    rng = np.random.default_rng(0)
    n = KWARGS["num_envs"]
    envs = [abp.ProspectorVecEnv(n, time_max=KWARGS["time_max"], autoreset_mode="SameStep") for _ in range(ENVS)]
    out = [np.concatenate([env.reset(seed=5 + i)[0] for i, env in enumerate(envs)])]
    ends = 0
    for _ in range(60):
        actions = rng.integers(NUM_ACTIONS - 1, size=ENVS * n, dtype=np.int32)
        steps = [env.step(actions[i * n : (i + 1) * n]) for i, env in enumerate(envs)]
        out.extend(np.concatenate([step[part] for step in steps]) for part in range(4))
        ends += int((out[-2] | out[-1]).sum())
    assert ends > 10
    return out, ends


@pytest.mark.parametrize("backend", ["Serial", "Multiprocessing"])
def test_pufferlib_sees_what_the_vector_env_shows(backend, expected):
    options = {"num_workers": ENVS, "overwork": True} if backend == "Multiprocessing" else {}
    out, infos = rollout(
        pufferlib.vector.make(abp.ProspectorPufferEnv, env_kwargs=KWARGS, backend=backend, num_envs=ENVS, **options)
    )
    want, ends = expected
    np.testing.assert_equal(out, want)
    assert sum(len(info["episode_return"]) for info in infos) == ends


def test_infos_tell_the_return_and_length_of_each_episode():
    env = abp.ProspectorPufferEnv(**KWARGS, seed=3)
    env.reset()
    returns, lengths = np.zeros(8), np.zeros(8, dtype=int)
    told = 0
    rng = np.random.default_rng(1)
    for _ in range(80):
        _, reward, terminated, truncated, infos = env.step(rng.integers(NUM_ACTIONS, size=8))
        returns += reward
        lengths += 1
        ended = terminated | truncated
        assert bool(infos) == ended.any()
        if infos:
            assert infos[0]["episode_return"] == pytest.approx(returns[ended])
            assert infos[0]["episode_length"] == lengths[ended].tolist()
            told += len(lengths[ended])
        returns[ended], lengths[ended] = 0, 0
    assert told > 10


def test_it_writes_into_the_buffers_it_was_given():
    buf = {
        "observations": np.zeros((8, 260), np.float32),
        "rewards": np.zeros(8, np.float32),
        "terminals": np.zeros(8, bool),
        "truncations": np.zeros(8, bool),
        "masks": np.zeros(8, bool),
        "actions": np.zeros(8, np.int32),
        "teacher_actions": np.zeros(8, np.int32),
    }
    env = abp.ProspectorPufferEnv(**KWARGS, buf=buf, seed=1)
    env.reset(seed=1)
    assert buf["observations"].any()
    env.step(np.full(8, 68))
    assert buf["terminals"].all()
    assert buf["masks"].all()


def test_wrong_actions_are_errors():
    env = abp.ProspectorPufferEnv(**KWARGS)
    env.reset(seed=1)
    with pytest.raises(TypeError, match="integer array"):
        env.step(np.zeros(8))
    with pytest.raises(ValueError, match=r"\(8,\)"):
        env.step(np.zeros(3, dtype=np.int32))


@pytest.mark.slow
@pytest.mark.parametrize("vectorisation", ["Serial", "halves"])
def test_pufferlibs_own_trainer_completes_updates(vectorisation, tmp_path):
    script = Path(__file__).with_name("pufferl_run.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), vectorisation],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["updates"] == 3
    assert result["steps"] == 6144
    assert result["changed"]
    assert result["stats"]["episode_length"] > 1
