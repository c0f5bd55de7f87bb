"""The table of anchors: which signals keep one under which key, read and written many at a time.

Keys and ids are our own integers and stand in the statements as they are: thousands of parameters would
cost more than the search, and one store allows 65,535 of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db import connection

from ingest.relate.anchors import MOST

_CHUNK = 5_000


def held(signals: Collection[int]) -> dict[int, set[int]]:
    """The keys of these signals; one without any is left out."""
    found: dict[int, set[int]] = {}
    for part in _parts(signals):
        ids = ",".join(map(str, part))
        for signal, key in _all(f"SELECT signal_id, key FROM ingest_anchor WHERE signal_id IN ({ids})"):  # noqa: S608
            found.setdefault(signal, set()).add(key)
    return found


def holders(keys: Collection[int]) -> dict[int, dict[int, bool]]:
    """The signals under these keys and whether they have few, at most `MOST` + 1 a key; empty ones left out."""
    found: dict[int, dict[int, bool]] = {}
    # Whether it has few is the sign: one column is quicker to gather than two.
    joined = "group_concat(CASE WHEN few THEN -signal_id ELSE signal_id END)"
    if connection.vendor == "postgresql":
        joined = "string_agg((CASE WHEN few THEN -signal_id ELSE signal_id END)::text, ',')"
    for part in _parts(keys):
        values = ",".join(f"({key})" for key in part)
        statement = (
            f"WITH wanted(key) AS (VALUES {values}) "  # noqa: S608
            f"SELECT key, (SELECT {joined} FROM (SELECT signal_id, few FROM ingest_anchor "
            f"WHERE ingest_anchor.key = wanted.key LIMIT {MOST + 1}) AS few) FROM wanted"
        )
        for key, ids in _all(statement):
            if ids:
                found[key] = {abs(signal): signal < 0 for signal in map(int, ids.split(","))}
    return found


def put(rows: Collection[tuple[int, int, bool]]) -> None:
    """Keeps (key, signal, few) rows that are not there yet."""
    for part in _parts(sorted(rows)):
        values = ",".join(f"({key},{signal},{'true' if few else 'false'})" for key, signal, few in part)
        _run(f"INSERT INTO ingest_anchor (key, signal_id, few) VALUES {values}")  # noqa: S608


def take_out(rows: Collection[tuple[int, int]]) -> None:
    """Removes (key, signal) pairs."""
    for part in _parts(sorted(rows)):
        values = ",".join(f"({key},{signal})" for key, signal in part)
        _run(f"DELETE FROM ingest_anchor WHERE (key, signal_id) IN (VALUES {values})")  # noqa: S608


def _parts(values: Collection[Any]) -> Iterator[list[Any]]:
    whole = list(values)
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]


def _all(statement: str) -> Iterable[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
