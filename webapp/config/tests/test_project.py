"""What the project as a whole answers: its health, other origins, the pages of the browser app."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_health_tells_what_is_wrong(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/health")
    assert answer.status_code == 503
    health = answer.json()
    assert (health["status"], health["database"], health["rules_version"]) == ("degraded", "ok", "1")
    assert "error" in health["broker"]


def test_cors_is_for_the_named_origins_only(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://lab.example"]
    allowed = client.get("/api/runs", headers={"Origin": "https://lab.example"})
    assert allowed["Access-Control-Allow-Origin"] == "https://lab.example"
    assert allowed["Access-Control-Allow-Credentials"] == "true"
    other = client.get("/api/runs", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other
    elsewhere = client.get("/play", headers={"Origin": "https://lab.example"})
    assert "Access-Control-Allow-Origin" not in elsewhere


def test_a_preflight_says_what_the_named_origins_may_send(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://lab.example"]
    preflight = {"Origin": "https://lab.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/api/runs", headers=preflight)
    assert answer.status_code == 200
    assert {name: value for name, value in answer.items() if name.startswith("access-control")} == {
        "access-control-allow-origin": "https://lab.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST, DELETE",
        "access-control-allow-headers": "content-type, x-csrftoken",
        "access-control-max-age": "600",
    }
    refused = client.options("/api/runs", headers={**preflight, "Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in refused


def test_the_pages_say_how_to_build_the_browser_app_when_it_is_missing(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.FRONTEND_DIST = tmp_path / "dist"
    answer = client.get("/analytics")
    assert answer.status_code == 503
    assert b"npm run build" in answer.content
    settings.FRONTEND_DIST.mkdir()
    (settings.FRONTEND_DIST / "index.html").write_text("<p>app</p>")
    for path in ("/", "/play", "/analytics"):
        assert client.get(path).content == b"<p>app</p>"
    missing = client.get("/nothing-here")
    assert (missing.status_code, missing.content) == (404, b"<p>app</p>")
    missing = client.get("/api/nothing-here")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
