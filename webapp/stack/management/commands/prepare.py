"""`manage.py prepare`: migrations, admin user, demo run; the last line it prints is JSON for `manage.py up`."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from stack.preparation import ensure_admin, ensure_demo_run


class Command(BaseCommand):
    help = "Brings the database up to date and makes sure of the admin user and the demo run."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        password = ensure_admin(password_file=Path(settings.ABP_DATA_DIR) / "admin-password")
        run = ensure_demo_run()
        self.stdout.write(json.dumps({"password": password, "run_id": str(run.pk), "run_status": run.status}))
