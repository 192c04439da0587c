"""`manage.py up`: the body of `make run`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stack.up import Stack


class Command(BaseCommand):
    help = "Starts broker, workers and web server, trains a demo run, and stops all of it on Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        def write(text: str) -> None:
            self.stdout.write(text)
            self.stdout.flush()

        sys.exit(Stack(host=options["host"], write=write).run())
