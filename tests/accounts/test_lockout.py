"""Guessing gets slower, nobody is locked out for long, and nothing stored tells who was tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accounts import lockout
from accounts.lockout import Limit, until
from accounts.models import Attempt
from tests.conftest import Store

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_wait_grows_to_a_quarter_of_an_hour() -> None:
    waits = []
    for count in range(1, 14):
        end = until([NOW] * count, NOW, Limit(5))
        waits.append((end - NOW).total_seconds() if end else 0)
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_the_wait_is_over_when_it_says() -> None:
    failures = [NOW] * 5
    end = until(failures, NOW, Limit(5))
    assert end is not None
    assert until(failures, end - SECOND, Limit(5)) == end
    assert until(failures, end, Limit(5)) is None
    assert until(failures, NOW + lockout.WINDOW, Limit(5)) is None


def test_counted_by_address_and_by_origin(store: Store) -> None:
    for number in range(5):
        tried = {"address": "analyst@example.org", "origin": f"192.0.2.{number}"}
        assert lockout.blocked(tried, NOW) is None
        lockout.note(tried, NOW)
    assert lockout.blocked({"address": "Analyst@Example.org ", "origin": "192.0.2.99"}, NOW) is not None
    assert lockout.blocked({"address": "other@example.org", "origin": "192.0.2.1"}, NOW) is None
    for number in range(30):
        lockout.note({"address": f"guess{number}@example.org", "origin": "198.51.100.7"}, NOW)
    assert lockout.blocked({"address": "other@example.org", "origin": "198.51.100.7"}, NOW) is not None


def test_success_forgets_the_address_not_the_origin(sqlite_store: Store) -> None:
    for number in range(30):
        lockout.note({"address": f"guess{number}@example.org", "origin": "192.0.2.1"}, NOW)
    noted = lockout.note({"address": "guess1@example.org", "origin": "192.0.2.1"}, NOW)
    lockout.clear(noted, {"address": "guess1@example.org"})
    assert not Attempt.objects.filter(key=lockout.key("address", "guess1@example.org")).exists()
    assert lockout.blocked({"origin": "192.0.2.1"}, NOW) is not None


def test_neither_address_nor_origin_is_stored(sqlite_store: Store) -> None:
    lockout.note({"address": "analyst@example.org", "origin": "192.0.2.1"}, NOW)
    held = repr(list(Attempt.objects.values()))
    assert "analyst" not in held and "192.0.2.1" not in held
    assert len({len(each.key) for each in Attempt.objects.all()} | {64}) == 1


def test_old_failures_go(sqlite_store: Store) -> None:
    lockout.note({"address": "a@example.org"}, NOW - timedelta(days=2))
    lockout.note({"address": "b@example.org"}, NOW)
    assert Attempt.objects.count() == 1
