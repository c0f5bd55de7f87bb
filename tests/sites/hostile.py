"""Every hostile or broken answer, what state it must end in, and words of the evidence."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import brotli
import zstandard

from tests.sites.scenarios import FEED, ROUTES, endless, redirects
from tests.sites.server import Request, Reset, Route, answer, fixed

#: Settings of the crawl: what is larger or slower than this is given up.
LARGEST, PATIENCE = 300_000, 2
ZEROS = b"<rss>" + b"\0" * 20_000_000


@dataclass(frozen=True)
class Case:
    """`routes` of its site, or a `url` ({port}: of a server that must never be asked). `tls`: what is wrong
    with its certificate; `greeting`: sent before anything was asked; `state`: several are joined by `|`."""

    name: str
    state: str
    words: str
    routes: dict[str, Route] = field(default_factory=dict)
    url: str = ""
    hosts: tuple[str, ...] = ()
    tls: str = ""
    greeting: bytes = b""
    via: bool = False  # its site redirects to `url`, whose host the catalogue allows


def known(name: str, state: str, words: str) -> Case:
    return Case(name, state, words, ROUTES[name])


def body(name: str, state: str, words: str, content: bytes, **headers: str) -> Case:
    return Case(name, state, words, {"/feed": fixed(answer(200, content, **headers))})


def status(name: str, words: str, code: int, **headers: str) -> Case:
    return Case(name, "error", words, {"/feed": fixed(answer(code, b"", **headers))})


def unsaid_40_mb(_: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n"
    for _n in range(640):
        yield b"<item>" * 10_000


def header_drip(_: Request) -> Iterator[bytes]:
    for character in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100:
        yield bytes([character])
        time.sleep(0.1)


def silence(_: Request) -> Iterator[bytes]:
    time.sleep(2 * PATIENCE)
    yield b""


def reset(_: Request) -> bytes:
    raise Reset


def reset_midway(_: Request) -> Iterator[bytes]:
    yield answer(200, FEED, Content_Length="5000")[:200]
    time.sleep(0.1)
    raise Reset


def many_cookies(_: Request) -> bytes:
    lines = b"".join(b"Set-Cookie: c%d=%s; Path=/\r\n" % (n, b"x" * 50) for n in range(300))
    return answer(200, FEED).replace(b"Connection:", lines + b"Connection:", 1)


def chunks(*pieces: bytes) -> Route:
    return fixed(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + b"".join(pieces)
    )


LOGIN = b"<!doctype html><title>Inloggen</title><form><input name=u><input type=password name=p></form>"
GATE = b"<!doctype html><title>Uitgever Privacy Gate</title><p>Wij vragen uw toestemming</p>"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (c + 1, b"&%c;" % c * 10) for c in range(ord("a"), ord("j")))
    + b']><rss version="2.0"><channel><item><title>&j;</title></item></channel></rss>'
)
DEEP = b"<rss>" + b"<a>" * 90_000
LATER = "999999999999999999999"

#: Ways to write an address that may not be reached.
SPELLINGS = {
    "decimal": "2130706433", "short": "127.1", "hexadecimal": "0x7f.0.0.1", "hexadecimal-whole": "0x7f000001",
    "octal": "0177.0.0.1", "octal-whole": "017700000001", "dot-at-the-end": "127.0.0.1.", "zero": "0.0.0.0",
    "none": "0", "ipv6": "[::1]", "ipv6-none": "[::]", "mapped": "[::ffff:127.0.0.1]",
    "mapped-hex": "[::ffff:7f00:1]", "compatible": "[::127.0.0.1]", "translated": "[::ffff:0:127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]", "6to4": "[2002:7f00:1::]", "fullwidth": "１２７.０.０.１",
    "circled": "①②⑦.⓪.⓪.①", "ideographic-dots": "127。0。0。1", "percent": "%31%32%37.0.0.1",
    "name": "localhost", "name-dot": "localhost.", "private": "10.0.0.1", "metadata": "169.254.169.254",
    "link-local": "[fe80::1]", "unique-local": "[fd00::1]", "carrier": "100.64.0.1",
}  # fmt: skip

CASES: list[Case] = [
    known("endless", "error", "larger than 300000 bytes"),
    body("40-mb", "error", "larger than 300000 bytes", b"", Content_Length="40000000"),
    Case("40-mb-unsaid", "error", "larger than 300000 bytes", {"/feed": unsaid_40_mb}),
    known("bomb", "error", "larger than 300000 bytes"),
    body("bomb-twice", "error", "larger than", gzip.compress(gzip.compress(ZEROS)), Content_Encoding="gzip, gzip"),
    body("bomb-deflate", "error", "larger than", zlib.compress(ZEROS), Content_Encoding="deflate"),
    body("bomb-brotli", "error", "larger than", brotli.compress(ZEROS, quality=5), Content_Encoding="br"),
    body("bomb-zstd", "error", "larger than", zstandard.compress(ZEROS), Content_Encoding="zstd"),
    known("not-gzip", "error", "cannot be decompressed"),
    body("encoding-unknown", "error", "refused", b"\x01\x02\x03" * 99, Content_Encoding="snappy"),
    known("drip", "error", "no complete answer within 2 seconds"),
    Case("drip-header", "error", "no complete answer within 2 seconds", {"/feed": header_drip}),
    Case("silence", "error", "robots.txt: no complete answer within 2 seconds", {"*": silence}),
    known("endless-headers", "error", "header is endless"),
    known("endless-100", "error", "header is endless"),
    Case("cookies", "ok", "2 entries", {"/feed": many_cookies}),
    known("short", "error", "ended before the whole body"),
    body("length-too-small", "ok", "1 entry", FEED, Content_Length=str(len(FEED) - 60)),
    Case("chunk-cut", "error", "ended before the whole body", {"/feed": chunks(b"100\r\n" + FEED[:99])}),
    Case("chunk-broken", "error", "before the whole body", {"/feed": chunks(b"zz\r\n" + FEED + b"\r\n0\r\n\r\n")}),
    Case("chunk-huge", "error", "", {"/feed": chunks(b"7fffffffffffffff\r\n" + FEED)}),
    known("not-http", "error", "not HTTP"),
    known("hangs-up", "error", "hung up"),
    Case("reset", "error", "hung up", {"/feed": reset}),
    Case("reset-midway", "error", "", {"/feed": reset_midway}),
    Case("refused", "error", "connection was refused", url="http://127.9.250.250:9/feed"),
    Case("dns", "error", "cannot be resolved", url="http://nowhere.invalid/feed"),
    Case("tls-expired", "error", "certificate", {"/feed": fixed(answer(200, FEED))}, tls="expired"),
    Case("tls-other-host", "error", "certificate is for another host", {"/feed": fixed(answer(200, FEED))}, tls="other"),
    Case("tls-self-signed", "error", "not signed by an authority", {"/feed": fixed(answer(200, FEED))}, tls="own"),
    Case("tls-garbage", "error", "TLS", tls="none", greeting=b"\x16\x03\x01\xff\xff" + b"garbage" * 50),
    Case("tls-plain", "error", "TLS", tls="none", greeting=answer(200, FEED)),
    known("loop", "error", "loop"),
    known("six-hops", "error", "more than 5 redirects"),
    known("no-location", "error", "without a Location"),
    status("location-file", "scheme file is not fetched", 302, Location="file:///etc/passwd"),
    status("location-script", "scheme javascript", 302, Location="javascript:alert(1)"),
    status("location-user", "user name or password", 302, Location="http://a:b@127.0.0.1/"),
    status("location-long", "", 302, Location="/" + "x" * 100_000),
    known("refused-elsewhere", "blocked", "not an allowed host"),
    Case(
        "consent", "consent", "consent wall of myprivacy.uitgever.example",
        {"/feed": redirects(302, "https://myprivacy.uitgever.example/consent?callbackUrl=https%3A%2F%2Fx.example%2Ff")},
    ),
    body("consent-page", "consent", "(a consent wall)", GATE),
    body("login", "error", "it wants somebody to sign in", LOGIN),
    known("html", "error", "a bot check"),
    known("challenge-202", "error", "answered 202"),
    known("empty-body", "error", "empty body"),
    status("no-content", "answered 204 (no content)", 204),
    status("teapot", "answered 418", 418),
    status("later-absurd", "answered 429", 429, Retry_After=LATER),
    status("later-9999", "answered 503", 503, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"),
    status("later-negative", "answered 503", 503, Retry_After="-1"),
    known("gone", "gone", "410"),
    known("unasked-304", "error", "304"),
    body("nul", "error", "refused", b"\0" * 5000),
    body("xml-laughs", "error", "refused", LAUGHS),
    body("xml-deep", "empty|error", "", DEEP),
    body("json-deep", "error", "refused", b"[" * 200_000),
    body("empty-feed", "empty", "holds 0 entries", b'<rss version="2.0"><channel><title>x</title></channel></rss>'),
    Case("robots-endless", "error", "robots.txt: the body is larger", {"/robots.txt": endless, "/feed": fixed(answer(200, FEED))}),
    Case("robots-loop", "ok", "2 entries", {"/robots.txt": redirects(302, "/robots.txt"), "/feed": fixed(answer(200, FEED))}),
    Case("tdm-deep", "ok", "2 entries", {"/.well-known/tdmrep.json": fixed(answer(200, b"[" * 100_000)), "/feed": fixed(answer(200, FEED))}),
    *(
        Case(f"to-{name}", "blocked|error" if name == "name-dot" else "blocked", "", url=f"http://{host}:{{port}}/feed")
        for name, host in SPELLINGS.items()
    ),
    *(
        Case(f"via-{name}", "blocked|error", "", url=f"http://{host}:{{port}}/feed", via=True)
        for name, host in SPELLINGS.items()
    ),
]  # fmt: skip
# ruff: noqa: E501 - a table: one case a line
