"""``abp train`` and ``python -m abp.train``: parsed arguments in, exit code out."""

import argparse
import errno
import logging
import sys
import traceback
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from abp.runs.config import TrainConfig
from abp.runs.config_source import ConfigError, ConfigSource
from abp.runs.directory import DirectoryInUseError, RunDirectory
from abp.runs.event_log import EventLog
from abp.runs.events import Failed, LogMessage
from abp.system.stop import StopRequest
from abp.tracking import TrackingError, open_tracker
from abp.tracking.guard import Guarded
from abp.train.ranks import LostTouchError, Ranks, rank_and_size

if TYPE_CHECKING:
    from abp.train.progress import SilentListener

FINISHED, FAILED, BAD_CONFIG = 0, 1, 2
"""Exit codes: finished or stopped as asked; failed; the config or the arguments are wrong."""


@dataclass(frozen=True)
class TrainOptions:
    """What ``abp train`` is asked to do."""

    source: ConfigSource
    run_dir: Path | None
    """None: a new directory below ``runs/``."""
    resume: bool
    json: bool
    """Whether to print one JSON object a window, for a program that reads along."""
    supervised: bool
    """Whether to stop when the parent process dies."""
    token: int | None
    """The supervisor's fencing token, for every event."""

    @classmethod
    def of(cls, args: argparse.Namespace) -> Self:
        """The options that the arguments of ``arguments.add_arguments`` name. Raises ConfigError."""
        return cls(ConfigSource.of(args), args.run_dir, args.resume, args.json, args.supervised, args.token)


def main(args: argparse.Namespace) -> int:
    """Train as the command line says. Returns one of the exit codes; errors are one line on stderr."""
    try:
        options = TrainOptions.of(args)
    except ConfigError as error:
        print(f"abp train: {error}", file=sys.stderr)
        return BAD_CONFIG
    return run(options)


def run(options: TrainOptions) -> int:
    """Train as ``options`` say. Returns one of the exit codes; errors are one line on stderr.

    Of several processes that torchrun started, the first reads the config and has the run directory.
    """
    stop = StopRequest(supervised=options.supervised)
    try:
        with closing(Ranks(*rank_and_size(), stop.requested)) as ranks:
            return _lead(options, stop, ranks) if ranks.rank == 0 else _follow(ranks)
    except LostTouchError as error:
        print(f"abp train: {error}", file=sys.stderr)
        return FAILED
    finally:
        stop.restore()


def _follow(ranks: Ranks) -> int:
    from abp.train.device import DeviceError
    from abp.train.ppo import PPO, DivergedError

    try:
        PPO(ranks.hear(), ranks).follow()
        return FINISHED
    except DeviceError as error:
        print(f"abp train: config field device: {error}", file=sys.stderr)
        return BAD_CONFIG
    except DivergedError:
        # The first process says so.
        return FAILED


def _lead(options: TrainOptions, stop: StopRequest, ranks: Ranks) -> int:
    try:
        saved = None
        if options.resume:
            if options.run_dir is None:
                raise ConfigError("--resume needs --run-dir, the directory of the run to go on with")
            saved = RunDirectory(options.run_dir).config
        config = options.source.read(saved=saved)
        if not config.threads(ranks.size):
            raise ConfigError(f"config field num_envs: {config.num_envs} are too few for {ranks.size} processes")
        directory = options.run_dir or Path("runs") / f"{config.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        return _train(config, directory, options, stop, ranks)
    except ConfigError as error:
        print(f"abp train: {error}", file=sys.stderr)
        return BAD_CONFIG


def check_device(config: TrainConfig) -> str:
    """The kind of device that ``config`` is trained on in this process. Raises ConfigError."""
    from abp.train.device import DeviceError, choose_device

    try:
        return choose_device(config.device).type
    except DeviceError as error:
        raise ConfigError(f"config field device: {error}") from error


