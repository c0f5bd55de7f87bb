"""Draining a source: its waiting fetches become signals, oldest first, one short transaction each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from ingest import lease
from ingest.entries import FormatError
from ingest.fetches import body_of
from ingest.models import Fetch, Source, SourceState
from ingest.reading import Judge, Read, read, rules_of
from ingest.storing import Stored, store

log = structlog.get_logger()

#: A fetch that failed this often is quarantined …
ATTEMPTS = 3
#: … and one that ended its worker this often, leaving no error behind, is too.
DEATHS = 5


@dataclass(slots=True)
class Drained:
    """What one drain did. `entries` = new + updated + seen + sightings + rejected."""

    fetches: int = 0
    new: int = 0
    updated: int = 0
    seen: int = 0
    sightings: int = 0
    rejected: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    quarantined: list[tuple[int, str]] = field(default_factory=list)
    created: list[int] = field(default_factory=list)

    @property
    def entries(self) -> int:
        return self.new + self.updated + self.seen + self.sightings + self.rejected

    def add(self, stored: Stored) -> None:
        self.fetches += 1
        self.new += stored.new
        self.updated += stored.updated
        self.seen += stored.seen
        self.sightings += stored.sightings
        self.rejected += stored.rejected
        self.created += stored.created


def drain(source_id: int, holder: str, on_fetch: Callable[[Fetch], None] | None = None) -> Drained:
    """Ingests the waiting fetches of one source in `as_of` order, under its lease.

    Returns at once, with nothing done, where another holder has the lease. An outage of the store
    (django.db.OperationalError) is raised and costs no attempt; any other error costs the fetch one of
    its three.
    """
    drained = Drained()
    with lease.Kept(source_id, holder) as kept:
        if not kept.still():
            return drained
        try:
            source = Source.objects.get(pk=source_id)
            while kept.still() and (fetch := _next(source_id)) is not None:
                _ingest(source, fetch, drained)
                if on_fetch is not None:
                    on_fetch(fetch)
        finally:
            lease.release(source_id, holder)
    return drained


def _next(source_id: int) -> Fetch | None:
    waiting = Fetch.objects.filter(source_id=source_id, state=Fetch.State.WAITING)
    return waiting.order_by("as_of", "id").first()


def _ingest(source: Source, fetch: Fetch, drained: Drained) -> None:
    # Counted before the work, so that a body which kills its worker is found out.
    Fetch.objects.filter(pk=fetch.pk).update(attempts=F("attempts") + 1)
    fetch.attempts += 1
    if fetch.attempts > DEATHS:
        _quarantine(source, fetch, f"its worker ended {DEATHS} times while reading it", drained)
        return
    try:
        found = read(body_of(fetch), fetch.content_type, rules_of(source))
        stored = store(source, fetch, found, Judge(source))
    except FormatError as reason:
        _refuse(source, fetch, str(reason)[:300], drained)
    except (OperationalError, KeyboardInterrupt):
        # Neither is the document's fault.
        Fetch.objects.filter(pk=fetch.pk).update(attempts=F("attempts") - 1)
        raise
    except Exception as error:  # noqa: BLE001 - one bad fetch must not cost the source its others
        failure = f"{type(error).__name__}: {error}"[:500]
        log.warning("fetch failed", source=source.slug, fetch=fetch.pk, attempt=fetch.attempts, error=failure)
        if fetch.attempts >= ATTEMPTS:
            _quarantine(source, fetch, failure, drained)
        else:
            Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.WAITING).update(error=failure)
    else:
        if stored is not None:
            drained.add(stored)
            _say(source, fetch, found, stored)


def _say(source: Source, fetch: Fetch, found: Read, stored: Stored) -> None:
    log.info(
        "ingested",
        source=source.slug,
        fetch=fetch.pk,
        format=found.document.format,
        new=stored.new,
        updated=stored.updated,
        seen=stored.seen,
        sightings=stored.sightings,
        rejected=stored.rejected,
    )
    for problem in found.rejected:
        log.warning("entry rejected", source=source.slug, fetch=fetch.pk, problem=problem)


def _refuse(source: Source, fetch: Fetch, reason: str, drained: Drained) -> None:
    """The document is no feed: said so, kept for a day, and the source's position stays where it was."""
    now = timezone.now()
    with transaction.atomic():
        waiting = Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.WAITING)
        if not waiting.update(state=Fetch.State.REFUSED, error=reason, ended=now):
            return
        newest = _newest_read(fetch.source_id)
        if newest is None or fetch.as_of >= newest:
            SourceState.objects.filter(source_id=fetch.source_id).update(refused=reason, ingested=now)
    drained.fetches += 1
    drained.refused.append((fetch.pk, reason))
    log.warning("document refused", source=source.slug, fetch=fetch.pk, reason=reason)


def _newest_read(source_id: int) -> datetime | None:
    return SourceState.objects.filter(source_id=source_id).values_list("position", flat=True).first()


def _quarantine(source: Source, fetch: Fetch, reason: str, drained: Drained) -> None:
    Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.WAITING).update(
        state=Fetch.State.QUARANTINED, error=reason, ended=timezone.now()
    )
    drained.fetches += 1
    drained.quarantined.append((fetch.pk, reason))
    log.error("fetch quarantined", source=source.slug, fetch=fetch.pk, reason=reason)


def total(parts: Sequence[Drained]) -> Drained:
    """The sum of several drains."""
    whole = Drained()
    for part in parts:
        for name in ("fetches", "new", "updated", "seen", "sightings", "rejected"):
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.refused += part.refused
        whole.quarantined += part.quarantined
        whole.created += part.created
    return whole
