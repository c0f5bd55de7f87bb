"""Searching: query text in, signals out. The index says which and in what order, SQL says what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from ingest.models import Signal
from search import engines
from search.analysis import query as analysed
from search.core import Core, resolved
from search.engine import Answer, Engine, EngineError, IndexMissing, Request, Sort
from search.highlight import Places, places
from search.hints import hints
from search.query import QueryError

MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class FoundSignal:
    """One hit as it stands in SQL. Highlights are (start, end) in code points of title and excerpt.
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
    repairs made to the query."""

    total: int
    hits: Sequence[FoundSignal]
    next: int | None = None
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    histogram: Sequence[tuple[str, int]] = ()
    notes: Sequence[str] = ()


def _found(signal: Signal, core: Core) -> FoundSignal:
    return FoundSignal(
        id=signal.pk,
        title=signal.title,
        url=signal.url,
        excerpt=signal.excerpt,
        published=signal.published,
        published_flag=signal.published_flag,
        seen=signal.seen,
        source=signal.source.slug,
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
    now: datetime | None = None,
    engine: Engine | None = None,
) -> Found:
    """Searches. An empty query finds everything; `now` is what relative times count from.

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
    hits = [_found(rows[hit.id], core) for hit in answer.hits if hit.id in rows]
    notes = [str(note) for note in understood.notes]
    if not answer.total:
        notes += hints(understood.tree, engine)
    return Found(answer.total, hits, answer.next, answer.facets, answer.histogram, notes)
