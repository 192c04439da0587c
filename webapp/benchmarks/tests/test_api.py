"""The benchmarks API and admin: shapes, pages, files, who may start one."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pydantic import TypeAdapter

from benchmarks import part_worker
from benchmarks.models import Benchmark, BenchmarkStatus
from benchmarks.schemas import BenchmarkDetail, BenchmarkList, BenchmarkOut, Results
from benchmarks.services import claims, lifecycle
from runs.models import Run

pytestmark = pytest.mark.django_db

ADMIN = "/admin/benchmarks/benchmark/"


@pytest.fixture
def queued(trained: Run) -> Benchmark:
    return lifecycle.create_benchmark(run_id=trained.pk, episodes=3, time_max=30.0)


@pytest.fixture
def finished(queued: Benchmark) -> Benchmark:
    for part in queued.parts.all():
        part_worker.play_part(part_id=part.pk)
    part_worker.measure_benchmark(benchmark_id=queued.pk)
    queued.refresh_from_db()
    return queued


def test_a_benchmark_is_read_as_it_goes_on(queued: Benchmark, client: Client) -> None:
    path = f"/api/benchmarks/{queued.pk}"

    def read() -> tuple[Any, ...]:
        content = client.get(path).content
        BenchmarkDetail.model_validate_json(content)
        answer = json.loads(content)
        TypeAdapter(Results | None).validate_json(json.dumps(answer["results"]))
        return answer["status"], answer["parts_finished"], answer["progress"], answer["results"] is not None

    assert read() == ("queued", 0, 0.0, False)
    part_worker.play_part(part_id=queued.parts.first().pk)
    assert read() == ("running", 1, 0.2, False)
    for name in ("results.json", "report.md"):
        answer = client.get(f"{path}/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    for part in queued.parts.all():
        part_worker.play_part(part_id=part.pk)
    part_worker.measure_benchmark(benchmark_id=queued.pk)
    assert read() == ("finished", 5, 1.0, True)


def test_its_files_are_downloads_and_its_answer_leaves_the_seeds_out(finished: Benchmark, client: Client) -> None:
    path = f"/api/benchmarks/{finished.pk}"
    file, report = client.get(f"{path}/results.json"), client.get(f"{path}/report.md")
    for answer, end in ((file, "json"), (report, "md")):
        assert answer["Content-Disposition"] == f'attachment; filename="benchmark-{str(finished.pk)[:8]}.{end}"'
    assert report.content.decode().startswith("# Benchmark: policy against 4 scripted players")
    whole, results = file.json(), client.get(path).json()["results"]
    assert whole.pop("per_seed")["seed"] == [1_000_000, 1_000_001, 1_000_002]
    assert results == whole


def test_lists_page_and_filter(queued: Benchmark, client: Client) -> None:
    newer = [lifecycle.create_benchmark(run_id=queued.run_id, episodes=1) for _ in range(4)]
    claims.fail_benchmark(benchmark_id=newer[3].pk, error="why")
    content = client.get(f"/api/benchmarks?run_id={queued.run_id}").content
    BenchmarkList.model_validate_json(content)
    listed = json.loads(content)
    assert [item["id"] for item in listed["items"]] == [str(each.pk) for each in (*reversed(newer), queued)]
    assert [(item["status"], item["error"]) for item in listed["items"][:2]] == [("failed", "why"), ("queued", None)]
    page = client.get("/api/benchmarks?limit=2&offset=4").json()
    assert ([item["id"] for item in page["items"]], page["count"]) == ([str(queued.pk)], 5)
    nothing = client.get("/api/benchmarks?run_id=00000000-0000-4000-8000-000000000000").json()
    assert nothing == {"items": [], "count": 0}


def test_starting_one_needs_a_login_a_permission_and_a_csrf_token(trained: Run) -> None:
    def post(client: Client, **headers: str) -> tuple[int, str | None]:
        answer = client.post("/api/benchmarks", {"run_id": str(trained.pk)}, "application/json", headers=headers)
        return answer.status_code, (answer.json()["error"] or {}).get("code")

    assert post(Client()) == (401, "not_logged_in")
    nobody, careless = Client(), Client(enforce_csrf_checks=True)
    nobody.force_login(User.objects.create_user("nobody"))
    assert post(nobody) == (403, "forbidden")
    operator = User.objects.create_user("operator")
    operator.user_permissions.set(Permission.objects.filter(codename="add_benchmark"))
    careless.force_login(operator)
    assert post(careless)[0] == 403
    careless.get("/")
    assert Benchmark.objects.count() == 0
    assert post(careless, **{"X-CSRFToken": careless.cookies["csrftoken"].value}) == (201, None)


def test_it_is_started_as_asked(trained: Run, admin_client: Client) -> None:
    asked = {
        "run_id": str(trained.pk), "checkpoint": "window-000001.pt", "episodes": 7, "seed_base": 2**53 - 1,
        "time_max": 50, "greedy": True, "sampling_seed": 5,
    }  # fmt: skip
    answer = admin_client.post("/api/benchmarks", asked, "application/json")
    assert answer.status_code == 201
    BenchmarkOut.model_validate_json(answer.content)
    assert answer.json() == {**answer.json(), **asked, "status": "queued", "env_steps_total": 1000}


def test_the_admin_starts_shows_and_deletes_benchmarks(finished: Benchmark, admin_client: Client) -> None:
    listing = admin_client.get(ADMIN).content.decode()
    assert "5 of 5 parts" in listing
    page = admin_client.get(f"{ADMIN}{finished.pk}/change/").content.decode()
    assert "<th>veteran</th>" in page
    assert "Net profit (credits)" in page
    assert f"/api/benchmarks/{finished.pk}/report.md" in page
    assert 'name="_save"' not in page
    action = {"action": "benchmark", "_selected_action": [str(finished.run_id)]}
    answer = admin_client.post("/admin/runs/run/", action, follow=True).content.decode()
    assert "its benchmark is queued" in answer
    started = Benchmark.objects.exclude(pk=finished.pk).get()
    assert (started.status, started.episodes, started.checkpoint) == (BenchmarkStatus.QUEUED, 1000, "window-000002.pt")
    assert "0 of 5 parts" in admin_client.get(f"{ADMIN}{started.pk}/change/").content.decode()
    assert "2 benchmarks" in admin_client.get(f"/admin/runs/run/{finished.run_id}/change/").content.decode()
    admin_client.post(f"{ADMIN}{finished.pk}/delete/", {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": [str(started.pk)], "post": "yes"}
    admin_client.post(ADMIN, data)
    assert Benchmark.objects.count() == 0


def test_who_may_only_look_at_runs_starts_none_in_the_admin(trained: Run, client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_run", "change_run"]))
    client.force_login(viewer)
    client.post("/admin/runs/run/", {"action": "benchmark", "_selected_action": [str(trained.pk)]}, follow=True)
    assert Benchmark.objects.count() == 0
