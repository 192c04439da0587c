from django.apps import AppConfig


class ReplaysConfig(AppConfig):
    name = "replays"

    def ready(self) -> None:
        from replays.extension import EXTENSION
        from runs import extensions

        extensions.register(EXTENSION)
