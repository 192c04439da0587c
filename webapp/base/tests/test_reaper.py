"""The reaper's thread."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError

from base import reaper


@pytest.mark.django_db(transaction=True)
def test_it_outlives_a_database_that_is_away_and_counts_the_first_round_that_succeeds_as_the_start(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ABP_LEASE_SECONDS = 0.03
    stop = threading.Event()
    rounds: list[bool] = []

    def reap(*, at_start: bool) -> int:
        rounds.append(at_start)
        if len(rounds) == 1:
            raise OperationalError("the database is away")
        if len(rounds) == 3:
            stop.set()
        return 0

    monkeypatch.setattr(reaper, "reap", reap)
    thread = reaper.Reaper(stop)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert rounds == [True, True, False]


def test_a_round_counts_what_every_sender_sent_and_purges(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []
    purged: list[str] = []

    def send_again(*, sent_before: datetime) -> int:
        asked.append(sent_before)
        return len(asked)

    monkeypatch.setattr(reaper, "_senders", [send_again, send_again])
    monkeypatch.setattr(reaper, "_purges", [lambda: purged.append("a"), lambda: purged.append("b")])
    assert reaper.reap() == 1 + 2
    assert reaper.reap(at_start=True) == 3 + 4
    assert purged == ["a", "b", "a", "b"]
    assert asked[0] == asked[1] < asked[2]
    assert (asked[2] - asked[0]).total_seconds() >= settings.ABP_REDISPATCH_SECONDS
