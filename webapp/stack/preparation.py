"""What the database needs before the stack serves: the admin user and the demo run."""

import secrets
from pathlib import Path

from django.contrib.auth import get_user_model

from base.data_dir import read_private, write_private
from runs.models import Run, RunStatus
from runs.services import lifecycle

ADMIN = "admin"
DEMO = "demo"


def ensure_admin(*, password_file: Path) -> str | None:
    """Makes the user `admin` with a random password kept in `password_file` (mode 600).

    Returns the password, or None if it isn't the one in the file any more (somebody changed it).
    """
    users = get_user_model()
    user = users.objects.filter(username=ADMIN).first()
    if user is None:
        password = secrets.token_urlsafe(12)
        write_private(password_file, password)
        users.objects.create_superuser(username=ADMIN, password=password)
        return password
    known = read_private(password_file)
    return known if known and user.check_password(known) else None


def ensure_demo_run() -> Run:
    """The demo run: new on the first start; a failed one is tried again. One that somebody stopped stays so,
    and one that was interrupted is in the queue already."""
    run = Run.objects.filter(name=DEMO, parent=None).order_by("created_at").first()
    if run is None:
        return lifecycle.create_run(name=DEMO)
    if run.status == RunStatus.FAILED:
        return lifecycle.resume_run(run_id=run.pk)
    return run
