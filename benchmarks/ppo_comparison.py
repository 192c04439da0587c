"""Trains with examples/ppo.py and with the fast trainer, and draws both: python benchmarks/ppo_comparison.py --seeds 8

Each seed is trained by both at once, with the settings of the example and a window for each rollout. The learning
curves go to docs/ppo-curves.json, and their picture to docs/ppo-curves.svg. ``--draw`` draws the recorded curves again.
It prints how far the two are apart, over the windows: the difference of their means over the seeds, and how often that
lies within two standard errors.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import fmean, variance
from typing import Any

from curves import COLOURS, Panel, picture

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs" / "ppo-curves.json"
PANELS: tuple[Panel, ...] = (
    ("reward_mean", "training reward of a step", None),
    ("entropy", "entropy of the policy, in nats", None),
)
METRICS = tuple(field for field, _, _ in PANELS)
"""Columns of a curve, beside env_steps_total."""

TRAINERS = ("example", "fast trainer")
PLAIN = {"reward": "sparse", "logbook": False, "min_cutoff_steps": 0, "stall_limit": 0, "precision": "float32"}
"""Config of the fast trainer that leaves the algorithm alone on."""


def settings(steps: int) -> dict[str, Any]:
    """The example's config, which the fast trainer gets too."""
    sys.path.insert(0, str(ROOT / "examples"))
    from dataclasses import asdict

    import ppo

    config = ppo.Config(total_env_steps=steps)
    return {**asdict(config), "window_env_steps": config.num_envs * config.num_steps}


def train(seed: int, config: dict[str, Any], directory: Path) -> list[dict[str, Any]]:
    """Train with both from ``seed``. Returns a curve each."""
    path = directory / f"config-{seed}.json"
    path.write_text(json.dumps({**config, **PLAIN, "seed": seed}))
    options = [
        word for name, value in {**config, "seed": seed}.items() for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    commands = (
        [sys.executable, str(ROOT / "examples" / "ppo.py"), *options],
        [sys.executable, "-m", "abp.train", "--config", str(path), "--run-dir", str(directory / f"{seed}"), "--json"],
    )
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    curves = []
    for trainer, process in zip(TRAINERS, processes, strict=True):
        output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{trainer}, seed {seed}: exit code {process.returncode}")
        rows = [row for row in map(json.loads, output.splitlines()) if "reward_mean" in row]
        columns = {name: [row[name] for row in rows] for name in ("env_steps_total", *METRICS)}
        curves.append({"trainer": trainer, "seed": seed, **columns})
    return curves


def compare(curves: list[dict[str, Any]]) -> None:
    """Print how far the trainers are apart."""
    for metric in METRICS:
        # For each trainer, the values of its seeds in each window.
        windows = [
            list(zip(*(curve[metric] for curve in curves if curve["trainer"] == trainer), strict=True))
            for trainer in TRAINERS
        ]
        means = [[fmean(values) for values in each] for each in windows]
        errors = [
            (sum(variance(values) / len(values) for values in pair)) ** 0.5 for pair in zip(*windows, strict=True)
        ]
        apart = [abs(one - other) for one, other in zip(*means, strict=True)]
        near = sum(distance <= 2 * error for distance, error in zip(apart, errors, strict=True))
        span = max(means[0]) - min(means[0])
        print(
            f"{metric}: the example's mean moves by {span:.3g}; the two are {fmean(apart):.2g} apart on average, ",
            end="",
        )
        print(f"{max(apart):.2g} at most; within 2 standard errors in {near} of {len(apart)} windows")


def draw(curves: list[dict[str, Any]]) -> str:
    """The picture: a colour for each trainer, a line for each seed."""
    runs = [
        [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for columns in ({name: curve[name] for name in ("env_steps_total", *METRICS)} for curve in curves)
    ]
    colours = [COLOURS[TRAINERS.index(curve["trainer"])] for curve in curves]
    return picture(runs, colours, PANELS, dict(zip(TRAINERS, COLOURS, strict=False)))


def main() -> None:
    """Train or read, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8, metavar="N", help="train with the seeds 1 to N")
    parser.add_argument("--total-env-steps", type=int, default=262_144, metavar="N", help="of each run")
    parser.add_argument("--draw", action="store_true", help="only draw what is recorded")
    args = parser.parse_args()
    if not args.draw:
        config = settings(args.total_env_steps)
        with tempfile.TemporaryDirectory() as directory:
            seeds = range(1, args.seeds + 1)
            curves = [curve for seed in seeds for curve in train(seed, config, Path(directory))]
        RECORD.write_text(json.dumps({"config": config, "fast_trainer_only": PLAIN, "curves": curves}) + "\n")
    record = json.loads(RECORD.read_text())
    compare(record["curves"])
    RECORD.with_suffix(".svg").write_text(draw(record["curves"]))


if __name__ == "__main__":
    main()
