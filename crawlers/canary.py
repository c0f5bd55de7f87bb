"""The canary's feed: served by the crawler to itself, on a loopback port that the guard admits alone.

Each crawler has a listener of its own. Whoever holds the lease of the canary's host (a name that resolves
nowhere) fetches from its own listener what the source's row says the text is now, by the client, the guard,
the robots.txt and the conditional requests that every source gets; only a proxy is passed by.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from crawlers.guard import Gate
from crawlers.models import Host
from crawlers.polls import Job

HOST = "127.0.0.1"
#: Where the source is said to be: the key of its lease, never looked up (RFC 6761 6.4).
URL = "http://canary.invalid/feed"
CONTENT_TYPE = "application/feed+json; charset=utf-8"
LONGEST_HEAD = 16_384
PATIENCE = 5.0  # seconds that a request may take to arrive


def document(nonce: str, started: str) -> bytes:
    """A JSON Feed 1.1 document with one entry, marked as the canary's; without it where there is no nonce."""
    item = {
        "id": nonce,
        "url": f"http://canary.invalid/{nonce}",
        "title": f"Canary {nonce}",
        "content_text": f"Synthetic entry {nonce}: it proves the way from fetch to mail. Nothing happened.",
        "date_published": started,
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Canary",
        "language": "en",
        "items": [item] if nonce else [],
    }
    return json.dumps(feed).encode()


class Listener:
    """Serves one document under a path nobody can guess, and rules that allow it to be read."""

    def __init__(self) -> None:
        self._path = f"/{secrets.token_urlsafe(16)}/feed"
        self._body = document("", "")
        self._tag = '""'
        self._server: asyncio.Server | None = None
        self.port = 0

    async def listen(self, gate: Gate) -> None:
        """Opens a port of the system's choice and has the guard admit it. Raises OSError."""
        self._server = await asyncio.start_server(self._answer, HOST, 0, limit=LONGEST_HEAD)
        self.port = int(self._server.sockets[0].getsockname()[1])
        gate.admit(HOST, self.port)

    def close(self) -> None:
        """Listens no longer."""
        if self._server is not None:
            self._server.close()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}{self._path}"

    def own(self, job: Job) -> Job:
        """The canary's job as this process does it: at its own address, with the text of the moment."""
        nonce, started = str(job.spider.get("nonce", "")), str(job.spider.get("started", ""))
        self._body, self._tag = document(nonce, started), f'"{nonce}"'
        return replace(job, url=self.url, allowed_hosts=(), spider={})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self._response(head))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # a client that hangs or goes away has nothing to be told
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _response(self, head: str) -> bytes:
        lines = head.split("\r\n")
        asked = lines[0].split(" ")
        path = asked[1] if len(asked) > 1 and asked[0] == "GET" else ""
        parts = [line.partition(":") for line in lines[1:]]
        fields = {name.strip().lower(): value.strip() for name, _, value in parts}
        if path == "/robots.txt":
            return _response(HTTPStatus.OK, b"User-agent: *\nAllow: /\n", "text/plain")
        if path != self._path:
            return _response(HTTPStatus.NOT_FOUND)
        if fields.get("if-none-match") == self._tag:
            return _response(HTTPStatus.NOT_MODIFIED, tag=self._tag)
        return _response(HTTPStatus.OK, self._body, CONTENT_TYPE, self._tag)


def _response(status: HTTPStatus, body: bytes = b"", kind: str = "", tag: str = "") -> bytes:
    head = [f"HTTP/1.1 {status.value} {status.phrase}", f"Content-Length: {len(body)}", "Connection: close"]
    head += [f"Content-Type: {kind}"] if kind else []
    head += [f"ETag: {tag}"] if tag else []
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def forget(now: datetime) -> int:
    """Removes what was kept of ports that former crawlers listened on. Returns how many."""
    kept = Host.objects.filter(name__startswith=f"{HOST}:", lease_holder="")
    return kept.filter(robots_fetched__lt=now - timedelta(days=2)).delete()[0]
