"""`manage.py up`, for real: one start, a Ctrl-C, a second start that goes on, a kill -9, a third start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from abp.system.broker import free_port
from abp.system.processes import ProcessIdentity
from base.tests.waiting import wait_until

START = 90.0


class Up:
    """One `manage.py up` and the processes that it brings to life."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir, self.port = data_dir, port
        self.seen: set[ProcessIdentity] = set()
        unwanted = ("DATABASE_URL", "REDIS_URL", "ABP_SECRET_KEY", "ABP_ALLOWED_HOSTS")
        env = {name: value for name, value in os.environ.items() if name not in unwanted}
        env |= {"ABP_DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        self.output = data_dir.parent / "up.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(settings.WEBAPP_DIR / "manage.py"), "up"],
                env=env,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.output.read_text()

    def wait_until_welcome(self) -> "Up":
        def welcome() -> bool:
            assert self.process.poll() is None, self.text()
            return "Ctrl-C stops everything" in self.text()

        wait_until(welcome, seconds=START, what="the welcome")
        return self

    def wait_until_training(self) -> dict[str, Any]:
        def training() -> bool:
            self.look()
            return self.demo()["status"] == "running" and any("abp.train" in line for line in self.commands())

        wait_until(training, seconds=START, what="a trainer of the demo run")
        return self.demo()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def demo(self) -> dict[str, Any]:
        runs = self.get("/api/runs")["items"]
        assert [run["name"] for run in runs] == ["demo"]
        return runs[0]

    def look(self) -> None:
        """Notes every process that works with this data directory."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and f"ABP_DATA_DIR={self.data_dir}".encode() in _environ(entry).split(b"\0"):
                self.seen.add(ProcessIdentity.of(int(entry.name)))

    def commands(self) -> list[str]:
        return [_command(process) for process in self.seen if process.alive()]

    def left(self) -> list[str]:
        self.look()
        return self.commands()


def _environ(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""


def _command(process: ProcessIdentity) -> str:
    try:
        return Path(f"/proc/{process.pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Any]:
    """Starts stacks on one data directory; kills whatever a failed test leaves."""
    started: list[Up] = []
    data_dir, port = tmp_path / "data", free_port()

    def start() -> Up:
        started.append(Up(data_dir, port))
        return started[-1]

    yield start
    for up in started:
        up.look()
        for process in up.seen:
            process.signal_group(signal.SIGKILL)
        up.process.kill()
        up.process.wait()


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_start_stop_start_kill_and_start_again(stack: Any) -> None:
    first = stack().wait_until_welcome()
    assert first.get("/health")["status"] == "ok"
    run = first.wait_until_training()
    assert f"/analytics?run={run['id']}" in first.text()
    password = re.search(r"user admin, password (\S+)", first.text()).group(1)
    assert (first.data_dir / "admin-password").read_text().strip() == password
    for secret in ("admin-password", "secret-key", "broker-url"):
        assert (first.data_dir / secret).stat().st_mode & 0o777 == 0o600

    second_in_same_place = stack()
    assert second_in_same_place.process.wait(30) == 1
    assert re.fullmatch(r"error: .*in use.*\n", second_in_same_place.text())

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    assert first.left() == []

    third = stack().wait_until_welcome()
    again = third.wait_until_training()
    assert again["id"] == run["id"]
    assert again["live_seq"] > run["live_seq"]
    assert password in third.text()
    third.process.kill()
    third.process.wait()
    wait_until(lambda: third.left() == [], seconds=60, what="all to end after a kill -9 of their parent")

    fourth = stack().wait_until_welcome()
    wait_until(lambda: fourth.demo()["status"] == "running", seconds=START, what="the demo run to go on")
    assert fourth.demo()["id"] == run["id"]
    # a second Ctrl-C does not wait for anything
    fourth.process.send_signal(signal.SIGINT)
    wait_until(lambda: "stopping worker" in fourth.text(), seconds=10, what="the first Ctrl-C")
    fourth.process.send_signal(signal.SIGINT)
    assert fourth.process.wait(30) == 0
    assert "killing worker" in fourth.text()
    assert fourth.left() == []


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up = Up(tmp_path / "data", port)
        assert up.process.wait(30) == 1
    assert re.fullmatch(rf"error: can't listen on 127\.0\.0\.1:{port} .*PORT=.*\n", up.text())
