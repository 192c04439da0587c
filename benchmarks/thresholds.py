"""Fails when the project has become slower or learns less: python benchmarks/thresholds.py speed|soak

``speed`` compares programs that take turns in one run, so a slow machine doesn't matter. ``soak`` trains the preset
``strong`` (105 million steps), plays worlds that it has not seen, and watches the trainer's memory meanwhile.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import throughput

ABP = [sys.executable, "-m", "abp.cli"]
NUM_ENVS = 1024
SETTLED = 10
"""Windows after which the trainer has allocated what it needs."""

Measured = tuple[str, float, float]
"""What was measured, its value, and the least that is allowed."""


def speed() -> Iterator[Measured]:
    """Ratios of speed."""
    throughput.build_rust()
    median = {name: statistics.median(slices) for name, slices in throughput.race(NUM_ENVS).items()}
    native, vector = median["BatchCore native"], median["ProspectorVecEnv"]
    yield "native core over C reference", native / median["BatchCore reference"], 4.0
    yield "vector environment over Rust", vector / median[throughput.TWINS["ProspectorVecEnv"]], 0.8
    command = [*ABP, "profile", "--against", "pufferl", "--rounds", "9", "--json"]
    profile = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    yield "trainer over PuffeRL", profile["pufferl_ratio"], 1.6


def soak() -> Iterator[Measured]:
    """What a long training comes to."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        memory = list(_train(run))
        # A ratio below 1 is growth.
        yield "memory at first over memory at last", memory[SETTLED] / memory[-1], 0.9
        command = [*ABP, "eval", "--run-dir", str(run), "--episodes", "300", "--json"]
        played = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        yield "credits", played["credits_mean"], 108_000
        yield "survival", played["survival_rate"], 0.98


def _train(run: Path) -> Iterator[int]:
    """Train into ``run``; the resident bytes of the trainer, after each window."""
    command = [*ABP, "train", "--preset", "strong", "--seed", "1", "--run-dir", str(run), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as trainer:
        assert trainer.stdout is not None
        for _ in trainer.stdout:
            yield psutil.Process(trainer.pid).memory_info().rss
    if trainer.returncode:
        raise SystemExit(f"the trainer ended with exit code {trainer.returncode}")


def main() -> int:
    """Measure, print each figure beside its threshold; 1 if one is below it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("speed", "soak"))
    measured = list({"speed": speed, "soak": soak}[parser.parse_args().what]())
    for name, value, least in measured:
        print(f"{name:36} {value:>12,.2f}   at least {least:,g}   {'ok' if value >= least else 'TOO LOW'}")
    return int(any(value < least for _, value, least in measured))


if __name__ == "__main__":
    sys.exit(main())
