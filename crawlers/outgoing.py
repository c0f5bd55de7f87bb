"""One guarded POST, blocking: for URLs that users choose. The crawler's guard, without its engine.

A name is looked up once, every address it has is checked, and the connection goes to an address that was
checked: a name server that changes its mind in between gains nothing. Redirects are answers, not orders.
Behind HORIZONSCAN_PROXY the proxy looks names up; private literals are refused here all the same.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from urllib3 import HTTPResponse, make_headers
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from config.options import ConfigError
from crawlers.decide import hosts
from crawlers.guard import Gate, Refused

SECONDS = 10.0
#: Bytes of an answer that are read: enough for its words.
MOST = 4096
_PATH = "%/:=&?~+!$,;'@()*[]"


class Failed(Exception):
    """No HTTP answer. The message is one line; `refused` where the guard or the URL itself forbids it."""

    def __init__(self, said: str, *, refused: bool = False) -> None:
        super().__init__(said)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, headers by lower-case name, the first bytes of its body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ms: int = 0


class _Guarded(HTTPConnection):
    """Dials only addresses that the gate lets through; `until` is when everything has to be over."""

    gate: Gate
    until: float

    def _new_conn(self) -> socket.socket:
        return _dial(self.gate, self._dns_host, self.port, self.until)


class _GuardedTls(HTTPSConnection):
    gate: Gate
    until: float

    def _new_conn(self) -> socket.socket:
        return _dial(self.gate, self._dns_host, self.port, self.until)


def _dial(gate: Gate, host: str, port: int | None, until: float) -> socket.socket:
    number = port or 0
    through_proxy = gate.proxy == (host, number)
    found = socket.getaddrinfo(host.strip("[]"), number, type=socket.SOCK_STREAM)
    if not through_proxy:
        for *_, address in found:
            gate.check_connection(str(address[0]), number)
    last: OSError = TimeoutError("timed out")
    for family, kind, protocol, _, address in found:
        made = socket.socket(family, kind, protocol)
        try:
            left = until - monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            made.settimeout(left)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect(address)
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS, gate: Gate | None = None
) -> Reply:
    """Sends `body` and reads the start of the answer, all within `seconds`. Raises Failed.

    A look-up of the name is bounded by the system's resolver only.
    """
    reason = hosts.fetchable(url)
    if reason:
        raise Failed(reason, refused=True)
    # Scrapy comes with these two; a process that posts to nobody does without.
    from crawlers.network import gate as installed
    from crawlers.network import user_agent

    started = monotonic()
    host = hosts.host_of(url)
    try:
        gate = gate or installed()
        gate.check_host(host)
    except (Refused, ConfigError) as error:
        raise Failed(str(error), refused=isinstance(error, Refused)) from None
    try:
        connection, target, more = _connection(url, gate, started + seconds)
        wanted = {"User-Agent": user_agent(), "Host": hosts.authority(url), **more, **headers}
        reply = _exchange(connection, target, body, wanted, started + seconds)
    except Refused as error:
        raise Failed(f"{host} {error}", refused=True) from None
    except (OSError, HTTPError, http.client.HTTPException, UnicodeError, ConfigError) as error:
        raise Failed(_words(error, seconds, monotonic() - started)) from None
    return Reply(reply.status, reply.headers, reply.body, round((monotonic() - started) * 1000))


def _connection(url: str, gate: Gate, until: float) -> tuple[_Guarded | _GuardedTls, str, dict[str, str]]:
    """The connection, what to ask for on it, and the headers that a proxy wants."""
    parts = urlsplit(url)
    host, secure = hosts.host_of(url), parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    target = quote(parts.path or "/", safe=_PATH) + (
        f"?{quote(parts.query, safe=_PATH)}" if parts.query else ""
    )
    dialled, sign_in = (host, port), {}
    if gate.proxy is not None:
        dialled = gate.proxy
        proxy = urlsplit(settings.HORIZONSCAN_PROXY)
        if proxy.username:
            sign_in = make_headers(
                proxy_basic_auth=f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            )
    left = max(0.1, until - monotonic())
    made: _Guarded | _GuardedTls
    if secure:
        made = _GuardedTls(dialled[0], dialled[1], timeout=left, ssl_context=_trust(), server_hostname=host)
        if gate.proxy is not None:
            made.set_tunnel(host, port, dict(sign_in))
            sign_in = {}
    else:
        made = _Guarded(dialled[0], dialled[1], timeout=left)
        if gate.proxy is not None:
            target = f"http://{hosts.authority(url)}{target}"
    made.gate, made.until = gate, until
    return made, target, dict(sign_in)


def _exchange(
    connection: _Guarded | _GuardedTls, target: str, body: bytes, headers: dict[str, str], until: float
) -> Reply:
    # A server that sends one byte now and then never runs into a socket's own time-out.
    watch = threading.Timer(max(0.1, until - monotonic()), _hang_up, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.request("POST", target, body, headers, preload_content=False, decode_content=False)
        response: HTTPResponse = connection.getresponse()
        said = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, said, response.read(MOST, decode_content=False))
    finally:
        watch.cancel()
        connection.close()


def _hang_up(connection: Any) -> None:
    line = connection.sock
    if line is not None:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    bundle = settings.HORIZONSCAN_CA_BUNDLE
    if bundle:
        try:
            context.load_verify_locations(bundle)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"HORIZONSCAN_CA_BUNDLE {bundle} cannot be used: {error}") from None
    return context


def _words(error: BaseException, seconds: float, took: float) -> str:
    inner = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    if isinstance(inner, TimeoutError) or took >= seconds:
        return f"no complete answer within {seconds:g} seconds"
    if isinstance(inner, socket.gaierror):
        return "the host's name cannot be resolved"
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {inner.verify_message}"
    if isinstance(inner, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(inner, ConnectionError | http.client.RemoteDisconnected):
        return "the server hung up without a complete answer"
    return " ".join(str(inner).split())[:200] or type(inner).__name__
