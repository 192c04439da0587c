"""``abp profile``: parsed arguments in, exit code out."""

import argparse
import json
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

from abp.extras import install_command
from abp.runs.config_source import ConfigError, ConfigSource
from abp.train.command import check_device

DONE, FAILED, BAD_ARGUMENTS = 0, 1, 2
"""Exit codes."""

NEEDS = {
    "pufferl": ("pufferlib", install_command("train")),
    "sb3": ("stable_baselines3", "uv sync --group bench"),
}
"""What each baseline imports, and what brings it."""


def run(args: argparse.Namespace) -> int:
    """Measure as ``args`` say and print it. Errors are one line on stderr."""
    try:
        if not 1 <= args.rounds <= 1000:
            raise ConfigError(f"--rounds is {args.rounds}, must be from 1 to 1000")
        config = ConfigSource.of(args).read()
        for name in args.against:
            package, remedy = NEEDS[name]
            if find_spec(package) is None:
                raise ConfigError(f"--against {name} needs {package}; install with: {remedy}")
        if args.against and config.device == "cuda":
            raise ConfigError("--against compares on the CPU; config field device is 'cuda', must be cpu or auto")
        if args.against:
            # The same network on the same observations: the others have no logbook.
            config = config.model_copy(update={"device": "cpu", "logbook": False})
        # Torch takes seconds to import: after the arguments are known to be good.
        check_device(config)
    except ConfigError as error:
        print(f"abp profile: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
    from abp.profiling.comparison import Baseline, BaselineError, measure

    try:
        with ExitStack() as stack:
            baselines = [stack.enter_context(Baseline(name, config)) for name in dict.fromkeys(args.against)]
            result = measure(config, baselines, args.rounds)
    except BaselineError as error:
        print(f"abp profile: {error}", file=sys.stderr)
        return FAILED
    print(json.dumps(result) if args.json else _text(result))
    return DONE


def _text(result: dict[str, Any]) -> str:
    shares = ", ".join(f"{name} {share:.0%}" for name, share in result["breakdown"].items())
    lines = [f"{'abp':8} {result['sps']:>10,} steps/s   {shares}"]
    for name in NEEDS:
        if f"{name}_sps" in result:
            lines.append(
                f"{name:8} {result[f'{name}_sps']:>10,} steps/s   abp is {result[f'{name}_ratio']:.2f} times as fast"
            )
    return "\n".join(lines)
