"""Serving the pages: one process of threads, made for production, static files included."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import Error as DatabaseError
from django.utils import timezone

log = structlog.get_logger()

#: Pages wait for the store and the search server most of the time.
THREADS = 8


def address() -> tuple[str, int]:
    """Host and port of HORIZONSCAN_BIND."""
    host, _, port = settings.HORIZONSCAN_BIND.rpartition(":")
    return host.strip("[]"), int(port)


def collect() -> None:
    """Static files under names that hold their hash, in the data folder: replaced by whoever starts."""
    call_command("collectstatic", interactive=False, verbosity=0)


def warm() -> None:
    """Loads what the first reader would otherwise wait a second for."""
    from ingest.judge import whole
    from web import searching
    from web.state import State

    whole.load()
    try:
        searching.search(State(), now=timezone.now(), language="nl")
    except DatabaseError as error:
        log.warning("store does not answer yet", reason=str(error).strip().splitlines()[0])


def serve() -> None:
    """Until the process is told to stop. Raises OSError where the address is taken."""
    from waitress.server import create_server

    collect()
    host, port = address()
    behind: dict[str, Any] = {}
    if settings.HORIZONSCAN_TRUSTED_PROXY:
        behind["trusted_proxy"] = settings.HORIZONSCAN_TRUSTED_PROXY
        behind["trusted_proxy_headers"] = {"x-forwarded-for", "x-forwarded-proto"}
    server = create_server(
        get_wsgi_application(),
        host=host,
        port=port,
        threads=THREADS,
        ident="horizonscan",
        clear_untrusted_proxy_headers=True,
        **behind,
    )
    warm()
    log.debug("pages", address=settings.HORIZONSCAN_BIND)
    server.run()
