"""The runs API: shapes, pages, who may write."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from replays.schemas import ReplayList
from runs.events_file import EventsFile
from runs.models import Run, RunStatus
from runs.schemas import CompletenessOut, RunList, RunOut, WindowList
from runs.services import leases
from runs.tests.trainer_events import EventWriter

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(run: Run) -> Run:
    """A run with three windows, two replays and a checkpoint."""
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    writer = EventWriter(run, token=lease.token)
    for window in (1, 2, 3):
        writer.window(window)
    writer.replay(1, tags=("every_window", "best_so_far"))
    writer.replay(2)
    writer.checkpoint(2)
    EventsFile.of(lease).record_new(seconds=60)
    run.refresh_from_db()
    return run


@pytest.fixture
def operator(client: Client) -> Client:
    """A client logged in as somebody who may create and change runs."""
    user = User.objects.create_user("operator")
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_run", "change_run"]))
    client.force_login(user)
    return client


def test_answers_have_the_shapes_of_the_schema(recorded: Run, client: Client) -> None:
    base = f"/api/runs/{recorded.pk}"
    for path, schema in (
        (base, RunOut),
        ("/api/runs", RunList),
        (f"{base}/metrics/windows", WindowList),
        (f"{base}/analytics/completeness", CompletenessOut),
        (f"{base}/replays", ReplayList),
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        schema.model_validate_json(answer.content)


def test_a_run_says_where_it_is(recorded: Run, client: Client) -> None:
    run = client.get(f"/api/runs/{recorded.pk}").json()
    newest = client.get(f"/api/runs/{recorded.pk}/replays").json()["items"][0]
    assert run["progress"] == pytest.approx(3 * 512 / 4_000_000)
    assert (run["windows_count"], run["last_window_id"], run["latest_replay_id"]) == (3, 3, newest["id"])
    replays = client.get(f"/api/runs/{recorded.pk}/replays").json()["items"]
    assert run["best_return"] == max(replay["return"] for replay in replays)
    assert run["best_credits"] == max(replay["credits"] for replay in replays)


def test_lists_page_and_filter(recorded: Run, client: Client, tiny_config: dict[str, Any]) -> None:
    assert client.get("/api/runs?status=running&limit=1").json()["count"] == 1
    assert client.get("/api/runs?status=failed").json() == {"items": [], "count": 0}
    assert client.get("/api/runs?offset=9007199254740992").json() == {"items": [], "count": 1}
    windows = f"/api/runs/{recorded.pk}/metrics/windows"
    ids = lambda query: [row["window_id"] for row in client.get(windows + query).json()["items"]]  # noqa: E731
    assert ids("") == [1, 2, 3]
    assert ids("?order=desc&limit=2") == [3, 2]
    assert ids("?after=1") == [2, 3]
    assert client.get(f"{windows}?after=1&limit=1").json()["count"] == 2
    replays = f"/api/runs/{recorded.pk}/replays"
    found = lambda query: [r["window_id"] for r in client.get(replays + query).json()["items"]]  # noqa: E731
    assert found("?tag=best_so_far") == [1]
    assert found("?tags_any=best_so_far,every_window") == [2, 1]
    assert found("?tags_all=best_so_far,every_window") == [1]
    assert found("?tags_all=nothing") == []
    assert found("?window_id=2") == [2]
    assert found("?limit=1&offset=1") == [1]


def test_completeness_counts_what_should_be_there(recorded: Run, client: Client) -> None:
    items = client.get(f"/api/runs/{recorded.pk}/analytics/completeness").json()["items"]
    assert [(item["source"], item["status"], item["count"]) for item in items] == [
        ("windows", "ok", 3),
        ("checkpoints", "ok", 1),
        ("replays", "error", 2),
    ]


def test_writing_needs_a_login_a_permission_and_a_csrf_token(run: Run) -> None:
    paths = ["/api/runs", *(f"/api/runs/{run.pk}/{verb}" for verb in ("stop", "resume", "clone"))]
    post = lambda client, path, **headers: client.post(path, {}, "application/json", headers=headers)  # noqa: E731
    stranger, nobody = Client(), Client()
    nobody.force_login(User.objects.create_user("nobody"))
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(User.objects.create_superuser("root"))
    for path in paths:
        assert (post(stranger, path).status_code, post(stranger, path).json()["error"]["code"]) == (
            401,
            "not_logged_in",
        )
        assert (post(nobody, path).status_code, post(nobody, path).json()["error"]["code"]) == (403, "forbidden")
        assert post(careless, path).status_code == 403
    careless.get("/")
    token = careless.cookies["csrftoken"].value
    assert post(careless, f"/api/runs/{run.pk}/stop", **{"X-CSRFToken": token}).status_code == 202


def test_create_stop_resume_and_clone(operator: Client, tiny_config: dict[str, Any]) -> None:
    def post(path: str, body: dict[str, Any] | None = None) -> Any:
        return operator.post(path, body or {}, content_type="application/json")

    created = post("/api/runs", {"name": "mine", "config": tiny_config})
    assert (created.status_code, created.json()["status"]) == (201, "queued")
    run = f"/api/runs/{created.json()['id']}"
    assert post(f"{run}/resume").status_code == 409
    assert (post(f"{run}/stop").json()["status"], post(f"{run}/stop").status_code) == ("stopped", 409)
    assert post(f"{run}/resume").json()["status"] == RunStatus.QUEUED
    clone = post(f"{run}/clone", {"config": {"seed": 9}}).json()
    assert (clone["parent_id"], clone["seed"], clone["name"]) == (created.json()["id"], 9, "mine (clone)")
