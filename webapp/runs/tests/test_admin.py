"""The admin: create, stop, resume, clone, delete; errors by field; logs shown, never run as HTML."""

import json
from typing import Any

import pytest
from django.test import Client

from replays.models import Replay
from runs import directory
from runs.events_file import EventsFile
from runs.models import Run, RunStatus
from runs.services import leases
from runs.sparkline import sparkline
from runs.tests.trainer_events import EventWriter

pytestmark = pytest.mark.django_db

RUNS = "/admin/runs/run/"


@pytest.fixture
def recorded(run: Run) -> Run:
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    writer = EventWriter(run, token=lease.token)
    for window in (1, 2, 3):
        writer.window(window)
    writer.replay(1)
    writer.checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    leases.hand_over(lease=lease)
    (directory.run_directory(run.pk).path / "trainer.log").write_text("first\n<script>alert(1)</script>\n")
    return run


def act(client: Client, action: str, *runs: Run) -> str:
    data = {"action": action, "_selected_action": [str(run.pk) for run in runs]}
    return client.post(RUNS, data, follow=True).content.decode()


def test_pages_show_what_a_run_produced(recorded: Run, admin_client: Client) -> None:
    listing = admin_client.get(RUNS).content.decode()
    assert "<polyline" in listing
    assert f"/analytics?run={recorded.pk}" in listing
    page = admin_client.get(f"{RUNS}{recorded.pk}/change/").content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "3 windows" in page
    for model in ("runs/window", "runs/checkpoint", "replays/replay"):
        assert admin_client.get(f"/admin/{model}/?run__id__exact={recorded.pk}").status_code == 200


def test_a_run_is_created_from_the_form(admin_client: Client, tiny_config: dict[str, Any]) -> None:
    assert "learning_rate" in admin_client.get(f"{RUNS}add/").content.decode()
    admin_client.post(f"{RUNS}add/", {"name": "by form", "config": json.dumps(tiny_config)})
    run = Run.objects.get()
    assert (run.name, run.config["name"], run.status) == ("by form", "by form", RunStatus.QUEUED)


def test_a_wrong_config_is_explained_by_field(admin_client: Client) -> None:
    config = {"learning_rate": -1, "seed": "x", "speed": 1}
    page = admin_client.post(f"{RUNS}add/", {"name": "wrong", "config": json.dumps(config)}).content.decode()
    for message in ("learning_rate: Input should be greater than 0", "seed: Input should be", "speed: Extra inputs"):
        assert message in page
    assert "Enter a valid JSON" in admin_client.post(f"{RUNS}add/", {"name": "x", "config": "{"}).content.decode()
    assert Run.objects.count() == 0


def test_actions_stop_resume_and_clone_and_say_why_not(recorded: Run, admin_client: Client) -> None:
    assert "asked to stop" in act(admin_client, "stop", recorded)
    assert "only a queued or running run can be stopped" in act(admin_client, "stop", recorded)
    assert "queued" in act(admin_client, "resume", recorded)
    assert "cloned" in act(admin_client, "clone", recorded)
    assert Run.objects.count() == 2
    assert Run.objects.get(parent=recorded).status == RunStatus.QUEUED


def test_deleting_takes_all_along_unless_the_run_is_supervised(
    recorded: Run, admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    lease = leases.acquire_lease(run_id=recorded.pk, worker="w")
    data = {"action": "delete_selected", "_selected_action": [str(recorded.pk)], "post": "yes"}
    assert "stop it before deleting it" in admin_client.post(RUNS, data, follow=True).content.decode()
    assert admin_client.post(f"{RUNS}{recorded.pk}/delete/", {"post": "yes"}).status_code == 403
    leases.end_run(lease=lease, status=RunStatus.STOPPED)
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(f"{RUNS}{recorded.pk}/delete/", {"post": "yes"})
    assert (Run.objects.count(), Replay.objects.count()) == (0, 0)
    assert not directory.run_directory(recorded.pk).path.exists()


def test_a_sparkline_leaves_gaps_out() -> None:
    assert sparkline([1.0, None]) == "-"
    assert sparkline([1.0, None, 3.0]).count(",") >= 2
    assert "nan" not in sparkline([2.0, 2.0])
