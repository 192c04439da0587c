"""The arguments of ``abp train`` and ``python -m abp.train``; needs nothing but the standard library."""

import argparse
from pathlib import Path

from abp.runs.arguments import add_config_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of a training run: ``command.TrainOptions.of`` reads them."""
    add_config_arguments(parser)
    parser.add_argument("--run-dir", type=Path, metavar="DIR", help="where the run lives (default: runs/NAME-TIME)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in DIR")
    parser.add_argument("--track", metavar="WHERE", help="wandb, tensorboard or none, instead of the config's")
    parser.add_argument("--json", action="store_true", help="print one JSON object a window")
    # A supervisor's: stop when the parent process dies; a number that every event tells.
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--token", type=int, help=argparse.SUPPRESS)
