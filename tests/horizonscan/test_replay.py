"""The replay server: which file a poll gets, and that a kill on either side loses none."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from horizonscan import replay


def _plan(folder: Path) -> list[replay.Recording]:
    rows = []
    for slug, count in (("alpha", 3), ("beta", 1)):
        for number in range(count):
            path = folder / f"{slug}-{number}.xml"
            path.write_text(f"<{slug} number='{number}'/>")
            rows.append((slug, str(path), datetime(2024, 1, 1 + number, tzinfo=UTC)))
    return replay.plan_of(rows)


@contextmanager
def _server(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "HORIZONSCAN_DATA_DIR": str(folder)}
    process = subprocess.Popen([sys.executable, "-P", "-m", "horizonscan.children", "replay"], env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _get(url: str, etag: str = "") -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(url, headers={"If-None-Match": etag} if etag else {})
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as found:
                return found.status, {k.lower(): v for k, v in found.headers.items()}, found.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, ""
        except urllib.error.URLError:
            assert time.monotonic() < until, "the replay server does not answer"
            time.sleep(0.05)


def test_each_source_has_its_own_address_and_gives_one_file_a_poll_oldest_first(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    port = replay.free_port([each.address for each in plan])
    replay.save(tmp_path / "replay.json", port, plan)
    url = {each.slug: f"http://{each.address}:{port}{replay.PATH}" for each in plan}
    assert len({each.address for each in plan}) == 2
    with _server(tmp_path):
        etag, seen = "", []
        for _ in range(3):
            status, headers, body = _get(url["alpha"], etag)
            etag = headers["etag"]
            seen.append((status, body, headers[replay.HEADER.lower()]))
        assert seen == [(200, f"<alpha number='{n}'/>", f"2024-01-0{n + 1}T00:00:00+00:00") for n in range(3)]
        assert _get(url["alpha"], etag)[0] == 304
        assert _get(url["beta"])[2] == "<beta number='0'/>"
        assert _get(url["beta"].replace(replay.PATH, "/robots.txt"))[0] == 404


def test_position_is_the_pollers_so_a_killed_server_skips_nothing(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    port = replay.free_port([each.address for each in plan])
    replay.save(tmp_path / "replay.json", port, plan)
    url = f"http://{plan[0].address}:{port}{replay.PATH}"
    with _server(tmp_path) as process:
        _, headers, _ = _get(url)
        process.send_signal(signal.SIGKILL)
    with _server(tmp_path):
        # The poller died before it stored the second answer, and asks again: the same file comes.
        first = _get(url, headers["etag"])
        again = _get(url, headers["etag"])
        assert first[2] == again[2] == "<alpha number='1'/>"


def test_a_validator_of_another_replay_begins_at_the_first_file(tmp_path: Path) -> None:
    alpha = _plan(tmp_path)[0]
    assert replay.following(alpha, '"000000000000-1"') == 0
    assert replay.following(alpha, "") == 0
    assert replay.following(alpha, alpha.etag(0)) == 1
    assert replay.following(alpha, f"W/{alpha.etag(1)}") == 2
    assert replay.following(alpha, alpha.etag(2)) is None


def test_the_guards_exception_covers_exactly_the_replays_addresses() -> None:
    rows = [(f"s{number}", "f", datetime(2024, 1, 1, tzinfo=UTC)) for number in range(5)]
    plan = replay.plan_of(rows)
    covered = [str(host) for text in replay.networks(plan) for host in ipaddress.ip_network(text)]
    assert covered == [each.address for each in plan]


def test_an_unusable_request_is_dropped_and_the_server_lives(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    port = replay.free_port([each.address for each in plan])
    replay.save(tmp_path / "replay.json", port, plan)
    url = f"http://{plan[0].address}:{port}{replay.PATH}"
    with _server(tmp_path):
        assert _get(url)[0] == 200
        for junk in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"A" * 40_000):
            with socket.create_connection((plan[0].address, port), 5) as sock:
                sock.sendall(junk)
                sock.shutdown(socket.SHUT_WR)
                with suppress(ConnectionResetError):
                    assert sock.recv(100) == b""
        assert _get(url)[0] == 200
