"""`up` as a person meets it: refusals, the sample, a foreign folder, Ctrl-C, a kill, a second one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

_WORDS = [sys.executable, "-P", "-m", "horizonscan"]


def _environ(data: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("HORIZONSCAN_")}
    return {**kept, "HORIZONSCAN_DATA_DIR": str(data)}


def _call(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_WORDS, *words], env=_environ(data), capture_output=True, text=True, timeout=120)


def _status(data: Path) -> dict[str, Any]:
    return dict(json.loads(_call(data, "status", "--json").stdout.splitlines()[-1]))


@contextmanager
def _up(data: Path, *words: str, cwd: Path | None = None) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    data.mkdir(exist_ok=True)
    log = data / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*_WORDS, "up", *words], env=_environ(data), cwd=cwd, stdout=output, stderr=output
        )
    try:
        yield process, log
    except BaseException:
        print(log.read_text()[-10_000:])
        raise
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _until(done: Callable[[], bool], what: str, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"did not happen in time: {what}"
        time.sleep(0.05)


def _says(log: Path, words: str) -> None:
    _until(lambda: words in log.read_text(), words)


def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    for words, told in (
        (("--port", "80000"), "--port takes 0 to 65535"),
        (("--sample", "--replay", str(tmp_path)), "--sample is a replay of its own"),
        (("--replay", str(tmp_path / "nowhere")), "no such folder"),
        (("--prot", "1"), "unrecognized"),
    ):
        done = _call(tmp_path, "up", *words)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert told in done.stderr


def test_an_empty_folder_to_replay_and_a_broken_catalogue_end_it_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = _call(tmp_path / "data", "up", "--no-live", "--replay", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "holds no file" in done.stderr.splitlines()[-1]


def test_a_broker_that_cannot_be_used_ends_it_in_one_line(tmp_path: Path) -> None:
    for url, told in (
        ("amqp://guest@localhost", "REDIS_URL cannot be used; write redis://"),
        ("redis://127.0.0.1:9/0", "REDIS_URL does not answer"),
    ):
        environ = _environ(tmp_path) | {"REDIS_URL": url}
        words = [*_WORDS, "up", "--no-live"]
        done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode in (1, 2)
        assert told in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr
        assert not list(tmp_path.rglob("*.sqlite3")), "nothing is stored before that is known"


def test_the_sample_from_a_strangers_folder_goes_all_the_way_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    decoy = tmp_path / "decoy"
    for room in ("config", "tasks", "search", "ingest"):
        (decoy / room).mkdir(parents=True)
        (decoy / room / "__init__.py").write_text("raise SystemExit('a stranger was imported')\n")
    sample = tmp_path / "data" / "sample"
    with _up(tmp_path / "data", "--sample", cwd=decoy) as (process, log):
        _says(log, "replay complete")
        found = _status(sample)
        assert found["processes"]["up"] is True
        assert found["counts"]["signals"] == found["index"]["documents"] > 100
        silent = {each["slug"]: each["why"] for each in found["silent"]}
        assert set(silent) == {"stille-bron", "verhuisde-bron"}
        assert "0 entries" in silent["stille-bron"]
        assert "HTML page" in silent["verhuisde-bron"]
        children = [each["pid"] for each in found["processes"]["children"].values()]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    text = log.read_text()
    assert "THE INVENTED SAMPLE" in text
    assert "indexed" in text
    assert "a stranger was imported" not in text
    assert "Traceback" not in text
    assert not any(psutil.pid_exists(pid) for pid in children)
    # Its own folder holds all of it; the folder a real run would use has no store.
    assert not (tmp_path / "data" / "horizonscan.sqlite3").exists()
    assert _status(sample)["processes"] == {"up": False}


def test_a_second_one_is_refused_and_none_is_left_when_the_first_is_killed(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "bron_2024-03-01.xml").write_text(
        "<rss version='2.0'><channel><title>Bron</title><item><title>Dijk hersteld na lek</title>"
        "<link>https://bron.example/1</link></item></channel></rss>"
    )
    data = tmp_path / "data"
    with _up(data, "--no-live", "--replay", str(tmp_path / "feeds")) as (process, log):
        _says(log, "replay complete")
        second = _call(data, "up", "--no-live")
        assert second.returncode == 1
        assert second.stderr.count("\n") == 1
        assert "runs already" in second.stderr
        children = [each["pid"] for each in _status(data)["processes"]["children"].values()]
        assert len(children) == 8
        process.kill()
        process.wait()
        _until(lambda: not any(psutil.pid_exists(pid) for pid in children), "the children are gone")
    # The next one starts from what the killed one left.
    with _up(data, "--no-live", "--replay", str(tmp_path / "feeds")) as (process, log):
        _says(log, "replay complete")
        assert _status(data)["counts"]["signals"] == 1
        process.terminate()
        assert process.wait(60) == 0
