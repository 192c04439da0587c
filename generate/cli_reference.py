"""Writes docs/cli.md from the parsers of ``abp`` and the run's config: python generate/cli_reference.py [--check]"""

import argparse
import sys
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from abp.cli import build_parser
from abp.runs.config import TrainConfig

PAGE = Path(__file__).parents[1] / "docs/cli.md"
HEAD = """\
# Command line

This page lists the commands of `abp`, their options, and the fields of a run's config. It is made from the program
(`make generate`). The [guide](guide/train.md) shows how the commands are used, for example:

```sh
abp --version
abp bots --episodes 4 --time-max 200
```

"""
BOUNDS = ((Ge, "ge", "from {}"), (Gt, "gt", "above {}"), (Le, "le", "to {}"), (Lt, "lt", "below {}"))


def page() -> str:
    """The whole page."""
    parser = build_parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    shown = {choice.dest: choice.help for choice in commands._choices_actions}
    parts = [_command(name, shown[name] or "", commands.choices[name]) for name in shown]
    return HEAD + "\n".join([*parts, _config()])


def _command(name: str, summary: str, parser: argparse.ArgumentParser) -> str:
    text = parser.description or f"{summary[:1].upper()}{summary[1:]}."
    lines = [f"## abp {name}", "", text, ""]
    rows = [_option(action, parser) for action in parser._actions if action.help is not argparse.SUPPRESS]
    if len(rows) > 1:  # the first is --help
        lines += ["| option | meaning |", "|---|---|", *rows[1:], ""]
    return "\n".join(lines)


def _option(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    value = ""
    if action.nargs != 0:
        choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices is not None else None
        value = str(action.metavar or choices or action.dest.upper())
    name = f"{', '.join(action.option_strings)} {value}".strip()
    told = (action.help or "") % {**vars(action), "prog": parser.prog}
    return f"| `{name}` | {_cell(told)}{' (required)' if action.required and action.option_strings else ''} |"


def _config() -> str:
    lines = [
        "## Fields of the config",
        "",
        "A config file has these keys; what it leaves out is taken from the preset.",
        "",
        "| field | default | allowed | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in TrainConfig.model_fields.items():
        default = field.get_default(call_default_factory=True)
        told = _cell(field.description or "")
        lines.append(f"| `{name}` | {_value(default)} | {_allowed(field)} | {told} |")
    return "\n".join([*lines, ""])


def _value(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else f"`{value}`"


def _allowed(field: FieldInfo) -> str:
    arguments = getattr(field.annotation, "__args__", None)
    if getattr(field.annotation, "__name__", "") == "Literal" or field.annotation is bool:
        return ", ".join(f"`{choice}`" for choice in arguments or (False, True))
    told = [
        text.format(_value(getattr(bound, name)))
        for kind, name, text in BOUNDS
        for bound in field.metadata
        if isinstance(bound, kind)
    ]
    return " ".join(told)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the page; with --check only say whether it is stale."""
    if sys.argv[1:] == ["--check"]:
        if PAGE.read_text() != page():
            print(f"{PAGE.name} is stale; run: make generate", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
