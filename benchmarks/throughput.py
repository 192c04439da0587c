"""Steps per second of every path through the rules, side by side in one run (`make bench`).

Each path steps the same episodes with the same actions: uniform over 0..67, episodes that end start again.
The paths are measured in turns, several rounds each, and the best round counts: a ratio in one run says more than a
number from another day.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable

import numpy as np

import abp
from abp.core import BACKENDS

ROUNDS = 5
SECONDS = 0.4
SIZES = (1, 64, 1024)


def core_stepper(num_envs: int, backend: str) -> Callable[[np.ndarray], None]:
    core = abp.BatchCore(num_envs, backend=backend)
    core.reset(np.arange(num_envs))
    episode = 0

    def step(actions: np.ndarray) -> None:
        nonlocal episode
        core.step(actions)
        ended = core.terminated | core.truncated
        if ended.any():
            episode += 1
            core.reset(np.arange(num_envs) + num_envs * episode, ended)

    return step


def vector_stepper(num_envs: int) -> Callable[[np.ndarray], None]:
    env = abp.ProspectorVecEnv(num_envs, seed=0)
    env.reset()
    return lambda actions: env.step(actions)


def single_stepper() -> Callable[[np.ndarray], None]:
    env = abp.ProspectorEnv()
    env.reset(seed=0)

    def step(actions: np.ndarray) -> None:
        _, _, terminated, truncated, _ = env.step(int(actions[0]))
        if terminated or truncated:
            env.reset()

    return step


def measure(step: Callable[[np.ndarray], None], actions: np.ndarray) -> float:
    """Env steps per second over one round."""
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < SECONDS:
        for row in actions:
            step(row)
        count += len(actions)
    return count * actions.shape[1] / elapsed


def main() -> None:
    rng = np.random.default_rng(0)
    print(f"abp {abp.__version__}, {platform.machine()}, best of {ROUNDS} rounds of {SECONDS} s, in turns\n")
    print(f"{'path':34} {'envs':>5} {'steps/s':>12} {'x reference':>12}")
    for num_envs in SIZES:
        actions = rng.integers(0, 68, (64, num_envs)).astype(np.uint8)
        paths = {f"BatchCore {backend}": core_stepper(num_envs, backend) for backend in BACKENDS}
        paths["ProspectorVecEnv (native)"] = vector_stepper(num_envs)
        if num_envs == 1:
            paths["ProspectorEnv (native)"] = single_stepper()
        best = dict.fromkeys(paths, 0.0)
        for _ in range(ROUNDS):
            for name, step in paths.items():
                best[name] = max(best[name], measure(step, actions))
        for name, speed in best.items():
            print(f"{name:34} {num_envs:>5} {speed:>12,.0f} {speed / best['BatchCore reference']:>12.2f}")
        print()


if __name__ == "__main__":
    main()
