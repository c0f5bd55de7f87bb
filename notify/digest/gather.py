"""What digests are made of, read from the store: one `Reading` serves all readers of the same minute.

Groups are read once for all of them, the window's signals with one query; what is each reader's own (matches,
what they were told, alerts held back) with a handful of queries each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from ingest.judge.parts import RELEVANCES
from ingest.models import Signal, Source
from ingest.relate import group_of, owners, story_of
from notify.circumstances import chunks
from notify.digest import rank
from notify.digest.changes import State
from notify.digest.window import BEHIND, Window, tellable
from notify.models import Alert, Match, Subscription, Told

#: How long a digest goes on telling what changed about something.
FOLLOWED = timedelta(days=14)

Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A duplicate group as it stands: its root's words and source, all its members' severity and parts.
    `seen`: when the first of them was first seen."""

    root: int
    story: int
    members: frozenset[int]
    title: str
    language: str
    severity: str
    parts: dict[str, str]
    domains: tuple[str, ...]
    source: str
    owner: str
    grade: str
    official: bool
    owners: int
    seen: datetime

    @property
    def relevance(self) -> str:
        """The strongest part's."""
        return min(self.parts.values(), key=_strength, default="")

    @property
    def state(self) -> State:
        return State(self.severity, self.owners, self.parts)

    def rank(self, novelty: float = rank.NEW) -> float:
        return rank.rank(self.severity, self.relevance, self.owners, novelty)


@dataclass(frozen=True, slots=True)
class Held:
    """An alert that was held back: `alert` its row, `group` None where its signal is gone."""

    alert: int
    why: str
    group: Group | None


@dataclass(slots=True)
class Facts:
    """What one reader's digest is made of.

    `met`: by group's root the subscriptions it met, with the words. `fresh`: roots of what was first seen
    in the window and matters, subscribed to or not. `told`: by root how it stood when it was told.
    `stories`: stories of which something was told lately. `muted`: signals that are not told.
    """

    window: Window
    subscriptions: list[Subscription]
    language: str = "nl"
    groups: dict[int, Group] = field(default_factory=dict)
    met: dict[int, dict[int, Words]] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    told: dict[int, State] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)
    stories: set[int] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)
    muted: frozenset[int] = frozenset()


