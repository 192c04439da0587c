"""What a sweep varies: fields of the training config, each in a range or among choices."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from abp.runs.config import TrainConfig

if TYPE_CHECKING:
    from optuna.trial import Trial

Space = dict[str, dict[str, Any]]
"""By field: ``{"low": a, "high": b}``, perhaps with ``"log": true``, or ``{"choices": [...]}``."""

DEFAULT_SPACE: Space = {
    "learning_rate": {"low": 1e-4, "high": 5e-3, "log": True},
    "ent_coef": {"low": 1e-3, "high": 3e-2, "log": True},
    "gae_lambda": {"low": 0.9, "high": 0.99},
    "clip_coef": {"low": 0.1, "high": 0.3},
    "gamma": {"choices": [0.995, 0.999, 0.9995]},
    "num_steps": {"choices": [16, 32, 64]},
    "num_minibatches": {"choices": [4, 8, 16]},
}
"""All combinations fit the presets."""

FIXED = {
    "name": "each trial has its own",
    "seed": "trials are compared on the same one",
    "total_env_steps": "more is always better",
    "window_env_steps": "trials are compared window by window",
    "time_max": "it decides what is played",
    "checkpoint_every_windows": "nothing is learned from it",
    "keep_checkpoints": "nothing is learned from it",
    "backend": "all give the same bits",
    "device": "trials are compared on the same one",
    "track": "nothing is learned from it",
    "eval_seed": "nothing is learned from it",
}
"""Fields that a sweep does not vary, and why."""

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class SpaceError(ValueError):
    """A space names what can't be varied; the message names every field, and what is allowed."""


def check_space(space: Any) -> Space:
    """``space`` if a sweep can vary it. Raises SpaceError."""
    if not isinstance(space, dict) or not space:
        raise SpaceError("must be a JSON object, its keys the fields to vary")
    problems = [problem for name, dimension in space.items() for problem in _problems(name, dimension)]
    if problems:
        raise SpaceError("; ".join(problems))
    return space


def suggest(trial: "Trial", space: Space) -> dict[str, Any]:
    """The values of the space's fields that the optimiser gives ``trial``."""
    values: dict[str, Any] = {}
    for name, dimension in space.items():
        if "choices" in dimension:
            values[name] = trial.suggest_categorical(name, dimension["choices"])
        elif TrainConfig.model_fields[name].annotation is int:
            values[name] = trial.suggest_int(name, dimension["low"], dimension["high"], log=dimension.get("log", False))
        else:
            values[name] = trial.suggest_float(
                name, dimension["low"], dimension["high"], log=dimension.get("log", False)
            )
    return values


def _problems(name: str, dimension: Any) -> list[str]:
    field = TrainConfig.model_fields.get(name)
    if field is None or name in FIXED:
        why = f"is not varied: {FIXED[name]}" if field else "is no field of the config"
        return [f"{name} {why}; allowed: {', '.join(sorted(TrainConfig.model_fields.keys() - FIXED.keys()))}"]
    if not isinstance(dimension, dict) or ("choices" in dimension) == ("low" in dimension or "high" in dimension):
        return [f'{name} is {dimension!r}; allowed: {{"low": a, "high": b}} or {{"choices": [...]}}']
    value: Any = Annotated[field.annotation, Field(), *field.metadata]
    shape: type[BaseModel]
    if "choices" in dimension:
        choices: Any = (Annotated[list[value], Field(min_length=2, max_length=100)], ...)
        shape = create_model("Choices", __config__=_STRICT, choices=choices)
    elif field.annotation in (int, float):
        shape = create_model("Range", __config__=_STRICT, low=(value, ...), high=(value, ...), log=(bool, False))
    else:
        return [f"{name} is no number, so it has no range; name choices"]
    try:
        checked = shape.model_validate(dimension)
    except ValidationError as error:
        return [
            f"{name}.{'.'.join(map(str, item['loc']))}: {item['msg']} (got {item['input']!r})"
            for item in error.errors()
        ]
    return _unordered(name, checked.model_dump())


def _unordered(name: str, dimension: dict[str, Any]) -> list[str]:
    if "choices" in dimension:
        options = dimension["choices"]
        twice = [value for at, value in enumerate(options) if value in options[:at]]
        return [f"{name}.choices has {twice[0]!r} twice; each must be another"] if twice else []
    if dimension["low"] >= dimension["high"]:
        return [f"{name}.low is {dimension['low']!r}, must be less than high = {dimension['high']!r}"]
    if dimension["log"] and dimension["low"] <= 0:
        return [f"{name}.low is {dimension['low']!r}, must be greater than 0 where log is true"]
    return []
