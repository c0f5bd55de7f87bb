"""Making answers the same on every engine: facets, days and where the next page begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from search.engine import FACET_SIZE, FACETS, LEVEL_NAMES, MAX_OFFSET, Hit, Request


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Facet values by count, ties by value, cut at FACET_SIZE."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FACET_SIZE]


def facets(counted: Mapping[str, Mapping[Any, int]]) -> dict[str, list[tuple[str, int]]]:
    """Facet counts as answers show them: severities by their letter, signals without one not counted."""
    made: dict[str, list[tuple[str, int]]] = {}
    for name in FACETS:
        counts = counted.get(name, {})
        if name == "severity":
            counts = {LEVEL_NAMES[int(level)]: count for level, count in counts.items() if int(level)}
        made[name] = _ordered(counts)
    return made


def days(counts: Mapping[float, int]) -> list[tuple[str, int]]:
    """(UTC day, count) by rising day from counts by the first second of each."""
    return [
        (datetime.fromtimestamp(int(second), UTC).date().isoformat(), count)
        for second, count in sorted(counts.items())
        if count
    ]


def following(request: Request, by_score: bool, hits: Sequence[Hit]) -> int | None:
    """What `after` of the next page is: the last key by time, the number of hits seen by score."""
    if not hits or len(hits) < request.limit:
        return None
    if not by_score:
        return hits[-1].key
    seen = (request.after or 0) + len(hits)
    return seen if seen < MAX_OFFSET else None
