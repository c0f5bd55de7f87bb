"""The canary: started, read, matched, sent; where it sticks, when that is an alarm, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import AuditEvent, User
from crawlers.canary import document
from ingest.canary import sources
from ingest.models import Anchor, Entry, Fetch, Intake, Signal, Source, SourceState, Work
from ingest.pipeline import drain
from ingest.relate import relate_waiting
from notify import canary
from notify.canary.deciding import Run, Way, due, late, stuck
from notify.models import Canary, Delivery
from search.embedded import Embedded
from search.indexing import index_waiting, rebuild, sweep
from tests.conftest import Store
from tests.ingest.documents import fetched, ingested, rss, source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _hourly() -> Iterator[None]:
    with override_settings(HORIZONSCAN_CANARY_MINUTES=60.0, HORIZONSCAN_CANARY_TO=""):
        yield


def started(at: datetime = NOON) -> Canary:
    row = canary.begin(at)
    assert row is not None
    return row


def read(row: Canary) -> Signal:
    """What the pipeline makes of the document that the crawler fetches."""
    found = Source.objects.get(kind=Source.Kind.CANARY)
    drained = ingested(found, document(**found.spider), row.started)
    assert (drained.new, drained.rejected) == (1, 0)
    return Signal.objects.get(pk=drained.created[0])


def delivered(row: Canary, at: datetime) -> None:
    row.refresh_from_db()
    assert row.delivery is not None
    assert canary.sink(row.delivery, at)
    row.refresh_from_db()


# ---- when


@pytest.mark.parametrize(
    ("newest", "begun", "expected"),
    [
        (None, NOON, True),
        (NOON - 10 * MINUTE, NOON - 2 * HOUR, False),
        (NOON - HOUR, NOON - 2 * HOUR, True),
        (NOON - 10 * MINUTE, NOON - MINUTE, True),  # the first after a start goes at once …
        (NOON - 0.5 * MINUTE, NOON - 0.1 * MINUTE, False),  # … but not for every process of it
        (NOON - 10 * MINUTE, NOON - 11 * MINUTE, False),
    ],
)
def test_when_one_is_due(newest: datetime | None, begun: datetime, expected: bool) -> None:
    assert due(newest, NOON, HOUR, begun) is expected
    assert due(newest, NOON, timedelta(0), begun) is False


def runs(*minutes: tuple[float, float | None]) -> list[Run]:
    """(minutes ago started, minutes ago arrived), newest first."""
    return [
        Run(NOON - start * MINUTE, None if end is None else NOON - end * MINUTE) for start, end in minutes
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (runs(), False),
        (runs((4, None)), False),
        (runs((6, None)), True),
        (runs((20, 19.9), (80, 79.9)), False),
        (runs((20, None), (80, 79.9)), False),
        (runs((40, None), (100, 99.9)), True),
        (runs((1, None), (61, None), (121, 120.9)), True),
        # After a night of standing still the first one has its five minutes.
        (runs((3, None), (600, 599.9)), False),
        (runs((6, None), (600, 599.9)), True),
        # It arrived; since then nobody starts them.
        (runs((85, 84.9)), False),
        (runs((91, 90.9)), True),
    ],
)
def test_when_the_proof_is_late(found: list[Run], expected: bool) -> None:
    last = max((run.arrived for run in found if run.arrived), default=None)
    assert late(found, last, HOUR, NOON) is expected
    assert late(found, last, timedelta(0), NOON) is False


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Way(), "not fetched: no crawler has asked for it"),
        (Way(polled=True, poll_error="refused"), "not fetched: refused"),
        (Way(fetch="waiting"), "fetched, not ingested: the document waits for an ingest worker"),
        (Way(fetch="quarantined", fetch_error="KeyError"), "fetched, not ingested (quarantined): KeyError"),
        (Way(fetch="done", ingested=True, waits=True), "ingested, not matched: it waits for the sequence"),
        (Way(fetch="done", ingested=True, waits=True, work_error="boom"), "ingested, not matched: boom"),
        (
            Way(fetch="done", ingested=True, matched=True, delivery="waiting", delivery_said="451 later"),
            "matched, not delivered (waiting): 451 later",
        ),
    ],
)
def test_where_it_stuck_is_said(way: Way, said: str) -> None:
    assert stuck(way) == said


# ---- the way


def test_the_whole_way_to_the_internal_sink(store: Store) -> None:
    row = started()
    source_row = Source.objects.get(kind=Source.Kind.CANARY)
    assert source_row.kind == Source.Kind.CANARY
    assert SourceState.objects.get(source=source_row).next_due == NOON
    signal = read(row)
    assert (signal.entry_id, signal.quiet) == (row.nonce, "")
    assert list(Work.objects.values_list("stage", flat=True)) == ["match"]
    assert not Intake.objects.exists()
    assert canary.matched([signal.pk], NOON + MINUTE) == {signal.pk}
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.address, delivery.state) == ("canary", "", "waiting")
    assert row.nonce in delivery.subject and row.nonce in delivery.text
    delivered(row, NOON + 2 * MINUTE)
    assert row.signal_id == signal.pk and row.fetched and row.ingested
    assert canary.proof(NOON + 3 * MINUTE) == canary.Proof(NOON + 2 * MINUTE, 120.0, False)


def test_a_batch_matched_twice_is_mailed_once_and_others_signals_are_left(sqlite_store: Store) -> None:
    row = started()
    mine = read(row)
    other = ingested(source("krant", language="nl"), rss({"guid": "1", "title": "Storing"}), NOON).created
    for _ in range(2):
        assert canary.matched([mine.pk, *other], NOON) == {mine.pk}
    assert Delivery.objects.count() == 1


def test_the_address_of_the_setting_gets_it(sqlite_store: Store) -> None:
    row = started()
    with override_settings(HORIZONSCAN_CANARY_TO="proof@example.org"):
        canary.matched([read(row).pk], NOON)
    delivery = Delivery.objects.get()
    assert delivery.address == "proof@example.org"
    assert canary.arrived(delivery, NOON + 3 * timedelta(seconds=1))
    assert not canary.arrived(delivery, NOON + HOUR)  # the first time counts
    assert canary.proof(NOON).seconds == 3.0


def test_a_message_without_its_text_proves_nothing(sqlite_store: Store) -> None:
    row = started()
    canary.matched([read(row).pk], NOON)
    delivery = Delivery.objects.get()
    delivery.subject = delivery.text = "rendered wrongly"
    assert not canary.sink(delivery, NOON)
    assert canary.proof(NOON).at is None


def test_it_enters_neither_groups_nor_the_index(sqlite_store: Store, tmp_path: Any) -> None:
    row = started()
    signal = read(row)
    other = ingested(source("krant", language="nl"), rss({"guid": "1", "title": "Storing"}), NOON).created
    relate_waiting()
    engine = Embedded(tmp_path / "index")
    index_waiting(engine)
    sweep(engine)
    index_waiting(engine)
    assert [number for number, _ in engine.versions()] == other
    rebuild(engine)
    assert [number for number, _ in engine.versions()] == other
    assert not Anchor.objects.filter(signal=signal).exists()
    engine.close()


# ---- starting, watching, tidying


def test_one_an_interval_each_with_its_own_text(store: Store) -> None:
    first = started()
    assert canary.begin(NOON + 59 * MINUTE) is None
    second = started(NOON + HOUR)
    assert first.nonce != second.nonce and first.source_id == second.source_id
    assert Source.objects.get().spider["nonce"] == second.nonce
    with override_settings(HORIZONSCAN_CANARY_MINUTES=0.0):
        assert canary.begin(NOON + 9 * HOUR) is None and not canary.watch(NOON + 9 * HOUR)


def test_a_source_of_the_operators_called_canary_is_left_alone(sqlite_store: Store) -> None:
    source("canary", url="https://canary.example.org/feed")
    started()
    assert Source.objects.get(slug="canary").kind == Source.Kind.FEED
    assert len(sources()) == 1


def test_late_is_told_once_and_so_is_its_end(store: Store) -> None:
    for address, role in (("one@example.org", "admin"), ("two@example.org", "admin")):
        User.objects.create_user(address, role=role, language="en")
    User.objects.create_user("reader@example.org", role="reader")
    row = started()
    assert not canary.watch(NOON + 4 * MINUTE)
    for minutes in (6, 7, 8):
        assert canary.watch(NOON + minutes * MINUTE)
    assert canary.proof(NOON + 8 * MINUTE).said == "not fetched: no crawler has asked for it"
    notices = Delivery.objects.filter(kind="notice").order_by("pk")
    assert [each.address for each in notices] == ["one@example.org", "two@example.org"]
    assert "not fetched: no crawler has asked for it" in notices[0].text
    assert [e.action for e in AuditEvent.objects.order_by("pk")] == ["canary.late"]
    canary.matched([read(row).pk], NOON + 9 * MINUTE)
    canary.watch(NOON + 9 * MINUTE)
    row.refresh_from_db()
    assert row.said == "matched, not delivered (waiting): no deliverer has taken it yet"
    delivered(row, NOON + 10 * MINUTE)
    assert not canary.watch(NOON + 11 * MINUTE)
    assert [e.action for e in AuditEvent.objects.order_by("pk")] == ["canary.late", "canary.arrives-again"]
    # The next time it is an event of its own.
    assert canary.watch(NOON + 3 * HOUR)
    assert Delivery.objects.filter(kind="notice").count() == 4
    assert canary.proof(NOON + 3 * HOUR).said == "no canary was started since"


def test_one_that_nobody_fetched_is_made_due_again(sqlite_store: Store) -> None:
    row = started()
    state = SourceState.objects.filter(source=row.source_id)
    state.update(next_due=NOON + 9 * HOUR)  # a poll that began before the canary ended after it
    canary.watch(NOON + timedelta(seconds=10))
    assert state.get().next_due == NOON + 9 * HOUR
    canary.watch(NOON + MINUTE)
    assert state.get().next_due == NOON + MINUTE


def test_each_station_says_what_stopped_it(sqlite_store: Store) -> None:
    row = started()
    found = Source.objects.get(kind=Source.Kind.CANARY)

    def said(minutes: int) -> str:
        canary.watch(NOON + minutes * MINUTE)
        row.refresh_from_db()
        return row.said

    SourceState.objects.update(last_polled=NOON, last_error="127.0.0.1 is a loopback address")
    assert said(1) == "not fetched: 127.0.0.1 is a loopback address"
    fetched(found, b"no feed at all", NOON)
    Fetch.objects.update(received=NOON)
    assert said(2) == "fetched, not ingested: the document waits for an ingest worker"
    drain(found.pk, "test")
    assert said(3).startswith("fetched, not ingested (refused): ")
    Fetch.objects.all().delete()
    signal = read(row)
    assert said(4) == "ingested, not matched: it waits for the sequence"
    Work.objects.update(error="ValueError: broken")
    assert said(5) == "ingested, not matched: ValueError: broken"
    Work.objects.all().delete()
    assert said(6) == "ingested, not matched: the standing query did not find it"
    canary.matched([signal.pk], NOON + 7 * MINUTE)
    Delivery.objects.filter(kind="canary").update(state="failed", said="554 refused")
    assert said(8) == "matched, not delivered (failed): 554 refused"


def test_signals_go_after_an_hour_and_rows_after_a_month(store: Store) -> None:
    row = started()
    signal = read(row)
    other = ingested(source("krant", language="nl"), rss({"guid": "1", "title": "Storing"}), NOON).created
    canary.matched([signal.pk], NOON)
    delivered(row, NOON + MINUTE)
    Signal.objects.update(seen=NOON)
    assert canary.tidy(NOON + 59 * MINUTE) == 0
    assert canary.tidy(NOON + 61 * MINUTE) == 1
    assert list(Signal.objects.values_list("pk", flat=True)) == other
    assert Entry.objects.filter(source=row.source_id).count() == 0
    assert canary.proof(NOON + HOUR).seconds == 60.0
    Delivery.objects.update(made=NOON)
    canary.tidy(NOON + timedelta(days=31))
    assert not Canary.objects.exists() and not Delivery.objects.exists()
