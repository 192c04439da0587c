"""One shape for every error under /api: handlers for what views raise, a middleware for what Django answers itself."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from base.errors import ServiceError
from base.responses import error_response

View = Callable[[HttpRequest], HttpResponse]

_CODES = {
    400: ("bad_request", "the request could not be understood"),
    401: ("not_logged_in", "log in first"),
    403: ("forbidden", "not allowed"),
    404: ("not_found", "no such path"),
    405: ("method_not_allowed", "this path does not take that method"),
    413: ("too_large", "the body is too large"),
    500: ("internal", "an error on our side; it has been logged"),
}
_HTTP_CODES = {400: "bad_request", 401: "not_logged_in", 403: "forbidden", 404: "not_found", 429: "too_many"}


def field_of(error: Mapping[str, Any]) -> str | None:
    """The dotted name of what a pydantic error is about: `config.learning_rate`; None for the whole body."""
    location = [str(part) for part in error["loc"]]
    if location and location[0] in ("body", "query", "path"):
        location = location[1:]
    # ninja puts the name of the view's own parameter before the body's fields
    if location and location[0] == "payload":
        location = location[1:]
    return ".".join(location) or None


def add_error_handlers(api: NinjaAPI) -> None:
    """Has `api` answer what its views raise."""

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


def api_errors(get_response: View) -> View:
    """Turns any error that Django itself answers under /api (404, 405, 413, ...) into the API's error body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 400 or not _is_api(request):
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        code, message = _CODES.get(response.status_code, ("error", response.reason_phrase))
        body = error_response(status=response.status_code, code=code, message=message)
        if "Allow" in response.headers:
            body["Allow"] = response["Allow"]
        return body

    return middleware


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api") or request.path == "/health"
