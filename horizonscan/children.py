"""The processes of the application, and what each needs: it dies with its parent, however that ends."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence

_PR_SET_PDEATHSIG = 1


def die_with_parent(sent: int = signal.SIGKILL) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `sent` when the thread that started it ends.

    Survives exec (prctl(2), PR_SET_PDEATHSIG), so it also covers programs that are not ours. Everything
    a child has to lose is transactional, which is why the default is the signal nobody can ignore.
    Elsewhere than on Linux the child is only ended by its parent's orderly stop.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended between fork and prctl: nobody will tell us
            os._exit(1)

    return prepare


def _one_line(record: logging.LogRecord) -> bool:
    """A lost broker is one event and one line: without the libraries' tracebacks and advice."""
    if record.name == "py.warnings" and "CPendingDeprecationWarning" in record.getMessage():
        return False  # announces, at every lost connection, a default that will change one day
    if record.name.startswith(("celery.worker", "kombu")):
        record.msg, record.args = " ".join(record.getMessage().split()), ()
        record.exc_info = record.exc_text = None
    return True


def _worker(name: str, queues: Sequence[str]) -> int:
    """A Celery worker, one task at a time, that reads `queues`."""
    from celery.exceptions import SecurityWarning

    from config.broker import broker_url
    from config.celery import app
    from horizonscan.pulse import Pulse

    # Celery warns a superuser because of pickle; this application reads JSON only.
    warnings.simplefilter("ignore", SecurityWarning)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_one_line)
    Pulse(broker_url(), [queue for queue in queues if queue != "beat"]).start()
    worker = app.Worker(
        hostname=f"{name}@%h", queues=",".join(queues), without_gossip=True, without_mingle=True
    )
    worker.start()
    return int(worker.exitcode or 0)


def _beat(name: str) -> int:
    from config.celery import app

    app.Beat(quiet=True).run()
    return 0


def _crawler(name: str) -> int:
    from crawlers.process import main

    return int(main() or 0)


def _replay(name: str) -> int:
    from horizonscan.replay import main

    return int(main() or 0)


def _web(name: str) -> int:
    from web.serving import serve

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve()
    return 0


def _prepare(name: str) -> int:
    """What `up` does before it starts the others: the schema, the catalogue. Ends."""
    from horizonscan import store
    from horizonscan.errors import CommandError

    try:
        store.ready()
        store.load_catalogue()
    except CommandError as error:
        sys.stderr.write(f"horizonscan: {error}\n")
        return 1
    return 0


ROLES: dict[str, Callable[[str], int]] = {
    "ingest": lambda name: _worker(name, ("ingest", "swept", "beat")),
    "sequence": lambda name: _worker(name, ("sequence", "beat")),
    "deliver": lambda name: _worker(name, ("deliver",)),
    "beat": _beat,
    "web": _web,
    "crawler": _crawler,
    "replay": _replay,
    "prepare": _prepare,
}


def main(argv: Sequence[str]) -> int:
    """`python -P -m horizonscan.children ROLE [NAME]`: one process of the application.

    Supervisors of any kind start these (`up`, docker compose). -P: a stranger's package in the current
    folder is not imported in place of ours.
    """
    if not argv or argv[0] not in ROLES:
        sys.stderr.write(f"horizonscan.children: name a role: {', '.join(ROLES)}\n")
        return 2
    from config.options import ConfigError

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    name = argv[1] if len(argv) > 1 else f"{argv[0]}-{os.getpid()}"
    try:
        import django

        django.setup()
        from config.logs import configure

        configure(argv[0])
        return ROLES[argv[0]](name)
    except ConfigError as error:
        sys.stderr.write(f"horizonscan: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
