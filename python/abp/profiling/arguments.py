"""The arguments of ``abp profile``; light, so that ``abp --help`` is quick."""

import argparse

from abp.runs.arguments import add_config_arguments

BASELINES = ("pufferl", "sb3")
"""Trainers to compare with: PufferLib's PuffeRL and Stable-Baselines3's PPO."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to train for a few iterations, and what to measure beside it."""
    add_config_arguments(parser)
    parser.add_argument(
        "--against", choices=BASELINES, action="append", default=[], help="measure this trainer too; may be given again"
    )
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="iterations of each, in turns (default 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
