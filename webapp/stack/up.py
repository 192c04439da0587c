"""Everything that `make run` starts, in order; kept running; and stopped in the reverse order without a rest."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from abp.system.broker import EmbeddedBroker
from abp.system.child import Child
from abp.system.processes import ProcessIdentity
from base.data_dir import ensure_data_dir, write_private
from runs.models import Run
from stack.lock import AlreadyRunningError, StackLock

HEALTHY_WITHIN = 60.0
WORKER_OPTIONS = ("--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat")
BENCHMARK_OPTIONS = ("--queues", "benchmarks", "--concurrency", "1", "--hostname", "benchmarks@%h")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StartError(Exception):
    """One line that says why the stack can't start and what to do."""


class Stack:
    """Broker, workers and web server as children of this process."""

    def __init__(self, *, host: str, write: Callable[[str], None]) -> None:
        self.host = host
        self.data_dir = Path(settings.ABP_DATA_DIR)
        self.children: list[Child] = []
        self._write = write
        self._began = time.monotonic()
        self._stop_requests = 0
        self._failed = False

    def run(self) -> int:
        """Starts all, stays until asked to stop, stops all; returns the exit code."""
        previous = {signum: signal.signal(signum, self._on_stop_signal) for signum in STOP_SIGNALS}
        try:
            with self._listening_socket() as listener:
                lock = self._locked()
                try:
                    self._start(listener, lock)
                    self._keep_running(lock)
                finally:
                    self._stop()
                    lock.close()
        except StartError as error:
            self._write(f"error: {error}")
            return 1
        finally:
            for signum, handler in previous.items():
                signal.signal(signum, handler)
        return 1 if self._failed else 0

    # Starting

    def _listening_socket(self) -> socket.socket:
        """Bound here and handed to the web server: a port in use shows at once, and a restart loses no connection."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, settings.PORT))
        except OSError as error:
            listener.close()
            raise StartError(
                f"can't listen on {self.host}:{settings.PORT} ({error.strerror}): choose another, PORT=8001 make run"
            ) from error
        listener.listen(128)
        return listener

    def _locked(self) -> StackLock:
        lock = StackLock(ensure_data_dir(self.data_dir))
        try:
            lock.take(say=self._stage)
        except AlreadyRunningError as error:
            lock.close()
            raise StartError(str(error)) from error
        return lock

    def _start(self, listener: socket.socket, lock: StackLock) -> None:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
        env["ABP_DATA_DIR"] = str(self.data_dir)
        env["PORT"] = str(settings.PORT)
        self._logs().mkdir(exist_ok=True)
        if not os.environ.get("REDIS_URL"):
            env["REDIS_URL"] = self._start_broker(lock)
        prepared = self._prepare(env)
        python, fds = sys.executable, (lock.fd, listener.fileno())
        worker = [python, "-m", "celery", "-A", "config", "worker", *WORKER_OPTIONS]
        self._launch("worker", worker, env, keep_fds=fds[:1])
        self._launch("benchmarks", [*worker, *BENCHMARK_OPTIONS], env, keep_fds=fds[:1])
        web = [python, "-m", "daphne", "--fd", str(fds[1]), "--application-close-timeout", "3"]
        # The limits hold both ways: a snapshot of 1000 windows is about 1 MB, a chunk of frames at most 4 MiB.
        for limit in ("--websocket-max-message-size", "--websocket-max-frame-size"):
            web += [limit, str(8 << 20)]
        web += ["--access-log", str(self._logs() / "access.log")]
        self._launch("web", [*web, "config.asgi:application"], env, keep_fds=fds)
        lock.note([child.pid for child in self.children])
        self._wait_for_health()
        self._welcome(prepared)

    def _start_broker(self, lock: StackLock) -> str:
        broker = EmbeddedBroker.new()
        directory = ensure_data_dir(self.data_dir / "broker")
        self._launch("broker", broker.command(directory), dict(os.environ), keep_fds=(lock.fd,))
        self._wait("the broker", broker.answers, within=20.0)
        write_private(self.data_dir / "broker-url", broker.url)
        return broker.url

    def _prepare(self, env: dict[str, str]) -> dict[str, Any]:
        self._stage("database: migrations, admin user, demo run")
        manage = settings.WEBAPP_DIR / "manage.py"
        done = subprocess.run(
            [sys.executable, str(manage), "prepare"], env=env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StartError(f"the database can't be prepared:\n{done.stderr.strip()[-2000:]}")
        prepared: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return prepared

    def _launch(self, name: str, command: list[str], env: dict[str, str], keep_fds: tuple[int, ...]) -> None:
        if self._stop_requests:
            return
        child = Child(
            name, command, log=self._logs() / f"{name}.log", env=env, cwd=settings.WEBAPP_DIR, keep_fds=keep_fds
        )
        child.start()
        self.children.append(child)
        self._stage(f"{name}: pid {child.pid}, log {child.log}")

    def _wait_for_health(self) -> None:
        def healthy() -> bool:
            try:
                with urllib.request.urlopen(f"{self._url()}/health", timeout=5) as answer:
                    return bool(json.load(answer)["status"] == "ok")
            except (OSError, ValueError):
                return False

        self._stage("waiting until the web server answers")
        self._wait("the web server", healthy, within=HEALTHY_WITHIN)

    def _wait(self, what: str, ready: Callable[[], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not self._stop_requests and not ready():
            for child in self.children:
                if death := child.death():
                    raise StartError(f"{child.name} ended with {death}:\n{child.last_words()}")
            if time.monotonic() > deadline:
                raise StartError(f"{what} does not answer after {within:.0f} s: see {self._logs()}")
            time.sleep(0.1)

    # Running

    def _keep_running(self, lock: StackLock) -> None:
        while not self._stop_requests:
            for child in self.children:
                death = child.death()
                if death is None:
                    continue
                self._stage(f"{child.name} ended with {death}; its log ends with:\n{child.last_words()}")
                if not child.may_restart():
                    self._failed = True
                    self._stage(f"{child.name} dies again and again: stopping everything")
                    return
                child.start()
                lock.note([each.pid for each in self.children])
                self._stage(f"{child.name}: started again, pid {child.pid}")
            time.sleep(0.3)

    # Stopping

    def _on_stop_signal(self, signum: int, frame: object) -> None:
        self._stop_requests += 1

    def _stop(self) -> None:
        """Workers first (trainers save a checkpoint), then web, then broker; a second signal kills them."""
        self._stop_requests = max(1, self._stop_requests)
        if not self.children:
            return
        trainers = _trainers()
        by_name = {child.name: child for child in self.children}
        waits = {
            "worker": settings.ABP_STOP_TERM_SECONDS + 15,
            "benchmarks": 15.0,
            "web": 10.0,
            "broker": 5.0,
        }
        for name, timeout in waits.items():
            if name in by_name:
                running = (
                    f" and {len(trainers)} trainer(s), which save a checkpoint" if name == "worker" and trainers else ""
                )
                self._stage(f"stopping {name}{running}")
                self._end(by_name[name], timeout)
        for trainer in {*trainers, *_trainers()}:
            if trainer.alive():
                self._stage(f"ending a trainer that is left, pid {trainer.pid}")
                trainer.end_group(timeout=0 if self._forced else 10)
        (self.data_dir / "broker-url").unlink(missing_ok=True)
        left = [child.name for child in self.children if child.group_alive()]
        self._stage("stopped" if not left else f"still alive: {', '.join(left)}")

    @property
    def _forced(self) -> bool:
        return self._stop_requests > 1

    def _end(self, child: Child, timeout: float) -> None:
        child.signal(signal.SIGTERM)
        deadline = time.monotonic() + timeout
        while child.group_alive():
            if self._forced or time.monotonic() > deadline:
                self._stage(f"killing {child.name}")
                child.signal(signal.SIGKILL)
                deadline = time.monotonic() + 5
                while child.group_alive() and time.monotonic() < deadline:
                    time.sleep(0.05)
                return
            time.sleep(0.1)

    # Telling

    def _logs(self) -> Path:
        return self.data_dir / "logs"

    def _url(self) -> str:
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{settings.PORT}"

    def _stage(self, text: str) -> None:
        self._write(f"[{time.monotonic() - self._began:6.1f} s] {text}")

    def _welcome(self, prepared: dict[str, Any]) -> None:
        if self._stop_requests:
            return
        run, url = prepared["run_id"], self._url()
        demo = {
            "finished": "The demo run has finished.",
            "stopped": "The demo run is stopped; resume it in the admin.",
        }.get(prepared["run_status"], "The demo run is training.")
        password = prepared["password"] or "the one you set (forgotten: manage.py changepassword admin)"
        self._write(
            f"""
  Asteroid Belt Prospector is running. {demo}

    watch it learn   {url}/analytics?run={run}
    replays          {url}/?run={run}
    play             {url}/play
    admin            {url}/admin/   user admin, password {password}
    data             {self.data_dir}

  Ctrl-C stops everything; the next start goes on where this one was.
"""
        )


def _trainers() -> list[ProcessIdentity]:
    """The trainers of this host, as the database knows them."""
    try:
        rows = Run.objects.filter(host=socket.gethostname(), pid__isnull=False).values_list("pid", "pid_started")
        trainers = [ProcessIdentity(pid, started) for pid, started in rows if pid is not None]
        return [trainer for trainer in trainers if trainer.alive()]
    except Exception:
        # Stopping goes on without a database: trainers end by themselves when their supervisor is gone.
        return []
    finally:
        connection.close()
