from django.apps import AppConfig


class PlayConfig(AppConfig):
    name = "play"

    def ready(self) -> None:
        from base import reaper
        from play.services import purge_expired

        reaper.register_purge(purge_expired)
