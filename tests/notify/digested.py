"""Readers with a morning, signals matched before it, and what their digests say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from ingest.models import Signal
from notify.digest import content as contents
from notify.digest import make_due
from notify.digest.content import Content, Line
from notify.models import Digest, Match, Subscription
from tests.notify.made import reader, subscription

#: A Tuesday, 07:00 in Amsterdam.
MORNING = datetime(2026, 11, 24, 6, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def early(email: str = "reader@example.org", **more: Any) -> User:
    """A reader since long before."""
    return reader(email, **{"joined": MORNING - 60 * DAY, **more})


def follows(user: User | None = None, **more: Any) -> Subscription:
    return subscription(user or early(), **more)


def matched(found: Signal, *subscriptions: Subscription, words: tuple[str, ...] = ()) -> Signal:
    """As the match stage writes it, at the signal's first sight."""
    for each in subscriptions:
        Match.objects.create(
            subscription=each, signal=found, words=[["", word] for word in words], at=found.seen
        )
    return found


def digest_at(now: datetime, user: User | None = None) -> Content:
    """What the digest made at `now` says."""
    assert make_due(now) >= 1
    row = Digest.objects.filter(made=now).exclude(state=Digest.State.ROLLED)
    return contents.read((row.filter(user=user) if user is not None else row).get().content)


def lines(content: Content) -> list[Line]:
    """Every line it shows."""
    sections = [line for each in content.sections for line in (*each.new, *each.developing)]
    return [*content.top, *sections, *content.held, *content.caribbean]


def titles(content: Content) -> list[str]:
    return [line.title for line in lines(content)]