def _train(config: TrainConfig, path: Path, options: TrainOptions, stop: StopRequest, ranks: Ranks) -> int:
    # Torch takes seconds to import: after the config is known to be good, and after signals are ours.
    check_device(config)
    try:
        directory = RunDirectory(path)
        directory.take()
    except (DirectoryInUseError, OSError) as error:
        print(f"abp train: {error}", file=sys.stderr)
        return FAILED
    with closing(directory):
        if directory.used and not options.resume:
            raise ConfigError(f"{path} already holds a run; add --resume to go on with it, or name another directory")
        stop.watch(directory.stop_flag)
        try:
            return _train_in(directory, config, options, ranks)
        except OSError as error:
            print(f"abp train: {_no_room(error, directory) or error}", file=sys.stderr)
            return FAILED


def _train_in(directory: RunDirectory, config: TrainConfig, options: TrainOptions, ranks: Ranks) -> int:
    notices: list[str] = []
    try:
        tracker = open_tracker(config.track, directory.path, config.model_dump(), warn=notices.append)
    except TrackingError as error:
        raise ConfigError(str(error)) from error
    with closing(_log_to(directory.log)), closing(EventLog(directory.events, options.token)) as events:

        def warn(text: str) -> None:
            logging.getLogger("abp.train").warning(text)
            print(f"abp train: {text}", file=sys.stderr)
            # On a full disk the run says so itself.
            with suppress(OSError):
                events.append(LogMessage, level="warning", message=text)

        for notice in notices:
            warn(notice)
        guarded = Guarded(tracker, warn)
        events.also = guarded.hear
        code = FAILED
        try:
            code = _run(directory, config, options, ranks, events)
            return code
        finally:
            guarded.close(failed=code != FINISHED)


def _run(directory: RunDirectory, config: TrainConfig, options: TrainOptions, ranks: Ranks, events: EventLog) -> int:
    from abp.train.run import Run, UsageError

    try:
        with _listener(options) as listener:
            # All on the same kind of device.
            ranks.tell(config.model_copy(update={"device": check_device(config)}))
            run = Run(config, directory, events=events, listener=listener, ranks=ranks)
            reason = run.train(resume=options.resume)
            # Obeyed: the flag would stop the run again when it is resumed.
            directory.stop_flag.unlink(missing_ok=True)
            listener.message(f"{reason} after {run.learner.env_steps:,} steps, in {directory.path}")
            return FINISHED
    except UsageError as error:
        _report(events, error)
        raise ConfigError(str(error)) from error
    except Exception as error:
        logging.getLogger("abp.train").exception("failed")
        _report(events, error)
        what = isinstance(error, OSError) and _no_room(error, directory)
        print(f"abp train: {what or f'{type(error).__name__}: {error}'}; details in {directory.log}", file=sys.stderr)
        return FAILED


def _no_room(error: OSError, directory: RunDirectory) -> str | None:
    """What to do about a full disk; None for any other error."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return None
    return (
        f"there is no room left in {directory.path} ({error.strerror}); what was saved is whole: "
        f"make room and go on with --resume"
    )


def _report(events: EventLog, error: Exception) -> None:
    """Tell of the failure, unless the disk that should take it is what failed."""
    try:
        events.append(Failed, error=f"{type(error).__name__}: {error}", detail=traceback.format_exc())
    except OSError:
        logging.getLogger("abp.train").exception("the failed event could not be written")


def _listener(options: TrainOptions) -> "SilentListener":
    from abp.train.progress import BarListener, JsonListener, LineListener

    if options.json:
        return JsonListener()
    return BarListener() if sys.stdout.isatty() else LineListener()


class _RunLog(logging.FileHandler):
    """The run's log. Closing it takes it off the logger."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A log that can't be written is no reason to fill stderr with tracebacks."""

    def close(self) -> None:
        logging.getLogger("abp.train").removeHandler(self)
        with suppress(OSError):
            super().close()


def _log_to(path: Path) -> logging.Handler:
    handler = _RunLog(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("abp.train")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler
