"""The relate stage: waiting signals find what they repeat or update among the stored ones.

Runs serially: one relater per installation. What comes out depends on the signals alone, not on the order
or the batches in which they came: see `ingest.relate.group`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from django.db import connection, transaction

from ingest.models import Signal, Work
from ingest.outbox import one_writer, queue
from ingest.quarantine import failed
from ingest.relate.drawers import listed
from ingest.relate.group import Link, settle
from ingest.relate.stored import Stored

#: What a signal that cannot be related may raise; anything else is a fault of the store.
_BAD = (ArithmeticError, KeyError, TypeError, ValueError)


def relate_waiting(limit: int = 200) -> int:
    """Relates up to `limit` waiting signals; returns how many. One that fails three times is quarantined."""
    waiting = Work.objects.filter(stage=Work.Stage.RELATE, quarantined=None)
    rows = list(waiting.order_by("id").only("pk", "signal_id", "revision", "attempts")[:limit])
    if not rows:
        return 0
    try:
        with uncollected(), transaction.atomic():
            one_writer()
            _relate(rows)
    except _BAD:
        # One of them is bad: one by one, so that it alone pays for it.
        for row in rows:
            _relate_alone(row)
    return len(rows)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, which goes through all that a round holds for nothing: an eighth."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _relate_alone(row: Work) -> None:
    try:
        with transaction.atomic():
            one_writer()
            _relate([row])
    except _BAD as error:
        failed(row, f"{type(error).__name__}: {error}")


def _relate(rows: Sequence[Work]) -> None:
    world = Stored()
    dirty = world.enter([row.signal_id for row in rows])
    settle(world, dirty, world.change)
    _write(world.changed())
    # Rows whose signal changed meanwhile have another revision and stay.
    for revision, same in groupby(sorted(rows, key=lambda r: r.revision), key=lambda r: r.revision):
        Work.objects.filter(pk__in=listed([row.pk for row in same]), revision=revision).delete()


def _write(changed: Mapping[int, Link[int]]) -> None:
    """Writes the links and queues their signals for matching, which tells a group once, and for the index."""
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ingest_signal SET duplicate_of_id = %s, update_of_id = %s, revision = revision + 1"
            " WHERE id = %s",
            [(link.duplicate_of, link.update_of, signal) for signal, link in changed.items()],
        )
    changed_rows = list(Signal.objects.filter(pk__in=changed).only("pk", "revision"))
    queue(changed_rows, (Work.Stage.MATCH, Work.Stage.INDEX))
