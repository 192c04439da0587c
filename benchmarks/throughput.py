"""Steps per second of every path through the rules, side by side in one run (`make bench`).

Each path plays on and on with actions uniform over 0..67; episodes that end start again. The paths take turns in short
slices, so that what else the machine does falls on all alike: a ratio in one run says more than a number from another
day. Two of them are no Python: the batch step as Rust calls it, alone (the twin of ``BatchCore native``) and under
autoreset (the twin of the environments).
"""

from __future__ import annotations

import itertools
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import abp
from abp.core import BACKENDS

SLICES = 60
SECONDS = 0.03
"""Seconds of a slice."""
WARM_UP = 16
"""Steps before a slice, which don't count."""
SIZES = (1, 64, 1024)
ROOT = Path(__file__).parents[1]
BATCH_STEP = ["--quiet", "--locked", "--release", "-p", "prospector-parity", "--bin", "batch_step"]
FROM_RUST = {"core": "Rust: step", "autoreset": "Rust: step with autoreset"}
TWINS = {
    "BatchCore native": FROM_RUST["core"],
    "ProspectorEnv": FROM_RUST["core"],
    "ProspectorVecEnv": FROM_RUST["autoreset"],
}
"""The same work called from Rust, by the path from Python."""

Step = Callable[[np.ndarray], object]
Measure = Callable[[], float]
"""Env steps per second over one slice."""


def core_stepper(num_envs: int, backend: str) -> Step:
    core = abp.BatchCore(num_envs, backend=backend)
    core.reset(np.arange(num_envs))
    episode = 0

    def restart(ended: np.ndarray) -> None:
        nonlocal episode
        episode += 1
        core.reset(np.arange(num_envs) + num_envs * episode, ended)

    def step(actions: np.ndarray) -> None:
        core.step(actions)
        ended = core.terminated | core.truncated
        if ended.any():
            restart(ended)

    def step_one(actions: np.ndarray) -> None:
        core.step(actions)
        if core.terminated[0] or core.truncated[0]:
            restart(np.ones(1, dtype=np.bool_))

    return step_one if num_envs == 1 else step


def vector_stepper(num_envs: int) -> Step:
    env = abp.ProspectorVecEnv(num_envs, seed=0)
    env.reset()
    return env.step


def single_stepper() -> Step:
    env = abp.ProspectorEnv()
    env.reset(seed=0)

    def step(actions: np.ndarray) -> None:
        _, _, terminated, truncated, _ = env.step(actions[0])
        if terminated or truncated:
            env.reset()

    return step


def python_slices(step: Step, actions: np.ndarray) -> Measure:
    num_envs = actions.shape[1]
    rows = itertools.cycle(list(actions))
    stretch = 1 + 2000 // num_envs

    def measure() -> float:
        for row in itertools.islice(rows, WARM_UP):  # the path before has taken the caches
            step(row)
        count, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < SECONDS:
            for row in itertools.islice(rows, stretch):
                step(row)
            count += stretch
        return count * num_envs / elapsed

    return measure


@contextmanager
def rust_slices(num_envs: int) -> Iterator[dict[str, Measure]]:
    command = ["cargo", "run", *BATCH_STEP, "--", str(num_envs)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def measure(which: str) -> float:
            print(which, SECONDS, file=process.stdin, flush=True)
            return float(process.stdout.readline())

        yield {name: lambda which=which: measure(which) for which, name in FROM_RUST.items()}
        process.stdin.close()


def build_rust() -> None:
    """What ``rust_slices`` runs, so that no slice waits for the compiler."""
    subprocess.run(["cargo", "build", *BATCH_STEP], check=True, cwd=ROOT)


def race(num_envs: int) -> dict[str, list[float]]:
    """Env steps per second of every path on ``num_envs`` environments, a number a slice."""
    actions = np.random.default_rng(0).integers(0, 68, (64, num_envs))
    codes = actions.astype(np.uint8)
    paths = {f"BatchCore {backend}": python_slices(core_stepper(num_envs, backend), codes) for backend in BACKENDS}
    paths["ProspectorVecEnv"] = python_slices(vector_stepper(num_envs), actions)
    if num_envs == 1:
        paths["ProspectorEnv"] = python_slices(single_stepper(), actions)
    with rust_slices(num_envs) as rust:
        paths |= rust
        speeds: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(SLICES):
            for name, measure in paths.items():
                speeds[name].append(measure())
    return speeds


def main() -> None:
    build_rust()
    print(f"abp {abp.__version__}, {platform.machine()}, {SLICES} slices of {SECONDS} s, in turns; ratios of medians\n")
    columns = f"{'best steps/s':>13} {'median':>12} {'us a call':>10} {'x reference':>12} {'x Rust':>7}"
    print(f"{'path':25} {'envs':>5} {columns}")
    for num_envs in SIZES:
        speeds = race(num_envs)
        median = {name: statistics.median(slices) for name, slices in speeds.items()}
        for name, slices in speeds.items():
            middle = median[name]
            numbers = f"{max(slices):>13,.0f} {middle:>12,.0f} {1e6 * num_envs / middle:>10.2f}"
            ratio = f"{middle / median['BatchCore reference']:>12.2f}"
            twin = f"{middle / median[TWINS[name]]:>7.2f}" if name in TWINS else ""
            print(f"{name:25} {num_envs:>5} {numbers} {ratio} {twin}")
        print()


if __name__ == "__main__":
    main()
