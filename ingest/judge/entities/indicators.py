"""Indicators of compromise: hashes, and hosts and addresses that somebody made harmless.

A plain host name in the news is a mention. One written `evil[.]example` or `hxxp://…` is meant as an
indicator, so only such are taken. Whatever holds an `@` is left alone: mail addresses are personal data.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from ingest.judge.entities.patterns import Named

_DOT = re.compile(r"[\[({]\.[\])}]|[\[({]dot[\])}]|\[\.|\.\]|\\\.")
_COLON = re.compile(r"[\[({]:[\])}]")
_SLASHES = re.compile(r"[\[({](:?//)[\])}]|[\[({]/[\])}]")
_SCHEME = re.compile(r"h(?:xx|\*\*|tt)p(s?)(?:\[:\]|:|_)?(?=//)")
_MARKS = ("[.", ".]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", "[:", "hxxp", "h**p", "\\.")
_AT = ("@", "[at]", "(at)", "{at}")
_TOKEN = re.compile(r"[^\s,;|<>\"'`]+")
_LONGEST = 255
_HASHES = {32: "MD5", 40: "SHA-1", 64: "SHA-256"}
_HASH = re.compile(r"(?<![\w/=&%.-])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![\w/=&%-])")
_SHORTEST_HASH = min(_HASHES)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.){{1,10}}([a-z]{{2,24}}|xn--[a-z0-9-]{{2,59}})")
_URL = re.compile(r"(https?)://([^/?#:\[\]]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#].*)?")
#: Endings of files that are top-level domains too; `invoice[.]zip` is a file.
_FILES = frozenset({"md", "mov", "ps", "py", "rs", "sh", "so", "zip"})
#: Addresses that mean another machine in every network (RFC 1918).
_PRIVATE = [
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8")
]


def _address(text: str) -> str:
    """`text` as an IP address or network that can be somebody else's, else empty."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return ""
    local = network.is_loopback or network.is_link_local or network.is_multicast or network.is_unspecified
    ours = isinstance(network, ipaddress.IPv4Network) and any(map(network.subnet_of, _PRIVATE))
    if local or ours:
        return ""
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def _host(text: str, tops: frozenset[str]) -> str:
    """`text` as a host name or an address, else empty."""
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    if text.count(":") > 1 or text.replace(".", "").isdigit():
        return _address(text)
    found = _HOST.fullmatch(text)
    if not found or found[1] not in tops or found[1] in _FILES or len(text) > _LONGEST:
        return ""
    return text


def refanged(text: str) -> str:
    """`text` in lower case with the marks taken out that made it harmless."""
    text = _DOT.sub(".", text.lower())
    text = _SLASHES.sub(lambda found: found[1] or "/", text)
    text = _SCHEME.sub(r"http\1:", text)
    return _COLON.sub(":", text)


def _defanged(value: str) -> str:
    """An indicator as it is shown: nobody shall follow it by accident."""
    if value.startswith("http"):
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.replace('tt', 'xx', 1)}://{host.replace('.', '[.]')}{slash}{path}"
    return value.replace(".", "[.]") if "." in value else value.replace(":", "[:]")


def _named(value: str, start: int, end: int) -> Named:
    return Named(value, "indicator", _defanged(value), start, end)


def _parsed(text: str, tops: frozenset[str]) -> list[str]:
    """What a refanged token says: a URL and its host, or a host or address alone."""
    if url := _URL.fullmatch(text):
        host = _host(url[2], tops)
        rest = (url[4] or "").rstrip("/")
        if not host:
            return []
        whole = f"{url[1]}://{url[2]}{url[3] or ''}{rest}"
        return [whole, host] if rest and len(whole) <= _LONGEST else [host]
    if network := _address(text):
        return [network]
    host, colon, port = text.split("/", 1)[0].partition(":")
    if colon and not port.isdigit():
        return []
    found = _host(host, tops)
    return [found] if found else []


def find(text: str, tops: frozenset[str]) -> Iterator[Named]:
    """The indicators in `text` (folded, lower case); `tops` are the top-level domains there are."""
    if any(mark in text for mark in _MARKS):
        for token in _TOKEN.finditer(text):
            raw = token[0]
            if len(raw) > 2 * _LONGEST or not any(mark in raw for mark in _MARKS):
                continue
            if any(at in raw for at in _AT):
                continue
            kept = raw.lstrip("(").rstrip(".,:!?")
            start = token.start() + len(raw) - len(raw.lstrip("("))
            if kept.count(")") > kept.count("("):
                kept = kept.rstrip(")").rstrip(".,:!?")
            for value in _parsed(refanged(kept), tops):
                yield _named(value, start, start + len(kept))
    if max(map(len, text.split()), default=0) >= _SHORTEST_HASH:
        for found in _HASH.finditer(text):
            if not found[0].isdigit() and not found[0].isalpha():
                yield Named(found[0], "indicator", found[0], *found.span())


def read(typed: str, tops: frozenset[str]) -> str:
    """The indicator that `typed` is as a whole, harmless or not; empty where it is none."""
    if any(at in typed for at in _AT) or any(c.isspace() for c in typed) or len(typed) > 2 * _LONGEST:
        return ""
    text = refanged(typed)
    if _HASH.fullmatch(text):
        return text
    return next(iter(_parsed(text, tops)), "")


def name_of(value: str) -> str:
    """How an indicator is shown."""
    return value if _HASH.fullmatch(value) else _defanged(value)
