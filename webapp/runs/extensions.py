"""What the apps above add to a run: events that they record, figures, files. Each registers one `RunExtension` in its
`AppConfig.ready()`, so that `runs` imports none of them.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models.expressions import Combinable

from abp.runs.events import RunEvent
from abp.runs.record import Record
from runs.messages import LiveEvent
from runs.models import Run

Changes = Sequence[tuple[type[LiveEvent], Record]]
"""What live clients are to see: the class of each event, and its data."""

Recorded = TypeVar("Recorded", bound=RunEvent)


@dataclass(frozen=True)
class EventRecorder(Generic[Recorded]):
    """How one class of trainer event becomes rows.

    `store` copies the event's file to the artifact storage, before the transaction, because an upload may take long; it
    returns the file's name there. `record` writes the rows, within the transaction, and gets that name (None without a
    `store`). Both may raise what `recording.BAD_EVENT` lists.
    """

    record: Callable[[Run, Recorded, str | None], Changes]
    store: Callable[[uuid.UUID, Recorded], str | None] | None = None


@dataclass(frozen=True)
class Source:
    """Rows that a run should produce as it trains, for `completeness`.

    `expected`: how many there should be after so many windows. `every_windows`: how many windows lie between two.
    """

    name: str
    model: type[models.Model]
    expected: Callable[[Run, int], int]
    every_windows: Callable[[Run], int] = lambda run: 1


@dataclass(frozen=True, kw_only=True)
class RunExtension:
    """What one app adds to runs.

    recorders: by class of trainer event.
    figures: what the JSON of a run gets beside its own fields, by name; queries on OuterRef("pk").
    sources: see `Source`.
    products: models with a `run` and a `path` in the artifact storage. They and their files are deleted with the run.
    """

    recorders: Mapping[type[RunEvent], EventRecorder[Any]] = field(default_factory=dict)
    figures: Mapping[str, Combinable] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    products: tuple[type[models.Model], ...] = ()


_registered: list[RunExtension] = []


def register(extension: RunExtension) -> None:
    """Called once by each app that adds to runs."""
    _registered.append(extension)


def recorders() -> dict[type[RunEvent], EventRecorder[Any]]:
    return {kind: recorder for extension in _registered for kind, recorder in extension.recorders.items()}


def figures() -> dict[str, Combinable]:
    return {name: query for extension in _registered for name, query in extension.figures.items()}


def sources() -> list[Source]:
    return [source for extension in _registered for source in extension.sources]


def products() -> list[type[models.Model]]:
    return [model for extension in _registered for model in extension.products]
