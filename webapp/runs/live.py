"""Events for live clients: what changed, sent after it is committed."""

import logging
import uuid
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from runs.extensions import Changes
from runs.messages import LiveRun
from runs.models import Run
from runs.selectors import read_run

log = logging.getLogger(__name__)


def group_name(run_id: uuid.UUID | str) -> str:
    return f"run.{run_id}"


def publish(*, run: Run, changes: Changes = ()) -> None:
    """Numbers `changes` with the run's next live_seq and sends them once the transaction commits, followed by the
    run itself as it now is.

    Invariant: called in the transaction that made the changes, with the run's row locked, as its last write; so
    the sequence has neither gaps nor doubles, and a snapshot's seq says exactly which changes it holds.
    """
    first = run.live_seq + 1
    run.live_seq += len(changes) + 1
    run.save(update_fields=["live_seq"])
    told: Changes = [*changes, (LiveRun, read_run(run_id=run.pk))]
    messages = [
        event.model_validate({"seq": seq, "data": data}).model_dump(mode="json", by_alias=True)
        for seq, (event, data) in enumerate(told, first)
    ]
    transaction.on_commit(lambda: _send(group_name(run.pk), messages))


def _send(group: str, messages: list[dict[str, Any]]) -> None:
    async def send_all() -> None:
        layer = get_channel_layer()
        for message in messages:
            await layer.group_send(group, {"type": "live.event", "message": message})

    try:
        async_to_sync(send_all)()
    except Exception:
        # The database is the truth; a client that misses this sees the gap and refetches.
        log.warning("no live event for %s: the channel layer does not answer", group, exc_info=True)
