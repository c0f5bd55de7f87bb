"""The front page's figures: by domain what is new since the reader looked, the worst of it, and thirty days.

Few queries, whatever the store holds: signals are counted by their list of domains (a few dozen distinct
lists), and lists are taken apart here. Signals that repeat another count with it; the canary's never do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.core.cache import cache
from django.db.models import CharField, Count, F, Max, Q, QuerySet, TextField, Window
from django.db.models.functions import Cast, RowNumber, Substr
from django.utils import timezone

from crawlers.coverage import Coverage, Group
from ingest import canary
from ingest.judge import taxonomy
from ingest.judge.parts import RELEVANCES
from ingest.models import Signal
from ingest.relate import owners
from search.models import Look
from web.strip import Strip, drawn

#: What is new to who never looked, and the longest that "new" reaches back.
FIRST_LOOK = timedelta(hours=24)
LONGEST = timedelta(days=30)
DAYS = 30
#: Signals of one list of domains among which the worst is looked for, the most severe and newest first.
_CANDIDATES = 12
_STRIP_SECONDS = 60
#: Signals that a domain's page ranks; of more, the newest of the most severe are ranked.
_RANKED = 1_000


@dataclass(frozen=True, slots=True)
class Headline:
    """One signal as the overview ranks it; `owners` are independent."""

    id: int
    title: str
    language: str
    severity: str
    relevance: str
    seen: datetime
    owners: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One domain. `since`: what was first seen after it is new; `looked` is False before the first look."""

    domain: str
    since: datetime
    looked: bool
    new: int
    worst: Headline | None
    strip: Strip
    gap: Group | None


def rank(each: Headline) -> tuple[Any, ...]:
    """Sort key, worst first: severity, independent owners, relevance to the Kingdom, newest."""
    relevance = RELEVANCES.index(each.relevance) if each.relevance in RELEVANCES else len(RELEVANCES)
    level = "EDCBA".index(each.severity) if each.severity else 5
    return (level, -each.owners, relevance, -each.seen.timestamp(), -each.id)


def looks(user_id: int, now: datetime) -> dict[str, tuple[datetime, bool]]:
    """By domain: since when things are new to the reader, and whether they said so themselves."""
    found = dict(Look.objects.filter(user=user_id).values_list("domain", "at"))
    return {
        name: (max(found[name], now - LONGEST), True) if name in found else (now - FIRST_LOOK, False)
        for name in taxonomy.load().ids
    }


def look(user_id: int, domains: Iterable[str], until: datetime) -> None:
    """Notes that the reader has seen what came until then; it never moves back."""
    for name in domains:
        made, fresh = Look.objects.get_or_create(user_id=user_id, domain=name, defaults={"at": until})
        if not fresh and made.at < until:
            Look.objects.filter(pk=made.pk, at__lt=until).update(at=until)


@dataclass(frozen=True, slots=True)
class Overview:
    """A row for every domain, and how many signals are new in at least one of them."""

    rows: tuple[Row, ...]
    new: int


def overview(user_id: int, seen: Coverage, now: datetime) -> Overview:
    """Every domain of the taxonomy in its order. `seen`: `crawlers.coverage.overview`."""
    since = looks(user_id, now)
    counts, total, worst = _new({name: at for name, (at, _) in since.items()})
    strips = _strips(now)
    groups = {group.id: group for group in seen.groups if group.kind == "domain"}
    found = []
    for name, (at, looked) in since.items():
        group = groups.get(name)
        gap = group if group is not None and (group.down or not group.total) else None
        found.append(Row(name, at, looked, counts.get(name, 0), worst.get(name), strips[name], gap))
    return Overview(tuple(found), total)


def news() -> QuerySet[Signal]:
    """Signals that count: the roots of their groups, without the canary's."""
    return Signal.objects.filter(duplicate_of=None).exclude(source__in=canary.sources())


def _new(since: Mapping[str, datetime]) -> tuple[dict[str, int], int, dict[str, Headline]]:
    """By domain how many are new, how many in all, and the worst of each. Two queries, and owners'."""
    moments = sorted(set(since.values()))
    recent = news().filter(seen__gt=moments[0]).exclude(domains=[])
    asked: dict[str, Any] = {}
    for number, moment in enumerate(moments):
        asked[f"n{number}"] = Count("pk", filter=Q(seen__gt=moment))
        asked[f"s{number}"] = Max("severity", filter=Q(seen__gt=moment))
    counts: dict[str, int] = {}
    levels: dict[str, str] = {}
    total = 0
    for row in cast("Iterable[dict[str, Any]]", recent.order_by().values("domains").annotate(**asked)):
        names = [name for name in _names(row["domains"]) if name in since]
        if names:  # new in one of its domains is new
            total += row[f"n{moments.index(min(since[name] for name in names))}"]
        for name in names:
            place = moments.index(since[name])
            if row[f"n{place}"]:
                counts[name] = counts.get(name, 0) + row[f"n{place}"]
                levels[name] = max(levels.get(name, ""), row[f"s{place}"] or "")
    return counts, total, _worst(recent, since, levels)


