"""The table of the rules as Markdown tables, put between the markers of a text."""

import re
from itertools import groupby
from typing import Any

Table = dict[str, Any]
Row = dict[str, Any]


def with_tables(text: str, table: Table) -> str:
    """``text`` with what stands between each ``<!-- generated: name -->`` and ``<!-- end -->`` written anew.

    The lines are indented as the marker is. Raises KeyError for a name that is no table.
    """
    tables = {
        "actions": actions,
        "commodities": commodities,
        "events": events,
        "info": info,
        "observation": observation,
    }

    def fill(match: re.Match[str]) -> str:
        indent, name = match["indent"], match["name"]
        lines = ["", *tables[name](table), ""]
        body = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
        return f"{indent}<!-- generated: {name} -->\n{body}{indent}<!-- end -->"

    marked = r"(?m)^(?P<indent> *)<!-- generated: (?P<name>\w+) -->\n(?s:.*?)^ *<!-- end -->"
    return re.sub(marked, fill, text)


def rows(head: tuple[str, ...], body: list[tuple[Any, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *body]
    return [re.sub(r"\s+\|$", " |", "| " + " | ".join(str(cell) for cell in line) + " |") for line in lines]


def span(first: str, last: str) -> str:
    return first if first == last else f"{first}..{last}"


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}".replace("e+0", "e")


def actions(table: Table) -> list[str]:
    def alike(action: Row) -> tuple[Any, ...]:
        groups = [group["first"] for group in table["groups"] if group["first"] <= action["code"]]
        return (groups[-1], *(action[key] for key in ("ticks", "cost", "effect", "invalid_when")))

    body = []
    for (_, ticks, cost, effect, invalid_when), members in groupby(table["actions"], alike):
        found = list(members)
        codes = span(str(found[0]["code"]), str(found[-1]["code"]))
        names = span(found[0]["name"], found[-1]["name"])
        body.append((codes, names, number(ticks), number(cost), effect, invalid_when))
    return rows(("code", "name", "ticks", "credits", "effect when valid", "invalid when"), body)


def commodities(table: Table) -> list[str]:
    found = table["commodities"]
    body = [
        (f"{bound} price", *(number(commodity[f"{bound}_price"]) for commodity in found))
        for bound in ("base", "min", "max")
    ]
    return rows(("commodity", *(commodity["name"] for commodity in found)), body)


def observation(table: Table) -> list[str]:
    layout = table["observation"]
    body = []
    for field in layout["fields"]:
        at, size = field["at"], field["size"]
        body.append((span(str(at), str(at + size - 1)), field["name"], shown(field), field["meaning"]))
        slot = {"edges": "edge", "asteroids": "asteroid"}.get(field["name"])
        if slot:
            step = sum(inner["size"] for inner in layout[slot])
            for inner in layout[slot]:
                last = inner["at"] + inner["size"] - 1
                where = span(f"{at}+{step}k+{inner['at']}", f"{at}+{step}k+{last}")
                body.append((where, f"{slot}.{inner['name']}", shown(inner), inner["meaning"]))
    return rows(("index", "name", "value", "meaning"), body)


def shown(field: Row) -> str:
    """How the quantity ``x`` becomes a float of the observation."""
    by = number(field["by"])
    return {
        "flag": "0 or 1",
        "divided": "x" if by == "1" else f"x/{by}, clamped to [0, 1]",
        "signed": f"x/{by}, clamped to [-1, 1]",
        "logarithm": f"ln(1+max(0, x))/ln(1+{by}), clamped to [0, 1]",
        "time_max": "x/time_max, clamped to [0, 1]",
        "base_price": "x/base price, clamped to [0, 1]",
        "slots": "slots",
        "zero": "0",
    }[field["scale"]]


def info(table: Table) -> list[str]:
    body = [(i["name"], i["dtype"], i["unit"], i["meaning"]) for i in table["info"]]
    return rows(("name", "dtype", "unit", "meaning"), body)


def events(table: Table) -> list[str]:
    body = [
        (
            f"`{event['name']}`",
            event["meaning"],
            ", ".join(f"{a['name']} ({a['kind'].replace('_', ' ')})" for a in event["amounts"]),
        )
        for event in table["events"]
    ]
    return rows(("type", "what happened", "amounts"), body)
