"""Searching: query text in, signals out. The index says which and in what order, SQL says what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from ingest.models import Signal
from search import engines
from search.analysis import query as analysed
from search.core import Core, resolved
from search.engine import Answer, Engine, EngineError, IndexMissing, Request, Sort
from search.highlight import Places, places
from search.hints import hints
from search.query import QueryError
from search.suggest import Suggestion, suggestions

MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """One hit as it stands in SQL. Highlights are (start, end) in code points of title and excerpt.
    `also` are the slugs of other sources that reported it: its sightings and the rest of its duplicate group.
    `published_flag` tells why first seen stands in for published; empty where it does not. `origin` is the
    source's country, `parts` says how far it concerns which part of the Kingdom, `relevance` the strongest of
    that; `duplicate_of` and `update_of` are ids of signals."""

    id: int
    title: str
    url: str
    excerpt: str
    published: datetime
    published_flag: str
    seen: datetime
    source: str
    also: tuple[str, ...]
    language: str
    origin: str
    countries: Sequence[str]
    places: Sequence[str]
    parts: Mapping[str, str]
    relevance: str
    entities: Sequence[str]
    domains: Sequence[str]
    threats: Sequence[str]
    severity: str
    duplicate_of: int | None
    update_of: int | None
    title_highlights: Places
    excerpt_highlights: Places


@dataclass(frozen=True, slots=True)
class Found:
    """`total` is the index's exact count. `next` goes into `after` for the following page. `notes` are the
    repairs made to the query and, where nothing was found, what may be why."""

    total: int
    hits: Sequence[FoundSignal]
    next: int | None = None
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    histogram: Sequence[tuple[str, int]] = ()
    notes: Sequence[str] = ()
    suggestions: Sequence[Suggestion] = ()


def _found(signal: Signal, core: Core, also: Sequence[str]) -> FoundSignal:
    return FoundSignal(
        id=signal.pk,
        title=signal.title,
        url=signal.url,
        excerpt=signal.excerpt,
        published=signal.published,
        published_flag=signal.published_flag,
        seen=signal.seen,
        source=signal.source.slug,
        also=tuple(also),
        language=signal.language,
        origin=signal.source.country,
        countries=signal.countries,
        places=signal.places,
        parts=signal.parts,
        relevance=signal.relevance,
        entities=signal.entities,
        domains=signal.domains,
        threats=signal.threats,
        severity=signal.severity,
        duplicate_of=signal.duplicate_of_id,
        update_of=signal.update_of_id,
        title_highlights=places(core, signal.title, signal.language, title=True),
        excerpt_highlights=places(core, signal.excerpt, signal.language, title=False),
    )


def _also(signals: Sequence[Signal]) -> dict[int, list[str]]:
    """By signal the other sources that reported it, in one query for the page."""
    groups = {signal.pk: signal.duplicate_of_id or signal.pk for signal in signals}
    roots = set(groups.values())
    rows = Signal.objects.filter(Q(pk__in={*roots, *groups}) | Q(duplicate_of__in=roots))
    sources: dict[int, set[str]] = {}
    for number, root, *slugs in rows.values_list(
        "pk", "duplicate_of", "source__slug", "entries__source__slug"
    ):
        sources.setdefault(root or number, set()).update(filter(None, slugs))
    return {each.pk: sorted(sources.get(groups[each.pk], set()) - {each.source.slug}) for each in signals}


def _answer(engine: Engine, request: Request) -> Answer:
    """Asks the engine; again where the index it was reading has just been replaced by a new one."""
    for _ in range(3):
        try:
            return engine.search(request)
        except IndexMissing:
            if engine.trouble() is not None:
                raise
    return engine.search(request)


def find(
    query: str,
    *,
    sort: Sort = "published",
    limit: int = 20,
    after: int | None = None,
    facets: bool = False,
    histogram: bool = False,
    suggest: bool = False,
    now: datetime | None = None,
    engine: Engine | None = None,
) -> Found:
    """Searches. An empty query finds everything; `now` is what relative times count from; with `suggest`
    words that no document has come back with what may have been meant.

    Signals that SQL no longer has are left out of the hits. Raises QueryError for a query that cannot be
    understood, EngineUnavailable, IndexMissing.
    """
    understood = analysed(query)
    engine = engine or engines.reader()
    core = resolved(understood.core, now or timezone.now())
    request = Request(core, sort, max(0, min(limit, MAX_LIMIT)), after, facets, histogram)
    try:
        answer = _answer(engine, request)
    except EngineError as error:
        raise QueryError(str(error)) from None
    rows = Signal.objects.select_related("source").in_bulk([hit.id for hit in answer.hits])
    also = _also(list(rows.values()))
    hits = [_found(rows[hit.id], core, also[hit.id]) for hit in answer.hits if hit.id in rows]
    notes = [str(note) for note in understood.notes]
    if not answer.total:
        notes += hints(understood.tree, engine)
    meant = suggestions(query, understood.tree, answer.total, engine) if suggest else []
    return Found(answer.total, hits, answer.next, answer.facets, answer.histogram, notes, meant)
