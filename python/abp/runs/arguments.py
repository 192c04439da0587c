"""The command line's way to a run's config; needs nothing but the standard library, so that ``abp --help`` is quick."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from abp.runs.presets import PRESETS


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """What to train: ``ConfigSource.of`` reads these arguments. ``parser`` is made with ``add_help=False``."""
    parser.add_argument("-h", "--help", action=_HelpWithFields, help="show this help and the fields of the config")
    parser.add_argument("--preset", choices=tuple(PRESETS), help="a config by name, which --config's fields change")
    parser.add_argument("--config", type=Path, metavar="FILE.json", help="fields of the run's config")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="a field of the run's config, over those of --config; may be given again",
    )
    parser.add_argument("--seed", type=int, help="instead of the config's")
    parser.add_argument("--total-env-steps", type=int, metavar="N", help="instead of the config's")


class _HelpWithFields(argparse.Action):
    """Shows the parser's help, and the fields of the config as the model has them."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest=argparse.SUPPRESS, default=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        parser.print_help()
        try:
            # pydantic comes with the extra `train`: the help of the wheel alone must not need it.
            from abp.runs.config_source import describe_fields
        except ImportError:
            parser.exit()
        print(f"\nfields of the config, with their defaults:\n{describe_fields()}")
        parser.exit()
