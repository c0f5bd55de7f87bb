"""How Scrapy reaches the network here: verified TLS, fresh name look-ups, limits, no habits of a browser."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.ssl import optionsForClientTLS, platformTrust
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from config.options import ConfigError
from crawlers import guard

MOST_CONNECTIONS = 32
LARGEST_HEAD = 256 * 1024  # bytes of status lines and headers of one answer


def user_agent() -> str:
    """Who we are and how to reach the operator (RFC 9110 10.1.5), without pretending to be a browser."""
    try:
        number = version("horizonscan")
    except PackageNotFoundError:
        number = "0"
    contact = settings.HORIZONSCAN_CONTACT or "no contact set"
    return f"horizonscan/{number} (+{contact})"


def gate() -> guard.Gate:
    """The guard's rules from the settings. Raises ConfigError naming the setting that cannot be used."""
    try:
        allowed = guard.networks(settings.HORIZONSCAN_ALLOW_PRIVATE)
    except ValueError as error:
        raise ConfigError(f"HORIZONSCAN_ALLOW_PRIVATE: {error}; use networks such as 10.1.0.0/16") from None
    proxy = None
    if settings.HORIZONSCAN_PROXY:
        parts = urlsplit(settings.HORIZONSCAN_PROXY)
        if parts.scheme != "http" or not parts.hostname:
            raise ConfigError("HORIZONSCAN_PROXY cannot be used; write it as http://host:port")
        proxy = (parts.hostname, parts.port or 80)
    return guard.Gate(allowed, proxy)


def ca_bundle() -> str:
    """The operator's PEM file, empty where none is set."""
    return str(settings.HORIZONSCAN_CA_BUNDLE or "")


@implementer(IOpenSSLTrustRoot)
class _Trust:
    """The system's certificate authorities and those of HORIZONSCAN_CA_BUNDLE."""

    def __init__(self, bundle: str) -> None:
        try:
            ssl.create_default_context(cafile=bundle)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"HORIZONSCAN_CA_BUNDLE {bundle} cannot be used: {error}") from None
        self._bundle = bundle

    def _addCACertsToContext(self, context: Any) -> None:
        platformTrust()._addCACertsToContext(context)
        context.load_verify_locations(self._bundle)


@implementer(IPolicyForHTTPS)
class VerifyingPolicy:
    """TLS with certificate and host name verified, always (Scrapy's own default verifies neither)."""

    def __init__(self, bundle: str = "") -> None:
        self._trust: Any = _Trust(bundle) if bundle else platformTrust()

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        return optionsForClientTLS(hostname.decode("ascii"), trustRoot=self._trust)


class HeadTooLong(Exception):
    """A server sent more header than any answer needs."""


class _HeadLimited(_LenientHTTP11ClientProtocol):
    """Scrapy limits the body; this limits what comes before it (also an endless row of 1xx answers)."""

    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        parser = self._parser
        if parser is not None and parser.state in (STATUS, HEADER):
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._disconnectParser(Failure(HeadTooLong()))
                transport: Any = self.transport
                transport.abortConnection()
                return
        super().dataReceived(data)


class _HeadLimitedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _HeadLimited:
        return _HeadLimited(self._quiescentCallback)


class VerifyingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler with our TLS policy and a limit on headers."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._contextFactory: Any = VerifyingPolicy(ca_bundle())
        self._pool._factory = _HeadLimitedFactory


class FreshResolver:
    """Leaves Twisted's own resolver in place: it looks every name up anew, IPv4 and IPv6.

    Scrapy's resolvers keep an answer for the life of the process, which here is weeks.
    """

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> FreshResolver:
        return cls()

    def install_on_reactor(self) -> None:
        """Nothing to put in the reactor's place."""


_OFF = "scrapy.downloadermiddlewares."


@contextmanager
def quiet() -> Iterator[None]:
    """Around the making of Scrapy's process: it announces itself and turns its loggers to debug.

    Afterwards Scrapy and Twisted speak only when something is wrong. A request that fails ends as the
    note of its poll; the downloader's own account of it would say the same twice.
    """
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
    for name in ("scrapy", "twisted", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("scrapy.core", "scrapy.downloadermiddlewares"):
        logging.getLogger(name).setLevel(logging.ERROR)


def scrapy_settings() -> dict[str, Any]:
    """Scrapy's settings. Redirects, robots.txt, retries, pace and validators are decided by us, not by it."""
    largest = settings.HORIZONSCAN_MAX_BODY
    return {
        "USER_AGENT": user_agent(),
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "REFERER_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "REACTOR_THREADPOOL_MAXSIZE": MOST_CONNECTIONS,  # name look-ups; one that hangs holds up no other
        "CONCURRENT_REQUESTS": MOST_CONNECTIONS,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_TIMEOUT": settings.HORIZONSCAN_FETCH_TIMEOUT,
        "DOWNLOAD_MAXSIZE": largest,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_HANDLERS": {
            "http": "crawlers.network.VerifyingHandler",
            "https": "crawlers.network.VerifyingHandler",
            "ftp": None,
            "file": None,
            "s3": None,
            "data": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            _OFF + "offsite.OffsiteMiddleware": None,
            _OFF + "httpauth.HttpAuthMiddleware": None,
        },
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "application/rss+xml, application/atom+xml, application/feed+json, "
            "application/json;q=0.9, application/xml;q=0.9, text/csv;q=0.8, text/html;q=0.7, */*;q=0.5",
        },
        "TWISTED_DNS_RESOLVER": "crawlers.network.FreshResolver",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "EXTENSIONS": {
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
        },
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