class Reading:
    """The store as digests see it at `now`; what was read once is not read again."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._groups: dict[int, Group] = {}
        self._of: dict[int, int] = {}
        self._from: datetime | None = None
        self._window: list[tuple[int, datetime]] = []

    def groups(self, signals: Iterable[int]) -> dict[int, Group]:
        """By signal its group; those that are gone are left out."""
        wanted = set(signals)
        self._read({each for each in wanted if each not in self._of})
        return {each: self._groups[self._of[each]] for each in wanted if each in self._of}

    def of(self, user: User, window: Window) -> Facts:
        """What `user` may be told of a window."""
        rows = Subscription.objects.filter(user=user, paused=None, deleted=None, broken="").order_by("pk")
        found = Facts(window, list(rows), language=user.language)
        found.muted = frozenset(int(each) for row in found.subscriptions for each in row.muted_groups)
        self._matches(found)
        self._held(found, user)
        fresh = self.groups(self._seen_in(window))
        found.fresh = {group.root for group in fresh.values() if window.holds(group.seen)}
        found.groups |= {group.root: group for group in fresh.values() if group.root in found.fresh}
        self._told(found, user)
        return found

    def _seen_in(self, window: Window) -> list[int]:
        """Signals of the window that matter. Read once for the widest window asked for."""
        if self._from is None or window.begins < self._from:
            self._from = window.begins
            rows = Signal.objects.filter(seen__gte=window.begins, seen__lt=self.now).exclude(domains=[])
            rows = rows.exclude(source__kind=Source.Kind.CANARY).exclude(severity="", relevance="")
            columns = ("pk", "seen", "quiet", "published", "severity", "relevance")
            self._window = [
                (pk, seen)
                for pk, seen, quiet, published, severity, relevance in rows.values_list(*columns)
                if rank.matters(severity, relevance) and tellable(quiet, published, self.now)
            ]
        return [pk for pk, seen in self._window if window.holds(seen)]

    def _matches(self, found: Facts) -> None:
        window, since = found.window, {row.pk: row.since for row in found.subscriptions}
        rows = Match.objects.filter(
            subscription__in=list(since),
            signal__seen__gte=window.begins - BEHIND,
            signal__seen__lt=window.ends,
        ).exclude(signal__source__kind=Source.Kind.CANARY)
        columns = ("subscription_id", "signal_id", "words", "at", "signal__seen", "signal__quiet")
        met = [
            (subscription, signal, tuple((name, value) for name, value in words))
            for subscription, signal, words, at, seen, quiet, published in rows.values_list(
                *columns, "signal__published"
            )
            if window.met(seen, at)
            and seen >= since[subscription]
            and tellable(quiet, published, window.ends)
        ]
        self._add(found, met)

    def _add(self, found: Facts, met: Collection[tuple[int, int, Words]]) -> None:
        groups = self.groups({signal for _, signal, _ in met})
        for subscription, signal, words in met:
            if (group := groups.get(signal)) is not None:
                found.groups[group.root] = group
                by = found.met.setdefault(group.root, {})
                by[subscription] = tuple(dict.fromkeys((*by.get(subscription, ()), *words)))

    def _held(self, found: Facts, user: User) -> None:
        rows = Alert.objects.filter(subscription__user=user, digest=None, at__lt=found.window.ends)
        held = list(rows.exclude(held="").order_by("pk").values_list("pk", "held", "signal_id", "group"))
        groups = self.groups({signal or group for _, _, signal, group in held})
        found.held = [Held(pk, why, groups.get(signal or group)) for pk, why, signal, group in held]

    def _told(self, found: Facts, user: User) -> None:
        """What the reader was told of these groups ever, and of all others lately; those are read too."""
        lately = Told.objects.filter(user=user, digest__made__gte=self.now - FOLLOWED)
        recent = set(lately.values_list("signal_id", flat=True))
        followed = self.groups(recent)
        found.followed = {group.root for group in followed.values()}
        found.stories = {group.story for group in followed.values()}
        found.groups |= {group.root: group for group in followed.values()}
        roots = {member: group.root for group in found.groups.values() for member in group.members}
        exact: set[int] = set()
        for part in chunks(roots):
            rows = Told.objects.filter(user=user, signal__in=part)
            for signal, severity, count, parts in rows.values_list(
                "signal_id", "severity", "owners", "parts"
            ):
                root = roots[signal]
                if signal == root:
                    exact.add(root)
                    found.told[root] = State(severity, count, parts)
                elif root not in exact:
                    # Told under another root: the group's most is what the reader knows.
                    before = found.told.get(root, State("", 0, {}))
                    found.told[root] = State(
                        max(before.severity, severity), max(before.owners, count), {**before.parts, **parts}
                    )
        self._matched_before(found)

    def _matched_before(self, found: Facts) -> None:
        """What of the reader's subscriptions the followed groups meet: it says where a change belongs."""
        members = [
            member
            for root in found.followed
            if root not in found.met
            for member in found.groups[root].members
        ]
        met: list[tuple[int, int, Words]] = []
        asked = [row.pk for row in found.subscriptions]
        for part in chunks(members):
            rows = Match.objects.filter(subscription__in=asked, signal__in=part)
            for subscription, signal, words in rows.values_list("subscription_id", "signal_id", "words"):
                met.append((subscription, signal, tuple((name, value) for name, value in words)))
        self._add(found, met)

    def _read(self, signals: set[int]) -> None:
        roots = group_of(signals)
        wanted = {root for root in roots.values() if root not in self._groups}
        rows: dict[int, list[tuple[int, str, dict[str, str], list[str], datetime]]] = {}
        for part in chunks(wanted):
            query = Signal.objects.filter(Q(pk__in=part) | Q(duplicate_of__in=part))
            columns = ("pk", "duplicate_of", "severity", "parts", "domains", "seen")
            for pk, above, severity, parts, domains, seen in query.values_list(*columns):
                root = above if above in wanted else pk
                rows.setdefault(root, []).append((pk, severity, parts, domains, seen))
        stories, counts = story_of(wanted), owners(wanted)
        heads = ("pk", "title", "language", "domains")
        by = ("source__name", "source__slug", "source__owner", "source__reliability", "source__official")
        for part in chunks(wanted):
            for pk, title, language, domains, name, slug, owner, grade, official in Signal.objects.filter(
                pk__in=part
            ).values_list(*heads, *by):
                members = rows[pk]
                others = [each for member in members for each in member[3]]
                self._groups[pk] = Group(
                    root=pk,
                    story=stories.get(pk, pk),
                    members=frozenset(member[0] for member in members),
                    title=" ".join(title.split()),
                    language=language,
                    severity=max(member[1] for member in members),
                    parts=_closest(member[2] for member in members),
                    domains=tuple(domains or dict.fromkeys(others)),
                    source=name,
                    owner=owner or slug,
                    grade=grade,
                    official=official,
                    owners=max(1, counts.get(pk, 1)),
                    seen=min(member[4] for member in members),
                )
        self._of |= {signal: root for signal, root in roots.items() if root in self._groups}


def _strength(relevance: str) -> int:
    return RELEVANCES.index(relevance) if relevance in RELEVANCES else len(RELEVANCES)


def _closest(found: Iterable[dict[str, str]]) -> dict[str, str]:
    """By part the strongest relevance any member has for it."""
    made: dict[str, str] = {}
    for parts in found:
        for part, relevance in parts.items():
            made[part] = min(made.get(part, relevance), relevance, key=_strength)
    return made
