"""The table of anchors: which signals keep one under which key, read and written many at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from ingest.models import Anchor
from ingest.relate.anchors import MOST

_CHUNK = 5_000
#: Per kind of store, a list of numbers as a table; of each key the signals, negative if they have few, or
#: empty where they are too many.
_HOLDERS = """
    SELECT wanted.value, (
        SELECT CASE WHEN count(*) > %s THEN '' ELSE {gathered} END FROM (
            SELECT CASE WHEN few THEN -signal_id ELSE signal_id END AS signal FROM ingest_anchor
            WHERE ingest_anchor.key = wanted.value LIMIT %s
        ) AS there
    ) FROM {listed}
"""
_SQLITE = _HOLDERS.format(gathered="group_concat(signal)", listed="json_each(%s) AS wanted")
_POSTGRESQL = _HOLDERS.format(
    gathered="string_agg(signal::text, ',')", listed="unnest(%s::bigint[]) AS wanted(value)"
)
_PUT = """
    INSERT INTO ingest_anchor (key, signal_id, few)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[])
"""


def listed(values: Collection[int]) -> RawSQL:
    """What `__in` takes: the numbers as one parameter, since Django prepares each of a list by itself."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", (list(values),))
    return RawSQL("SELECT value FROM json_each(%s)", (json.dumps(list(values)),))


def held(signals: Collection[int]) -> dict[int, set[int]]:
    """The keys of these signals; one without any is left out."""
    found: dict[int, set[int]] = {}
    for signal, key in Anchor.objects.filter(signal__in=listed(signals)).values_list("signal_id", "key"):
        found.setdefault(signal, set()).add(key)
    return found


def holders(keys: Collection[int]) -> dict[int, dict[int, bool] | None]:
    """The signals under these keys and whether they have few; None where there are more than `MOST`.

    A key that nobody has is left out.
    """
    found: dict[int, dict[int, bool] | None] = {}
    on_server = connection.vendor == "postgresql"
    for part in _parts(keys):
        with connection.cursor() as cursor:
            if on_server:
                cursor.execute(_POSTGRESQL, (MOST, MOST + 1, part))
            else:
                cursor.execute(_SQLITE, (MOST, MOST + 1, json.dumps(part)))
            for key, signals in cursor.fetchall():
                if signals:
                    found[key] = {abs(signal): signal < 0 for signal in map(int, signals.split(","))}
                elif signals is not None:
                    found[key] = None
    return found


def put(rows: Collection[tuple[int, int, bool]]) -> None:
    """Keeps (key, signal, few) rows that are not there yet."""
    # In the order of the keys, pages are filled one after the other.
    for part in _parts(sorted(rows)):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_PUT, [list(column) for column in zip(*part, strict=True)])
        else:
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO ingest_anchor (key, signal_id, few) VALUES (%s, %s, %s)", part
                )


def take_out(rows: Collection[tuple[int, int]]) -> None:
    """Removes (key, signal) rows."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM ingest_anchor WHERE key = %s AND signal_id = %s", sorted(rows))


def _parts(values: Collection[Any] | Sequence[Any]) -> Iterator[list[Any]]:
    whole = list(values)
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]
