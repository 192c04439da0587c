"""Writing replays."""

from datetime import datetime
from typing import Any

from replays.models import Replay, ReplayTag
from runs.models import Run


def record_replay(
    *, run: Run, path: str, sha256: str, size: int, recorded_at: datetime, fields: dict[str, Any]
) -> Replay:
    """The replay of one window, new or in place of an earlier one (which keeps its id).

    `fields` is the trainer's description; KeyError if a key is missing. Called within the recorder's transaction.
    """
    replay, _ = Replay.objects.update_or_create(
        run=run,
        window_id=fields["window_id"],
        defaults={
            "env_steps_total": fields["env_steps_total"],
            "seed": fields["seed"],
            "time_max": fields["time_max"],
            "return_total": fields["return_total"],
            "credits": fields["credits"],
            "net_profit": fields["net_profit"],
            "survival": fields["survival"],
            "steps": fields["steps"],
            "ticks": fields["ticks"],
            "end_reason": fields["end_reason"],
            "final_state_hash": fields["final_state_hash"],
            "rules_version": fields["rules_version"],
            "package_version": fields["package_version"],
            "path": path,
            "sha256": sha256,
            "bytes": size,
            "created_at": recorded_at,
        },
    )
    replay.tags.all().delete()
    ReplayTag.objects.bulk_create(ReplayTag(replay=replay, tag=tag) for tag in sorted(set(fields["tags"])))
    return replay
