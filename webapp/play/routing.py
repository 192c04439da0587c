from django.urls import path

from play.consumers import PlayConsumer

websocket_urlpatterns = [path("ws/play/<uuid:session_id>", PlayConsumer.as_asgi())]
