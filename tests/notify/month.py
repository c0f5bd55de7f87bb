"""A month of mornings with a fake clock: readers in three zones, invented news, and outages of everything.

Signals are matched by the real match stage and digests made by the real `make_due`, every half hour while
the installation is up. What came during an outage is first seen when it is over.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from ingest.models import Signal
from notify.digest import make_due
from notify.digest.schedule import LATE, latest, moment, zone_of
from notify.matching import match_waiting
from notify.models import Digest, Reader, Subscription
from tests.notify.made import changed, sighted, signal, subscription

ZONES = ("Europe/Amsterdam", "America/Curacao", "Asia/Tokyo")
HOURS = (7, 7, 7, 6, 9)
DOMAINS = ("cyber", "health", "climate", "infrastructure")
STEP = timedelta(minutes=30)
Outage = tuple[datetime, datetime]


@dataclass
class Month:
    """`begins` … `ends` in UTC; `outages` as [from, to)."""

    begins: datetime
    ends: datetime
    outages: Sequence[Outage]
    readers: int
    daily: int
    seed: int = 5
    users: list[User] = field(default_factory=list)

    def run(self) -> None:
        self.users = [self._reader(number) for number in range(self.readers)]
        chance, now = random.Random(self.seed), self.begins
        while now < self.ends:
            if self.up(now):
                self._news(chance, now)
                match_waiting(2_000, now)
                make_due(now)
            now += STEP

    def up(self, now: datetime) -> bool:
        return not any(begins <= now < ends for begins, ends in self.outages)

    def expected(self, user: User) -> dict[date, str]:
        """By local date what became of its digest, worked out from the clock alone."""
        found: dict[date, str] = {}
        hour, zone = user.reader.digest_hour, user.time_zone
        day = self.begins.astimezone(zone_of(zone)).date()
        while day <= self.ends.astimezone(zone_of(zone)).date():
            due = moment(day, hour, zone)
            made = due
            while not self.up(made):
                made += STEP
            if self.begins <= due and made < self.ends:
                state = Digest.State.LATE if made - due > LATE else Digest.State.MADE
                found[day] = str(state if made < latest(day, hour, zone) else Digest.State.ROLLED)
            day += timedelta(days=1)
        return found

    def _reader(self, number: int) -> User:
        user = User.objects.create_user(
            f"reader-{number}@example.org", time_zone=ZONES[number % 3], joined=self.begins
        )
        Reader.objects.create(user=user, digest_hour=HOURS[number % len(HOURS)])
        for domain in DOMAINS[number % 4 :]:
            mode = Subscription.Mode.DAILY if number % 2 else Subscription.Mode.INSTANT
            subscription(user, domains=[domain], mode=mode, since=self.begins, made=self.begins)
        return user

    def _news(self, chance: random.Random, now: datetime) -> None:
        """Half an hour's: new signals, copies by others, updates, and signals that get worse."""
        lately = list(Signal.objects.filter(seen__gte=now - timedelta(days=4), duplicate_of=None)[:200])
        for _ in range(_some(chance, self.daily / 48)):
            by = f"desk-{chance.randrange(12)}"
            severity = chance.choice(["", "", "A", "B", "C"])
            kind = chance.random()
            if lately and kind < 0.2:
                root = chance.choice(lately)
                signal(root.title, by=by, repeats=root, at=now, domains=root.domains, severity=severity)
            elif lately and kind < 0.3:
                above = chance.choice(lately)
                signal(f"{above.title}, later", by=by, at=now, update_of=above, domains=above.domains)
            elif lately and kind < 0.4:
                changed(chance.choice(lately), severity=chance.choice("CDE"), parts={"SX": "direct"})
            elif lately and kind < 0.5:
                sighted(chance.choice(lately), f"echo-{Signal.objects.count()}", now)
            else:
                number, domain = Signal.objects.count(), chance.choice(DOMAINS)
                signal(f"{domain} {number}", by=by, at=now, domains=[domain], severity=severity)


def _some(chance: random.Random, mean: float) -> int:
    return int(mean) + (chance.random() < mean % 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
