"""Health into SQL: reads what is known of sources, has it decided, stores states and their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Min, Q

from crawlers.health import counting, measuring
from crawlers.health.deciding import decide
from crawlers.health.facts import SERIOUSNESS, Facts, Verdict, Volume
from crawlers.models import HealthChange, Vitals
from ingest.models import Entry, Source, SourceState, Version

#: A fault that comes back within this holds since it first came: one good answer between two bad ones is
#: no recovery.
FLAP = timedelta(hours=6)
#: Stretches of health that are kept of a source.
KEPT = 500


def assess(source_ids: Sequence[int] | None, now: datetime) -> int:
    """Stores the health of these sources (None: all; never the canary's). Returns how many changed state."""
    chosen = Q() if source_ids is None else Q(pk__in=list(source_ids))
    query = Source.objects.filter(chosen, state__isnull=False).exclude(kind=Source.Kind.CANARY).order_by("pk")
    sources = list(query.select_related("state", "poll_result", "vitals"))
    polled = {source.pk: source.country for source in sources if source.kind != Source.Kind.RECORDED}
    volumes = counting.polled(polled, now) if polled else {}
    with transaction.atomic():
        _remember(source.vitals for source in sources if _measure(source))
        verdicts = [(source, decide(facts_of(source, volumes.get(source.pk)), now)) for source in sources]
        return _store(verdicts, now)


def facts_of(source: Source, volume: Volume | None = None) -> Facts:
    """A source's facts, as far as they are stored. `volume` is what came in of a polled source."""
    state: SourceState = source.state
    result, vitals = getattr(source, "poll_result", None), getattr(source, "vitals", None)
    until = state.position if source.kind == Source.Kind.RECORDED else None
    if until is not None:
        volume = counting.recorded(source, until)
    measures: Mapping[str, Any] = vitals.measures if vitals else {}
    return Facts(
        kind=source.kind,
        result=result.kind if result else "",
        result_since=result.since if result else None,
        last_polled=state.last_polled,
        last_answered=state.last_answered,
        last_changed=state.last_changed,
        last_error=state.last_error,
        failures=state.failures,
        ingested=state.ingested,
        entries=state.entries_last,
        entry_newest=state.entry_newest,
        format=state.format,
        refused=state.refused,
        seen_until=until,
        tdm_basis=result.tdm_basis if result else "",
        interval=timedelta(seconds=source.interval),
        unbroken=result.unbroken if result else None,
        volume=volume,
        **measuring.read(measures),
    )


def _measure(source: Source) -> bool:
    """Measures a source's newest entries anew where something was ingested since; whether it did."""
    ingested = source.state.ingested
    vitals = getattr(source, "vitals", None)
    if ingested is None or (vitals is not None and vitals.measured == ingested):
        return False
    recorded = source.kind == Source.Kind.RECORDED
    # By the ledger: where others were first with every entry, it has no signals of its own.
    entries = Entry.objects.filter(source=source, signal__isnull=False)
    came = "signal__as_of" if recorded else "first_seen"
    ends = entries.aggregate(
        first=Min(came), last=Max(came), changed=Max("signal__as_of", filter=Q(signal__source=source))
    )
    newest = list(entries.order_by(f"-{came}", "-pk").values_list(came, *_READ)[: measuring.ROWS])
    # What counts as published instead of a date in the future is not what its source said.
    future = [pk for _, pk, _, _, flag, _ in newest if flag == "future"]
    stated = Version.objects.filter(signal__in=future, content_hash=F("signal__content_hash"))
    said = dict(stated.values_list("signal", "published"))
    rows = [
        measuring.Row(
            came=moment,
            stated=said.get(pk, None if flag else published),
            language=language,
            first=moment == ends["first"],
            own=owner == source.pk,
        )
        for moment, pk, owner, published, flag, language in newest
    ]
    measures = measuring.measure(rows, recorded=recorded)
    arrived = max(filter(None, (ends["last"], ends["changed"])), default=None)
    if arrived is not None and arrived > ends["first"]:
        measures["arrived"] = arrived.isoformat()
    source.vitals = Vitals(
        source=source, measured=ingested, measures=measures, faults=vitals.faults if vitals else []
    )
    return True


_READ = ("signal", "signal__source", "signal__published", "signal__published_flag", "signal__language")


def _remember(vitals: Iterable[Vitals]) -> None:
    """Stores rows, whoever stored one of the same source meanwhile."""
    columns = ["measured", "measures", "faults"]
    Vitals.objects.bulk_create(
        list(vitals), update_conflicts=True, unique_fields=["source"], update_fields=columns
    )


def _store(verdicts: Sequence[tuple[Source, Verdict]], now: datetime) -> int:
    states, vitals, turned = [], [], []
    for source, verdict in verdicts:
        state: SourceState = source.state
        evidence = verdict.evidence[:500]
        faults = [{"fault": each.fault, "evidence": each.evidence[:500]} for each in verdict.faults]
        held = getattr(source, "vitals", None)
        if (held.faults if held else []) != faults:
            held = held or Vitals(source=source)
            held.faults = faults
            vitals.append(held)
        if (verdict.state, evidence) == (state.health, state.health_evidence):
            continue
        if verdict.state != state.health:
            state.health_since = since(verdict.state, _returns(source.pk, verdict.state, now), now)
            turned.append(HealthChange(source=source, state=verdict.state, since=now, evidence=evidence))
        state.health, state.health_evidence = verdict.state, evidence
        states.append(state)
    SourceState.objects.bulk_update(states, ("health", "health_since", "health_evidence"))
    _remember(vitals)
    _turn(turned, now)
    return len(turned)


def since(state: str, before: datetime | None, now: datetime) -> datetime:
    """Since when a state that begins holds. `before`: since when it held until shortly ago, if it did.

    A recovery always counts from now: only a fault carries its beginning over a good moment.
    """
    return before if before is not None and _ill(state) else now


def _ill(state: str) -> bool:
    return state in SERIOUSNESS or state == "volume"


def _returns(source_id: int, state: str, now: datetime) -> datetime | None:
    """The beginning of the chain of stretches in this state that ended less than FLAP before the next."""
    begun, edge = None, now
    past = HealthChange.objects.filter(source_id=source_id, state=state, until__isnull=False)
    for held_since, until in past.order_by("-since").values_list("since", "until")[:KEPT]:
        if until is None or edge - until > FLAP:
            break
        begun = edge = held_since
    return begun


def history(most: int = 10) -> dict[int, list[dict[str, str | None]]]:
    """By source id its newest stretches of health, newest first; `until` is None where it holds now."""
    found: dict[int, list[dict[str, str | None]]] = {}
    for row in HealthChange.objects.order_by("-since", "-pk").iterator():
        told = found.setdefault(row.source_id, [])
        if len(told) < most:
            until = row.until.isoformat() if row.until else None
            told.append(
                {"state": row.state, "since": row.since.isoformat(), "until": until, "evidence": row.evidence}
            )
    return found


def _turn(begun: Sequence[HealthChange], now: datetime) -> None:
    """Ends what held until now and begins what holds from now on; forgets the oldest of a long history."""
    if not begun:
        return
    ids = [each.source_id for each in begun]
    HealthChange.objects.filter(source__in=ids, until__isnull=True).update(until=now)
    # Two processes may decide at the same time; the first one's row stands, the next assessment mends it.
    HealthChange.objects.bulk_create(begun, ignore_conflicts=True)
    for source_id in ids:
        history = HealthChange.objects.filter(source_id=source_id).order_by("-since", "-pk")
        oldest = history.values_list("pk", flat=True)[KEPT : KEPT + 1].first()
        if oldest is not None:
            history.filter(since__lte=HealthChange.objects.get(pk=oldest).since).delete()
