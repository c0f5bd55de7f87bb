"""The state of an installation, read from the store: counts, what waits, health, and who gave nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from ingest import canary
from ingest.models import Entry, Fetch, Signal, Source, Version, Work


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as `status` shows it. `why` says what it gave nothing for; empty where it gave something."""

    slug: str
    name: str
    kind: str
    enabled: bool
    health: str
    since: str
    evidence: str
    signals: int
    entries: int
    last_polled: str | None
    why: str


def why_silent(source: Source, entries: int, waiting: int) -> str:
    """Why a source has given nothing so far, in one line; empty where it gave something."""
    if entries:
        return ""
    state = getattr(source, "state", None)
    if state is None:
        return "never polled"
    if state.refused:
        return str(state.refused)
    if state.last_error:
        return str(state.last_error)
    if waiting:
        return f"{waiting} fetched documents wait for ingest"
    if state.health_evidence:
        return str(state.health_evidence)
    if state.ingested is not None:
        return "its documents were read and hold no entries"
    if not source.enabled:
        return "disabled"
    if state.last_polled is None:
        return "not polled yet"
    return "nothing came of its polls yet"


def sources() -> list[SourceLine]:
    """Every source, by slug."""
    signals = dict(Signal.objects.values_list("source").annotate(n=Count("id")).order_by())
    entries = dict(Entry.objects.values_list("source").annotate(n=Count("id")).order_by())
    waits = Fetch.objects.filter(state=Fetch.State.WAITING).values_list("source")
    waiting = dict(waits.annotate(n=Count("id")).order_by())
    found = []
    for source in Source.objects.exclude(kind=Source.Kind.CANARY).select_related("state"):
        state = getattr(source, "state", None)
        found.append(
            SourceLine(
                slug=source.slug,
                name=source.name,
                kind=source.kind,
                enabled=source.enabled,
                health=state.health if state else "new",
                since=_iso(state.health_since if state else source.created) or "",
                evidence=state.health_evidence if state else "",
                signals=signals.get(source.pk, 0),
                entries=entries.get(source.pk, 0),
                last_polled=_iso(state.last_polled) if state else None,
                why=why_silent(source, entries.get(source.pk, 0), waiting.get(source.pk, 0)),
            )
        )
    return found


def silent(lines: Iterable[SourceLine]) -> list[dict[str, Any]]:
    """The enabled sources that gave nothing, each with the reason."""
    return [
        {"slug": each.slug, "health": each.health, "why": each.why}
        for each in lines
        if each.why and each.enabled
    ]


def counts() -> dict[str, int]:
    """Rows of each kind, those of the canary left out."""
    hidden = canary.sources()
    return {
        "sources": Source.objects.count() - len(hidden),
        "signals": Signal.objects.count() - Signal.objects.filter(source__in=hidden).count(),
        "versions": Version.objects.count() - Version.objects.filter(signal__source__in=hidden).count(),
        "entries": Entry.objects.count() - Entry.objects.filter(source__in=hidden).count(),
    }


def waiting() -> dict[str, Any]:
    """How much waits at each stage, and since when the oldest of it; `judge` is None where none can judge."""
    from ingest.judge.whole import Unready
    from ingest.rejudge import outdated

    fetches = Fetch.objects.filter(state=Fetch.State.WAITING)
    found: dict[str, Any] = {"fetches": fetches.count()}
    oldest = [fetches.aggregate(at=Min("received"))["at"]]
    for stage in Work.Stage.values:
        works = Work.objects.filter(stage=stage, quarantined=None)
        found[stage] = works.count()
        oldest.append(works.aggregate(at=Min("since"))["at"])
    found["oldest"] = _iso(min((at for at in oldest if at is not None), default=None))
    try:
        found["judge"] = outdated()
    except Unready:
        found["judge"] = None
    return found


def quarantined() -> dict[str, int]:
    return {
        "fetches": Fetch.objects.filter(state=Fetch.State.QUARANTINED).count(),
        "signals": Work.objects.exclude(quarantined=None).count(),
    }


def rows(lines: Iterable[SourceLine]) -> list[dict[str, Any]]:
    """JSON form of source lines."""
    return [asdict(each) for each in lines]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None


def index_state() -> dict[str, Any]:
    """Documents in the index beside what the store has; `trouble` is one line, empty where there is none."""
    from search import engines
    from search.core import Everything
    from search.engine import EngineError, EngineUnavailable, IndexMissing, Request

    engine = engines.reader()
    found: dict[str, Any] = {"engine": engine.name, "documents": None, "trouble": ""}
    try:
        found["trouble"] = engine.trouble() or ""
        if not found["trouble"]:
            found["documents"] = engine.search(Request(Everything(), limit=1)).total
    except (EngineUnavailable, IndexMissing, EngineError) as error:
        found["trouble"] = str(error).strip().splitlines()[0]
    return found
