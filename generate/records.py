"""Writes what is derived from the records' classes: `make generate`. With `--check` it only says what is stale.

docs/openapi.json            the API's schema, with the messages of its websockets
docs/metrics.md              the table of a window's metrics
docs/records.md              a table a record
frontend/src/api/schema.ts   the types of docs/openapi.json
frontend/src/api/metrics.ts  the unit and meaning of each of a window's metrics
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from records_markdown import Schemas, meaning, with_records

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
OPENAPI = ROOT / "docs" / "openapi.json"
PAGES = (ROOT / "docs" / "metrics.md", ROOT / "docs" / "records.md")
SCHEMA_TS = FRONTEND / "src" / "api" / "schema.ts"
METRICS_TS = FRONTEND / "src" / "api" / "metrics.ts"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")
    check = parser.parse_args().check
    openapi = openapi_schema()
    schemas = {**openapi["components"]["schemas"], **event_schemas()}
    text = json.dumps(openapi, indent=2) + "\n"
    wanted = {
        OPENAPI: text,
        **{page: with_records(page.read_text(), schemas) for page in PAGES},
        SCHEMA_TS: schema_ts(text),
        METRICS_TS: metrics_ts(schemas["WindowRow"]),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: run make generate' if check else 'written'}")
        if not check:
            path.write_text(wanted[path])
    return int(check and bool(stale))


def openapi_schema() -> dict[str, Any]:
    """What the server answers at /api/openapi.json."""
    sys.path.insert(0, str(ROOT / "webapp"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory() as data:
        # Settings keep a secret key in the data directory.
        os.environ["ABP_DATA_DIR"] = data
        import django

        django.setup()
        from config.api import api

        schema: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
        return schema


def event_schemas() -> Schemas:
    """Schemas of the events that a trainer writes, without what every event has. The API does not show them."""
    from abp.runs.events import Event, RunEvent

    schemas: Schemas = TypeAdapter(Event).json_schema(mode="serialization")["$defs"]
    head = RunEvent.model_json_schema(mode="serialization")
    for schema in schemas.values():
        if head["properties"].keys() <= schema["properties"].keys():
            for name in head["properties"]:
                del schema["properties"][name]
    return {**schemas, "RunEvent": head}


def metrics_ts(window: dict[str, Any]) -> str:
    """Unit and meaning of a window's metrics for the browser app."""
    fields = {
        name: {"unit": field.get("unit", ""), "meaning": meaning(field).replace("`", "")}
        for name, field in window["properties"].items()
    }
    return formatted(
        METRICS_TS,
        "// Written by `make generate` from abp.runs.window; changes are lost.\n"
        "/** Unit and meaning of each metric of a window. */\n"
        f"export const WINDOW_METRICS = {json.dumps(fields)} as const;\n",
    )


def schema_ts(openapi: str) -> str:
    """The types of the schema, by openapi-typescript."""
    with tempfile.TemporaryDirectory() as directory:
        source, target = Path(directory) / "openapi.json", Path(directory) / "schema.ts"
        source.write_text(openapi)
        command = ["npm", "run", "--silent", "--workspace", "schema", "generate", "--", str(source), "-o", str(target)]
        subprocess.run(command, cwd=FRONTEND, check=True, stdout=subprocess.DEVNULL)
        return formatted(SCHEMA_TS, target.read_text())


def formatted(path: Path, text: str) -> str:
    """As `make lint` wants a file at ``path`` to be."""
    biome = FRONTEND / "node_modules" / ".bin" / "biome"
    command = [str(biome), "format", f"--stdin-file-path={path.relative_to(FRONTEND)}"]
    return subprocess.run(command, cwd=FRONTEND, input=text, text=True, check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.exit(main())
