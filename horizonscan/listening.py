"""Where the pages of an embedded installation listen, and the first link into them."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from horizonscan.errors import CommandError

log = structlog.get_logger()

#: Ports tried where none is asked for.
PORTS = range(8000, 8020)
LINK_FILE = "sign-in-link"


@dataclass(frozen=True, slots=True)
class Pages:
    """`bind` as HORIZONSCAN_BIND says it, `origin` as a browser on this machine (or HORIZONSCAN_URL) does."""

    bind: str
    origin: str


def choose(address: str | None, port: int | None) -> Pages:
    """The address and port to listen on. Raises CommandError where the one asked for is taken."""
    host, _, usual = settings.HORIZONSCAN_BIND.rpartition(":")
    host = address or host.strip("[]")
    asked = port if port is not None else (int(usual) if "HORIZONSCAN_BIND" in os.environ else None)
    for number in [asked] if asked is not None else PORTS:
        try:
            found = _free(host, number)
        except OSError as error:
            if asked is not None:
                raise CommandError(
                    f"pages cannot listen on {host} port {asked}: {error.strerror}; choose another --port"
                ) from None
            continue
        shown = f"[{host}]" if ":" in host else host
        local = "127.0.0.1" if host in ("0.0.0.0", "::") else shown  # noqa: S104 - compared, not bound
        return Pages(f"{shown}:{found}", settings.ORIGIN or f"http://{local}:{found}")
    raise CommandError(f"no port from {PORTS.start} to {PORTS.stop - 1} is free; name one with --port")


def _free(host: str, port: int) -> int:
    """The port itself if it can be listened on, any free one for 0. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        return int(found.getsockname()[1])


def first_link(pages: Pages) -> None:
    """On a first start the administrator's one-time link: printed on a terminal, else in a private file."""
    from accounts.links import first_administrator

    path = first_administrator()
    if path is None:
        return
    link = f"{pages.origin}{path}"
    if sys.stderr.isatty():
        sys.stderr.write(f"\nSign in as administrator (once, within an hour): {link}\n\n")
        return
    file = Path(settings.DATA_DIR) / LINK_FILE
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(link + "\n")
    log.info("sign in as administrator with the one-time link in this file", file=str(file))
