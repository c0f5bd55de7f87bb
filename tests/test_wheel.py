"""The wheel holds the rooms and their data and nothing else, and works far from the source tree."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.test_house import ROOMS, ROOT, _kept

READY = "up, Ctrl-C stops"
PATIENCE = 90


def _clean() -> dict[str, str]:
    """The environment of a user who has set nothing of ours."""
    ours = ("HORIZONSCAN_", "DJANGO_", "PYTHON", "VIRTUAL_ENV")
    urls = {"DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL"}
    return {k: v for k, v in os.environ.items() if not k.startswith(ours) and k not in urls}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the project keeps, so that nothing is left in the source tree."""
    copy = tmp_path_factory.mktemp("tree")
    for path in _kept():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    out = tmp_path_factory.mktemp("wheel")
    words = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    built = subprocess.run([*words, "-w", str(out), str(copy)], capture_output=True, text=True, env=_clean())
    assert built.returncode == 0, built.stderr
    (found,) = out.iterdir()
    return found


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`horizonscan`, installed from the wheel into an environment of its own beside today's dependencies."""
    home = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    words = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    installed = subprocess.run(
        [*words, "--no-index", str(wheel)],
        capture_output=True,
        text=True,
        env=_clean(),
    )
    assert installed.returncode == 0, installed.stderr
    site = next(home.glob("lib/python*/site-packages"))
    # Named in a .pth file, the folder is searched, but its own .pth files (the source tree's) are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin" / "horizonscan"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with packages that are called like ours; whoever imports one leaves a trace."""
    for room in ROOMS:
        decoy = tmp_path / "elsewhere" / room
        decoy.mkdir(parents=True)
        trace = f"open({str(tmp_path / 'imported')!r}, 'a').write({room!r})\nraise ImportError('a decoy')\n"
        (decoy / "__init__.py").write_text(trace)
    return tmp_path / "elsewhere"


def test_it_holds_the_rooms_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    held = {name for name in names if ".dist-info/" not in name}
    kept = {path.relative_to(ROOT).as_posix() for path in _kept()}
    wanted = {name for name in kept if name.partition("/")[0] in ROOMS}
    assert held == wanted
    assert {"config/domains.yaml", "config/sources.yaml", "config/sample/sample.yaml"} <= held
    assert {"ingest/migrations/0001_initial.py", *(f"{room}/py.typed" for room in ROOMS)} <= held
    about = {name.partition(".dist-info/")[2] for name in names - held}
    assert "licenses/LICENSE" in about
    assert wheel.stat().st_size < 2_000_000


def test_config_answers_from_another_folder(command: Path, elsewhere: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [command, "config", "--data-dir", tmp_path / "data"],
        cwd=elsewhere,
        env=_clean(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "data") in done.stdout
    assert not (tmp_path / "imported").exists()


def test_up_runs_and_stops_in_another_folder(command: Path, elsewhere: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            [command, "up", "--no-live", "--data-dir", tmp_path / "data"],
            cwd=elsewhere,
            env=_clean(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(up, log)
        processes = _children(up, 5)
        assert {"ingest", "sequence", "beat", "crawler"} <= {word for p in processes for word in _role(p)}
        time.sleep(3)  # long enough for a child that imported a decoy to die and be named
        assert up.poll() is None
        up.send_signal(signal.SIGINT)
        assert up.wait(PATIENCE) == 0
        gone, alive = psutil.wait_procs(processes, timeout=5)
        assert alive == []
        assert len(gone) >= 5
    finally:
        if up.poll() is None:
            up.kill()
            up.wait()
    text = log.read_text()
    assert not (tmp_path / "imported").exists()
    assert "starts again" not in text, text
    assert "Traceback" not in text, text
    assert "stopped" in text
    assert (tmp_path / "data" / "horizonscan.sqlite3").exists()


def _wait(up: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while READY not in log.read_text():
        assert up.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)


def _children(up: subprocess.Popen[bytes], count: int) -> list[psutil.Process]:
    """The processes of `up`, once there are `count` of them."""
    until = time.monotonic() + PATIENCE
    while len(found := psutil.Process(up.pid).children(recursive=True)) < count:
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


def _role(process: psutil.Process) -> list[str]:
    """The words of a child's command line: one of them is its role."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
