"""The sweep's loop: ask the study for trials, have workers run them, tell the study how they ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optuna.trial import FrozenTrial, Trial
from pydantic import ValidationError

from abp.runs.event_log import read_lines
from abp.runs.events import BadEventError, WindowClosed, read_event
from abp.runs.record import problems
from abp.runs.window import WindowRow
from abp.sweep.directory import SweepDirectory, SweepError, SweepSettings, TrialDirectory
from abp.sweep.queue import TrialQueue
from abp.sweep.results import merged
from abp.sweep.study import Study

POLL_SECONDS = 0.2
LOST_SECONDS = 5.0
"""A trial that no worker has, and whose message no longer waits, is sent again after this long."""

UNHEARD_SECONDS = 15.0
"""After this long it is said that no worker takes what waits."""

MAX_SENDS = 8
"""How often a trial is sent. After that something is wrong that another worker would not mend."""

NAME_LENGTH = 190


@dataclass
class Flight:
    """A trial between its first message and its result."""

    trial: Trial
    directory: TrialDirectory
    sends: int = 0
    changed: float = 0.0
    """When it was last with a worker or in the queue."""
    begun: bool = False
    pruned: bool = False
    heard: int = 0
    """Bytes of the trainer's events."""


class Search:
    """``told`` hears each finished trial, ``notice`` what else there is to say.

    ``elsewhere``: somebody else starts the workers, and is told when none takes what waits.
    """

    def __init__(
        self,
        directory: SweepDirectory,
        settings: SweepSettings,
        study: Study,
        queue: TrialQueue,
        *,
        elsewhere: bool,
        told: Callable[[FrozenTrial], None],
        notice: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._settings = settings
        self._study = study
        self._queue = queue
        self._elsewhere = elsewhere
        self._told = told
        self._notice = notice
        self._flights: list[Flight] = []
        self._broker_answers = True
        self._queued_since: float | None = None

    def run(self, trials: int, *, at_once: int, pause: Callable[[], bool]) -> bool:
        """Until ``trials`` have ended, those of earlier times counted, or ``pause`` says to stop: whether all ended.

        Raises SweepError, OSError.
        """
        for trial, params in self._study.unfinished():
            self._begin(trial, params)
        while not pause():
            while len(self._flights) < at_once and len(self._study.trials) < trials:
                self._begin(*self._study.ask())
            if not self._flights:
                return True
            self._look()
            time.sleep(POLL_SECONDS)
        return False

    def landed(self) -> bool:
        """Whether no worker has a trial of ours."""
        return not any(flight.directory.claimed() for flight in self._flights)

    def _begin(self, trial: Trial, params: dict[str, Any]) -> None:
        base = self._settings.config
        try:
            config = merged(base, {**params, "name": f"{base.name[:NAME_LENGTH]}-{trial.number:04d}"})
        except ValidationError as error:
            reason = "; ".join(message for _, message in problems(error))
            self._told(self._study.tell(trial, "refused", reason=reason, evaluation=None))
            return
        directory = self._directory.trial(trial.number)
        directory.create(config)
        unsent = time.monotonic() - LOST_SECONDS
        self._flights.append(Flight(trial, directory, changed=unsent, pruned=directory.prune.exists()))

    def _look(self) -> None:
        waiting = self._queue.waiting()
        self._tell_of_broker(waiting)
        for flight in list(self._flights):
            result = flight.directory.result()
            self._report(flight)
            if result is not None:
                self._flights.remove(flight)
                self._finish(flight, result)
            elif flight.directory.claimed():
                flight.begun, flight.changed = True, time.monotonic()
            elif waiting is not None:
                self._send_if_lost(flight, waiting)

    def _send_if_lost(self, flight: Flight, waiting: int) -> None:
        now = time.monotonic()
        if waiting and flight.sends:
            flight.changed = now
        if now - flight.changed < LOST_SECONDS:
            return
        if flight.sends == MAX_SENDS:
            raise SweepError(
                f"{flight.directory.path} was sent to workers {MAX_SENDS} times and has no result: "
                f"see their logs, and that they have this directory"
            )
        if flight.begun:
            self._notice(f"trial {flight.trial.number}: its worker is gone; it goes on with another")
        if self._queue.send(flight.directory):
            flight.sends, flight.changed, flight.begun = flight.sends + 1, now, False

    def _tell_of_broker(self, waiting: int | None) -> None:
        answers = waiting is not None
        if answers != self._broker_answers:
            self._notice("the broker answers again" if answers else "the broker does not answer; waiting for it")
            self._broker_answers = answers
        if not self._elsewhere or not waiting or any(flight.directory.claimed() for flight in self._flights):
            self._queued_since = None
        elif self._queued_since is None:
            self._queued_since = time.monotonic()
        elif time.monotonic() - self._queued_since > UNHEARD_SECONDS:
            self._queued_since = float("inf")
            self._notice("no worker takes the trials; start one: REDIS_URL=... celery -A abp.sweep.app worker")

    def _report(self, flight: Flight) -> None:
        windows = self._new_windows(flight)
        if windows and not flight.pruned and self._study.report(flight.trial, windows):
            flight.pruned = True
            flight.directory.prune.touch()

    def _new_windows(self, flight: Flight) -> list[WindowRow]:
        """The windows that the trainer has told of since the last time."""
        windows = []
        for line, end in read_lines(flight.directory.run.events, flight.heard):
            flight.heard = end
            try:
                event = read_event(line)
            except BadEventError as error:
                self._notice(f"trial {flight.trial.number}: skipped {error}")
            else:
                if isinstance(event, WindowClosed):
                    windows.append(event.window)
        return windows

    def _finish(self, flight: Flight, result: dict[str, Any]) -> None:
        # A trial may come to its end before its worker sees that it should not: what was decided counts.
        outcome = "pruned" if flight.pruned else result["outcome"]
        told = self._study.tell(flight.trial, outcome, reason=result["reason"], evaluation=result["evaluation"])
        self._told(told)
