"""The ASGI application: Django over HTTP, Channels consumers over websockets."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

# Loads the apps, so it comes before the imports of anything that has models.
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

import play.routing  # noqa: E402
import replays.routing  # noqa: E402
import runs.routing  # noqa: E402
from base.websocket import BrowserOriginValidator, unknown_path  # noqa: E402

websockets = URLRouter(
    [
        *runs.routing.websocket_urlpatterns,
        *replays.routing.websocket_urlpatterns,
        *play.routing.websocket_urlpatterns,
        unknown_path,
    ]
)

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": BrowserOriginValidator(websockets, [*settings.ALLOWED_HOSTS, *settings.CORS_ALLOWED_ORIGINS]),
    }
)
