"""A trial, as a worker runs it: the trainer in the trial's directory, then its newest checkpoint on the sweep's seeds.

Both are processes of their own, the same commands that a person would type. They hold the trial's claim with the
worker, so that nobody else begins while one of them lives.
"""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from abp.runs.event_log import last_event
from abp.runs.events import Finished
from abp.runs.launch import start_trainer
from abp.sweep.directory import SweepSettings, TrialDirectory
from abp.system.child import Child, describe_exit
from abp.system.lock import FileLock, held

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
STOP_SECONDS = 30.0
"""What a trainer may take to save a checkpoint."""

CLAIM_SECONDS = 2.0
"""Whoever looks whether a trial is claimed has its lock for an instant."""

MAX_STARTS = 3
"""How often a trainer is started that something kills, out of memory perhaps."""


def run_trial(path: Path, *, worker_ends: Callable[[], bool]) -> None:
    """Bring the trial to its end and write its result, unless another worker has it or it has one.

    When ``worker_ends`` or nobody conducts the sweep any more, what is trained is saved and no result is written.
    """
    directory = TrialDirectory(path)
    config = directory.config()
    if config is None:
        log.error("there is no trial %s here; workers need the sweep's directory at the same path", path)
        return
    with closing(FileLock(directory.claim)) as claim:
        if not claim.take(timeout=CLAIM_SECONDS):
            log.info("%s: another worker has it", path)
            return
        settings = directory.sweep.settings()
        if settings is None or directory.result() is not None:
            return
        TrialRun(directory, config, settings, claim, worker_ends).run()


class TrialRun:
    """A claimed trial."""

    def __init__(
        self,
        directory: TrialDirectory,
        config: dict[str, Any],
        settings: SweepSettings,
        claim: FileLock,
        worker_ends: Callable[[], bool],
    ) -> None:
        self._directory = directory
        self._config = config
        self._settings = settings
        self._claim = claim
        self._worker_ends = worker_ends

    def run(self) -> None:
        for _ in range(MAX_STARTS):
            if self._unwanted():
                return
            trainer = start_trainer(self._directory.run, self._config, keep_fds=(self._claim.fd,))
            code = self._wait(trainer, unless=lambda: self._unwanted() or self._directory.prune.exists())
            if self._unwanted():
                return
            if self._directory.prune.exists():
                self._directory.finish("pruned")
                return
            if code == 0 and self._trained():
                self._evaluate()
                return
            if code > 0:
                break
        self._fail(trainer, code)

    def _evaluate(self) -> None:
        self._directory.evaluation.unlink(missing_ok=True)
        player = Child(
            "evaluation",
            self._evaluation_command(),
            log=self._directory.evaluation,
            env=dict(os.environ),
            cwd=self._directory.path,
            keep_fds=(self._claim.fd,),
        )
        player.start()
        code = self._wait(player, unless=self._unwanted)
        if self._unwanted():
            return
        if code != 0:
            self._fail(player, code)
            return
        self._directory.finish("complete", evaluation=json.loads(player.last_words(1)))

    def _fail(self, child: Child, code: int) -> None:
        reason = f"{child.name} ended with {describe_exit(code)}: {child.last_words(1)}"
        self._directory.finish("failed", reason=reason)

    def _trained(self) -> bool:
        """Whether the trainer came to its end, and was not stopped by somebody else."""
        last = last_event(self._directory.run.events)
        return isinstance(last, Finished) and last.reason == "completed"

    def _unwanted(self) -> bool:
        return self._worker_ends() or not held(self._directory.sweep.lock)

    def _wait(self, child: Child, *, unless: Callable[[], bool]) -> int:
        """The child's exit code; it is asked to stop when ``unless`` says so, and killed if it doesn't."""
        try:
            while child.returncode is None:
                if unless():
                    child.signal(signal.SIGTERM)
                    child.wait(STOP_SECONDS)
                    break
                time.sleep(POLL_SECONDS)
        finally:
            # It, or what it may have started itself.
            code = child.kill()
        return code

    def _evaluation_command(self) -> list[str]:
        settings = self._settings
        config = settings.config
        return [
            *(sys.executable, "-m", "abp.cli", "eval", "--run-dir", str(self._directory.path), "--json"),
            *("--episodes", str(settings.episodes), "--seed-base", str(settings.seed_base)),
            *("--time-max", str(config.time_max), "--threads", str(config.num_threads)),
        ]
