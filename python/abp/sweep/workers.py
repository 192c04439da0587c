"""Workers and a broker of the command's own, on this machine, for as long as it runs."""

import os
import signal
import sys
import time
from typing import Self

from abp.sweep.directory import SweepDirectory, SweepError
from abp.sweep.trial import STOP_SECONDS
from abp.system.broker import EmbeddedBroker
from abp.system.child import Child

BROKER_SECONDS = 20.0
OPTIONS = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")


class LocalWorkers:
    """An embedded broker and Celery workers of one trial each. ``url`` is the broker's."""

    def __init__(self, directory: SweepDirectory, count: int) -> None:
        """Start them. Raises SweepError."""
        self._logs = directory.logs
        self._logs.mkdir(exist_ok=True)
        broker = EmbeddedBroker.new()
        self.url = broker.url
        self._broker = self._start("broker", broker.command(self._logs), dict(os.environ))
        self.workers: list[Child] = []
        try:
            self._wait_for(broker)
            for number in range(1, count + 1):
                command = [sys.executable, "-m", "celery", "-A", "abp.sweep.app", "worker", *OPTIONS]
                command += ["--hostname", f"sweep-{number}@%h"]
                env = {**os.environ, "REDIS_URL": self.url}
                self.workers.append(self._start(f"worker-{number}", command, env))
        except BaseException:
            self._end(patient=False)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End them: trainers save what they train, unless nobody wants to wait for that."""
        self._end(patient=kind is not KeyboardInterrupt)

    def keep_running(self) -> list[str]:
        """Start again what died; what there is to say about it. Raises SweepError if it dies again and again."""
        said = []
        for child in (self._broker, *self.workers):
            if death := child.death():
                if not child.may_restart():
                    raise SweepError(f"{child.name} dies again and again ({death}): see {child.log}")
                child.start()
                said.append(f"{child.name} ended with {death} and was started again: see {child.log}")
        return said

    def _end(self, *, patient: bool) -> None:
        """The broker last."""
        for children, seconds in ((self.workers, STOP_SECONDS + 10), ([self._broker], 5.0)):
            for child in children:
                child.signal(signal.SIGTERM)
            for child in children:
                _see_off(child, seconds if patient else 0.0)
        (self._logs / "valkey.conf").unlink(missing_ok=True)

    def _start(self, name: str, command: list[str], env: dict[str, str]) -> Child:
        child = Child(name, command, log=self._logs / f"{name}.log", env=env, cwd=self._logs)
        child.start()
        return child

    def _wait_for(self, broker: EmbeddedBroker) -> None:
        deadline = time.monotonic() + BROKER_SECONDS
        while not broker.answers():
            if self._broker.death() or time.monotonic() > deadline:
                raise SweepError(f"the embedded broker does not start: {self._broker.last_words(1)}")
            time.sleep(0.05)


def _see_off(child: Child, timeout: float) -> None:
    """Wait until the child is gone; SIGKILL after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while child.group_alive():
        if time.monotonic() > deadline:
            child.signal(signal.SIGKILL)
        time.sleep(0.05)
