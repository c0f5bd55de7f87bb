"""What was indexed, in one line a person reads while `up` runs and there are no pages yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog

from ingest.models import Signal

log = structlog.get_logger()

_SHOWN = 5
_TITLE = 80


def line(domains: Sequence[Sequence[str]], title: str, source: str) -> str:
    """`indexed 14 signals: 3 cyber, 2 health, 9 of no domain; newest: TITLE — SOURCE`.

    `domains` holds each signal's domain ids, primary first; a signal counts under its primary one.
    """
    counts = Counter(each[0] for each in domains if each)
    parts = [
        f"{number} {name}" for name, number in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:_SHOWN]
    ]
    rest = sum(counts.values()) - sum(counts[part.split(" ", 1)[1]] for part in parts)
    if rest:
        parts.append(f"{rest} of other domains")
    unsorted = len(domains) - sum(counts.values())
    if unsorted:
        parts.append(f"{unsorted} of no domain")
    short = title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"
    noun = "signal" if len(domains) == 1 else "signals"
    return f"indexed {len(domains)} {noun}: {', '.join(parts)}; newest: {short} — {source}"


def tell(ids: Sequence[int], since: datetime) -> None:
    """Logs one line about those of `ids` that were indexed after `since`."""
    if not ids:
        return
    rows = list(
        Signal.objects.filter(pk__in=ids, indexed_at__gte=since)
        .order_by("-published", "-pk")
        .values_list("domains", "title", "source__name")
    )
    if rows:
        log.info(line([row[0] for row in rows], rows[0][1], rows[0][2]))
