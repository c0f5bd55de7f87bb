"""A month of mornings: one digest a reader and local date, nothing twice as new, nothing lost."""

from __future__ import annotations

from collections import Counter

import pytest

from ingest.relate import story_of
from notify.digest import content as contents
from notify.digest import render
from notify.models import Delivery, Digest, Match, Told
from tests.conftest import Store
from tests.notify.month import Month, utc


@pytest.mark.full
def test_a_month_of_fifty_readers_in_three_zones_with_two_outages(sqlite_store: Store) -> None:
    month = Month(
        utc("2026-10-12T00:00"),
        utc("2026-11-11T00:00"),
        # A morning in Europe; then a day and a half over everybody's.
        [
            (utc("2026-10-20T03:00"), utc("2026-10-20T08:30")),
            (utc("2026-11-02T16:00"), utc("2026-11-04T09:00")),
        ],
        readers=50,
        daily=60,
    )
    check(month)


def test_some_days_over_a_clock_change_with_two_outages(sqlite_store: Store) -> None:
    month = Month(
        utc("2026-10-23T00:00"),
        utc("2026-10-28T00:00"),
        [
            (utc("2026-10-25T05:00"), utc("2026-10-25T08:00")),
            (utc("2026-10-26T04:00"), utc("2026-10-26T15:00")),
        ],
        readers=6,
        daily=40,
    )
    check(month)


def check(month: Month) -> None:
    month.run()
    states: Counter[str] = Counter()
    for user in month.users:
        rows = list(Digest.objects.filter(user=user).order_by("date"))
        found = {row.date: row.state for row in rows}
        assert len(found) == len(rows)
        assert found == month.expected(user), user.email
        states.update(found.values())
        made = [row for row in rows if row.state != Digest.State.ROLLED]
        letters = Delivery.objects.filter(user=user, kind=Delivery.Kind.DIGEST)
        assert letters.count() == len(made) == len({row.delivery_id for row in made})
        seamless(rows)
        told_once(user.pk, made)
        nothing_lost(user.pk, made[-1])
    assert set(states) == set(Digest.State.values)


def seamless(rows: list[Digest]) -> None:
    """Windows follow each other; late ones say so, missed days are named by the one that covers them."""
    ended, missed = None, []
    for row in rows:
        if row.state == Digest.State.ROLLED:
            missed.append(row.date)
            continue
        content = contents.read(row.content)
        assert ended is None or row.begins == ended
        assert list(content.missed) == missed
        assert content.late == (row.state == Digest.State.LATE)
        assert ("(verlaat)" in render(row, "nl").subject) == content.late
        ended, missed = row.ends, []


def told_once(user: int, made: list[Digest]) -> None:
    """No story is on two lines as new, and the counts add up to what was told."""
    seen: set[int] = set()
    total = 0
    for row in made:
        content = contents.read(row.content)
        total += content.new
        shown = [*content.top, *content.caribbean, *(line for each in content.sections for line in each.new)]
        new = [line.signal for line in shown if line.change is None]
        stories = set(story_of(new).values())
        assert len(stories) == len(new)
        assert not stories & seen
        seen |= stories
    told = Told.objects.filter(user=user).values_list("signal_id", flat=True)
    assert total == len(set(story_of(told).values()))


def nothing_lost(user: int, last: Digest) -> None:
    """Every story that met a subscription before the last digest was told."""
    met = Match.objects.filter(subscription__user=user, at__lt=last.ends).values_list("signal_id", flat=True)
    told = Told.objects.filter(user=user).values_list("signal_id", flat=True)
    assert set(story_of(met).values()) <= set(story_of(told).values())
