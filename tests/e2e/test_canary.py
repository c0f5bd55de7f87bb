"""The canary in a real `up`: from the crawler's own port to the internal sink, and to a real SMTP server."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.servers import smtp

WORDS = [sys.executable, "-P", "-m", "horizonscan"]
STATIONS = ("started", "fetched", "ingested", "matched", "arrived")


def environment(data: Path, **more: str) -> dict[str, str]:
    """Six seconds between canaries; nothing private may be fetched."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("HORIZONSCAN_") and not k.endswith("_URL")
    }
    return kept | {"HORIZONSCAN_DATA_DIR": str(data), "HORIZONSCAN_CANARY_MINUTES": "0.1", **more}


@contextmanager
def up(data: Path, environ: dict[str, str]) -> Iterator[Path]:
    """`up --no-live`, its pages on any port; yields the path of its log."""
    data.mkdir()
    log = data / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*WORDS, "up", "--no-live", "--port", "0"], env=environ, stdout=output, stderr=output
        )
    try:
        yield log
    except BaseException:
        print(log.read_text()[-10_000:])
        raise
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def rows(data: Path, statement: str) -> list[tuple[Any, ...]]:
    """What the store answers; nothing while there is none."""
    path = data / "horizonscan.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as store:
        try:
            return store.execute(statement).fetchall()
        except sqlite3.OperationalError:
            return []  # its tables are being made


def until(done: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, f"did not happen in time: {what}"
        time.sleep(0.1)
    return found


def arrivals(data: Path) -> list[tuple[Any, ...]]:
    """Nonce and the stations' times of each canary that arrived, oldest first."""
    columns = ", ".join(STATIONS)
    return rows(
        data, f"SELECT nonce, {columns} FROM notify_canary WHERE arrived IS NOT NULL ORDER BY started"
    )


def called(environ: dict[str, str], *words: str) -> dict[str, Any]:
    done = subprocess.run([*WORDS, *words], env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_it_goes_the_whole_way_again_and_again_and_leaves_no_trace_in_what_is_shown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    environ = environment(data)
    with up(data, environ) as log:
        found = until(
            lambda: len(a := arrivals(data)) >= 2 and a, "two canaries arrived at the internal sink"
        )
        for _, *stations in found:
            assert all(stations) and stations == sorted(stations)
        assert len({nonce for nonce, *_ in found}) == len(found)
        nonce = found[0][0]
        assert rows(data, "SELECT count(*) FROM ingest_signal WHERE entry_id LIKE 'canary%'")[0][0] >= 2
        assert rows(data, "SELECT count(*) FROM ingest_anchor") == [(0,)]
        assert called(environ, "search", nonce, "--json")["total"] == 0
        status = called(environ, "status", "--json")
        proof = status["daily"]["canary"]
        assert proof["at"] and not proof["late"] and 0 < proof["seconds"] < 90
        assert status["index"]["documents"] == 0
        assert [each["slug"] for each in status["sources"] if each["slug"] == "canary"] == []
        assert status["daily"]["intake"]["entries"]["day"] == 0
        assert "Traceback" not in log.read_text()
        # A new crawler listens on another port.
        os.kill(json.loads((data / "up.json").read_text())["processes"]["crawler"]["pid"], signal.SIGKILL)
        before = len(arrivals(data))
        until(lambda: len(arrivals(data)) >= before + 2, "two more arrived after the crawler was killed")
        ports = rows(data, "SELECT name FROM crawlers_host WHERE name LIKE '127.0.0.1:%'")
        assert len(ports) == 2


def test_it_is_mailed_to_the_address_of_the_setting(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with smtp.running() as inbox:
        environ = environment(data, EMAIL_URL=inbox.url(), HORIZONSCAN_CANARY_TO="proof@example.org")
        with up(data, environ):
            until(lambda: arrivals(data), "a canary was taken by the mail server")
            nonce = arrivals(data)[0][0]
            ledger = rows(
                data,
                "SELECT d.message_id FROM notify_delivery d JOIN notify_canary c ON c.delivery_id = d.id"
                f" WHERE c.nonce = '{nonce}'",
            )
        first = inbox.received[0]
    assert first.recipients == ("proof@example.org",)
    assert nonce in str(first.message["Subject"]) and nonce in first.message.as_string()
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert first.message_id == ledger[0][0]
