"""A real Redis-protocol server: REDIS_URL, else the installed or bundled one on a private socket."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from horizonscan import broker
from horizonscan.children import die_with_parent
from tests.environment import SERVERS
from tests.servers import Missing


@contextmanager
def running() -> Iterator[str]:
    """Yields the URL of a broker (`redis+socket://…` when started here). Raises Missing."""
    if SERVERS["REDIS_URL"]:
        yield SERVERS["REDIS_URL"]
        return
    folder = Path(tempfile.mkdtemp(prefix="hs-redis-"))
    try:
        words = broker.command(folder / "s", folder)
    except broker.NoBroker as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Missing(f"Redis: {error}") from None
    server = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent()
    )
    url = f"redis+socket://{folder / 's'}"
    try:
        if not broker.answers(url, seconds=20):
            raise Missing(f"Redis: {words[0]} did not start (exit {server.poll()})")
        yield url
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
