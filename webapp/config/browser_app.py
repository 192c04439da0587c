"""The pages of the browser app: /, /play and /analytics all serve its index.html; whitenoise serves its assets."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = "The browser app is not built: run npm ci && npm run build in frontend/, then start again (make run).\n"


@require_safe
@never_cache
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    return _app(status=200)


@never_cache
def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: the app says that there is no such page. Under /api a middleware answers instead."""
    return _app(status=404)


def _app(*, status: int) -> HttpResponse:
    try:
        return HttpResponse(
            (settings.FRONTEND_DIST / "index.html").read_bytes(), status=status, content_type="text/html"
        )
    except FileNotFoundError:
        return HttpResponse(_NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
