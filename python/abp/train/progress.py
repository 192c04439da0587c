"""How a run looks to who started it: a progress bar, a line a window, JSON, or nothing."""

import json
import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from abp.runs.config import TrainConfig
from abp.runs.window import WindowRow


class SilentListener:
    """Shows nothing; the base of the others. A context manager around the run."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""

    def started(self, config: TrainConfig, env_steps: int) -> None:
        """The run begins, or goes on after ``env_steps``."""

    def iterated(self, env_steps: int) -> None:
        """Another rollout is learned from."""

    def window(self, row: WindowRow) -> None:
        """A window is complete."""

    def message(self, text: str) -> None:
        """Something to know."""


class JsonListener(SilentListener):
    """One JSON object a window on stdout, messages on stderr."""

    def window(self, row: WindowRow) -> None:
        print(json.dumps(row.model_dump(), allow_nan=False), flush=True)

    def message(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class LineListener(SilentListener):
    """A line a window, for output that is not a terminal."""

    def window(self, row: WindowRow) -> None:
        print(f"window {row.window_id} | {row.env_steps_total:,} steps | {_figures(row)}", flush=True)

    def message(self, text: str) -> None:
        print(text, flush=True)


class BarListener(SilentListener):
    """A progress bar with speed, return, credits, survival and the time that is left."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("[bold]{task.fields[name]}"),
            BarColumn(bar_width=12),
            TaskProgressColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[figures]}", table_column=Column(no_wrap=True)),
            console=Console(),
        )
        self._task = self._progress.add_task("", start=False, name="", figures="starting")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def started(self, config: TrainConfig, env_steps: int) -> None:
        total = config.total_windows * config.window_env_steps
        self._progress.update(self._task, total=total, completed=env_steps, name=config.name, figures="")
        self._progress.start_task(self._task)

    def iterated(self, env_steps: int) -> None:
        self._progress.update(self._task, completed=env_steps)

    def window(self, row: WindowRow) -> None:
        self._progress.update(self._task, figures=_figures(row))

    def message(self, text: str) -> None:
        self._progress.console.print(text, highlight=False)


def _figures(row: WindowRow) -> str:
    def show(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    return (
        f"{show(row.steps_per_second, ',.0f')} steps/s | return {show(row.return_mean, '.1f')} | "
        f"credits {show(row.credits_mean, ',.0f')} | survival {show(row.survival_mean, '.0%')}"
    )
