from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "benchmarks"

    def ready(self) -> None:
        from base import reaper
        from benchmarks.models import Benchmark
        from benchmarks.services import claims
        from runs import extensions

        extensions.register(extensions.RunExtension(products=(Benchmark,)))
        reaper.register_sender(claims.send_again)
