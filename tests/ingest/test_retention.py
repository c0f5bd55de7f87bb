"""Retention: what goes, what stays, and that what went does not come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from accounts.models import AuditEvent
from ingest.models import Entry, Fetch, Signal, Source, SourceState, Version, Work
from ingest.retention import Keep, retain
from tests.conftest import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEEP = Keep(timedelta(hours=24), timedelta(days=7), timedelta(days=90), timedelta(days=730))


def _source() -> Source:
    source = Source.objects.create(slug="bron", name="Bron")
    SourceState.objects.create(source=source)
    return source


def _signal(source: Source, name: str, days: float, domains: list[str], root: Signal | None = None) -> Signal:
    seen = NOW - timedelta(days=days)
    signal = Signal.objects.create(
        source=source, identity=name, title=name, content_hash="c", as_of=seen, published=seen, seen=seen,
        domains=domains, duplicate_of=root,
    )  # fmt: skip
    Version.objects.create(signal=signal, content_hash="c", as_of=seen, title=name)
    Entry.objects.create(
        source=source, identity=name, content_hash="c", signal=signal, first_seen=seen, last_seen=NOW
    )
    return signal


def _fetch(source: Source, state: str, hours: float) -> Fetch:
    ended = NOW - timedelta(hours=hours)
    return Fetch.objects.create(
        source=source, as_of=ended, body=b"x", body_hash="h", size=1, state=state,
        ended=None if state == Fetch.State.WAITING else ended, received=ended,
    )  # fmt: skip


def test_signals_go_by_age_and_domain_and_leave_tombstones(store: Store) -> None:
    source = _source()
    _signal(source, "unsorted-old", 91, [])
    _signal(source, "unsorted-young", 89, [])
    root = _signal(source, "cyber-oldest", 731, ["cyber"])
    repeat = _signal(source, "cyber-old", 91, ["cyber"], root=root)

    removed = retain(NOW, KEEP)

    assert (removed.unsorted, removed.signals) == (1, 1)
    assert set(Signal.objects.values_list("identity", flat=True)) == {"unsorted-young", "cyber-old"}
    gone = Entry.objects.filter(signal=None)
    assert set(gone.values_list("identity", "removed")) == {("unsorted-old", NOW), ("cyber-oldest", NOW)}
    # What repeated a removed signal stands alone, and both its stages hear of it.
    repeat.refresh_from_db()
    assert (repeat.duplicate_of_id, repeat.revision) == (None, 2)
    assert set(Work.objects.values_list("signal", "stage", "revision")) == {
        (repeat.pk, "relate", 2),
        (repeat.pk, "index", 2),
    }
    event = AuditEvent.objects.get(action="retention.remove")
    assert event.detail == {"bodies": 0, "quarantined": 0, "unsorted": 1, "signals": 1}


def test_bodies_go_a_day_after_ingest_and_quarantined_ones_after_a_week(store: Store) -> None:
    source = _source()
    kept = [
        _fetch(source, Fetch.State.WAITING, 9_999),
        _fetch(source, Fetch.State.DONE, 23),
        _fetch(source, Fetch.State.QUARANTINED, 24 * 6),
    ]
    _fetch(source, Fetch.State.DONE, 25)
    _fetch(source, Fetch.State.REFUSED, 25)
    _fetch(source, Fetch.State.QUARANTINED, 24 * 8)

    removed = retain(NOW, KEEP)

    assert (removed.bodies, removed.quarantined) == (2, 1)
    assert set(Fetch.objects.values_list("pk", flat=True)) == {each.pk for each in kept}


def test_nothing_to_remove_leaves_no_trace_in_the_audit_log(store: Store) -> None:
    _signal(_source(), "young", 1, [])
    assert not retain(NOW, KEEP).anything
    assert not AuditEvent.objects.exists()
