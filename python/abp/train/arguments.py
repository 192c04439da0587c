"""The arguments of ``abp train`` and ``python -m abp.train``; needs nothing but the standard library."""

import argparse
from pathlib import Path

from abp.runs.presets import PRESETS


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """What to train: ``command.read_config`` reads it."""
    parser.add_argument("--preset", choices=tuple(PRESETS), help="a config by name, which --config's fields change")
    parser.add_argument("--config", type=Path, metavar="FILE.json", help="fields of the run's config")
    parser.add_argument("--seed", type=int, help="instead of the config's")
    parser.add_argument("--total-env-steps", type=int, metavar="N", help="instead of the config's")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of a training run."""
    add_config_arguments(parser)
    parser.add_argument("--run-dir", type=Path, metavar="DIR", help="where the run lives (default: runs/NAME-TIME)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in DIR")
    parser.add_argument("--track", metavar="WHERE", help="wandb, tensorboard or none, instead of the config's")
    parser.add_argument("--json", action="store_true", help="print one JSON object a window")
    parser.add_argument("--supervised", action="store_true", help="stop when the parent process dies")
    parser.add_argument("--token", type=int, metavar="N", help="the supervisor's token, in every event")
