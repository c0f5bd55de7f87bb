"""The catalogue as a table and one source as a page: what is known of each, what administrators may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts import audit
from crawlers import coverage
from crawlers.health.facts import DOWN
from crawlers.models import Vitals
from ingest.models import Signal, Source, SourceState

#: The mean of entries a day is over these days, or over those since the source was added.
DAYS = 14
GRADES = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True, slots=True)
class Line:
    """One source in the table. `state`: its health, `off` or `unpolled`; `day`: new entries a day."""

    source: Source
    state: str
    since: datetime | None
    evidence: str
    down: bool
    last: datetime | None
    day: float | None


def lines(now: datetime | None = None) -> list[Line]:
    """Every source but the canary: what is down first, then by name."""
    now = now or timezone.now()
    begins = now - timedelta(days=DAYS)
    watched = {line.slug: line for line in coverage.read(now)}
    counted = Signal.objects.filter(seen__gte=begins).order_by().values_list("source")
    lately = dict(counted.annotate(Count("pk")))
    newest = dict(Signal.objects.order_by().values_list("source").annotate(Max("seen")))
    found = []
    for source in Source.objects.exclude(kind=Source.Kind.CANARY).select_related("state"):
        state = getattr(source, "state", None)
        line = watched.get(source.slug)
        age = max(1.0, min(float(DAYS), (now - source.created) / timedelta(days=1)))
        found.append(
            Line(
                source,
                _state(source, state, line),
                line.since if line else (state.health_since if state else None),
                line.evidence if line else "",
                bool(line and line.down),
                newest.get(source.pk),
                lately.get(source.pk, 0) / age if source.kind != Source.Kind.RECORDED else None,
            )
        )
    return sorted(found, key=lambda each: (not each.down, each.source.name.casefold()))


def _state(source: Source, state: SourceState | None, line: coverage.Line | None) -> str:
    if not source.enabled:
        return "off"
    if line is not None:
        return line.state
    return state.health if state else "new"


def narrowed(found: Sequence[Line], state: str, domain: str) -> list[Line]:
    """Those of a state (`down`: all that are) and a domain; empty asks for nothing in particular."""
    return [
        each
        for each in found
        if (not state or each.state == state or (state == "down" and each.down))
        and (not domain or domain in each.source.domain_prior)
    ]


def switch(source: Source, enabled: bool, actor: str) -> bool:
    """Polls it from now on, or no more. False where it was so."""
    if source.enabled == enabled:
        return False
    with transaction.atomic():
        source.enabled = enabled
        source.save(update_fields=["enabled"])
        if enabled:
            SourceState.objects.filter(source=source).update(next_due=timezone.now())
        audit.record(actor, "source.enable" if enabled else "source.disable", source.slug, origin="page")
    return True


def grade(source: Source, letter: str, note: str, actor: str) -> bool:
    """A reliability of the Admiralty code with why. False where it was so; ValueError for another letter."""
    if letter not in GRADES:
        raise ValueError(letter)
    note = " ".join(note.split())[:200]
    before = source.reliability
    if (before, source.reliability_note) == (letter, note):
        return False
    with transaction.atomic():
        source.reliability, source.reliability_note = letter, note
        source.save(update_fields=["reliability", "reliability_note"])
        audit.record(actor, "source.grade", source.slug, origin="page", before=before, after=letter)
    return True


def known(source: Source) -> dict[str, Any]:
    """What its page shows besides the source itself."""
    vitals = Vitals.objects.filter(source=source).first()
    return {
        "state": getattr(source, "state", None),
        "result": getattr(source, "poll_result", None),
        "faults": vitals.faults if vitals else [],
        "history": source.health_changes.order_by("-since")[:30],
        "fetches": source.fetches.defer("body").order_by("-as_of", "-pk")[:30],
        "last": source.signals.order_by("-seen", "-pk")[:15],
        "down": any(fault.get("fault") in DOWN for fault in (vitals.faults if vitals else [])),
    }
