"""The replay server: recorded files over loopback HTTP, each source on an address of its own.

A source's files come oldest first, one a poll. Which one is next stands in the poll itself: the ETag
is the number of the file, so `If-None-Match: n` is answered with file n + 1, and with 304 after the
last. Neither a killed crawler nor a killed server can therefore lose or skip a file (RFC 9110 13.1.2).
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import socket
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import structlog

log = structlog.get_logger()

#: Below the addresses that systems use themselves (127.0.0.x, 127.0.1.1, 127.0.0.53).
FIRST = ipaddress.IPv4Address("127.77.0.1")
PATH = "/feed"
HEADER = "X-Recorded-As-Of"
_HEAD_LIMIT = 16_384
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Recording:
    """One source of a replay: its address and its files, oldest first, each with the time it was current."""

    slug: str
    address: str
    files: Sequence[tuple[str, str]]

    @property
    def mark(self) -> str:
        """Names this list of files, so that the validator of another replay does not count here."""
        text = "\n".join(f"{path} {as_of}" for path, as_of in self.files)
        return blake2b(text.encode(), digest_size=6).hexdigest()

    def etag(self, number: int) -> str:
        return f'"{self.mark}-{number}"'


def addresses(count: int) -> list[str]:
    """`count` loopback addresses, one a source."""
    return [str(FIRST + number) for number in range(count)]


def networks(recordings: Sequence[Recording]) -> list[str]:
    """The networks (CIDR) that cover exactly the replay's addresses: the guard's exception."""
    hosts = [ipaddress.IPv4Network(f"{each.address}/32") for each in recordings]
    return [str(network) for network in ipaddress.collapse_addresses(hosts)]


def following(recording: Recording, validator: str) -> int | None:
    """The number of the file that a poll with this If-None-Match is due; None after the last."""
    found = re.fullmatch(rf'(?:W/)?"{recording.mark}-(\d{{1,9}})"', validator.strip())
    number = int(found[1]) + 1 if found else 0
    return number if number < len(recording.files) else None


def save(path: Path, port: int, recordings: Sequence[Recording]) -> None:
    """Writes the plan that the server process reads."""
    path.write_text(json.dumps({"port": port, "recordings": [asdict(each) for each in recordings]}))


def load(path: Path) -> tuple[int, list[Recording]]:
    """Reads a plan. Raises OSError or ValueError."""
    plan = json.loads(path.read_text())
    return int(plan["port"]), [
        Recording(each["slug"], each["address"], [(file, as_of) for file, as_of in each["files"]])
        for each in plan["recordings"]
    ]


def free_port(hosts: Sequence[str]) -> int:
    """A port that is free on all of `hosts`. Raises OSError where there is none (not Linux: no 127.x.y.z)."""
    for _ in range(20):
        with socket.socket() as probe:
            probe.bind((hosts[0] if hosts else "127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        try:
            for host in hosts:
                _listener(host, port).close()
        except OSError as error:
            reason = error
            continue
        return port
    raise reason


def _listener(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(8)
    except OSError:
        sock.close()
        raise
    return sock


def answer(recording: Recording, method: str, target: str, headers: dict[str, str]) -> tuple[str, bytes]:
    """Status line with headers, and body, of the answer to one request."""
    if method not in ("GET", "HEAD") or target.partition("?")[0] != PATH:
        return "404 Not Found\r\nContent-Type: text/plain", b"not here\n"
    number = following(recording, headers.get("if-none-match", ""))
    if number is None:
        return f"304 Not Modified\r\nETag: {recording.etag(len(recording.files) - 1)}", b""
    path, as_of = recording.files[number]
    try:
        body = Path(path).read_bytes()
    except OSError as error:
        log.warning("recorded file cannot be read", file=path, reason=error.strerror)
        return "500 Internal Server Error\r\nContent-Type: text/plain", b"the file cannot be read\n"
    fields = f"ETag: {recording.etag(number)}\r\n{HEADER}: {as_of}\r\nContent-Type: application/octet-stream"
    return f"200 OK\r\n{fields}", body


async def _serve(recording: Recording, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers the requests of one connection, until it closes or says nothing for a while."""
    try:
        while True:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ", 2)
            pairs = (line.partition(":") for line in lines if ":" in line)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            status, body = answer(recording, method, target, headers)
            length = "" if status.startswith("304") else f"\r\nContent-Length: {len(body)}"
            writer.write(f"HTTP/1.1 {status}{length}\r\n\r\n".encode("latin-1"))
            if method != "HEAD":
                writer.write(body)
            async with asyncio.timeout(_PATIENCE):
                await writer.drain()
            if headers.get("connection", "").lower() == "close":
                break
    except (
        asyncio.IncompleteReadError,
        asyncio.LimitOverrunError,
        ConnectionError,
        TimeoutError,
        ValueError,
    ):
        pass  # the client went away, or is none: nothing to answer
    finally:
        writer.close()


async def _run(port: int, recordings: Sequence[Recording]) -> None:
    async with asyncio.TaskGroup() as group:
        for each in recordings:

            async def handle(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, each: Recording = each
            ) -> None:
                await _serve(each, reader, writer)

            server = await asyncio.start_server(handle, sock=_listener(each.address, port), limit=_HEAD_LIMIT)
            group.create_task(server.serve_forever())


def plan_of(files: Sequence[tuple[str, str, datetime]]) -> list[Recording]:
    """Recordings from (slug, path, as_of) rows in the order in which they are to be served."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for slug, path, as_of in files:
        grouped.setdefault(slug, []).append((path, as_of.isoformat()))
    hosts = addresses(len(grouped))
    return [Recording(slug, host, rows) for host, (slug, rows) in zip(hosts, grouped.items(), strict=True)]


def main() -> int:
    """The server process: serves the plan in the data folder until it is told to stop."""
    from django.conf import settings

    port, recordings = load(settings.DATA_DIR / "replay.json")
    asyncio.run(_run(port, recordings))
    return 0
