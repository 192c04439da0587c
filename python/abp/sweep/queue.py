"""The broker as the command sees it: it takes trials for workers, and says how many still wait."""

import redis
from kombu.exceptions import OperationalError
from kombu.utils.url import maybe_sanitize_url

from abp.sweep.app import QUEUE, app, trial
from abp.sweep.directory import SweepError, TrialDirectory

SECONDS = 5.0
"""That the broker may take to answer."""


class TrialQueue:
    """Messages are hints: what is lost is sent again, and a trial that is sent twice is run once."""

    def __init__(self, url: str) -> None:
        """Raises SweepError if no broker answers at ``url``."""
        try:
            self._redis = redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
            app.conf.broker_url = url
            self._redis.ping()
        except (redis.RedisError, ValueError) as error:
            raise SweepError(f"no broker answers at {maybe_sanitize_url(url)}: {error}") from error

    def send(self, directory: TrialDirectory) -> bool:
        """Whether the broker took it."""
        try:
            trial.apply_async((str(directory.path),), retry=False)
        except OperationalError:
            return False
        return True

    def waiting(self) -> int | None:
        """How many trials no worker has taken yet, of all sweeps on this broker; None if it doesn't answer."""
        try:
            count = self._redis.llen(QUEUE)
        except redis.RedisError:
            return None
        assert isinstance(count, int)
        return count

    def close(self) -> None:
        self._redis.close()
        app.close()
