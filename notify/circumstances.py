"""How signals stand that met subscriptions: their groups, owners and sources, and what was told of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import F, Q

from ingest.models import Entry, Signal
from ingest.relate import group_of, owners, story_of
from notify.alerting import COOL_DOWN, Desk, Recipient, day_began
from notify.models import Alert, Subscription

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A signal as alerts see it. `severity` and `owners` are its group's, `sources` the slugs of its own
    reporters."""

    signal: int
    group: int
    story: int
    members: frozenset[int]
    severity: str
    owners: int
    owner: str
    own_severity: str
    sources: frozenset[str]
    quiet: str
    seen: datetime
    title: str


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Values in lists that one SQL `IN (…)` takes."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def standings(signals: Collection[int]) -> dict[int, Circumstances]:
    """How these signals stand now; those that are gone are left out."""
    roots = group_of(signals)
    members: dict[int, dict[int, str]] = {root: {} for root in roots.values()}
    for part in chunks(members):
        rows = Signal.objects.filter(Q(pk__in=part) | Q(duplicate_of__in=part))
        for pk, root, severity in rows.values_list("pk", "duplicate_of", "severity"):
            members[root if root in members else pk][pk] = severity
    told_by, stories, reporters = owners(roots), story_of(roots), _reporters(roots)
    found: dict[int, Circumstances] = {}
    columns = ("pk", "severity", "quiet", "seen", "title", "source__slug", "source__owner")
    for part in chunks(roots):
        for pk, severity, quiet, seen, title, slug, owner in Signal.objects.filter(pk__in=part).values_list(
            *columns
        ):
            root = roots[pk]
            group = {**members[root], pk: severity}
            found[pk] = Circumstances(
                signal=pk,
                group=root,
                story=stories.get(pk, root),
                members=frozenset({root, *group}),
                severity=max(group.values()),
                owners=max(1, told_by.get(root, 1)),
                owner=owner or slug,
                own_severity=severity,
                sources=frozenset({slug, *reporters.get(pk, ())}),
                quiet=quiet,
                seen=seen,
                title=title,
            )
    return found


def _reporters(signals: Iterable[int]) -> dict[int, set[str]]:
    """By signal the slugs of the sources that sighted it."""
    found: dict[int, set[str]] = {}
    for part in chunks(signals):
        others = Entry.objects.filter(signal__in=part).exclude(source=F("signal__source"))
        for signal, slug in others.values_list("signal", "source__slug"):
            found.setdefault(signal or 0, set()).add(slug)
    return found


def recipient(subscription: Subscription) -> Recipient:
    """Whom it tells; the user's reader may not exist yet."""
    user = subscription.user
    reader = getattr(user, "reader", None)
    return Recipient(user.pk, user.time_zone, reader.daily_cap if reader is not None else 8)


def desk(subscriptions: Sequence[Subscription], found: Iterable[Circumstances], now: datetime) -> Desk:
    """What was told so far that matters for these subscriptions and signals, as the store has it."""
    made = Desk()
    instant = {subscription.pk for subscription in subscriptions}
    signals = {member for standing in found for member in standing.members}
    columns = ("subscription_id", "signal_id", "group", "severity", "owners")
    for part in chunks(signals):
        rows = Alert.objects.filter(Q(signal__in=part) | Q(group__in=part))
        for subscription, signal, group, severity, count in rows.values_list(*columns):
            if subscription in instant:
                made.remember(subscription, {signal or group, group}, severity, count)
    _cool(made, instant, now)
    _spend(made, {each.user: each for each in map(recipient, subscriptions)}, now)
    return made


def _cool(made: Desk, subscriptions: set[int], now: datetime) -> None:
    rows = Alert.objects.filter(at__gt=now - COOL_DOWN, held="")
    sent = [
        row
        for row in rows.values_list("subscription_id", "signal_id", "group", "at")
        if row[0] in subscriptions
    ]
    stories = story_of({signal or group for _, signal, group, _ in sent})
    for subscription, signal, group, at in sent:
        made.cooled(subscription, stories.get(signal or group, group), at)


def _spend(made: Desk, users: dict[int, Recipient], now: datetime) -> None:
    began = {pk: day_began(now, user.zone) for pk, user in users.items()}
    if not began:
        return
    rows = Alert.objects.filter(at__gte=min(began.values()), held="").values_list(
        "subscription__user", "group", "at", "signal__source__owner", "signal__source__slug"
    )
    counted: set[tuple[int, int, datetime]] = set()
    for user, group, at, owner, slug in rows:
        # Told under several subscriptions at once, it was one message.
        if user in began and at >= began[user] and (user, group, at) not in counted:
            counted.add((user, group, at))
            made.spent(users[user], owner or slug or "", at)
