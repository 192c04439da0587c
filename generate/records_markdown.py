"""Records as Markdown tables, put between the markers of a page."""

import re
from typing import Any

Schemas = dict[str, dict[str, Any]]


def with_records(page: str, schemas: Schemas) -> str:
    """``page`` with what stands between each ``<!-- record: Name -->`` and ``<!-- end -->`` written anew.

    ``schemas``: by name of the record. Raises KeyError for a name that is no record.
    """

    def fill(match: re.Match[str]) -> str:
        return f"<!-- record: {match['name']} -->\n\n{table(schemas[match['name']])}\n\n<!-- end -->"

    return re.sub(r"<!-- record: (?P<name>\w+) -->\n.*?<!-- end -->", fill, page, flags=re.DOTALL)


def table(schema: dict[str, Any]) -> str:
    """A row a field; a column that no field has something for is left out."""
    needed = schema.get("required", [])
    body = [
        (
            f"`{name}`" + ("" if name in needed or "const" in field else ", optional"),
            kind(field),
            field.get("unit", ""),
            meaning(field),
        )
        for name, field in schema["properties"].items()
    ]
    head = ("field", "type", "unit", "meaning")
    columns = [column for column in zip(head, *body, strict=True) if any(column[1:])]
    lines = [*zip(*columns, strict=True)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], ("---",) * len(columns), *lines[1:]])


def kind(schema: dict[str, Any]) -> str:
    """The type that a schema allows, in words."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(kind(each) for each in schema[several])
    if schema.get("type") == "array":
        items = schema.get("items")
        if items is None:
            return f"list of {len(schema['prefixItems'])}"
        count = f"{schema['minItems']} " if schema.get("minItems") == schema.get("maxItems", -1) else ""
        return f"list of {count}{kind(items)}"
    return str(schema.get("format") or schema.get("type", "any"))


def meaning(schema: dict[str, Any]) -> str:
    return " ".join(schema.get("description", "").split())
