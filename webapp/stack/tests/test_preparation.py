"""The admin user and the demo run: made once, left as people leave them."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from runs.models import Run, RunStatus
from runs.services import leases, lifecycle
from stack.preparation import ensure_admin, ensure_demo_run

pytestmark = pytest.mark.django_db


def test_the_admin_has_the_password_in_the_file_until_somebody_changes_it(tmp_path: Path) -> None:
    file = tmp_path / "admin-password"
    password = ensure_admin(password_file=file)
    assert User.objects.get(username="admin").check_password(password)
    assert ensure_admin(password_file=file) == password
    user = User.objects.get()
    user.set_password("another")
    user.save()
    assert ensure_admin(password_file=file) is None
    assert User.objects.get().check_password("another")


def test_the_demo_run_is_made_once_tried_again_when_failed_and_left_when_stopped() -> None:
    run = ensure_demo_run()
    assert (run.name, run.status) == ("demo", RunStatus.QUEUED)
    assert ensure_demo_run() == run
    lifecycle.stop_run(run_id=run.pk)
    assert ensure_demo_run().status == RunStatus.STOPPED
    lifecycle.resume_run(run_id=run.pk)
    leases.end_run(lease=leases.acquire_lease(run_id=run.pk, worker="w"), status=RunStatus.FAILED, error="e")
    assert ensure_demo_run().status == RunStatus.QUEUED
    lifecycle.clone_run(run_id=run.pk, name="demo")
    assert ensure_demo_run() == run
    assert Run.objects.count() == 2
