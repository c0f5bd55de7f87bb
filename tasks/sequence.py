"""The sequence: what waits is related, then indexed, until nothing waits. Also run by foreground commands."""

from __future__ import annotations

import structlog

from config.celery import app

log = structlog.get_logger()


@app.task(name="tasks.sequence")
def sequence() -> None:
    run_sequence()


def run_sequence() -> int:
    from ingest.relate import relate_waiting

    n = 0
    while relate_waiting():
        n += 1
    return n
