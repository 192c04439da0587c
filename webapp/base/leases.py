"""What leases share. A lease is a row's owner, a token that rises with every owner, and a time until which it holds.

A worker that doesn't renew its lease in time is taken for dead, and the reaper gives the row to another.
"""

import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone


def expiry(*, seconds: float) -> datetime:
    """Until when a lease holds that is taken or renewed now."""
    return timezone.now() + timedelta(seconds=seconds)


def worker_name() -> str:
    """This process, as the rows that it owns name it: `host:pid`."""
    return f"{socket.gethostname()}:{os.getpid()}"
