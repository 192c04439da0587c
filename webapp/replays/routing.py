from django.urls import path

from replays.consumers import FramesConsumer

websocket_urlpatterns = [path("ws/runs/<uuid:run_id>/replays/<uuid:replay_id>/frames", FramesConsumer.as_asgi())]
