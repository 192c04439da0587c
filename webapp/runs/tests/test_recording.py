"""A trainer's events become rows: none lost, none doubled, whatever was killed when."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from base import artifacts
from replays.models import Replay
from runs import directory
from runs.events_file import EventsFile
from runs.models import Checkpoint, Run, Window
from runs.services import leases
from runs.services.leases import Lease
from runs.supervisor import Supervisor
from runs.tests.trainer_events import EventWriter, started, window_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def lease(run: Run) -> Lease:
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    assert lease is not None
    return lease


@pytest.fixture
def writer(run: Run, lease: Lease) -> EventWriter:
    return EventWriter(run, token=lease.token)


def window_ids() -> list[int]:
    return [*Window.objects.order_by("window_id").values_list("window_id", flat=True)]


def test_events_become_rows_once_however_often_the_file_is_read(lease: Lease, writer: EventWriter) -> None:
    writer.append("started", **started())
    writer.window(1)
    writer.replay(1, tags=("every_window", "best_so_far"))
    writer.checkpoint(1)
    writer.append("log", level="info", message="hello")
    for _ in range(2):
        EventsFile.of(lease).record_new(seconds=60)
    told = Run.objects.get().live_seq
    # a supervisor killed after a commit and before it noted anything: reads from the beginning
    EventsFile(lease=lease, offset=0).record_new(seconds=60)
    run = Run.objects.get()
    assert run.live_seq == told, "nothing is told twice"
    assert (window_ids(), Checkpoint.objects.count(), Replay.objects.count()) == ([1], 1, 1)
    assert [tag.tag for tag in Replay.objects.get().tags.all()] == ["best_so_far", "every_window"]
    assert (run.env_steps_total, run.steps_per_second, run.events_seq) == (512, 1000.0, 5)
    assert run.events_offset == writer.path.stat().st_size


def test_a_line_without_its_end_waits_until_it_is_whole(lease: Lease, writer: EventWriter) -> None:
    line = json.dumps(writer.event("window", window=window_row(1)))
    writer.append_text(line[:20])
    events = EventsFile.of(lease)
    events.record_new(seconds=60)
    assert window_ids() == []
    writer.append_text(line[20:] + "\n")
    events.record_new(seconds=60)
    assert window_ids() == [1]


def test_what_a_killed_trainer_left_of_a_line_does_not_spoil_the_next_ones(lease: Lease, writer: EventWriter) -> None:
    writer.window(1)
    writer.append_text('{"seq": 2, "ty')
    events = EventsFile.of(lease)
    events.record_new(seconds=60)
    events.cut_unfinished_line()
    writer.window(2)
    events.record_new(seconds=60)
    assert window_ids() == [1, 2]


def test_windows_after_a_resume_replace_those_of_the_lost_time(lease: Lease, writer: EventWriter) -> None:
    writer.window(1)
    writer.window(2, return_mean=-7.0)
    writer.replay(2)
    writer.append("started", **started(pid=2, resumed_from="c", env_steps_total=512))
    writer.window(2, return_mean=-3.0)
    writer.replay(2, tags=("best_so_far",))
    EventsFile.of(lease).record_new(seconds=60)
    assert window_ids() == [1, 2]
    assert Window.objects.get(window_id=2).row["return_mean"] == -3.0
    assert [tag.tag for tag in Replay.objects.get(window_id=2).tags.all()] == ["best_so_far"]


def test_what_a_lost_trainer_wrote_is_kept_but_not_what_it_writes_beside_its_successor(
    run: Run, lease: Lease, writer: EventWriter
) -> None:
    writer.window(1)
    leases.hand_over(lease=lease)
    new = leases.acquire_lease(run_id=run.pk, worker="other")
    assert new is not None
    events = EventsFile.of(new)
    events.record_new(seconds=60)
    assert window_ids() == [1]
    events.from_token = new.token
    writer.window(2)
    successor = EventWriter(run, token=new.token, seq=writer.seq)
    successor.window(3)
    events.record_new(seconds=60)
    assert window_ids() == [1, 3]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"type": "window"}',
        '{"seq": 1, "time": "2026-01-02T03:04:05+00:00", "token": 1, "type": "window", "window": null}',
        json.dumps({"seq": 1, "time": "yesterday", "token": 1, "type": "window", "window": window_row(9)}),
        '{"seq": 1, "time": "2026-01-02T03:04:05+00:00", "token": 1, "type": "checkpoint", "path": "../../secret-key", '
        '"sha256": "ab", "bytes": 1, "window_id": 1, "env_steps_total": 512, "best": false}',
        '{"seq": 1, "time": "2026-01-02T03:04:05+00:00", "token": 1, "type": "from_the_future"}',
    ],
)
def test_a_line_that_makes_no_sense_is_skipped_and_the_next_one_counts(
    lease: Lease, writer: EventWriter, line: str
) -> None:
    writer.append_text(line + "\n")
    writer.seq = 1
    writer.window(5)
    EventsFile.of(lease).record_new(seconds=60)
    assert window_ids() == [5]


def test_a_bad_event_names_its_field_is_skipped_and_leaves_the_next_one_alone(
    lease: Lease, writer: EventWriter, caplog: pytest.LogCaptureFixture
) -> None:
    row = window_row(1)
    writer.append("window", window={**row, "ticks": "many"})
    writer.append("window", window={**row, "speed": 1})
    writer.append("window", window={name: value for name, value in row.items() if name != "entropy"})
    writer.append("finished", reason="bored", env_steps_total=0)
    writer.append("from_the_future")
    writer.append("log", level="info")
    end = writer.path.stat().st_size
    writer.window(2)
    events = EventsFile.of(lease)
    assert events.record_new(seconds=60) is None
    told = [record.getMessage().partition(": skipped ")[2] for record in caplog.records]
    assert [message.partition(": Input tag")[0] for message in told] == [
        "event window (seq 1): window.ticks: Input should be a valid integer",
        "event window (seq 2): window.speed: Extra inputs are not permitted",
        "event window (seq 3): window.entropy: Field required",
        "event finished (seq 4): reason: Input should be 'completed' or 'stopped'",
        "event from_the_future (seq 5): type",
        "event log (seq 6): message: Field required",
    ]
    assert window_ids() == [2]
    assert Run.objects.get().events_offset == writer.path.stat().st_size > end


def test_a_busy_reader_stops_in_time_and_says_that_lines_are_left(lease: Lease, writer: EventWriter) -> None:
    for window in (1, 2, 3):
        writer.window(window)
    events = EventsFile.of(lease)
    events.record_new(seconds=-1)
    assert (events.lines_left, window_ids()) == (True, [])
    events.record_new(seconds=60)
    assert (events.lines_left, window_ids()) == (False, [1, 2, 3])


def test_a_number_that_is_none_becomes_null(lease: Lease, writer: EventWriter) -> None:
    writer.window(1, return_mean=float("nan"), policy_loss=float("inf"))
    EventsFile.of(lease).record_new(seconds=60)
    row = Window.objects.get().row
    assert (row["return_mean"], row["policy_loss"]) == (None, None)


class ElsewhereStorage(FileSystemStorage):
    """Stands for a storage that is not the run directory, such as S3."""


@pytest.fixture
def bucket(settings: Any, tmp_path: Path) -> Path:
    """Artifacts go to a storage elsewhere, which lies in this directory."""
    location = {"location": tmp_path / "bucket"}
    backend = f"{__name__}.ElsewhereStorage"
    settings.STORAGES = {**settings.STORAGES, "artifacts": {"BACKEND": backend, "OPTIONS": location}}
    return tmp_path / "bucket"


def checkpoint_paths() -> list[str]:
    return [path.split("/", 1)[1] for path in Checkpoint.objects.values_list("path", flat=True)]


def test_files_are_copied_to_another_storage_and_brought_back_for_a_resume(
    run: Run, lease: Lease, writer: EventWriter, bucket: Path
) -> None:
    writer.checkpoint(1)
    writer.checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    checkpoint = Checkpoint.objects.get()
    local = directory.run_directory(run.pk).checkpoints / "window-000001.pt"
    for damage in (local.unlink, lambda: local.write_bytes(b"wait")):
        damage()
        assert artifacts.fetch(name=checkpoint.path, sha256=checkpoint.sha256) == local
        assert local.read_bytes() == b"weights"


def test_a_stored_file_that_changed_is_not_fetched(lease: Lease, writer: EventWriter, bucket: Path) -> None:
    writer.checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    checkpoint = Checkpoint.objects.get()
    (bucket / checkpoint.path).write_bytes(b"weighty")
    local = artifacts.root() / checkpoint.path
    local.unlink()
    with pytest.raises(artifacts.DamagedArtifactError, match=r"window-000001\.pt is damaged"):
        artifacts.fetch(name=checkpoint.path, sha256=checkpoint.sha256)
    assert [*local.parent.iterdir()] == []


def test_where_the_newest_is_damaged_or_lost_the_one_before_is_brought(
    run: Run, lease: Lease, writer: EventWriter, bucket: Path
) -> None:
    for window in (1, 2, 3):
        writer.checkpoint(window)
    EventsFile.of(lease).record_new(seconds=60)
    damaged, lost = sorted(bucket.rglob("*.pt"))[1:]
    damaged.write_bytes(b"")
    lost.unlink()
    local = directory.run_directory(run.pk).checkpoints
    for path in local.iterdir():
        path.unlink()
    Supervisor(lease)._fetch_checkpoint()
    assert [path.name for path in local.iterdir()] == ["window-000001.pt"]


def test_a_checkpoint_that_the_trainer_removed_is_removed(lease: Lease, writer: EventWriter) -> None:
    writer.checkpoint(1)
    writer.checkpoint(2)
    EventsFile.of(lease).record_new(seconds=60)
    writer.remove_checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    assert checkpoint_paths() == ["checkpoints/window-000002.pt"]


def test_a_checkpoint_that_is_gone_before_it_was_recorded_never_shows(lease: Lease, writer: EventWriter) -> None:
    writer.checkpoint(1)
    writer.remove_checkpoint(1)
    writer.window(2)
    events = EventsFile.of(lease)
    events.record_new(seconds=60)
    assert (checkpoint_paths(), window_ids()) == ([], [2])
    assert events.offset == writer.path.stat().st_size


def test_a_late_reader_leaves_the_next_file_of_that_name_alone(lease: Lease, writer: EventWriter) -> None:
    writer.checkpoint(1)
    writer.remove_checkpoint(1)
    writer.checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    assert checkpoint_paths() == ["checkpoints/window-000001.pt"]
    assert (artifacts.root() / Checkpoint.objects.get().path).read_bytes() == b"weights"


@pytest.mark.django_db(transaction=True)
def test_the_copy_in_another_storage_goes_too(lease: Lease, writer: EventWriter, bucket: Path) -> None:
    writer.checkpoint(1)
    writer.checkpoint(2)
    EventsFile.of(lease).record_new(seconds=60)
    writer.remove_checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    assert [path.name for path in bucket.rglob("*.pt")] == ["window-000002.pt"]
