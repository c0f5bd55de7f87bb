"""Running the real crawler process in a data folder of its own, with a second connection to watch it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
from django.core.management import call_command
from django.db import connections

from config.settings import database_options

#: The networks that the crawler of these tests may reach; 127.0.0.1 is deliberately not one of them.
OPEN = "127.9.0.0/16"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a crawler that works in `folder`."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("HORIZONSCAN_") and not k.endswith("_URL")
    }
    return kept | {
        "HORIZONSCAN_DATA_DIR": str(folder),
        "HORIZONSCAN_ALLOW_PRIVATE": OPEN,
        "HORIZONSCAN_HOST_DELAY": "1",
        "HORIZONSCAN_FETCH_TIMEOUT": "2",
        "HORIZONSCAN_MAX_BODY": "300000",
        "HORIZONSCAN_CONTACT": "mailto:test@example.org",
        **more,
    }


def database(alias: str, folder: Path) -> None:
    """Makes `alias` the migrated database of the data folder, whatever it was in an earlier test."""
    if alias in connections.databases:
        connections[alias].close()
        del connections[alias]
    url = f"sqlite:///{folder / 'horizonscan.sqlite3'}"
    connections.databases[alias] = connections.configure_settings(
        {"default": database_options(dict(dj_database_url.parse(url)))}
    )["default"]
    call_command("migrate", database=alias, verbosity=0)


@contextmanager
def crawler(folder: Path, name: str = "crawler", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python -P -m crawlers.process`; its log is `<name>.log` in the folder."""
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "crawlers.process"],
            env=environment(folder, **more), cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(20)


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits for a condition. Fails naming it."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)
