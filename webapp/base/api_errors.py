"""Two small middlewares around the API: CORS for the origins a deployment names, and errors in one shape."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

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


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api") or request.path == "/health"


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


def cors(get_response: View) -> View:
    """Lets the browser apps of ABP_CORS_ORIGINS use the API with the session's cookies."""

    def middleware(request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin")
        allowed = _is_api(request) and origin in settings.ABP_CORS_ORIGINS
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if allowed and preflight else get_response(request)
        if _is_api(request) and settings.ABP_CORS_ORIGINS:
            patch_vary_headers(response, ["Origin"])
        if allowed:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Credentials"] = "true"
            if preflight:
                response["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
                response["Access-Control-Allow-Headers"] = "Content-Type, X-CSRFToken"
                response["Access-Control-Max-Age"] = "600"
        return response

    return middleware
