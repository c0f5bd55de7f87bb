"""When a match becomes an alert: a pure decider, the same for what happens now and for a dry run.

Once per subscription and duplicate group; again only where the group's severity rises above what was told,
or its independent owners reach three times what was told. What the rules of quiet below hold back is
recorded like any alert and stands in the digest, so it counts as told.

What quiet means (DOMAIN 3.2, decided here):

- **Cool-down, 6 hours, is one of a subscription and a story**, not of a subscription. One trifle in a busy
  domain would otherwise silence the domain for a quarter of a day, worst exactly when much happens. Within it
  the same story (repeats and updates) is not told again, however often its publisher issues a new version. A
  first alert or a rise at severity D or E breaks through.
- **Cap: `Reader.daily_cap` alerts a user and local day**, over all subscriptions. Nothing breaks through it,
  but a quarter of its places is kept for D and E: eight trifles in the morning must not silence the
  catastrophe of the afternoon.
- **Flood guard: one owner group's share of the day is a quarter** (`search.flood`; a few it may always have),
  so that no source uses up the cap. Held back so, it counts as held by the cap. D and E break through.

A story that meets several subscriptions of one user at once is one message and counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from search.flood import limited

COOL_DOWN = timedelta(hours=6)
#: Signals first seen longer ago never alert.
OLD = timedelta(hours=72)
#: Owners must reach this many times what was told.
OWNERS = 3
#: One place in so many of the daily cap is kept for severe alerts.
KEPT = 4
SEVERE = "DE"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a subscription tells: the user (0: not stored yet), their zone and their cap a local day."""

    user: int
    zone: str = "Europe/Amsterdam"
    cap: int = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A signal that met a subscription, with how its duplicate group stands.

    `severity` is the highest in the group (empty: none), `owners` how many independent owner groups tell it,
    `owner` the one of this signal, `members` the group's signals, `story` the first signal of its story.
    """

    subscription: int
    recipient: Recipient
    signal: int
    group: int
    story: int
    severity: str
    owners: int
    owner: str
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Decision:
    """An alert: `why` first, severity or owners; `held` empty (it is sent), cooldown or cap."""

    why: str
    held: str


@dataclass(slots=True)
class _Told:
    severity: str
    owners: int


@dataclass(slots=True)
class _Day:
    """What one user was sent on one local day."""

    sent: int = 0
    owners: Counter[str] = field(default_factory=Counter)


def may_alert(quiet: str, seen: datetime, since: datetime | None, now: datetime) -> bool:
    """Whether a signal may alert at all: not quiet, first seen since the subscription, and lately."""
    return not quiet and (since is None or seen >= since) and seen >= now - OLD


def urgency(severity: str, seen: datetime, signal: int) -> tuple[int, datetime, int]:
    """Sorts what is told at one moment: the worst first, then the oldest."""
    return (-" ABCDE".find(severity or " "), seen, signal)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_day(moment: datetime, zone: str) -> date:
    """The date of a moment where the reader lives."""
    return moment.astimezone(_zone(zone)).date()


def day_began(now: datetime, zone: str) -> datetime:
    """When the reader's present local day began, in UTC."""
    local = now.astimezone(_zone(zone))
    return datetime(local.year, local.month, local.day, tzinfo=local.tzinfo).astimezone(UTC)


class Desk:
    """What was told so far, and the decisions that follow from it. Knows no clock and no store."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, int], _Told] = {}
        self._cooling: dict[tuple[int, int], datetime] = {}
        self._days: dict[tuple[int, date], _Day] = {}
        self._together: dict[tuple[int, int, datetime], str] = {}

    def remember(self, subscription: int, members: Iterable[int], severity: str, owners: int) -> None:
        """That an earlier alert told of a group by any of these signals."""
        for member in members:
            self._tell((subscription, member), severity, owners)

    def cooled(self, subscription: int, story: int, at: datetime) -> None:
        """That a subscription was sent an alert on a story."""
        before = self._cooling.get((subscription, story))
        self._cooling[subscription, story] = at if before is None else max(before, at)

    def spent(self, recipient: Recipient, owner: str, at: datetime, times: int = 1) -> None:
        """That a user was sent something on that local day."""
        day = self._days.setdefault((recipient.user, local_day(at, recipient.zone)), _Day())
        day.sent += times
        day.owners[owner] += times

    def decide(self, found: Candidate, now: datetime) -> Decision | None:
        """Whether this alerts, and how; records what it decides. None: told already, nothing rose."""
        why = self._why(found)
        if why is None:
            return None
        held = self._held(found, why, now)
        self._tell_all(found)
        if not held:
            self.cooled(found.subscription, found.story, now)
        return Decision(why, held)

    def _tell(self, key: tuple[int, int], severity: str, owners: int) -> None:
        before = self._told.get(key)
        if before is None:
            self._told[key] = _Told(severity, owners)
        else:
            before.severity, before.owners = max(before.severity, severity), max(before.owners, owners)

    def _tell_all(self, found: Candidate) -> None:
        self.remember(
            found.subscription, {found.signal, found.group, *found.members}, found.severity, found.owners
        )

    def _why(self, found: Candidate) -> str | None:
        signals = {found.signal, found.group, *found.members}
        told = [t for each in signals if (t := self._told.get((found.subscription, each))) is not None]
        if not told:
            return "first"
        if found.severity > max(each.severity for each in told):
            return "severity"
        return "owners" if found.owners >= OWNERS * max(each.owners for each in told) else None

    def _held(self, found: Candidate, why: str, now: datetime) -> str:
        severe = bool(found.severity) and found.severity in SEVERE
        last = self._cooling.get((found.subscription, found.story))
        cooling = last is not None and now - last < COOL_DOWN
        if cooling and not (severe and why != "owners"):
            return "cooldown"
        together = (found.recipient.user, found.group, now)
        # The same message tells this subscription's rule as well.
        if together not in self._together:
            self._together[together] = self._over(found, now, severe)
        return self._together[together]

    def _over(self, found: Candidate, now: datetime, severe: bool) -> str:
        who = found.recipient
        day = self._days.setdefault((who.user, local_day(now, who.zone)), _Day())
        most = who.cap if severe else who.cap - who.cap // KEPT
        if day.sent >= most:
            return "cap"
        if not severe and not limited([found.owner], str, already=day.owners).kept:
            return "cap"
        self.spent(who, found.owner, now)
        return ""
