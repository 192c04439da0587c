from django.urls import path

from runs.consumers import LiveConsumer

websocket_urlpatterns = [path("ws/runs/<uuid:run_id>/live", LiveConsumer.as_asgi())]
