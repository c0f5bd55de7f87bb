"""A real SMTP server (aiosmtpd) that keeps what it takes and misbehaves as a test says.

What it answers next stands in `mail`, `rcpt` and `data`, first come first served; an empty list accepts.
An entry is an answer's line, `DROP` (the line falls before the message is taken), `TAKE_AND_DROP` (after)
or `TAKE_AND_SILENCE` (it is taken and never answered).
"""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.servers import free_port

DROP = "drop"
TAKE_AND_DROP = "take and drop"
TAKE_AND_SILENCE = "take and silence"
_SILENCE = 60


@dataclass(frozen=True)
class Received:
    """One message as it came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int
    secure: bool
    signed_in: bool

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=default)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"]).strip("<>")


@dataclass
class Sink:
    """A running server: what it took, and what it is to do next."""

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    mail: deque[str] = field(default_factory=deque)
    rcpt: deque[str] = field(default_factory=deque)
    data: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    told: Callable[[Received], None] | None = None
    _there: threading.Condition = field(default_factory=threading.Condition)

    def url(self, scheme: str = "smtp", user: str = "", password: str = "", timeout: float = 5) -> str:
        who = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"{scheme}://{who}{self.host}:{self.port}?timeout={timeout:g}"

    def ids(self) -> list[str]:
        return [each.message_id for each in self.received]

    def wait(self, count: int, seconds: float = 30) -> bool:
        """Until so many messages are there; False where they do not come."""
        with self._there:
            return self._there.wait_for(lambda: len(self.received) >= count, seconds)

    def take(self, received: Received) -> None:
        with self._there:
            self.received.append(received)
            self._there.notify_all()
        if self.told is not None:
            self.told(received)


class _Handler:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def handle_MAIL(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._sink.mail:
            said = self._sink.mail.popleft()
            if said == DROP:
                return _fall(server)
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self._sink.refused:
            return self._sink.refused[address]
        if self._sink.rcpt:
            said = self._sink.rcpt.popleft()
            if said == DROP:
                return _fall(server)
            return said
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        said = self._sink.data.popleft() if self._sink.data else ""
        if said == DROP:
            return _fall(server)
        if said and not said.startswith("take"):
            return said
        received = Received(
            envelope.mail_from,
            tuple(envelope.rcpt_tos),
            bytes(envelope.original_content),
            session.number,
            cast(Any, server.transport).get_extra_info("ssl_object") is not None,
            bool(session.authenticated),
        )
        self._sink.take(received)
        if said == TAKE_AND_DROP:
            return _fall(server)
        if said == TAKE_AND_SILENCE:
            await asyncio.sleep(_SILENCE)
        return "250 2.0.0 taken"


def _fall(server: SMTP) -> str:
    cast(Any, server.transport).abort()
    return "421 unheard"


class _Server(SMTP):
    """Numbers its connections."""

    def __init__(self, sink: Sink, handler: _Handler, **named: Any) -> None:
        super().__init__(handler, **named)
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if not hasattr(self.session, "number"):
            self._sink.connections += 1
        cast(Any, self.session).number = self._sink.connections


class _Controller(Controller):
    def __init__(self, sink: Sink, secure: ssl.SSLContext | None, named: dict[str, Any]) -> None:
        self._sink, self._named = sink, named
        super().__init__(_Handler(sink), hostname=sink.host, port=sink.port, ssl_context=secure)

    def factory(self) -> SMTP:
        return _Server(self._sink, cast(_Handler, self.handler), **self._named)


@contextmanager
def running(
    host: str = "127.0.0.1",
    *,
    port: int = 0,
    user: str = "",
    password: str = "",
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Sink]:
    """Yields a server. With `user` it wants a sign-in, with `starttls` an upgrade, with `tls` TLS at once."""
    sink = Sink(host, port or free_port())
    named: dict[str, Any] = {"hostname": "sink.example.org"}
    if starttls is not None:
        named |= {"tls_context": starttls, "require_starttls": True}
    if user:

        def known(
            server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
        ) -> AuthResult:
            right = data.login == user.encode() and data.password == password.encode()
            return AuthResult(success=right, handled=False)

        named |= {"authenticator": known, "auth_required": True, "auth_require_tls": False}
    controller = _Controller(sink, tls, named)
    controller.start()
    sink.connections = 0  # its starter called as well
    try:
        yield sink
    finally:
        controller.stop(no_assert=True)
