"""Bad input of any kind, over every endpoint: a fitting 4xx in the one error shape, never a 500."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from benchmarks.models import Benchmark
from play import services as play
from runs.events_file import EventsFile
from runs.models import Run
from runs.services import leases, lifecycle
from runs.tests.trainer_events import EventWriter

pytestmark = pytest.mark.django_db

NOBODY = "00000000-0000-4000-8000-000000000000"
HUGE = "1" + "0" * 40
DEEP = "[" * 5000 + "]" * 5000

# (method, path, body, status). {run}, {replay}, {session} exist, {bare} is a run without checkpoints; text bodies go as
# they are.
CASES: list[tuple[str, str, Any, int]] = [
    *(("GET", f"/api/runs?{query}", None, 422) for query in (
        "limit=-1", "limit=0", "limit=1001", "limit=x", "limit=", f"limit={HUGE}", "limit=1.5", "limit=NaN",
        "limit=null", "offset=-1", f"offset={HUGE}", "status=nope", "status=", "status=%00",
    )),
    *(("GET", f"/api/runs/{{run}}/metrics/windows?{query}", None, 422) for query in (
        "order=up", "after=-1", f"after={HUGE}", "after=x", "limit=-1",
    )),
    *(("GET", f"/api/runs/{{run}}/replays?{query}", None, 422) for query in (
        "window_id=-1", f"window_id={HUGE}", "tag=%00", "tags_any=a,%00", "tags_all=%00", f"tag={'x' * 200}", "limit=0",
    )),
    *(("GET", f"/api/runs/{{run}}/replays/{{replay}}/frames?{query}", None, 422) for query in (
        "offset=-1", "offset=999999", f"offset={HUGE}", "limit=0", "limit=1001", "offset=NaN",
    )),
    *(("GET", path, None, 404) for path in (
        "/api/", "/api/nope", "/api/runs/", f"/api/runs/{NOBODY}", "/api/runs/not-a-uuid", "/api/runs/%00",
        f"/api/runs/{NOBODY}/metrics/windows", f"/api/runs/{NOBODY}/analytics/completeness",
        f"/api/runs/{NOBODY}/replays", f"/api/runs/{{run}}/replays/{NOBODY}", "/api/runs/{run}/replays/x",
        f"/api/runs/{{run}}/replays/{NOBODY}/frames", f"/api/runs/{{run}}/replays/{NOBODY}/download",
        f"/api/runs/{NOBODY}/replays/{{replay}}/frames", "/api/runs/{run}/nope",
    )),
    *(("POST", f"/api/runs/{NOBODY}/{verb}", {}, 404) for verb in ("stop", "resume", "clone")),
    *(("POST", path, text, 400) for path in ("/api/runs", "/api/runs/{run}/clone", "/api/play/session",
        "/api/play/session/{session}/reset", "/api/play/session/{session}/step") for text in (
        "{", "not json", '{"seed": NaN}', '{"seed": Infinity}', "\xff\xfe", '{"name": "\\ud800"}', DEEP,
    )),
    *(("POST", path, body, 422) for path in ("/api/runs", "/api/runs/{run}/clone") for body in (
        [], "text", 5, {"nope": 1}, {"name": 5}, {"name": ""}, {"name": "x" * 300}, {"config": []}, {"config": "x"},
        {"config": {"learning_rate": None}}, {"config": {"learning_rate": "fast"}}, {"config": {"seed": -1}},
        {"config": {"num_envs": 10**30}}, {"config": {"backend": "magic"}}, {"config": {"name": "\0"}}, {"name": "\0"},
        {"config": {"time_max": 0}}, {"config": {"num_minibatches": 7}},
    )),
    *(("POST", "/api/play/session", body, 422) for body in (
        [], 5, {"seed": -1}, {"seed": 2**53}, {"seed": 10**40}, {"seed": 1.5}, {"seed": "1"}, {"seed": True},
        {"time_max": 0}, {"time_max": -1}, {"time_max": 1e300}, {"time_max": "long"}, {"nope": 1},
    )),
    *(("POST", "/api/play/session/{session}/reset", body, 422) for body in ({"seed": -1}, {"seed": None, "x": 1}, [])),
    *(("POST", "/api/play/session/{session}/step", body, 422) for body in (
        {}, [], None, {"action": 1}, {"expect": 0}, {"action": 69, "expect": 0}, {"action": -1, "expect": 0},
        {"action": 255, "expect": 0}, {"action": 10**40, "expect": 0}, {"action": 1.0, "expect": 0},
        {"action": "6", "expect": 0}, {"action": True, "expect": 0}, {"action": None, "expect": 0},
        {"action": 6, "expect": -1}, {"action": 6, "expect": 10**40}, {"action": 6, "expect": 0, "more": 1},
    )),
    *(("GET", f"/api/benchmarks?{query}", None, 422) for query in (
        "run_id=x", "run_id=", "run_id=%00", "limit=0", "limit=1001", f"offset={HUGE}",
    )),
    *(("GET", f"/api/benchmarks/{path}", None, 404) for path in (
        "x", "%00", NOBODY, f"{NOBODY}/results.json", f"{NOBODY}/report.md", f"{NOBODY}/nope",
    )),
    *(("POST", "/api/benchmarks", text, 400) for text in (
        "{", '{"seed_base": NaN}', '{"checkpoint": "\\ud800"}', DEEP,
    )),
    *(("POST", "/api/benchmarks", body, 422) for body in (
        [], 5, None, {}, {"run_id": None}, {"run_id": "x"}, {"run_id": 5},
        *({"run_id": "{run}", **wrong} for wrong in (
            {"nope": 1}, {"episodes": 0}, {"episodes": 10_001}, {"episodes": "9"}, {"episodes": 1.5},
            {"episodes": None}, {"seed_base": -1}, {"seed_base": 2**53}, {"seed_base": 10**40}, {"time_max": 0},
            {"time_max": 1e300}, {"time_max": "long"}, {"greedy": 1}, {"greedy": "yes"}, {"checkpoint": ""},
            {"checkpoint": 5}, {"checkpoint": "x" * 200}, {"sampling_seed": -1}, {"checkpoint": "../lock"},
            {"checkpoint": "\0"},
        )),
    )),
    ("POST", "/api/benchmarks", {"run_id": NOBODY}, 404),
    ("POST", "/api/benchmarks", {"run_id": "{bare}"}, 409),
    ("POST", "/api/play/session/{session}/step", {"action": 6, "expect": 7}, 409),
    ("POST", f"/api/play/session/{NOBODY}/step", {"action": 6, "expect": 0}, 404),
    ("POST", f"/api/play/session/{NOBODY}/reset", {}, 404),
    ("DELETE", f"/api/play/session/{NOBODY}", None, 404),
    ("POST", "/api/play/session/not-a-uuid/step", {"action": 6, "expect": 0}, 404),
    *((method, path, {}, 405) for method in ("PUT", "PATCH", "DELETE") for path in (
        "/api/runs", "/api/runs/{run}", "/api/runs/{run}/stop", "/api/runs/{run}/replays", "/api/play/session",
        "/api/benchmarks", f"/api/benchmarks/{NOBODY}",
    )),
    ("GET", "/api/runs/{run}/stop", None, 405),
    ("GET", "/api/play/session/{session}/step", None, 405),
    ("POST", "/health", {}, 405),
    ("POST", "/api/play/session", "x" * 300_000, 400),
]  # fmt: skip


@pytest.fixture
def places(run: Run, tiny_config: dict[str, Any]) -> dict[str, str]:
    lease = leases.acquire_lease(run_id=run.pk, worker="w")
    writer = EventWriter(run, token=lease.token)
    writer.window(1)
    writer.replay(1)
    writer.checkpoint(1)
    EventsFile.of(lease).record_new(seconds=60)
    session, _ = play.start_session(seed=1)
    bare = lifecycle.create_run(config=tiny_config)
    return {
        "run": str(run.pk),
        "replay": str(run.replays.get().pk),
        "session": str(session.pk),
        "bare": str(bare.pk),
    }


def test_every_bad_request_gets_its_4xx_in_the_one_shape(places: dict[str, str], client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    wrong = []
    for method, path, body, expected in CASES:
        for name, value in places.items():
            path = path.replace("{" + name + "}", value)
            if isinstance(body, dict) and body.get("run_id") == "{" + name + "}":
                body = {**body, "run_id": value}
        text = isinstance(body, str) and body != "text"
        content = body.encode("latin-1") if text else body
        answer = client.generic(method, path, _encoded(content), content_type="application/json")
        problem = _problem(answer, expected)
        if problem:
            wrong.append(f"{method} {path[:90]} {str(body)[:60]!r}: {problem}")
    assert not wrong, "\n".join(wrong)
    assert (Run.objects.count(), Benchmark.objects.count()) == (2, 0)


BODIES: list[tuple[str, dict[str, Any]]] = [
    ("/api/runs", {"name": "a run", "config": {"seed": 1}}),
    ("/api/runs/{run}/clone", {"name": "a run", "config": {"seed": 1}}),
    ("/api/play/session", {"seed": 1, "time_max": 100.0}),
    ("/api/play/session/{session}/reset", {"seed": 1}),
    ("/api/play/session/{session}/step", {"action": 6, "expect": 0}),
    ("/api/benchmarks", {"run_id": "{run}", "checkpoint": "newest", "episodes": 1, "seed_base": 0, "time_max": 30.0,
                         "greedy": False, "sampling_seed": 0}),
]  # fmt: skip


def test_a_wrong_field_of_a_body_is_named(places: dict[str, str], client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))

    def named(path: str, body: dict[str, Any]) -> str | None:
        for name, value in places.items():
            path = path.replace("{" + name + "}", value)
            body = {field: value if wanted == "{" + name + "}" else wanted for field, wanted in body.items()}
        answer = client.post(path, body, content_type="application/json")
        assert answer.status_code == 422, (path, body, answer.content)
        return answer.json()["error"].get("field")

    for path, body in BODIES:
        assert named(path, {**body, "speed": 1}) == "speed"
        for field in body:
            assert named(path, {**body, field: [[]]}) == field
    for path, field in (("/api/play/session/{session}/step", "expect"), ("/api/benchmarks", "run_id")):
        body = dict(BODIES)[path]
        assert named(path, {name: value for name, value in body.items() if name != field}) == field
    assert named("/api/runs", {"config": {"gamma": 2}}) == "config.gamma"
    assert named("/api/runs", {"config": {"speed": 2}}) == "config.speed"


def _encoded(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body).encode()


def _problem(answer: Any, expected: int) -> str | None:
    if answer.status_code != expected:
        return f"{answer.status_code}, not {expected}: {answer.content[:200]!r}"
    if expected == 405 and not answer.headers.get("Allow"):
        return "a 405 without the methods that are allowed"
    if not answer.headers["Content-Type"].startswith("application/json"):
        return f"content type {answer.headers['Content-Type']}"
    body = answer.json()
    error = body.get("error", {})
    if set(body) != {"error"} or not {"code", "message"} <= set(error) <= {"code", "message", "field"}:
        return f"body {body}"
    return None if error["message"] else "no message"


async def test_a_bad_host_header_is_a_400_in_the_same_shape(async_client: AsyncClient) -> None:
    answer = await async_client.get("/api/runs", headers={"Host": "evil.example"})
    assert _problem(answer, 400) is None
