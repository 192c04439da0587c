"""Writing replays."""

from abp.runs.events import ReplayRecorded
from replays.models import Replay, ReplayTag
from runs.models import Run


def record_replay(*, run: Run, path: str, event: ReplayRecorded) -> Replay:
    """The replay of one window, new or in place of an earlier one (which keeps its id).

    `path` is its name in the artifact storage. Called within the recorder's transaction.
    """
    summary = event.replay
    replay, _ = Replay.objects.update_or_create(
        run=run,
        window_id=summary.window_id,
        defaults={
            **summary.model_dump(exclude={"window_id", "tags"}),
            "path": path,
            "sha256": event.sha256,
            "bytes": event.bytes,
            "created_at": event.time,
        },
    )
    replay.tags.all().delete()
    ReplayTag.objects.bulk_create(ReplayTag(replay=replay, tag=tag) for tag in sorted(set(summary.tags)))
    return replay
