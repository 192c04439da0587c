"""What `make run` starts, as a newcomer meets it: it trains, it shows, it stops without a rest, it goes on.

Real parts throughout: the embedded broker, a Celery worker, the trainer, daphne and Chromium.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
WELCOME = re.compile(r"(http://127\.0\.0\.1:\d+)/analytics\?run=([0-9a-f-]{36})")
#: What is promised after the URL is printed.
WINDOWS, WITHIN = 5, 180.0

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow, pytest.mark.serial]


class System:
    """`manage.py up` on a free port with its own data directory."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        unset = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        env = {name: value for name, value in os.environ.items() if name not in unset}
        self.data_dir = data_dir
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, REPO / "webapp" / "manage.py", "up"],
                env={**env, "ABP_DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.url, self.run_id = self._welcomed()
        self.welcomed_at = time.monotonic()

    def _welcomed(self) -> tuple[str, str]:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            if match := WELCOME.search(self.log.read_text()):
                return match[1], match[2]
            time.sleep(0.2)
        self.process.kill()
        pytest.fail(f"no URL was printed:\n{self.log.read_text()}")

    def get(self, path: str):
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return json.load(answer)

    def run(self) -> dict:
        return self.get(f"/api/runs/{self.run_id}")

    def wait_for(self, condition, within: float):
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.5)
        pytest.fail(f"not within {within:.0f} s; run: {self.run()}\n{self.log.read_text()}")

    def processes(self) -> dict[int, str]:
        """Every process that was started with this data directory, by pid."""
        found = {}
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and str(self.data_dir).encode() in (
                    (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
                ):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def system(data_dir, tmp_path_factory):
    system = System(data_dir, tmp_path_factory.mktemp("log") / "first.log")
    yield system
    if system.process.poll() is None:
        system.interrupt()


def test_five_windows_and_a_replay_that_plays_within_three_minutes(system):
    def ready():
        run = system.run()
        return run["windows_count"] >= WINDOWS and run["latest_replay_id"]

    system.wait_for(ready, WITHIN)
    run = system.run()
    print(f"{run['windows_count']} windows after {time.monotonic() - system.welcomed_at:.0f} s")
    replay = f"/api/runs/{run['id']}/replays/{run['latest_replay_id']}"
    frames = system.get(f"{replay}/frames?limit=3")
    assert frames["total"] == system.get(replay)["steps"] + 1
    assert len(frames["frames"][2]["render_state"]["observation"]) == 260


def test_a_browser_walks_all_three_pages(system, not_installed):
    chromium = shutil.which("chromium")
    if chromium is None:
        not_installed("no chromium on this machine: install Debian's package chromium")
    walked = subprocess.run(
        ["npm", "run", "--silent", "e2e"],
        cwd=REPO / "frontend",
        env={**os.environ, "ABP_E2E_BASE_URL": system.url, "ABP_E2E_CHROMIUM": chromium},
        capture_output=True,
        text=True,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout + walked.stderr


def test_an_interrupt_leaves_no_process_and_a_second_start_goes_on(system, tmp_path):
    assert len(system.processes()) >= 4, "up, broker, worker, web"
    before = system.run()["windows_count"]
    assert system.interrupt() == 0, system.log.read_text()
    assert system.processes() == {}

    second = System(system.data_dir, tmp_path / "second.log")
    try:
        assert second.run_id == system.run_id
        assert second.run()["windows_count"] >= before
        second.wait_for(lambda: second.run()["windows_count"] > before + 1, 120)
        windows = second.get(f"/api/runs/{second.run_id}/metrics/windows?limit=1000")["items"]
        assert [row["window_id"] for row in windows] == list(range(1, len(windows) + 1)), "none lost, none doubled"
    finally:
        assert second.interrupt() == 0, second.log.read_text()
    assert second.processes() == {}
