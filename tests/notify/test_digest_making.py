"""How digests come to be: one a reader and date whatever is killed or runs twice; late ones marked."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections

from notify.delivering import Outage, deliver_waiting
from notify.digest import content as contents
from notify.digest import make_due, making, render
from notify.models import Delivery, Digest, Reader, Told
from tests.conftest import Store
from tests.notify.digested import DAY, HOUR, MORNING, digest_at, early, follows, matched
from tests.notify.made import signal
from tests.servers import smtp

State = Digest.State


def test_a_digest_is_made_once_with_its_row_of_the_ledger(store: Store) -> None:
    cyber = follows()
    found = matched(signal("Worm", severity="C", at=MORNING - HOUR), cyber)
    assert make_due(MORNING) == 1
    assert make_due(MORNING) == make_due(MORNING + HOUR) == 0
    row = Digest.objects.get()
    assert (row.date, row.state, row.zone) == (date(2026, 11, 24), State.MADE, "Europe/Amsterdam")
    assert (row.begins, row.ends) == (MORNING - DAY, MORNING)
    letter = Delivery.objects.get()
    assert row.delivery == letter and (letter.kind, letter.state, letter.text) == ("digest", "waiting", "")
    told = Told.objects.get()
    assert (told.signal, told.digest, told.severity, told.owners) == (found, row, "C", 1)


def test_the_deliverer_makes_and_sends_it(sqlite_store: Store, sink: smtp.Sink) -> None:
    matched(signal("Worm", at=MORNING - HOUR), follows())
    make_due(MORNING)
    assert deliver_waiting(MORNING, outage=Outage()) == 1
    letter, row = Delivery.objects.get(), Digest.objects.get()
    assert letter.state == Delivery.State.SENT
    assert letter.subject == "[TLP:GREEN] Dreigingsdigest 2026-11-24 - 1 nieuw, 0 ontwikkelingen"
    assert letter.html == render(row, "nl").html and "Worm" in letter.text
    assert "One-Click" in letter.headers["List-Unsubscribe-Post"]
    assert sink.ids() == [letter.message_id]


@pytest.mark.parametrize("step", ["_roll", "mail_row", "insert"])
def test_killed_before_its_commit_it_leaves_nothing_and_is_made_by_the_next_look(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    matched(signal("Worm", at=MORNING - HOUR), follows())
    Digest.objects.create(
        user=early(), date=date(2026, 11, 22), zone="UTC", begins=MORNING, ends=MORNING - 2 * DAY
    )

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(making, step, killed)
        with pytest.raises(KeyboardInterrupt):
            make_due(MORNING)
    assert Digest.objects.count() == 1 and not Told.objects.exists() and not Delivery.objects.exists()
    assert make_due(MORNING) == 1
    assert Digest.objects.count() == 3 and Told.objects.count() == Delivery.objects.count() == 1


def test_of_two_processes_at_the_same_moment_one_makes_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    matched(signal("Worm", at=MORNING - HOUR), follows())
    both, made, compose = threading.Barrier(2, timeout=20), [], making.compose

    def together(*args: Any, **more: Any) -> Any:
        both.wait()  # both have read that there is none
        return compose(*args, **more)

    monkeypatch.setattr(making, "compose", together)

    def process() -> None:
        try:
            made.append(make_due(MORNING))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(made) == [0, 1]
    assert Digest.objects.count() == Delivery.objects.count() == Told.objects.count() == 1


def test_each_reader_has_it_at_their_own_hour_where_they_live(sqlite_store: Store) -> None:
    early("island@example.org", time_zone="America/Curacao")
    nine = early("nine@example.org")
    Reader.objects.create(user=nine, digest_hour=9)
    off, gone = early("off@example.org"), early("gone@example.org", is_active=False)
    Reader.objects.create(user=off, digest=False)
    made = {hour: make_due(datetime(2026, 11, 24, hour, tzinfo=UTC)) for hour in range(6, 18)}
    assert {hour for hour, count in made.items() if count} == {8, 11}
    assert not Digest.objects.filter(user__in=[off, gone]).exists()


def test_a_missed_morning_is_sent_late_and_says_so(sqlite_store: Store) -> None:
    cyber = follows()
    matched(signal("Worm", at=MORNING - HOUR), cyber)
    content = digest_at(MORNING + 3 * HOUR)
    row = Digest.objects.get()
    assert row.state == State.LATE and content.late and content.new == 1
    made = render(row, "nl")
    assert made.subject == "[TLP:GREEN] Dreigingsdigest 2026-11-24 (verlaat) - 1 nieuw, 0 ontwikkelingen"
    assert "was om 07:00 verwacht en is om 10:00 gemaakt" in " ".join(made.text.split())


def test_after_noon_the_day_is_rolled_over_and_the_next_begins_where_the_last_ended(
    sqlite_store: Store,
) -> None:
    cyber = follows()
    digest_at(MORNING)
    matched(signal("Worm", at=MORNING + 12 * HOUR), cyber)
    matched(signal("Flood", by="desk-b", at=MORNING + 40 * HOUR), cyber)
    # Down from that evening until the afternoon of the next day.
    assert make_due(MORNING + DAY + 6 * HOUR) == 0
    missed = Digest.objects.get(date=date(2026, 11, 25))
    assert missed.state == State.ROLLED and missed.delivery is None
    content = digest_at(MORNING + 2 * DAY)
    assert content.begins == MORNING and content.new == 2
    assert content.missed == (date(2026, 11, 25),)
    said = " ".join(render(Digest.objects.get(date=date(2026, 11, 26)), "nl").text.split())
    assert "Voor 25 nov is geen digest gemaakt; deze begint waar de vorige eindigde" in said
    assert contents.read(Digest.objects.get(date=date(2026, 11, 26)).content) == content
    assert digest_at(MORNING + 3 * DAY).missed == ()


def test_what_was_matched_only_after_the_digest_stands_in_the_next(sqlite_store: Store) -> None:
    cyber = follows()
    behind = signal("Worm", at=MORNING - HOUR)
    assert digest_at(MORNING).quiet
    matched(behind, cyber)
    cyber.matches.update(at=MORNING + HOUR)
    assert digest_at(MORNING + DAY).new == 1
