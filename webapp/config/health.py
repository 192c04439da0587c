"""GET /health: does this process reach its database and its broker?"""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from abp import __version__
from abp.rules import RULES_VERSION
from base.responses import json_response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM runs_run LIMIT 1")
    except DatabaseError as error:
        return f"error: {error}"
    return "ok"


def _broker() -> str:
    if not settings.REDIS_URL:
        return "error: no REDIS_URL, and no embedded broker is running"
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        return f"error: {error}"
    return "ok"


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 with status "ok" if all answers, else 503 with status "degraded"."""
    database, broker = _database(), _broker()
    healthy = database == broker == "ok"
    return json_response(
        {
            "status": "ok" if healthy else "degraded",
            "database": database,
            "broker": broker,
            "version": __version__,
            "rules_version": RULES_VERSION,
        },
        status=200 if healthy else 503,
    )