def _worst(
    recent: QuerySet[Signal], since: Mapping[str, datetime], levels: Mapping[str, str]
) -> dict[str, Headline]:
    """Of the signals of each domain's highest severity the first by `rank`."""
    if not levels:
        return {}
    number = Window(RowNumber(), partition_by=[F("domains"), F("severity")], order_by=[F("seen").desc()])
    few = (
        recent.filter(severity__in=set(levels.values()))
        .annotate(number=number)
        .filter(number__lte=_CANDIDATES)
        .order_by()
        .values_list("domains", "pk", "title", "language", "severity", "relevance", "seen")
    )
    found: dict[str, list[Headline]] = {}
    for domains, *values in few:
        each = Headline(*cast("list[Any]", values))
        for name in _names(domains):
            if levels.get(name) == each.severity and each.seen > since[name]:
                found.setdefault(name, []).append(each)
    told = owners({each.id for some in found.values() for each in some})
    return {name: min(_with(some, told), key=rank) for name, some in found.items()}


def _with(some: Iterable[Headline], told: Mapping[int, int]) -> list[Headline]:
    return [
        Headline(e.id, e.title, e.language, e.severity, e.relevance, e.seen, max(1, told.get(e.id, 1)))
        for e in some
    ]


def _names(domains: Any) -> Sequence[str]:
    """A list of domains as the store gives it when it groups by one: the value, or its JSON."""
    return json.loads(domains) if isinstance(domains, str) else domains


def _strips(now: datetime) -> dict[str, Strip]:
    """By domain the signals published on each of the last thirty days (UTC), kept a minute."""
    today = now.astimezone(timezone.get_fixed_timezone(0)).date()
    days = [today - timedelta(days=age) for age in range(DAYS - 1, -1, -1)]
    kept: dict[str, Strip] | None = cache.get(key := f"overview-strips-{today}")
    if kept is not None:
        return kept
    first = datetime.combine(days[0], datetime.min.time(), tzinfo=timezone.get_fixed_timezone(0))
    counts: dict[str, dict[str, int]] = {name: {} for name in taxonomy.load().ids}
    by_day = (
        news()
        .filter(published__gte=first)
        .exclude(domains=[])
        # Text instead of a date: SQLite would call back into Python for every row. Both stores keep UTC.
        .annotate(day=Substr(Cast("published", CharField()), 1, 10))
        .order_by()
        .values_list("domains", "day")
        .annotate(Count("pk"))
    )
    for domains, day, number in by_day:
        for name in _names(domains):
            if name in counts:
                counts[name][day] = counts[name].get(day, 0) + number
    made = {
        name: drawn([held.get(day.isoformat(), 0) for day in days], days) for name, held in counts.items()
    }
    cache.set(key, made, _STRIP_SECONDS)
    return made


@dataclass(frozen=True, slots=True)
class Ranked:
    """New signals of one domain, ranked; `total` of them, of which at most `_RANKED` were ranked."""

    total: int
    ids: tuple[int, ...]


def of_domain(domain: str) -> QuerySet[Signal]:
    """The signals of a domain that count."""
    return news().annotate(held=Cast("domains", TextField())).filter(held__contains=f'"{domain}"')


def ranked(domain: str, since: datetime) -> Ranked:
    """What is new in a domain, worst first."""
    new = of_domain(domain).filter(seen__gt=since)
    first = new.order_by("-severity", "-seen", "-pk")[:_RANKED]
    values = first.values_list("pk", "title", "language", "severity", "relevance", "seen")
    some = [Headline(*each) for each in values]
    told = owners(each.id for each in some)
    total = new.count() if len(some) == _RANKED else len(some)
    return Ranked(total, tuple(each.id for each in sorted(_with(some, told), key=rank)))


def threats(domain: str, since: datetime) -> list[tuple[str, int]]:
    """Sub-threats of the domain with how many new signals point to each, most first, none left out."""
    known = [each.id for each in taxonomy.load().domain(domain).threats]
    counts = dict.fromkeys(known, 0)
    lists = of_domain(domain).filter(seen__gt=since).order_by().values_list("threats").annotate(Count("pk"))
    for held, number in lists:
        for name in _names(held):
            if name in counts:
                counts[name] += number
    return sorted(counts.items(), key=lambda each: -each[1])
