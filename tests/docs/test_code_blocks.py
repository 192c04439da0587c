"""Every code block of the README and the docs does what it shows.

The blocks of a page are run in order, in one empty directory and one Python namespace, as a reader would run them. A
shell command whose comment says what it ``takes`` or ``needs`` is not run, but its arguments are still checked by the
real parser. A Python block that begins with such a comment is only compiled. Commands that set up a checkout are
checked and not run, as the tests run in one.
"""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

from abp import cli

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "```" in page.read_text()
]
LANGUAGES = {"python", "sh", "json", "text"}
NOT_RUN = re.compile(r"(takes|needs) ", re.IGNORECASE)
RUN = {"abp", "cat", "echo"}
SETS_UP = {"cd", "git", "make", "pip", "source", "uv"}
NEEDS_MORE = {"celery", "curl", "daphne", "torchrun", "tensorboard", "wandb"}


def run_python(example: Example) -> None:
    """Run a block, or only compile it if its first line says what it needs."""
    first = example.parsed.lstrip().partition("\n")[0]
    if first.startswith("#") and NOT_RUN.match(first.lstrip("# ")):
        compile(example.parsed, example.path, "exec")
    else:
        PythonEvaluator()(example)


def run_shell(example: Example) -> None:
    """Check every command of a block, and run those that may be run here."""
    script = []
    for line in example.parsed.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            del words[0]
        if not words:
            continue
        check(words)
        comment = line.rpartition("# ")[2] if "# " in line else ""
        if words[0] in RUN and not NOT_RUN.match(comment):
            script.append(line)
        else:
            assert words[0] in SETS_UP or NOT_RUN.match(comment), f"say in a comment what it takes or needs: {line}"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        env={**os.environ, "PATH": path, "WANDB_MODE": "offline"},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, f"{example.parsed}\n{done.stdout}\n{done.stderr}"


def check(words: list[str]) -> None:
    """A command of the project has arguments that its parser takes; any other program is one that pages may name."""
    program, arguments = words[0], words[1:]
    if program == "torchrun":
        start = arguments.index("abp.train")
        program, arguments = "abp", ["train", *arguments[start + 1 :]]
    if program == "abp":
        if arguments not in (["--version"], ["--help"]):
            cli.build_parser().parse_args(arguments)
    elif program == "make":
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        assert {word for word in arguments if "=" not in word} <= targets, f"no such target: {shlex.join(words)}"
    elif program == "curl":
        resolve(urlsplit(arguments[-1]).path.replace("/RUN/", f"/{uuid.uuid4()}/"))
    elif program == "celery":
        assert importlib.util.find_spec(arguments[arguments.index("-A") + 1]), f"no such module: {shlex.join(words)}"
    else:
        assert program in RUN | SETS_UP | NEEDS_MORE, f"unknown program: {shlex.join(words)}"


BLOCKS = Sybil(
    parsers=[
        CodeBlockParser("python", run_python),
        CodeBlockParser("sh", run_shell),
        CodeBlockParser("json", lambda example: json.loads(example.parsed) and None),
    ]
)


def run_page(page: Path) -> int:
    """Run the blocks of ``page``. Returns how many there were."""
    fences = re.findall(r"^ *```(.*)$", page.read_text(), re.MULTILINE)
    assert len(fences) % 2 == 0, f"{page}: a fence is not closed"
    unknown = {opened for opened in fences[::2] if opened not in LANGUAGES}
    assert not unknown, f"{page}: a block must be one of {sorted(LANGUAGES)}, not {sorted(unknown)}"
    examples = list(BLOCKS.parse(page).examples())
    assert len(examples) == sum(opened != "text" for opened in fences[::2]), f"{page}: not every block was found"
    for example in examples:
        example.evaluate()
    return len(examples)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(page)


@pytest.mark.parametrize(
    "block",
    [
        "```python\nimport abp\nabp.Spaceship()\n```",
        "```python\n# Needs a server.\nthis is no python\n```",
        "```sh\nabp train --no-such-flag\n```",
        "```sh\nabp eval --episodes 3    # takes long\n```",
        "```sh\ncat no-such-file\n```",
        "```sh\nmake no-such-target\n```",
        "```sh\nrm no-such-file\n```",
        "```sh\ncurl http://127.0.0.1/health\n```",
        "```sh\ncurl http://127.0.0.1/api/nothing    # needs a server\n```",
        '```json\n{"a": }\n```',
        "```\nno language\n```",
        "```python\nunclosed = True\n",
    ],
)
def test_a_broken_block_fails(block, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{block}\n")
    with pytest.raises((AssertionError, AttributeError, Resolver404, SyntaxError, SystemExit, json.JSONDecodeError)):
        run_page(page)


def test_a_sound_block_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("```python\nopen('made', 'w').close()\n```\n\n```sh\ncat made\nabp --version\n```\n")
    assert run_page(page) == 2
