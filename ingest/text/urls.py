"""Canonical URLs: one spelling for one article, so that two sources that link to it are seen to agree.

WHATWG URL reading and RFC 3986 §6.2 normalisation, then what news links need beyond it: trackers
dropped, consent walls and redirectors unwrapped, AMP and short forms brought to the article's address.
The tables are in `ingest.text.url_rules`.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from ipaddress import IPv6Address
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from ingest.text.url_rules import inner_target, is_tracker, without_amp, without_slug

_LONGEST = 2000
_UNWRAPS = 10
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?$")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\r\n\ud800-\udfff]")
_AROUND = "".join(map(chr, range(33))) + "\x7f\xa0\u200b\ufeff"
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/:@!$&'()*+,;=~%-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_CLEAN = re.compile(r"[a-z0-9/._~-]*$", re.IGNORECASE)


def _tidy(url: str) -> str:
    """As a browser reads it (no line breaks, nothing around it), and without HTML's own escape of `&`."""
    return _ENTITY.sub("&", _IGNORED.sub("", url).strip(_AROUND))


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else f"%{found[1].upper()}"


def _percent(text: str, safe: str) -> str:
    """Percent-encoding in one form: unreserved characters bare, hex in capitals, the rest encoded."""
    if _CLEAN.match(text):
        return text
    text = _BARE_PERCENT.sub("%25", text)
    return _ESCAPE.sub(_escape, quote(text, safe=safe))


def _path(path: str) -> str:
    """Without dot segments (RFC 3986 §5.2.4), percent-encoding in one form; never empty."""
    path = _percent(path.replace("\\", "/"), _PATH_SAFE)
    if "/." in path:
        kept: list[str] = []
        segments = path.split("/")[1:]
        for number, segment in enumerate(segments, start=1):
            if segment == "..":
                del kept[-1:]
            elif segment != ".":
                kept.append(segment)
            if segment in (".", "..") and number == len(segments):
                kept.append("")
        path = "/" + "/".join(kept)
    return path or "/"


def _query(query: str) -> str:
    """Without trackers and empty parts. The order stays: for some sites it has a meaning."""
    if not query:
        return ""
    parts = []
    for part in _percent(query, _QUERY_SAFE).split("&"):
        name, _, value = part.partition("=")
        if part and not is_tracker(unquote(name).lower(), unquote(value).lower()):
            parts.append(part)
    return "&".join(parts)


def _host(host: str) -> str | None:
    """Lower case, IDNA (UTS 46), no closing dot; None when it can be no host."""
    host = host.lower()
    if ":" in host:
        try:
            return f"[{IPv6Address(host.partition('%')[0]).compressed}]"
        except ValueError:
            return None
    if "%" in host:
        host = unquote(host).lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    return host.rstrip(".") if _HOST.match(host) else None


def _normal(url: str) -> tuple[str, str, str, str, str] | None:
    """(scheme, host with port, path, query, fragment) of an absolute http(s) URL, else None."""
    try:
        parts = urlsplit(url)
        scheme, port, name = parts.scheme.lower(), parts.port, parts.hostname
    except ValueError:
        return None
    if scheme not in _PORTS or not name or (host := _host(name)) is None:
        return None
    if port is not None and port != _PORTS[scheme]:
        host = f"{host}:{port}"
    fragment = _percent(parts.fragment, _QUERY_SAFE) if parts.fragment.startswith("!") else ""
    return scheme, host, _path(parts.path), _query(parts.query), fragment


def canonical(url: str, base: str | None = None) -> str | None:
    """The canonical form of `url`, absolute by `base` where it is relative.

    None for what is no http(s) address (other schemes, no host, garbage, over 2,000 characters). The
    scheme is kept as given; `key` ignores it. `canonical(canonical(url)) == canonical(url)`.
    """
    if not url or len(url) > 4 * _LONGEST:
        return None
    url = _tidy(url)
    if base and not _ABSOLUTE.match(url):
        try:
            url = urljoin(base.strip(), url)
        except ValueError:
            return None
    if url.startswith("//"):
        url = f"https:{url}"
    for _ in range(_UNWRAPS):
        normal = _normal(url)
        if normal is None:
            return None
        scheme, host, path, query, fragment = normal
        try:
            inner = inner_target(scheme, host, path, query)
        except ValueError:
            return None
        if inner:
            url = _tidy(inner)
            continue
        path = without_slug(host, without_amp(path))
        made = f"{scheme}://{host}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"
        return made if len(made) <= _LONGEST else None
    return None


def key(url: str) -> str:
    """32 hex digits, equal for two canonical URLs that differ in scheme or a leading `www.` only."""
    rest = url.partition("://")[2] or url
    return blake2b(rest.removeprefix("www.").encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def shareable(url: str) -> bool:
    """Whether a canonical URL has a path or a query, so may be one article and not a whole site."""
    parts = urlsplit(url)
    return bool(parts.path.strip("/") or parts.query or parts.fragment)
