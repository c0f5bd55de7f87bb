"""Which hosts a source may be fetched from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """A URL's host: lower case, ASCII (IDNA), without port, brackets or a final dot; empty where none."""
    try:
        return _plain(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def _plain(name: str) -> str:
    name = name.rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def authority(url: str) -> str:
    """`host` or `host:port` where the port is not the scheme's own: the key of a site's rules and lease.

    Cut at what the key's column takes; no name that long can be resolved (RFC 1035: 253 characters).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = host_of(url)
    if ":" in host:
        host = f"[{host}]"
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return (host if port in (None, usual) else f"{host}:{port}")[:300].replace("\x00", "")


def allowed(url: str, allowed_hosts: Sequence[str], own_url: str) -> bool:
    """True where the URL's host is one of the source's hosts or below one; without a list: its own host."""
    host = host_of(url)
    names = [_plain(name) for name in allowed_hosts] or [host_of(own_url)]
    return bool(host) and any(host == name or host.endswith(f".{name}") for name in names if name)


def fetchable(url: str) -> str | None:
    """Why a URL cannot be fetched at all (scheme, credentials, no host), None where it can."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "not a URL"
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme or '(none)'} is not fetched, only http and https"
    if not parts.hostname:
        return "the URL names no host"
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*", host_of(url)):
        # Readers of URLs disagree on what follows a backslash: what was checked might not be asked.
        return "the URL's host holds characters that no host has"
    if parts.username or parts.password:
        return "the URL carries a user name or password"
    return None
