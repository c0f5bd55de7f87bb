"""Invented readers, subscriptions and signals, stored as the pipeline stores them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from ingest.models import Entry, Signal, Source, Work
from ingest.outbox import queue
from notify.models import Subscription

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reader(email: str = "reader@example.org", **more: Any) -> User:
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, **more)


def subscription(user: User | None = None, **more: Any) -> Subscription:
    """An instant one on cyber, made a month ago."""
    made = NOW - timedelta(days=30)
    values: dict[str, Any] = {"domains": ["cyber"], "made": made, "since": made, "changed": made, **more}
    return Subscription.objects.create(user=user or reader(), **values)


def source(slug: str, **more: Any) -> Source:
    return Source.objects.get_or_create(slug=slug, defaults={"name": slug, "owner": slug, **more})[0]


def signal(
    title: str = "Ransomware at a port",
    *,
    by: str = "desk-a",
    repeats: Signal | None = None,
    at: datetime = NOW,
    **more: Any,
) -> Signal:
    """A signal first seen at `at`, waiting to be matched; `repeats`: its duplicate group's root."""
    count = Signal.objects.count()
    values: dict[str, Any] = {
        "source": source(by),
        "identity": f"{count:032x}",
        "title": title,
        "url": f"https://www.example.org/{count}",
        "content_hash": f"{count:032x}",
        "as_of": at,
        "language": "en",
        "published": at,
        "seen": at,
        "domains": ["cyber"],
        "duplicate_of": repeats,
        **more,
    }
    with transaction.atomic():
        made = Signal.objects.create(**values)
        Entry.objects.create(
            source=made.source,
            identity=made.identity,
            content_hash=made.content_hash,
            signal=made,
            first_seen=at,
            last_seen=at,
        )
        queue([made], (Work.Stage.MATCH,))
    return made


def sighted(found: Signal, by: str, at: datetime = NOW) -> None:
    """Another source reports the same page."""
    count = Entry.objects.count()
    Entry.objects.create(
        source=source(by),
        identity=f"s{count:031x}",
        content_hash=found.content_hash,
        signal=found,
        first_seen=at,
        last_seen=at,
    )
    changed(found)


def changed(found: Signal, **values: Any) -> None:
    """The signal's row says something else, and waits to be matched again."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(found, name, value)
        found.revision += 1
        found.save()
        queue([found], (Work.Stage.MATCH,))
