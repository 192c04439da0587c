"""The HTTP API: one NinjaAPI, the apps' routers, and one shape for every error."""

from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from pydantic_core import ErrorDetails

from abp import __version__
from base.errors import ServiceError
from base.responses import error_response


class StrictJsonParser(Parser):
    """JSON as the standard has it: no NaN, no infinities, no lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        return orjson.loads(request.body)


api = NinjaAPI(title="Asteroid Belt Prospector", version=__version__, parser=StrictJsonParser())
api.add_router("", "runs.api.router")
api.add_router("", "replays.api.router")
api.add_router("", "play.api.router")
api.add_router("", "benchmarks.api.router")

_HTTP_CODES = {400: "bad_request", 401: "not_logged_in", 403: "forbidden", 404: "not_found", 429: "too_many"}


def field_of(error: ErrorDetails | dict[str, Any]) -> str | None:
    """The dotted name of what a pydantic error is about: `config.learning_rate`; None for the whole body."""
    location = [str(part) for part in error["loc"]]
    if location and location[0] in ("body", "query", "path"):
        location = location[1:]
    # ninja puts the name of the view's own parameter before the body's fields
    if location and location[0] == "payload":
        location = location[1:]
    return ".".join(location) or None


@api.exception_handler(ServiceError)
def on_service_error(request: HttpRequest, error: ServiceError) -> HttpResponse:
    return error_response(status=error.status, code=error.code, message=error.message, field=error.field)


@api.exception_handler(ValidationError)
def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    return error_response(status=422, code="invalid", message=first["msg"], field=field_of(first))


@api.exception_handler(AuthenticationError)
def on_authentication_error(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return error_response(status=401, code="not_logged_in", message="log in first (/admin/login/)")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = _HTTP_CODES.get(error.status_code, "error")
    return error_response(status=error.status_code, code=code, message=error.message)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return error_response(status=404, code="not_found", message="no such object")
