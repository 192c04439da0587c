"""``abp sweep``: parsed arguments in, exit code out."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from abp.runs.config_source import ConfigError, ConfigSource
from abp.sweep.directory import SweepDirectory, SweepError, SweepSettings, write_json
from abp.sweep.space import DEFAULT_SPACE, Space, SpaceError, check_space
from abp.system.lock import FileLock
from abp.system.stop import StopRequest

DONE, FAILED, BAD_ARGUMENTS = 0, 1, 2
"""Exit codes: all trials have ended or it was stopped as asked; failed; the arguments are wrong."""

LANDING_SECONDS = 60.0
"""What workers on other machines get to save what they train."""

MAX_SEED = 2**53 - 1


def run(args: argparse.Namespace) -> int:
    """Search as ``args`` say. Errors are one line on stderr."""
    stop = StopRequest(supervised=False)
    try:
        settings = _settings(args)
        return _sweep(args, settings, stop)
    except ConfigError as error:
        print(f"abp sweep: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
    except (SweepError, OSError) as error:
        print(f"abp sweep: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"abp sweep: ended without waiting; the same command goes on in {args.dir}", file=sys.stderr)
        return FAILED
    finally:
        stop.restore()


def _settings(args: argparse.Namespace) -> SweepSettings:
    allowed = {
        "trials": (args.trials, 1, 100_000),
        "workers": (args.workers, 1, 1024),
        "episodes": (args.episodes, 1, 1_000_000),
        "seed-base": (args.seed_base, 0, MAX_SEED),
    }
    for name, (value, low, high) in allowed.items():
        if not low <= value <= high:
            raise ConfigError(f"--{name} is {value}; allowed: {low:,} to {high:,}")
    name, url = ("--broker", args.broker) if args.broker else ("REDIS_URL", os.environ.get("REDIS_URL"))
    if url and not url.startswith(("redis://", "rediss://")):
        # What follows may be a password.
        raise ConfigError(f"{name} is {url.partition(':')[0]}:...; allowed: redis://... or rediss://...")
    return SweepSettings(
        config=ConfigSource.of(args).read(),
        space=_read_space(args.space),
        objective=args.objective,
        episodes=args.episodes,
        seed_base=args.seed_base,
        prune=args.prune,
    )


def _read_space(path: Path | None) -> Space:
    if path is None:
        return DEFAULT_SPACE
    try:
        return check_space(json.loads(path.read_text()))
    except OSError as error:
        raise ConfigError(f"--space {path} can't be read: {error.strerror}") from error
    except SpaceError as error:
        raise ConfigError(f"--space {path}: {error}") from error
    except ValueError as error:
        raise ConfigError(f"--space {path} is not JSON: {error}") from error


def _sweep(args: argparse.Namespace, settings: SweepSettings, stop: StopRequest) -> int:
    directory = SweepDirectory(args.dir)
    directory.trials.mkdir(parents=True, exist_ok=True)
    with closing(FileLock(directory.lock)) as lock:
        if not lock.take(timeout=2.0):
            raise SweepError(f"{args.dir} is in use by another `abp sweep`; stop it first")
        _begin_or_go_on(directory, settings)
        return _search(args, directory, settings, stop, lock)


def _begin_or_go_on(directory: SweepDirectory, settings: SweepSettings) -> None:
    saved = directory.settings()
    if saved is None:
        write_json(directory.settings_file, settings.model_dump())
    elif different := saved.differences(settings):
        raise ConfigError(
            f"{directory.path} holds a sweep with another {', '.join(different)}; "
            f"go on with the arguments that began it (sweep.json), or name another directory"
        )


def _search(
    args: argparse.Namespace, directory: SweepDirectory, settings: SweepSettings, stop: StopRequest, lock: FileLock
) -> int:
    # Optuna and Celery take a second to import: after the arguments are known to be good, and after signals are ours.
    from abp.sweep.queue import TrialQueue
    from abp.sweep.results import table
    from abp.sweep.search import Search
    from abp.sweep.study import Study
    from abp.sweep.workers import LocalWorkers

    with ExitStack() as stack:
        study = stack.enter_context(closing(Study(directory, settings)))
        report = Report(directory, settings, study, as_json=args.json)
        local = None
        url = args.broker or os.environ.get("REDIS_URL")
        if not url:
            local = stack.enter_context(LocalWorkers(directory, args.workers))
            url = local.url
        queue = stack.enter_context(closing(TrialQueue(url)))
        search = Search(
            directory, settings, study, queue, elsewhere=local is None, told=report.told, notice=report.notice
        )

        def pause() -> bool:
            for text in local.keep_running() if local else ():
                report.notice(text)
            return stop.requested()

        try:
            ended = search.run(args.trials, at_once=args.workers, pause=pause)
        finally:
            # Workers that see the lock free save what they train.
            lock.close()
            _wait_until(search.landed, LANDING_SECONDS)
        finished = report.finished()
    if not args.json:
        print(table(finished, settings.objective))
    report.notice(
        f"{len(finished)} of {args.trials} trials have ended, in {args.dir}"
        + ("" if ended else "; the same command goes on")
    )
    best = any(result["value"] is not None for result in finished)
    if ended and not best:
        raise SweepError(f"no trial came to its end; each one's reason is in {directory.path / 'results.json'}")
    return DONE


class Report:
    """What the command says, and the files with the results."""

    def __init__(self, directory: SweepDirectory, settings: SweepSettings, study: Any, *, as_json: bool) -> None:
        self._directory = directory
        self._settings = settings
        self._study = study
        self._json = as_json

    def told(self, trial: Any) -> None:
        """A trial has ended."""
        from abp.sweep.results import line, ranked, trial_result, write_results

        finished = self.finished()
        write_results(self._directory, self._settings, finished)
        result, best = trial_result(trial), next(iter(ranked(finished)), None)
        if self._json:
            leader = {"trial": best["trial"], "value": best["value"]} if best else None
            print(json.dumps({**result, "best": leader}), flush=True)
        else:
            print(line(result, best, self._settings.objective), flush=True)

    def notice(self, text: str) -> None:
        """On stderr where stdout is for machines."""
        print(text, file=sys.stderr if self._json else sys.stdout, flush=True)

    def finished(self) -> list[dict[str, Any]]:
        """The results of all trials that have ended."""
        from abp.sweep.results import trial_result

        return [trial_result(trial) for trial in self._study.trials if trial.state.is_finished()]


def _wait_until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)
