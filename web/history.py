"""Everything around a signal that its page tells: who reported it, what it repeats and updates, its past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from ingest.models import Entry, Signal
from ingest.relate import group_of
from notify.models import Alert

#: Reports shown of one group; a feed that repeats itself for months is counted, not listed.
MOST = 200


@dataclass(frozen=True, slots=True)
class Report:
    """One entry that told it. `how`: owner (the signal's own source), sighting (the same address), repeat."""

    signal: int
    title: str
    language: str
    source: str
    slug: str
    grade: str
    official: bool
    url: str
    first_seen: datetime
    how: str


@dataclass(slots=True)
class Teller:
    """One independent owner with all its reports, earliest first."""

    owner: str
    reports: list[Report] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """The duplicate group of a signal. `root` stands for it; `total` reports, of which at most MOST are in
    `tellers`."""

    root: int
    total: int
    tellers: tuple[Teller, ...]


def group(signal: Signal) -> Group:
    """Who tells what this signal tells, by independent owner, the earliest first. Three queries."""
    root = group_of([signal.pk]).get(signal.pk, signal.pk)
    members = Signal.objects.filter(pk=root) | Signal.objects.filter(duplicate_of=root)
    entries = Entry.objects.filter(signal__in=members.order_by().values("pk"))
    found = entries.select_related("source", "signal").order_by("first_seen", "pk")
    total = entries.count()
    tellers: dict[str, Teller] = {}
    for entry in found[:MOST]:
        told, source = entry.signal, entry.source
        assert told is not None  # filtered by it
        own = entry.source_id == told.source_id and entry.identity == told.identity
        report = Report(
            signal=told.pk,
            title=told.title,
            language=told.language,
            source=source.name,
            slug=source.slug,
            grade=source.reliability,
            official=source.official,
            url=web_address(entry.url or told.url),
            first_seen=entry.first_seen,
            how="sighting" if not own else "owner" if told.pk == signal.pk else "repeat",
        )
        owner = source.owner or source.name
        tellers.setdefault(owner, Teller(owner)).reports.append(report)
    return Group(root, total, tuple(tellers.values()))


def updates(signal: Signal, root: int) -> tuple[list[Signal], list[Signal]]:
    """(what this updates, what updates it), the earliest first."""
    before = Signal.objects.filter(pk=signal.update_of_id) if signal.update_of_id else Signal.objects.none()
    after = Signal.objects.filter(update_of__in={signal.pk, root}).exclude(pk=signal.pk)
    return list(before.select_related("source")), list(
        after.select_related("source").order_by("published")[:50]
    )


def web_address(url: str) -> str:
    """The address where it may be linked to; fetched content is hostile, so only the web's schemes."""
    return url if url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Gone:
    """What is still known of a signal that is no longer there."""

    number: int
    existed: bool
    alerts: tuple[Alert, ...]


def gone(number: int, user_id: int | None) -> Gone:
    """Whether a signal of that number was ever there, and what its reader was told of it."""
    newest = Signal.objects.aggregate(newest=Max("pk"))["newest"] or 0
    mine = Alert.objects.filter(group=number, subscription__user=user_id).order_by("-at")
    alerts = tuple(mine[:5]) if user_id is not None else ()
    return Gone(number, number <= newest or bool(alerts), alerts)
