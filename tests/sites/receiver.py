"""A receiver of webhooks for tests: keeps what is posted, answers as told."""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Posted:
    """One request: the target as it stood on the line, headers by lower-case name."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """`slow`: seconds before it; `drip`: its body comes a byte every so many seconds."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    slow: float = 0.0
    drip: float = 0.0
    hang_up: bool = False


@dataclass
class Receiver:
    """A running one; `answers` are given in turn, then 204."""

    host: str
    port: int
    scheme: str
    posted: list[Posted] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)

    def url(self, path: str = "/hook", host: str = "") -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"


@contextmanager
def running(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Yields a receiver on a free port; it also takes what a proxy is asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with suppress(OSError):
                super().handle_one_request()

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.posted.append(Posted(self.command, self.path, headers, body))
            answer = receiver.answers.popleft() if receiver.answers else Answer()
            self.close_connection = True
            if answer.hang_up:
                return
            time.sleep(answer.slow)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.drip:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.drip)
            else:
                self.wfile.write(answer.body)

        do_POST = do_GET = do_CONNECT = _take

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what went wrong."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(host, server.server_address[1], "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
