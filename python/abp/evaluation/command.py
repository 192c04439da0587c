"""``abp eval``, ``abp bots`` and ``abp benchmark``: parsed arguments in, exit code out."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abp.evaluation.benchmark import POLICY, as_json, measure, policy_origin
from abp.evaluation.report import report
from abp.evaluation.rollout import Episodes, play, seed_range
from abp.evaluation.summary import summarise
from abp.extras import install_command
from abp.players.bots import BOTS
from abp.players.protocol import Player
from abp.system.files import write_atomically
from abp.tracking import TrackingError
from abp.tracking.eval_job import eval_job

if TYPE_CHECKING:
    from abp.evaluation.trained_policy import LoadedPolicy

DONE, FAILED, BAD_ARGUMENTS = 0, 1, 2
"""Exit codes."""

MAX_EPISODES = 10_000_000


class ArgumentError(ValueError):
    """An argument can't be used; the message says what to do."""


def run(args: argparse.Namespace) -> int:
    """Run the command ``args.command``. Errors are one line on stderr."""
    commands = {"eval": _eval, "bots": _bots, "benchmark": _benchmark}
    try:
        _check_numbers(args)
        commands[args.command](args)
    except ArgumentError as error:
        print(f"abp {args.command}: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
    except OSError as error:
        print(f"abp {args.command}: {error.filename or 'output'} can't be written: {error.strerror}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"abp {args.command}: stopped; nothing was written", file=sys.stderr)
        return FAILED
    return DONE


def _eval(args: argparse.Namespace) -> None:
    loaded = _load(args)
    episodes = _play(POLICY, _player(loaded, args), args)
    result = summarise(episodes) | _origin(loaded, args) | {"seed_base": args.seed_base}
    if args.json:
        print(json.dumps(result))
    else:
        print(_line(loaded.path.name, result))


def _bots(args: argparse.Namespace) -> None:
    unknown = sorted(set(args.only or ()) - set(BOTS))
    if unknown:
        raise ArgumentError(f"--only is {', '.join(unknown)}; allowed: {', '.join(BOTS)}")
    results = {}
    for name in args.only or BOTS:
        results[name] = summarise(_play(name, BOTS[name](), args))
        if not args.json:
            print(_line(name, results[name]), flush=True)
    if args.json:
        print(json.dumps(results))


def _benchmark(args: argparse.Namespace) -> None:
    loaded = _load(args)
    out = args.out or (args.run_dir / "benchmark" if args.run_dir else Path("benchmark"))
    out.mkdir(parents=True, exist_ok=True)
    try:
        with eval_job(args.track, out, loaded.path, _origin(loaded, args), warn=_warn) as job:
            players: dict[str, Player] = {
                POLICY: _player(loaded, args),
                **{name: make() for name, make in BOTS.items()},
            }
            episodes = {name: _play(name, player, args) for name, player in players.items()}
            origins = {POLICY: _origin(loaded, args)}
            results = measure(episodes, subject=POLICY, time_max=args.time_max, players=origins)
            text = report(results)
            written = [out / "results.json", out / "report.md"]
            _write(written[0], as_json(results))
            _write(written[1], text)
            if job is not None:
                job.finish(results, written)
    except TrackingError as error:
        raise ArgumentError(str(error)) from error
    print(text)
    print(f"written: {written[0]}, {written[1]}")


def _warn(text: str) -> None:
    print(f"abp benchmark: {text}", file=sys.stderr)


def _check_numbers(args: argparse.Namespace) -> None:
    allowed = {
        "episodes": (args.episodes, 1, MAX_EPISODES),
        "threads": (args.threads, 1, 1024),
        "time-max": (args.time_max, 1, 16_777_216),
        "sampling-seed": (getattr(args, "sampling_seed", 1), 0, 2**53 - 1),
    }
    for name, (value, low, high) in allowed.items():
        if not low <= value <= high:
            raise ArgumentError(f"--{name} is {value:g}; allowed: {low:,} to {high:,}")
    try:
        seed_range(args.seed_base, args.episodes)
    except ValueError as error:
        raise ArgumentError(str(error)) from error


def _load(args: argparse.Namespace) -> "LoadedPolicy":
    missing = ", ".join(package for package in ("torch", "pydantic") if find_spec(package) is None)
    if missing:
        raise ArgumentError(f"{missing} missing; install with: {install_command('train')}")
    import torch

    from abp.evaluation.trained_policy import load_policy, newest_checkpoint
    from abp.train.checkpoint import CheckpointError

    # One thread: the same sums in the same order on every machine's number of cores.
    torch.set_num_threads(1)
    try:
        return load_policy(args.checkpoint or newest_checkpoint(args.run_dir))
    except CheckpointError as error:
        raise ArgumentError(str(error)) from error


def _player(loaded: "LoadedPolicy", args: argparse.Namespace) -> Player:
    from abp.players.policy import PolicyPlayer

    return PolicyPlayer(loaded.policy, greedy=args.greedy, sampling_seed=args.sampling_seed)


def _origin(loaded: "LoadedPolicy", args: argparse.Namespace) -> dict[str, Any]:
    return policy_origin(
        checkpoint=loaded.path.name,
        sha256=loaded.sha256,
        env_steps_total=loaded.env_steps_total,
        greedy=args.greedy,
        sampling_seed=args.sampling_seed,
    )


def _play(name: str, player: Player, args: argparse.Namespace) -> Episodes:
    seeds = seed_range(args.seed_base, args.episodes)
    begun = time.perf_counter()
    with _progress(name) as progress:
        episodes = play(player, seeds, time_max=args.time_max, num_threads=args.threads, progress=progress)
    if sys.stderr.isatty():
        seconds = time.perf_counter() - begun
        steps = int(episodes.steps.sum())
        print(f"{name}: {steps:,} steps in {seconds:.1f} s, {steps / seconds:,.0f} steps/s", file=sys.stderr)
    return episodes


@contextmanager
def _progress(name: str) -> Iterator[Any]:
    """A line on stderr that says how far the episodes are; none where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(played: int, total: int) -> None:
        print(f"\r{name}: {played / total:4.0%} of {total:,} ticks", end="", file=sys.stderr, flush=True)

    yield show
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _line(name: str, result: dict[str, Any]) -> str:
    low, high = result["credits_ci95"]
    return (
        f"{name}: {result['credits_mean']:,.0f} credits (95% {low:,.0f} to {high:,.0f}), "
        f"survival {result['survival_rate']:.1%}, return {result['return_mean']:,.1f}, "
        f"{result['episodes']:,} episodes of {result['steps_mean']:,.0f} steps"
    )


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda file: file.write(text.encode()))
