"""Fails if the files of a crate need each other in a circle, or if a crate depends on one that is not below it.

Run it from anywhere: ``python crates/check_imports.py``. A Rust file needs what it imports. A C file needs the files
whose functions and tables it uses. Unit tests (``#[cfg(test)]``) may import what they like.
"""

import json
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What each crate of the workspace may depend on.
BELOW = {
    "simd": set(),
    "core": {"simd"},
    "pilot": {"simd", "core"},
    "ppo": {"simd", "core", "pilot"},
    "rules": {"core"},
    "reference": {"core"},
    "parity": {"simd", "core", "pilot", "ppo", "reference"},
    "fuzz": {"simd", "core", "pilot", "ppo", "reference", "parity"},
    "py": {"simd", "core", "pilot", "ppo", "rules", "reference"},
}
PREFIX = "prospector-"
STRING = r'"(?:\\.|[^"\\])*"'
C_DEFINITION = re.compile(r"^[A-Za-z][\w *]*?\b(pr_\w+)(?:\([^;{]*\)\s*\{|\[)", re.MULTILINE)
IMPORT = re.compile(r"\buse\s+([^;]*);|\b((?:crate|super)(?:::\w+)+)")


def wrong_dependencies() -> list[str]:
    """The dependencies of crates that :data:`BELOW` does not allow."""
    command = ["cargo", "metadata", "--no-deps", "--locked", "--offline", "--format-version", "1"]
    packages = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)["packages"]
    found = []
    for package in packages:
        name = package["name"].removeprefix(PREFIX)
        used = {item["name"] for item in package["dependencies"] if item["name"].startswith(PREFIX)}
        above = {item.removeprefix(PREFIX) for item in used} - BELOW.get(name, set())
        found += [f"{PREFIX}{name} depends on {PREFIX}{other}, which is not below it" for other in sorted(above)]
    return found


def code_of(file: Path) -> str:
    """The source without comments, strings and unit tests."""
    text = re.sub(rf"{STRING}|//[^\n]*|/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
    text = re.sub(r"#\[cfg\(test\)\]\s*(?:mod|impl)\b.*?\n}", "", text, flags=re.DOTALL)
    # The parent of a module inside the file is the file itself.
    inner = re.compile(r"^(?:pub(?:\(\w+\))? )?mod \w+ {.*?^}", re.DOTALL | re.MULTILINE)
    return inner.sub(lambda module: module[0].replace("super::", "self::"), text)


def paths_of(tree: str) -> list[str]:
    """``a::{b, c::d}`` as ``a::b`` and ``a::c::d``."""
    head, brace, rest = tree.partition("{")
    if not brace:
        return [head.split(" as ")[0].strip()]
    items, depth = [""], 0
    for letter in rest[: rest.rindex("}")]:
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            items.append("")
        else:
            items[-1] += letter
    return [head.strip() + path for item in items if item.strip() for path in paths_of(item.strip())]


def imports_of(file: Path, source: Path) -> set[Path]:
    """The files of the same crate that a file names in imports and in paths."""
    module = list(file.relative_to(source).with_suffix("").parts)
    if module[-1] in ("lib", "main", "mod"):
        module.pop()
    found = set()
    for use, path in IMPORT.findall(code_of(file)):
        for item in paths_of(use or path):
            first, *parts = item.split("::")
            starts = {"crate": [], "self": module, "super": module[:-1]}
            if first not in starts:
                parts = [first, *parts]  # a child of this module, or another crate, which has no file here
            at = starts.get(first, module)
            while parts[:1] == ["super"]:
                at, parts = at[:-1], parts[1:]
            at = [*at, *parts]
            # The longest part of the path that is a file holds the item.
            files = (source.joinpath(*at[:n], end) for n in range(len(at), -1, -1) for end in ("mod.rs", "lib.rs"))
            names = (source.joinpath(*at[:n]).with_suffix(".rs") for n in range(len(at), 0, -1))
            found.update([file for file in [*names, *files] if file.is_file()][:1])
    return found - {file}


def rust_graphs() -> list[dict[Path, set[Path]]]:
    """For each crate, what each of its files needs."""
    sources = sorted(ROOT.glob("crates/*/src"))
    return [{file: imports_of(file, source) for file in sorted(source.rglob("*.rs"))} for source in sources]


def c_graph() -> dict[Path, set[Path]]:
    """What each file of the C reference needs."""
    files = sorted(ROOT.glob("crates/*/csrc/*.c"))
    texts = {file: re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL) for file in files}
    homes = {name: file for file, text in texts.items() for name in C_DEFINITION.findall(text)}
    return {
        file: {homes[name] for name in re.findall(r"\bpr_\w+", text) if name in homes} - {file}
        for file, text in texts.items()
    }


def circles() -> list[str]:
    """One circle for each program that has any."""
    found = []
    for graph in [*rust_graphs(), c_graph()]:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            files = [str(file.relative_to(ROOT)) for file in reversed(error.args[1])]
            found.append("a circle: " + " needs ".join(files))
    return found


if __name__ == "__main__":
    problems = wrong_dependencies() + circles()
    sys.exit("\n".join(problems) or 0)
