"""How a source is doing, in one word and one sentence. `decide` is pure; `assess` stores what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from django.db.models import Q

from ingest.models import Signal, Source, SourceState

DAY = timedelta(days=1)
#: Failures in a row that make a source which once answered an `error`.
PATIENCE = 3
QUIET_AT_LEAST, QUIET_RHYTHMS = 3 * DAY, 5
STALE_AT_LEAST, STALE_RHYTHMS = 30 * DAY, 15
#: For sources whose rhythm is not known yet.
QUIET_UNKNOWN, STALE_UNKNOWN = 30 * DAY, 90 * DAY


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a source. Moments are aware UTC; `rhythm` is the median gap between its entries.

    `result` is how the newest poll ended (answered, failed, gone, blocked, reserved), empty before the
    first. `seen_until` is `now`, or for a recorded source the as_of of what it last gave.
    """

    kind: str
    result: str = ""
    result_since: datetime | None = None
    last_polled: datetime | None = None
    last_answered: datetime | None = None
    last_changed: datetime | None = None
    last_error: str = ""
    failures: int = 0
    ingested: datetime | None = None
    entries: int | None = None
    entry_newest: datetime | None = None
    format: str = ""
    refused: str = ""
    rhythm: timedelta | None = None
    seen_until: datetime | None = None
    tdm_basis: str = ""


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def _span(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return (
        f"{hours / 24:.0f} days"
        if hours >= 48
        else f"{hours:.0f} hours"
        if hours >= 2
        else f"{hours * 60:.0f} minutes"
    )


def decide(facts: Facts, now: datetime) -> tuple[str, str]:
    """(state, evidence): ok, quiet, stale, empty, error, gone, blocked, reserved or new; one sentence."""
    since = _day(facts.result_since)
    if facts.result == "gone":
        return "gone", f"answered 410 Gone on {since}; it is not polled any more"
    if facts.result == "reserved":
        return (
            "reserved",
            f"its owner reserved text and data mining ({facts.tdm_basis or facts.last_error}), {since}",
        )
    if facts.result == "blocked":
        return "blocked", f"{facts.last_error}, since {since}"
    if facts.last_polled is None and facts.ingested is None:
        return "new", "not polled yet"
    if facts.result == "failed" and (facts.failures >= PATIENCE or facts.last_answered is None):
        times = "once" if facts.failures <= 1 else f"{facts.failures} times in a row"
        return "error", f"{facts.last_error}, {times}; last usable answer {_day(facts.last_answered)}"
    if facts.refused:
        return "error", f"its newest answer was refused: {facts.refused}"
    if facts.ingested is None:
        return "new", f"answered on {_day(facts.last_answered)}; not ingested yet"
    if facts.entries == 0:
        read_as = facts.format or "a feed"
        return "empty", f"answered and was read as {read_as}, but holds 0 entries ({_day(facts.ingested)})"
    return _freshness(facts, now)


def _freshness(facts: Facts, now: datetime) -> tuple[str, str]:
    """ok, quiet or stale, by the age of the newest entry against the source's own rhythm."""
    until = facts.seen_until or now
    newest, what = facts.entry_newest, "newest entry"
    if newest is None:
        newest, what = facts.last_changed or facts.ingested, "entries carry no dates, last change"
    count = "1 entry" if facts.entries == 1 else f"{facts.entries} entries"
    if facts.entries is None:
        count = "an unknown number of entries"
    trouble = (
        f"; last poll failed: {facts.last_error}" if facts.result == "failed" and facts.last_error else ""
    )
    if newest is None:
        return "ok", f"{count}{trouble}"
    age = max(until - newest, timedelta(0))
    if facts.rhythm is None:
        quiet, stale, usual = QUIET_UNKNOWN, STALE_UNKNOWN, "its rhythm is not known yet"
    else:
        quiet = max(QUIET_AT_LEAST, QUIET_RHYTHMS * facts.rhythm)
        stale = max(STALE_AT_LEAST, STALE_RHYTHMS * facts.rhythm)
        usual = f"usually one every {_span(facts.rhythm)}"
    sentence = f"{count}, {what} {_day(newest)}"
    if age > stale:
        return "stale", f"{sentence}, {_span(age)} ago ({usual}): frozen or abandoned{trouble}"
    if age > quiet:
        return "quiet", f"{sentence}, {_span(age)} ago ({usual}){trouble}"
    return "ok", f"{sentence}{trouble}"


def since(before: str, before_since: datetime, after: str, now: datetime) -> datetime:
    """Since when the state holds: the moment it was first seen, kept while it stays."""
    return before_since if before == after else now


def _rhythm(source_id: int) -> timedelta | None:
    """The median gap between a source's newest 20 entries, None with fewer than five."""
    newest = (
        Signal.objects.filter(source_id=source_id).order_by("-published").values_list("published", flat=True)
    )
    moments = list(newest[:20])
    if len(moments) < 5:
        return None
    return timedelta(seconds=median((a - b).total_seconds() for a, b in pairwise(moments)))


def facts_of(source: Source, now: datetime) -> Facts:
    """Reads a source's facts. The rhythm is only looked up where the newest entry is old enough to matter."""
    state: SourceState = source.state
    result = getattr(source, "poll_result", None)
    until = state.position if source.kind == Source.Kind.RECORDED else None
    old = state.entry_newest is not None and (until or now) - state.entry_newest > QUIET_AT_LEAST
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
        rhythm=_rhythm(source.pk) if old else None,
        seen_until=until,
        tdm_basis=result.tdm_basis if result else "",
    )


def assess(source_ids: Sequence[int] | None, now: datetime) -> int:
    """Stores the health of these sources (None: all). Returns how many changed their state."""
    chosen = Q() if source_ids is None else Q(pk__in=list(source_ids))
    changed, turned = [], 0
    for source in Source.objects.filter(chosen, state__isnull=False).select_related("state", "poll_result"):
        state: SourceState = source.state
        health, evidence = decide(facts_of(source, now), now)
        evidence = evidence[:500]
        if (health, evidence) == (state.health, state.health_evidence):
            continue
        turned += health != state.health
        state.health_since = since(state.health, state.health_since, health, now)
        state.health, state.health_evidence = health, evidence
        changed.append(state)
    SourceState.objects.bulk_update(changed, ("health", "health_since", "health_evidence"))
    return turned
