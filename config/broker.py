"""Where the broker is, as Celery (kombu) writes it."""

from __future__ import annotations

from django.conf import settings

from config.options import ConfigError


def broker_url() -> str:
    """REDIS_URL, else a socket that is not there: without a broker publishing fails at once.

    Raises ConfigError where REDIS_URL names no Redis server.
    """
    url = str(settings.REDIS_URL) or f"redis+socket://{settings.DATA_DIR / 'no-broker'}"
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("redis", "rediss", "redis+socket", "unix"):
        raise ConfigError(
            "REDIS_URL cannot be used; write redis://host:6379/0, rediss://… or unix:///a/socket"
        )
    return f"redis+socket://{rest}" if scheme == "unix" else url
