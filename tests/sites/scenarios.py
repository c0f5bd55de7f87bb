"""One site per kind of answer: ordinary, broken and hostile; and addresses that may not be reached."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import zstandard

from tests.sites.server import Request, Route, answer, feed, fixed

FEED = feed("Invented one", "Invented two")
HTML = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>wait</body></html>"
ETAG = b'W/"a\xe9-gzip,  b"'
MODIFIED = b"Tue, 24 Nov 2026  06:00:00 GMT"
ROBOTS_OURS = (
    b"User-agent: *\nDisallow: /\n\nUser-agent: horizonscan\nDisallow: /private\nAllow: /private/feed\n"
)
LATER = datetime.now(UTC) + timedelta(hours=3)


def conditional(request: Request) -> bytes:
    """304 only for both validators exactly as they were sent."""
    echoed = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
    if echoed == (ETAG, MODIFIED):
        return answer(304)
    return answer(200, FEED, ETag=ETAG, Last_Modified=MODIFIED)


def counting() -> Route:
    number = itertools.count()
    return lambda _: answer(200, feed(f"Invented {next(number)}"))


def endless(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"4000\r\n" + b"<item>" * 2730 + b"abcd" + b"\r\n"


def drip(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    for _n in range(200):
        yield b"<"
        time.sleep(0.1)


def endless_headers(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in itertools.count():
        yield b"X-Header-%d: %s\r\n" % (number, b"x" * 4000)


def redirects(status: int, target: str) -> Route:
    return fixed(answer(status, Location=target))


BOMB = gzip.compress(b"<rss>" + b"\0" * 50_000_000)

REFRESH = FEED.replace(b"<rss", b"<!-- <meta http-equiv=refresh content='0;url=/x'> --><rss")

#: Name of the scenario → routes of its site. The source's address is /feed.
ROUTES: dict[str, dict[str, Route]] = {
    "validators": {"/feed": conditional},
    "same": {"/feed": fixed(answer(200, FEED))},
    "changing": {"/feed": counting()},
    "gzip": {"/feed": fixed(answer(200, gzip.compress(FEED), Content_Encoding="gzip"))},
    "deflate": {"/feed": fixed(answer(200, zlib.compress(FEED), Content_Encoding="deflate"))},
    "brotli": {"/feed": fixed(answer(200, brotli.compress(FEED), Content_Encoding="br"))},
    "zstd": {"/feed": fixed(answer(200, zstandard.compress(FEED), Content_Encoding="zstd"))},
    "moved-301": {"/feed": redirects(301, "/new"), "/new": fixed(answer(200, FEED))},
    "moved-308": {"/feed": redirects(308, "/new?a=1#part"), "/new?a=1": fixed(answer(200, FEED))},
    "moved-then-found": {
        "/feed": redirects(301, "/kept"), "/kept": redirects(302, "/today"),
        "/today": fixed(answer(200, FEED)),
    },
    "found-302": {"/feed": redirects(302, "/other"), "/other": fixed(answer(200, FEED))},
    "moved-to-home": {"/feed": redirects(301, "/"), "/": fixed(answer(200, HTML))},
    "loop": {"/feed": redirects(302, "/b"), "/b": redirects(302, "/feed")},
    "six-hops": {
        "/feed": redirects(302, "/1"), **{f"/{n}": redirects(302, f"/{n + 1}") for n in range(1, 9)},
    },
    "no-location": {"/feed": fixed(answer(302))},
    "gone": {"/feed": fixed(answer(410))},
    "later-seconds": {"/feed": fixed(answer(429, Retry_After="7200"))},
    "later-date": {"/feed": fixed(answer(503, Retry_After=format_datetime(LATER, usegmt=True)))},
    "not-found": {"/feed": fixed(answer(404))},
    "challenge-202": {"/feed": fixed(answer(202))},
    "unasked-304": {"/feed": fixed(answer(304))},
    "html": {"/feed": fixed(answer(200, HTML, Content_Type="application/rss+xml"))},
    "empty-body": {"/feed": fixed(answer(200, b"  \n"))},
    "robots-disallow": {
        "/robots.txt": fixed(answer(200, b"User-agent: *\nDisallow: /fe\n")),
        "/feed": fixed(answer(200, FEED)),
    },
    "robots-ours": {
        "/robots.txt": fixed(answer(200, ROBOTS_OURS)), "/private/feed": fixed(answer(200, FEED)),
    },
    "robots-5xx": {"/robots.txt": fixed(answer(500)), "/feed": fixed(answer(200, FEED))},
    "robots-html": {"/robots.txt": fixed(answer(200, HTML)), "/feed": fixed(answer(200, FEED))},
    "robots-moved": {
        "/robots.txt": redirects(301, "/r"), "/r": fixed(answer(200, b"User-agent: *\nDisallow: /\n")),
        "/feed": fixed(answer(200, FEED)),
    },
    "tdm-header": {"/feed": fixed(answer(200, FEED, TDM_Reservation="1", TDM_Policy="https://p.example/"))},
    "tdm-header-beats": {
        "/.well-known/tdmrep.json": fixed(answer(200, b'[{"location": "/*", "tdm-reservation": 1}]')),
        "/feed": fixed(answer(200, FEED, TDM_Reservation="0")),
    },
    "tdm-page": {
        "/.well-known/tdmrep.json": fixed(answer(200, b'[{"location": "/fe*", "tdm-reservation": 1}]')),
        "/feed": fixed(answer(200, HTML)),
    },
    "tdm-page-header": {"/feed": fixed(answer(200, b"<ul><li><a href=/a>A</a></ul>", TDM_Reservation="1"))},
    "endless": {"/feed": endless},
    "bomb": {"/feed": fixed(answer(200, BOMB, Content_Encoding="gzip"))},
    "too-long": {"/feed": fixed(answer(200, b"", Content_Length="99999999"))},
    "drip": {"/feed": drip},
    "endless-headers": {"/feed": endless_headers},
    "short": {"/feed": fixed(answer(200, FEED, Content_Length=str(len(FEED) + 100)))},
    "not-gzip": {"/feed": fixed(answer(200, FEED, Content_Encoding="gzip"))},
    "not-http": {"/feed": fixed(b"\x00\x01 garbage that never was HTTP\r\n\r\n")},
    "hangs-up": {"/feed": fixed(b"")},
    "endless-100": {"/feed": lambda _: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)},
    "recorded": {"/feed": fixed(
        answer(200, feed("Old"), ETag='"0"', X_Recorded_As_Of="2024-05-01T06:00:00+00:00"),
        answer(200, HTML, ETag='"1"', X_Recorded_As_Of="2024-05-02T06:00:00+00:00"),
        answer(304),
    )},
    "meta-refresh": {"/feed": fixed(answer(200, REFRESH))},
    "refused-elsewhere": {"/feed": redirects(302, "http://other.example/feed")},
}  # fmt: skip

#: Sources whose address spells, or leads to, an address that may not be reached: URL, allowed hosts.
FORBIDDEN = {
    "decimal": "http://2130706433:{port}/feed",
    "short-form": "http://127.1:{port}/feed",
    "hexadecimal": "http://0x7f.0.0.1:{port}/feed",
    "octal": "http://0177.0.0.1:{port}/feed",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/feed",
    "mapped-hex": "http://[::ffff:7f00:1]:{port}/feed",
    "ipv6-loopback": "http://[::1]:{port}/feed",
    "name": "http://localhost:{port}/feed",
    "unspecified": "http://0.0.0.0:{port}/feed",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "private": "http://10.0.0.1:{port}/feed",
}
