"""What a signal's row says of its current content: filling it, judging it, and when it stays quiet."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from ingest.entries import CleanEntry, Judged
from ingest.judge.plain import as_json
from ingest.models import Signal
from ingest.text import times

#: A clock may run this much ahead of ours before its dates count as lying in the future.
CLOCK_SKEW = timedelta(minutes=10)
#: Entries published longer before we saw them are indexed, never alerted.
OLD = timedelta(hours=72)

#: The columns that a new current content changes, with JUDGED below; other stages write the others.
CONTENT = (
    "entry_id",
    "title",
    "excerpt",
    "url",
    "url_key",
    "official",
    "content_hash",
    "as_of",
    "language",
    "published",
    "published_flag",
    "updated",
    "event_time",
    "revision",
)


@dataclass(slots=True)
class Columns:
    """What a signal's row holds of what the judges say of it; see the columns of the same names."""

    domains: list[str]
    threats: list[str]
    severity: str
    countries: list[str]
    places: list[str]
    parts: dict[str, str]
    relevance: str
    entities: list[str]

    def onto(self, signal: Signal) -> None:
        """Writes them to the row."""
        for name in JUDGED:
            setattr(signal, name, getattr(self, name))


JUDGED = tuple(each.name for each in fields(Columns))


def columns(judged: Judged) -> Columns:
    """What the judges say, as columns."""
    asserted = judged.domains.asserted
    named = [place for place in judged.places if place.country]
    return Columns(
        domains=[d.id for d in asserted],
        threats=sorted({threat for d in asserted for threat in d.threats}),
        severity=judged.severity.level,
        countries=list(dict.fromkeys(place.country for place in named)),
        places=list(dict.fromkeys(i for place in judged.places for i in (place.id, *place.within))),
        parts={each.part: each.relevance for each in judged.kingdom.parts},
        relevance=judged.kingdom.strongest,
        entities=[entity.id for entity in judged.entities],
    )


def fill(signal: Signal, entry: CleanEntry, url_key: str, judged: Columns, now: datetime) -> None:
    """Makes `entry` the signal's current content. `signal.seen` must be set."""
    signal.entry_id = (entry.id or "")[:2000]
    signal.title, signal.excerpt = entry.title, entry.excerpt
    signal.url, signal.url_key = (entry.url or "")[:2000], url_key
    signal.official = dict(entry.official)
    signal.content_hash = entry.content_hash
    signal.language = entry.language or ""
    signal.updated = entry.updated
    signal.event_time = event_time(entry)
    stated = entry.published or entry.updated
    signal.published, signal.published_flag = published(stated, signal.seen, now)
    judged.onto(signal)


def published(stated: datetime | None, seen: datetime, now: datetime) -> tuple[datetime, str]:
    """When a signal counts as published, and why that is not what its source said, if so."""
    if stated is None:
        return seen, "missing"
    if stated > now + CLOCK_SKEW:
        return seen, "future"
    return stated, ""


def event_time(entry: CleanEntry) -> datetime | None:
    """When the thing itself happens, where an official record says so (CAP onset, else effective)."""
    for name in ("onset", "effective"):
        value = entry.official.get(name)
        if isinstance(value, str) and (read := times.read(value)) is not None:
            return read
    return None


def quiet_reason(signal: Signal, as_of: datetime, position: datetime | None) -> str:
    """Why a new signal never alerts, if so, its document being of time `as_of` and its source at `position`.

    Its source's first poll, a document older than one already ingested, or published long before we saw it.
    """
    if position is None:
        return "first-poll"
    if as_of < position:
        return "backfill"
    return "old" if signal.published < signal.seen - OLD else ""


def judgement(signal: Signal, judged: Judged, model: str, now: datetime) -> dict[str, Any]:
    """The row of `ingest.models.Judgement` for a stored signal."""
    return {
        "signal_id": signal.pk,
        "content_hash": signal.content_hash,
        "model": model,
        "result": as_json(judged),
        "at": now,
    }
