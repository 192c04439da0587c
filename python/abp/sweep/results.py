"""What a sweep has found: a trial as one JSON object, the table of the best, and the files."""

from typing import Any

from optuna.trial import FrozenTrial

from abp.runs.config import TrainConfig
from abp.sweep.directory import SweepDirectory, SweepSettings, write_json

SHOWN = 10
"""Rows of the table."""


def trial_result(trial: FrozenTrial) -> dict[str, Any]:
    """A finished trial. ``value`` is None unless it is complete."""
    outcome = trial.user_attrs["outcome"]
    return {
        "trial": trial.number,
        "outcome": outcome,
        "value": trial.value if outcome == "complete" else None,
        "params": trial.params,
        "reason": trial.user_attrs["reason"],
        "evaluation": trial.user_attrs["evaluation"],
    }


def ranked(trials: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are complete, the best first."""
    complete = [trial for trial in trials if trial["value"] is not None]
    return sorted(complete, key=lambda trial: (-trial["value"], trial["trial"]))


def write_results(directory: SweepDirectory, settings: SweepSettings, trials: list[dict[str, Any]]) -> None:
    """Write results.json, and best-config.json once a trial is complete. Raises OSError."""
    best = ranked(trials)[:1]
    results = {
        "format": 1,
        "objective": settings.objective,
        "episodes": settings.episodes,
        "seed_base": settings.seed_base,
        "best": best[0]["trial"] if best else None,
        "trials": trials,
        "space": settings.space,
        "config": settings.config.model_dump(),
    }
    write_json(directory.path / "results.json", results)
    if best:
        write_json(directory.path / "best-config.json", merged(settings.config, best[0]["params"]).model_dump())


def merged(config: TrainConfig, params: dict[str, Any]) -> TrainConfig:
    """``config`` with the fields ``params``. Raises pydantic's ValidationError if they don't fit together."""
    return TrainConfig.model_validate({**config.model_dump(), **params})


def line(result: dict[str, Any], best: dict[str, Any] | None, objective: str) -> str:
    """A finished trial, for people."""
    said = result["reason"] or ""
    if result["value"] is not None:
        said = f"{objective} {_number(result['value'])}"
        if objective == "credits":
            said += " (95% {:,.0f} to {:,.0f})".format(*result["evaluation"]["credits_ci95"])
        said += f", survival {result['evaluation']['survival_rate']:.1%}"
    leader = f" | best {_number(best['value'])}, trial {best['trial']}" if best else ""
    params = ", ".join(f"{name} {_number(value)}" for name, value in result["params"].items())
    return f"trial {result['trial']} {result['outcome']}{': ' if said else ''}{said}{leader} | {params}"


def table(trials: list[dict[str, Any]], objective: str) -> str:
    """The best trials with their fields, one a line."""
    rows = ranked(trials)[:SHOWN]
    names = list(rows[0]["params"]) if rows else []
    cells = [["trial", objective, "survival", *names]]
    cells += [
        [
            str(row["trial"]),
            _number(row["value"]),
            f"{row['evaluation']['survival_rate']:.1%}",
            *(_number(row["params"][name]) for name in names),
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
