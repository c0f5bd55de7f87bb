"""Every environment variable the application reads, in one table that drives settings, `config` and docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit


class ConfigError(ValueError):
    """A setting cannot be used. The message names the variable and what to do."""


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.strip().isdecimal() else -1
        if not least <= number <= most:
            raise ValueError(f"use a whole number from {least} to {most}")
        return number

    return read


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 86_400:
        raise ValueError("use a number of seconds from 0 to 86400")
    return number


def _minutes(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1_440:
        raise ValueError("use a number of minutes from 0 to 1440")
    return number


def _address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError("use address:port, such as 127.0.0.1:8000")
    return text


def _origin(text: str) -> str:
    if text and not (text.startswith(("http://", "https://")) and urlsplit(text).hostname):
        raise ValueError("use the address of the pages, such as https://scan.example.org")
    return text


def _label(text: str) -> str:
    if text not in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"):
        raise ValueError("use CLEAR, GREEN, AMBER, AMBER+STRICT or RED")
    return text


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _switch(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("1", "true", "yes", "on"):
        return True
    if lowered in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("use 1 or 0")


@dataclass(frozen=True, slots=True)
class Option:
    """One variable: its name, its default as one would write it, how it is read, and what it is for."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any] = str
    secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option("HORIZONSCAN_DATA_DIR", "", "folder with all state (default ~/.local/share/horizonscan)"),
    Option(
        "HORIZONSCAN_SECRET_KEY", "", "signing key; made and kept in the data folder if empty", secret=True
    ),
    Option("HORIZONSCAN_SOURCES", "", "catalogue to use instead of the built-in config/sources.yaml"),
    Option("HORIZONSCAN_LIVE", "1", "0: no source is polled but those of a replay", _switch),
    Option("HORIZONSCAN_CONTACT", "", "address or page named in the User-Agent, so that sites can reach you"),
    Option("HORIZONSCAN_ALLOW_PRIVATE", "", "private networks that may be fetched (CIDR, comma)", _words),
    Option("HORIZONSCAN_PROXY", "", "HTTP(S) proxy for outgoing requests", secret=True),
    Option("HORIZONSCAN_CA_BUNDLE", "", "PEM file of certificate authorities to trust besides the system's"),
    Option("HORIZONSCAN_HOST_DELAY", "2", "seconds between two requests to one host", _seconds),
    Option("HORIZONSCAN_FETCH_TIMEOUT", "30", "seconds until a fetch is given up", _seconds),
    Option(
        "HORIZONSCAN_MAX_BODY",
        "10485760",
        "bytes of a body, decompressed, that are accepted",
        _whole(1, 2**31 - 1),
    ),
    Option(
        "HORIZONSCAN_INGEST_WORKERS",
        "1",
        "ingest worker processes of an embedded installation",
        _whole(1, 64),
    ),
    Option("HORIZONSCAN_SWEEP_SECONDS", "5", "seconds between looks for work left behind", _seconds),
    Option("HORIZONSCAN_INDEX_NAME", "horizonscan", "name (alias) of the Elasticsearch index"),
    Option(
        "HORIZONSCAN_KEEP_BODY_HOURS", "24", "hours a fetched body is kept after ingest", _whole(0, 100_000)
    ),
    Option("HORIZONSCAN_KEEP_QUARANTINE_DAYS", "7", "days a quarantined body is kept", _whole(0, 100_000)),
    Option("HORIZONSCAN_KEEP_UNSORTED_DAYS", "90", "days a signal of no domain is kept", _whole(0, 100_000)),
    Option("HORIZONSCAN_KEEP_DAYS", "730", "days a signal is kept", _whole(0, 100_000)),
    Option("HORIZONSCAN_BIND", "127.0.0.1:8000", "address and port on which pages are served", _address),
    Option("HORIZONSCAN_TRUSTED_PROXY", "", "address of the reverse proxy whose X-Forwarded headers count"),
    Option("HORIZONSCAN_URL", "", "where readers reach the pages; links in mail begin with it", _origin),
    Option("HORIZONSCAN_HOSTS", "", "more host names under which pages may be asked for (comma)", _words),
    Option("HORIZONSCAN_MAIL_FROM", "", "sender of mail (default horizonscan@ the host of HORIZONSCAN_URL)"),
    Option("HORIZONSCAN_TLP", "GREEN", "Traffic Light Protocol label of digests and alerts", _label),
    Option("HORIZONSCAN_CANARY_TO", "", "address that gets the hourly proof (default: an internal sink)"),
    Option("HORIZONSCAN_CANARY_MINUTES", "60", "minutes between proofs; 0: none", _minutes),
    Option("HORIZONSCAN_BANNER", "", "a line that stands on top of every page"),
    Option("HORIZONSCAN_LOG_JSON", "0", "1: one JSON object a log line", _switch),
    Option("HORIZONSCAN_LOG_LEVEL", "info", "debug, info, warning or error"),
    Option("HORIZONSCAN_TEST_DATA", "", "folder with recorded data for the tests"),
    Option("DATABASE_URL", "", "SQL store (default: SQLite in the data folder)", secret=True),
    Option("REDIS_URL", "", "broker (default: a private one is started)", secret=True),
    Option("ELASTICSEARCH_URL", "", "search server (default: the embedded engine)", secret=True),
    Option(
        "EMAIL_URL",
        "",
        "outgoing mail: smtp://user:password@host:port, smtps://…, smtp+starttls://…",
        secret=True,
    ),
)


def known(environ: Mapping[str, str]) -> None:
    """Raises ConfigError when `environ` holds a HORIZONSCAN_* variable that nobody reads."""
    names = {option.name for option in OPTIONS}
    for name in sorted(environ):
        if name.startswith("HORIZONSCAN_") and name not in names:
            raise ConfigError(f"{name} is not a setting; see `horizonscan config` for the ones there are")


def values(environ: Mapping[str, str]) -> dict[str, Any]:
    """Every option's value from `environ`, typed. Raises ConfigError naming the variable that is wrong."""
    found: dict[str, Any] = {}
    for option in OPTIONS:
        text = environ.get(option.name) or option.default
        try:
            found[option.name] = option.read(text)
        except ValueError as error:
            raise ConfigError(f"{option.name}={text!r} cannot be read: {error}") from None
    return found


def shown(option: Option, value: Any) -> str:
    """The value as `config` prints it: passwords in URLs and other secrets hidden."""
    text = ",".join(value) if isinstance(value, list) else str(value)
    if not option.secret or not text:
        return text
    parts = urlsplit(text)
    if not parts.scheme or not parts.netloc:
        return "(set, hidden)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"…@{host}" if "@" in parts.netloc else host, parts.path, "", ""))
