from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"
    verbose_name = "Training runs"

    def ready(self) -> None:
        from base import reaper
        from runs.services import leases

        reaper.register_sender(leases.send_again)
