"""What `up` runs: the children of an embedded installation, their environment, and its lock."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from config.broker import broker_url
from config.logs import configure
from horizonscan import broker, listening, replaying, store
from horizonscan import sample as sample_files
from horizonscan.errors import CommandError
from horizonscan.supervisor import Child, Supervisor
from horizonscan.watch import Watch

log = structlog.get_logger()

BANNER = "THE INVENTED SAMPLE: nothing shown here happened"
BANNER_ON_PAGES = (
    "Verzonnen voorbeeld: niets hiervan is gebeurd · Invented sample: nothing shown here happened"
)
STOP_ORDER = ("beat", "crawler", "replay", "ingest", "sequence", "deliver", "web", "broker")


def state_file() -> Path:
    return Path(settings.DATA_DIR) / "up.json"


@contextmanager
def alone() -> Iterator[bool]:
    """Holds this data folder for one `up`; yields False where another one has it."""
    with (settings.DATA_DIR / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def running() -> dict[str, Any] | None:
    """What the `up` of this data folder wrote about itself, None where none runs."""
    with alone() as nobody:
        if nobody:
            return None
    try:
        return dict(json.loads(state_file().read_text()))
    except (OSError, ValueError):
        return {}


def run(
    *,
    replay: Path | None,
    sample: bool,
    live: bool,
    leave_offline: bool,
    bind: str | None = None,
    port: int | None = None,
) -> bool:
    """Runs the installation until it is told to stop. True when it ended because no source answers."""
    configure("up")
    _check_broker()
    _check_mail()
    data = Path(settings.DATA_DIR)
    described = None
    if sample:
        sample_files.clear(data)
        replay, described = sample_files.write(data, datetime.now(UTC))
    store.ready()
    if not sample:
        store.load_catalogue()
    replayed = replaying.prepare(replay, described)
    folder = _socket_folder()
    pages = listening.choose(bind, port)
    try:
        children = _children(folder, replayed, live, pages, BANNER_ON_PAGES if sample else "")
        watch = Watch(live, leave_offline, replayed, BANNER if sample else "")
        supervisor = Supervisor(
            children,
            STOP_ORDER,
            log.warning,
            state_file(),
            extra={
                "sockets": str(folder),
                "live": live,
                "replay": str(replay or ""),
                "pages": pages.origin,
            },
            on_tick=watch,
        )
        watch.stop = supervisor.stop
        _greet(sample, live, replayed, pages)
        listening.first_link(pages)
        supervisor.run()
        log.info("stopped; what was stored stays")
        return watch.offline
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _socket_folder() -> Path:
    """A short private folder for the broker's socket (paths end at 107 bytes); a killed run's is removed."""
    try:
        old = Path(json.loads(state_file().read_text())["sockets"])
        if old.name.startswith("hs-up-"):
            shutil.rmtree(old, ignore_errors=True)
    except (OSError, ValueError, KeyError, TypeError):
        log.debug("no earlier run to tidy up after")
    return Path(tempfile.mkdtemp(prefix="hs-up-"))


def _check_broker() -> None:
    """Refuses a REDIS_URL that does not answer, before anything is stored."""
    if settings.REDIS_URL and not broker.answers(broker_url(), 5):
        raise CommandError(
            "REDIS_URL does not answer: start that server, or unset it and one is started here"
        )


def _check_mail() -> None:
    """Refuses an EMAIL_URL that cannot be read: nobody would be told of anything."""
    from notify.mail.transport import server

    if settings.EMAIL_URL:
        server(settings.EMAIL_URL)


def _children(
    folder: Path, replayed: replaying.Replayed, live: bool, pages: listening.Pages, banner: str
) -> list[Child]:
    environ = {**os.environ, "HORIZONSCAN_DATA_DIR": str(settings.DATA_DIR), "PYTHONUNBUFFERED": "1"}
    environ |= {"HORIZONSCAN_URL": pages.origin, "HORIZONSCAN_BIND": pages.bind}
    if banner:
        environ["HORIZONSCAN_BANNER"] = banner
    # Few malloc arenas: threads that wait most of the time would otherwise keep memory each.
    environ.setdefault("MALLOC_ARENA_MAX", "2")
    children: list[Child] = []
    if not settings.REDIS_URL:
        url = f"redis+socket://{folder / 'broker'}"
        data = Path(settings.DATA_DIR) / "broker"
        data.mkdir(mode=0o700, exist_ok=True)
        environ["REDIS_URL"] = url
        try:
            words = broker.command(folder / "broker", data)
        except broker.NoBroker as error:
            raise CommandError(str(error)) from None
        children.append(
            Child("broker", words, environ, lambda: broker.answers(url, 10), lambda: broker.set_aside(data))
        )

    def ours(name: str, role: str, **more: str) -> Child:
        # The name of a worker outlives its process: its successor takes the leases over at once.
        words = [sys.executable, "-P", "-m", "horizonscan.children", role, f"{name}.{os.getpid()}"]
        return Child(name, words, {**environ, **more})

    if replayed.recordings:
        children.append(ours("replay", "replay"))
    children += [
        ours(f"ingest-{n}", "ingest") for n in range(1, max(1, settings.HORIZONSCAN_INGEST_WORKERS) + 1)
    ]
    children += [ours("sequence", "sequence"), ours("deliver", "deliver"), ours("beat", "beat")]
    children.append(ours("web", "web"))
    private = ",".join([*settings.HORIZONSCAN_ALLOW_PRIVATE, *replayed.networks])
    children.append(
        ours("crawler", "crawler", HORIZONSCAN_ALLOW_PRIVATE=private, HORIZONSCAN_LIVE="1" if live else "0")
    )
    return children


def _greet(sample: bool, live: bool, replayed: replaying.Replayed, pages: listening.Pages) -> None:
    if sample:
        log.warning(BANNER, search=f"horizonscan search --data-dir {settings.DATA_DIR} …")
    if replayed.recordings:
        log.info("replay", sources=len(replayed.recordings), files=replayed.files)
    log.info(
        "up, Ctrl-C stops",
        pages=pages.origin,
        data=str(settings.DATA_DIR),
        live=live,
        store=_kind(settings.DATABASES["default"]),
    )


def _kind(database: dict[str, Any]) -> str:
    return str(database["ENGINE"]).rpartition(".")[2]
