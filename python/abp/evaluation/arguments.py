"""The arguments of ``abp eval``, ``abp bots`` and ``abp benchmark``; light, so that ``abp --help`` is quick."""

import argparse
from pathlib import Path
from typing import Any

from abp.rules import TIME_MAX


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the three commands to ``abp``."""
    evaluate = commands.add_parser(
        "eval", help="play a trained policy", description="Play whole episodes of a trained policy."
    )
    _add_policy(evaluate)
    _add_seeds(evaluate, "--seed-base", episodes=100)
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")

    bots = commands.add_parser("bots", help="play the scripted players", description="Play every scripted player.")
    _add_seeds(bots, "--seed-base", episodes=100)
    bots.add_argument("--only", metavar="NAME", action="append", help="only this player; may be given again")
    bots.add_argument("--json", action="store_true", help="print one JSON object, its keys the players")

    benchmark = commands.add_parser(
        "benchmark",
        help="compare a policy with the scripted players",
        description="Play a trained policy and every scripted player on the same seeds; write results.json and "
        "report.md.",
    )
    _add_policy(benchmark)
    _add_seeds(benchmark, "--seeds", episodes=1000)
    benchmark.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write (default RUN/benchmark, else ./benchmark)"
    )
    benchmark.add_argument(
        "--track", choices=("none", "wandb"), default="none", help="also as a job of Weights & Biases (default none)"
    )


def _add_policy(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--run-dir", type=Path, metavar="RUN", help="a run's directory: its newest checkpoint plays")
    source.add_argument("--checkpoint", type=Path, metavar="FILE.pt", help="this checkpoint plays")
    parser.add_argument("--greedy", action="store_true", help="the most probable action instead of a sampled one")
    parser.add_argument("--sampling-seed", type=int, default=1, metavar="S", help="of the sampled actions (default 1)")


def _add_seeds(parser: argparse.ArgumentParser, base: str, *, episodes: int) -> None:
    parser.add_argument("--episodes", type=int, default=episodes, metavar="N", help=f"default {episodes}")
    parser.add_argument(
        base, dest="seed_base", type=int, default=1_000_000, metavar="BASE", help="first seed (default 1000000)"
    )
    parser.add_argument(
        "--time-max", type=float, default=TIME_MAX, metavar="TICKS", help=f"of an episode (default {TIME_MAX:.0f})"
    )
    parser.add_argument("--threads", type=int, default=1, metavar="T", help="for the environments (default 1)")
