"""A trainer as a process of its own: the one way in which the web app's supervisor and a sweep start it."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from abp.runs.directory import RunDirectory
from abp.system.child import Child
from abp.system.files import write_atomically

TRAINER_COMMAND = (sys.executable, "-m", "abp.train")


def start_trainer(
    directory: RunDirectory,
    config: Mapping[str, Any],
    *,
    token: int | None = None,
    command: Sequence[str] = TRAINER_COMMAND,
    keep_fds: Sequence[int] = (),
) -> Child:
    """Start a trainer in ``directory``; where a run has left something it goes on from the last checkpoint.

    Args:
        config: the fields of the run's ``TrainConfig``.
        token: copied into each event, so that a reader can tell this trainer's events from an earlier one's.
        command: what is started, before the arguments.
        keep_fds: open files that the trainer inherits, a lock's for example.

    The trainer leads a process group of its own, saves a checkpoint and stops when this process dies, and prints into
    ``directory.output``. Raises OSError.
    """
    directory.path.mkdir(parents=True, exist_ok=True)
    directory.stop_flag.unlink(missing_ok=True)
    write_atomically(directory.requested_config, lambda file: file.write(json.dumps(config).encode()))
    arguments = ["--config", str(directory.requested_config), "--run-dir", str(directory.path)]
    if directory.used:
        arguments.append("--resume")
    arguments.append("--supervised")
    if token is not None:
        arguments += ["--token", str(token)]
    trainer = Child(
        "trainer",
        [*command, *arguments],
        log=directory.output,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        cwd=directory.path,
        keep_fds=keep_fds,
    )
    trainer.start()
    return trainer
