"""Waiting for other processes in tests."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Polls until `condition()` is true; AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)
