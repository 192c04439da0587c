"""Write what other languages and the docs say of the rules, from the table that the core exports.

python generate/rules.py          writes the files
python generate/rules.py --check  fails if a file is not what would be written
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import rules_markdown
import rules_python
import rules_shapes
import rules_typescript

ROOT = Path(__file__).resolve().parents[1]
RUFF = ROOT / ".venv/bin/ruff"
BIOME = ROOT / "frontend/node_modules/.bin/biome"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    check = parser.parse_args().check
    files = generated(json.loads(output("cargo", "run", "--quiet", "--locked", "--package", "prospector-rules")))
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if check and stale:
        sys.exit(f"stale: {', '.join(str(path.relative_to(ROOT)) for path in stale)}; run make generate")
    if not check:
        for path in stale:
            path.write_text(files[path])
            print(f"wrote {path.relative_to(ROOT)}")


def generated(table: rules_markdown.Table) -> dict[Path, str]:
    """The text of each generated file."""
    module, script = ROOT / "python/abp/rules.py", ROOT / "frontend/src/game/rules.ts"
    files = {
        module: output(RUFF, "format", f"--stdin-filename={module}", "-", text=rules_python.module(table)),
        script: output(
            BIOME, "format", f"--stdin-file-path={script}", cwd=ROOT / "frontend", text=rules_typescript.module(table)
        ),
    }
    shapes = ROOT / "python/abp/episodes/events.py"
    files[shapes] = output(RUFF, "format", f"--stdin-filename={shapes}", "-", text=rules_shapes.module(table))
    for name in ("docs/rules.md", "docs/records.md", "python/abp/envs/env.py"):
        files[ROOT / name] = rules_markdown.with_tables((ROOT / name).read_text(), table)
    return files


def output(*command: str | Path, text: str = "", cwd: Path = ROOT) -> str:
    """What a command prints, given ``text`` on its standard input."""
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True, cwd=cwd).stdout


if __name__ == "__main__":
    main()
