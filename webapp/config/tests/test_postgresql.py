"""The same tests on a real PostgreSQL, where there is one to start (Debian: the package postgresql)."""

import getpass
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from django.conf import settings

from abp.system.broker import free_port
from base.tests.waiting import wait_until

# Row locks, conditional updates, JSON and its NUL characters, large numbers: where databases differ.
TESTS = [
    "runs/tests/test_lifecycle.py",
    "runs/tests/test_leases.py",
    "runs/tests/test_recording.py",
    "config/tests/test_bad_input.py",
    "runs/tests/test_api.py",
    "benchmarks/tests/test_benchmarks.py",
    "benchmarks/tests/test_api.py",
    "play/tests/test_play.py",
    "replays/tests/test_playback.py::test_pages_over_http",
]


def _binaries() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: then as the user its package made."""
    if os.geteuid() != 0:
        return getpass.getuser()
    return "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else None


@pytest.fixture
def postgresql_url(not_installed: Callable[[str], NoReturn]) -> Iterator[str]:
    binaries, user = _binaries(), _unprivileged_user()
    if binaries is None or user is None:
        not_installed("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    # Not under pytest's own directory, which only we may enter.
    home = Path(subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip())
    as_user = {"user": user} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(home, user)
    data, port = home / "data", free_port()
    try:
        subprocess.run(
            [binaries / "initdb", "--pgdata", data, "--auth", "trust", "--username", "abp", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=home,
            **as_user,
        )
        options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"]
        with (home / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), *options],
                stdout=log,
                stderr=log,
                cwd=home,
                **as_user,
            )
        try:
            ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, seconds=30, what="PostgreSQL")
            yield f"postgresql://abp@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.slow
def test_models_services_and_api_do_the_same_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--show-capture=no", "--tb=short"),
            # The server goes with its databases; a thread's open connection needn't be waited for.
            "--reuse-db",
            f"--basetemp={tmp_path / 'inner'}",
            *TESTS,
        ],
        cwd=settings.WEBAPP_DIR,
        env={**os.environ, "DATABASE_URL": postgresql_url, "ABP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
