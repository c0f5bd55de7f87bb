"""Everything the search page shows, put together: what was understood, found, counted and could not be seen.

The engine is asked for a page of groups, for counts and for days; where it does not answer, the rest of the
page stands and says what is missing. What is asked is never logged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString

from crawlers import coverage
from ingest.models import Source
from search import engines
from search.analysis import Query
from search.analysis import query as analysed
from search.core import And, Core, Not, Prefix, Range, Term, conjunction, resolved
from search.engine import Engine, EngineError, EngineUnavailable, IndexMissing, Request
from search.grouping import groups, page
from search.hints import hints
from search.narrowing import chosen, narrows, removed
from search.query import QueryError
from search.query.explain import explain
from search.suggest import Suggestion, suggestions
from web import histogram, refusals
from web.facets import Facet, facets
from web.rows import Row, rows
from web.said import sentence
from web.state import State

LIMIT = 20
_FEW = 3
"""Results up to which other words are suggested."""
_since: dict[str, datetime] = {}
"""When this process first found the engine silent; empty while it answers."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What cannot be seen: a sentence, and the sources it is about with their state."""

    said: str
    names: str


@dataclass(slots=True)
class Results:
    """The page's content. `refused` is why a query cannot be used and `place` where in it that stands;
    `outage` is when the engine was first found silent. Counts are of signals, `stories` of groups (None where
    there are too many to count), `hidden` of signals of no domain that are not shown."""

    state: State
    made: datetime
    read_as: SafeString | str = ""
    notes: tuple[str, ...] = ()
    refused: str = ""
    place: tuple[str, str, str] | None = None
    outage: datetime | None = None
    rebuilding: bool = False
    total: int = 0
    stories: int | None = None
    hidden: int = 0
    rows: list[Row] = field(default_factory=list)
    following: str = ""
    facets: list[Facet] = field(default_factory=list)
    strip: histogram.Strip | None = None
    why_nothing: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    gaps: tuple[Gap, ...] = ()
    milliseconds: int = 0

    @property
    def answered(self) -> bool:
        return not self.refused and self.outage is None and not self.rebuilding


def core_of(state: State, understood: Query, now: datetime) -> tuple[Core, bool]:
    """What is asked of the index, times fixed, and whether signals of no domain are left out of it.

    The canary's signals are never shown. Who asks for a domain, or for none, decides that alone.
    """
    canaries = Source.objects.filter(kind=Source.Kind.CANARY).values_list("slug", flat=True)
    asked = resolved(understood.core, now)
    parts: list[Core] = [asked, *(Not(Term("source", slug.lower())) for slug in canaries)]
    hiding = not state.everything and not _asks_domain(understood)
    if hiding:
        parts.append(Prefix("domain", ""))
    return (conjunction(tuple(parts)) if len(parts) > 1 else asked), hiding


def _asks_domain(understood: Query) -> bool:
    return any(narrows(understood.text, name) for name in ("domain", "threat"))


def search(state: State, *, now: datetime, language: str, viewer: Any = None) -> Results:
    """The page of a state. Never raises for a query that cannot be read or an engine that is silent."""
    started = time.perf_counter()
    made = Results(state, now)
    sources = coverage.read(now)
    asked: Core | None = None
    try:
        understood = analysed(state.q)
        asked = understood.core
        core, hiding = core_of(state, understood, now)
        made.read_as = sentence(
            explain(Query(understood.text, understood.core, (), understood.tree), language)
        )
        made.notes = tuple(note.said(language) for note in understood.notes)
        _fill(made, understood, core, hiding, sources, language, viewer)
        _since.clear()
    except (QueryError, EngineError) as error:
        made.refused = refusals.said(str(error))
        place = refusals.place(state.q, error) if isinstance(error, QueryError) else None
        if place:
            made.place = (state.q[: place[0]], state.q[slice(*place)], state.q[place[1] :])
    except EngineUnavailable:
        made.outage = _since.setdefault("silent", now)
    except IndexMissing:
        made.rebuilding = True
    made.gaps = _told(coverage.of_query(asked, now), language)
    made.milliseconds = round((time.perf_counter() - started) * 1_000)
    return made


def newer(state: State, since: datetime, *, now: datetime) -> int:
    """How many hits were first seen after `since`. Raises QueryError, EngineUnavailable, IndexMissing."""
    core, _hiding = core_of(state, analysed(state.q), now)
    later = And((core, Range("seen", int(since.timestamp()) + 1, None)))
    return engines.reader().search(Request(later, limit=1)).total


def _fill(
    made: Results,
    understood: Query,
    core: Core,
    hiding: bool,
    sources: Sequence[coverage.Line],
    language: str,
    viewer: Any,
) -> None:
    state, now = made.state, made.made
    engine = engines.reader()
    found = page(engine, core, sort=state.sort, limit=LIMIT, after=state.after)
    made.total = found.total
    made.rows = rows(found.ids, found=core, viewer=viewer)
    made.following = state.following(found.next)
    made.stories = groups(engine, core, found.total)
    if hiding:
        bare, _hiding = core_of(State(q=state.q, everything=True), understood, now)
        made.hidden = engine.search(Request(bare, limit=1)).total - found.total
    counted = engine.search(Request(core, limit=1, facets=True, histogram=True))
    made.facets = facets(state, counted.facets, found.total, sources, language)
    made.strip = _strip(state, understood, counted.histogram, engine, sources, now)
    if found.total <= _FEW and state.q:
        made.suggestions = tuple(suggestions(state.q, understood.tree, found.total, engine))
    if not found.total:
        made.why_nothing = tuple(refusals.said(line) for line in hints(understood.tree, engine))


def _strip(
    state: State,
    understood: Query,
    counts: Any,
    engine: Engine,
    sources: Sequence[coverage.Line],
    now: datetime,
) -> histogram.Strip:
    asked = histogram.period(resolved(understood.core, now))
    if asked is not None:
        # Without its period, so that the days around it can be chosen as well.
        whole = State(q=removed(state.q, "published"), everything=state.everything)
        core, _hiding = core_of(whole, analysed(whole.q), now)
        counts = engine.search(Request(core, limit=1, histogram=True)).histogram
    days = [date.fromisoformat(day) for day, _count in counts]
    low, high = histogram.window(asked, now.date(), min(days, default=None))
    # The sources of the domains that are chosen, else all.
    domains = set(chosen(state.q, "domain"))
    slugs = [line.slug for line in sources if not domains or domains & set(line.domains)]
    missing = histogram.missing(slugs, low - timedelta(days=1), high + timedelta(days=1), now)
    return histogram.strip(state, counts, asked, now, missing, len(slugs))


def _told(gaps: coverage.Coverage, language: str) -> tuple[Gap, ...]:
    """What is said of each group with a gap; nothing where all is well."""
    found = []
    for group in gaps.groups:
        if group.total and not group.down:
            continue
        text = group.sentence(language)
        said, _colon, names = text.partition(": ")
        found.append(Gap(f"{said[:1].upper()}{said[1:]}.", f"{names}." if names else ""))
    return tuple(found)
