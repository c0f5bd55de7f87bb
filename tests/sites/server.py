"""Hand-written web servers for tests: raw sockets, so that an answer can be as wrong as a test needs.

Every site listens on a loopback address of its own. A route is a function of the request that returns
the bytes to send, or yields them piece by piece (and may sleep between two).
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Route = Callable[["Request"], "bytes | Iterable[bytes]"]


@dataclass(frozen=True)
class Request:
    """One request as it came: header values are bytes, names lower case."""

    path: str
    headers: dict[str, bytes]
    begun: float


@dataclass
class Site:
    """A running server: what it was asked, and what it answers by path (`*`: everything else)."""

    host: str
    port: int
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    sent: int = 0  # bytes that the other side took
    longest: float = 0.0  # seconds that one connection lasted

    def url(self, path: str = "/feed", host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def requests(self, path: str) -> list[Request]:
        return [request for request in self.asked if request.path == path]


class Reset(Exception):
    """Raised by a route: the connection is torn down (RST) instead of closed."""


def answer(status: int = 200, body: bytes = b"", **headers: str | bytes) -> bytes:
    """A whole HTTP answer that ends the connection. Header names are written with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} Text".encode()]
    names = {name.lower() for name in headers}
    if "content_length" not in names and "transfer_encoding" not in names and status != 304:
        lines.append(f"Content-Length: {len(body)}".encode())
    for name, value in headers.items():
        raw = value if isinstance(value, bytes) else value.encode("latin-1")
        lines.append(name.replace("_", "-").encode() + b": " + raw)
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body


def fixed(*answers: bytes) -> Route:
    """Answers in turn; the last one is repeated."""
    queue = list(answers)

    def route(_: Request) -> bytes:
        return queue.pop(0) if len(queue) > 1 else queue[0]

    return route


def feed(*titles: str, published: str = "Tue, 24 Nov 2026 06:00:00 GMT") -> bytes:
    """A small RSS document; its content is invented."""
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>{published}</pubDate></item>"
        for n, title in enumerate(titles)
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Invented</title>{items}</channel></rss>'
    return text.encode()


def _read(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    first, *lines = data.split(b"\r\n\r\n")[0].split(b"\r\n")
    pairs = (line.partition(b": ") for line in lines)
    headers = {name.decode("latin-1").lower(): value for name, _, value in pairs}
    return Request(first.split(b" ")[1].decode("latin-1"), headers, time.monotonic())


class _Server:
    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, greeting: bytes) -> None:
        self._greeting = greeting
        self._listener = socket.create_server((host, port))
        self._context = context
        self._lock = threading.Lock()
        self._now = 0
        self.site = Site(host, self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        begun = time.monotonic()
        with suppress(OSError):  # the crawler hung up, as it should on a hostile answer
            if self._greeting:
                connection.sendall(self._greeting)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                request = _read(connection)
                if request is None:
                    return
                with self._lock:
                    self.site.asked.append(request)
                    self._now += 1
                    self.site.most_at_once = max(self.site.most_at_once, self._now)
                try:
                    routes = self.site.routes
                    route = routes.get(request.path) or routes.get("*") or fixed(answer(404))
                    sent = route(request)
                    for piece in [sent] if isinstance(sent, bytes) else sent:
                        connection.sendall(piece)
                        self.site.sent += len(piece)
                except Reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                finally:
                    with self._lock:
                        self._now -= 1
                        self.site.longest = max(self.site.longest, time.monotonic() - begun)

    def stop(self) -> None:
        self._listener.close()


@contextmanager
def serving(
    host: str,
    routes: dict[str, Route],
    port: int = 0,
    context: ssl.SSLContext | None = None,
    greeting: bytes = b"",
) -> Iterator[Site]:
    """A site on `host` until the block ends; `greeting` is sent before anything was asked."""
    server = _Server(host, port, context, greeting)
    server.site.routes = routes
    try:
        yield server.site
    finally:
        server.stop()
