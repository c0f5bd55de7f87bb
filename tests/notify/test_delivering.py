"""What becomes of rows of the ledger: sent once, again after a crash, later after a refusal, or never."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.conf import LazySettings
from django.db import connection

from notify import ledger
from notify.delivering import NO_SERVER, Outage, deliver_waiting
from notify.ledger import ATTEMPTS, HELD, decide, pause
from notify.mail.make import address_message, mail_row
from notify.mail.transport import Outcome, Result, Smtp, server
from notify.models import Alert, Canary, Delivery
from tests.conftest import Store, execute
from tests.notify.alerted import again, alert
from tests.notify.made import NOW, reader
from tests.servers import smtp

State = Delivery.State
MINUTE = timedelta(minutes=1)


def test_a_batch_goes_over_one_connection_and_each_row_says_what_the_server_said(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    rows = [alert(f"Ransomware at port {n}") for n in range(5)]
    assert deliver_waiting(NOW, outage=outage) == 5
    assert sink.ids() == [row.message_id for row in rows]
    assert {each.connection for each in sink.received} == {1}
    for row in map(again, rows):
        assert (row.state, row.said, row.attempts, row.resent) == (State.SENT, "250 2.0.0 taken", 1, False)
        assert row.ended == NOW and row.holder == "" and "Ransomware" in row.text
    assert deliver_waiting(NOW, outage=outage) == 0


def test_the_body_and_the_holder_are_stored_before_a_byte_is_sent(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row = alert()
    seen: list[Delivery] = []

    class Watching(Smtp):
        def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
            seen.append(again(row))
            return super().send(message, sender, recipient)

    deliver_waiting(NOW, transport=Watching(server(sink.url())), holder="deliver@one", outage=outage)
    (before,) = seen
    assert before.state == State.SENDING and before.holder == "deliver@one"
    assert before.held_until == NOW + HELD
    assert before.text and before.subject == again(row).subject


def test_put_off_with_4xx_it_comes_later_and_under_the_same_id(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row, other = alert("Ransomware one"), alert("Ransomware two")
    sink.rcpt.append("451 4.7.1 greylisted, come back")
    assert deliver_waiting(NOW, outage=outage) == 1
    late = again(row)
    assert (late.state, late.due, late.attempts) == (State.WAITING, NOW + MINUTE, 1)
    assert late.said == "451 4.7.1 greylisted, come back"
    assert again(other).state == State.SENT
    assert deliver_waiting(NOW + MINUTE / 2, outage=outage) == 0
    assert deliver_waiting(NOW + MINUTE, outage=outage) == 1
    assert sink.ids() == [other.message_id, row.message_id]
    assert again(row).attempts == 2 and not again(row).resent


def test_421_for_one_recipient_does_not_hold_up_the_others(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row = alert("Ransomware", user=reader("busy@example.org"))
    others = [alert(f"Ransomware {n}") for n in range(2)]
    sink.refused["busy@example.org"] = "421 4.7.0 too many for this one"
    assert deliver_waiting(NOW, outage=outage) == 2
    assert again(row).state == State.WAITING and again(row).due == NOW + MINUTE
    assert sink.ids() == [each.message_id for each in others]
    sink.refused.clear()
    sink.mail.append("421 4.3.2 going down")
    later = alert("Ransomware later")
    assert deliver_waiting(NOW + MINUTE / 2, outage=outage) == 0
    assert again(later).attempts == 0 and again(later).said == "421 4.3.2 going down"
    assert deliver_waiting(NOW + MINUTE, outage=outage) == 2


@pytest.mark.parametrize("how", [smtp.TAKE_AND_SILENCE, smtp.TAKE_AND_DROP])
def test_without_an_answer_after_data_it_is_sent_again_under_its_id_and_marked(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage, how: str, settings: LazySettings
) -> None:
    settings.EMAIL_URL = sink.url(timeout=0.5)
    row = alert()
    sink.data.append(how)
    assert deliver_waiting(NOW, outage=outage) == 0
    assert again(row).state == State.WAITING and again(row).resent
    assert "no answer after the whole message" in again(row).said
    assert deliver_waiting(NOW + MINUTE, outage=outage) == 1
    assert sink.ids() == [row.message_id] * 2
    first, second = (each.content for each in sink.received)
    assert first == second, "the same bytes, so that a mail program knows it"


def test_one_message_that_breaks_the_line_does_not_hold_up_the_others(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    rows = [alert(f"Ransomware {n}") for n in range(3)]
    sink.rcpt.append(smtp.DROP)
    assert deliver_waiting(NOW, outage=outage) == 2
    assert again(rows[0]).state == State.WAITING and again(rows[0]).due == NOW + MINUTE
    assert sink.ids() == [row.message_id for row in rows[1:]]


def test_while_the_server_is_down_all_wait_without_losing_attempts(
    store: Store, settings: LazySettings, outage: Outage
) -> None:
    with smtp.running() as sink:
        url, port = sink.url(timeout=2), sink.port
    settings.EMAIL_URL = url
    rows = [alert(f"Ransomware {n}") for n in range(30)]
    for second in range(20):
        assert deliver_waiting(NOW + timedelta(seconds=second), outage=outage) == 0
    for row in map(again, rows):
        assert (row.state, row.attempts, row.due) == (State.WAITING, 0, NOW)
        assert "refused" in row.said.lower() and str(port) in row.said
    with smtp.running(port=port) as sink:
        assert deliver_waiting(NOW + timedelta(minutes=5), outage=outage) == 30
        assert sorted(sink.ids()) == sorted(row.message_id for row in rows)
    assert not any(again(row).resent for row in rows)


def test_an_outage_of_days_ends_what_nobody_needs_any_more(
    sqlite_store: Store, settings: LazySettings, outage: Outage
) -> None:
    with smtp.running() as sink:
        settings.EMAIL_URL = sink.url(timeout=2)
    old, young = alert(at=NOW - timedelta(days=3)), alert()
    deliver_waiting(NOW, outage=outage)
    assert again(old).state == State.FAILED and again(old).said.startswith("given up after two days: ")
    assert again(young).state == State.WAITING


def test_waits_double_to_two_hours_and_end_after_two_days() -> None:
    minutes = [int(pause(n).total_seconds() // 60) for n in range(1, 11)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
    assert (
        timedelta(days=1.9) < sum((pause(n) for n in range(1, ATTEMPTS)), timedelta()) < timedelta(days=2.2)
    )
    last = decide(ATTEMPTS - 1, Outcome(Result.LATER, "451 not now"), NOW)
    assert (last.state, last.said) == (State.FAILED, f"given up after {ATTEMPTS} attempts: 451 not now")
    assert decide(0, Outcome(Result.LATER, "503", after=900), NOW).due == NOW + timedelta(minutes=15)


def test_a_process_of_the_same_name_takes_over_at_once_another_when_the_time_is_over(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    mine, theirs = alert("Ransomware mine"), alert("Ransomware theirs")
    for row, holder in ((mine, "deliver@one"), (theirs, "deliver@two")):
        (found,) = [each for each in ledger.due(NOW, webhooks=False, limit=9) if each.pk == row.pk]
        assert ledger.claim(found, ledger.Words("s", "t"), holder, NOW)
    assert deliver_waiting(NOW, holder="deliver@one", outage=outage) == 1
    assert sink.ids() == [mine.message_id] and again(mine).resent
    assert again(theirs).state == State.SENDING
    assert deliver_waiting(NOW + HELD - MINUTE, holder="deliver@one", outage=outage) == 0
    assert deliver_waiting(NOW + HELD, holder="deliver@one", outage=outage) == 1
    assert sink.ids() == [mine.message_id, theirs.message_id] and again(theirs).resent
    assert deliver_waiting(NOW + HELD * 3, holder="deliver@one", outage=outage) == 0


def test_two_deliverers_at_once_send_each_row_once(store: Store, sink: smtp.Sink) -> None:
    from django.db import connections

    rows = [alert(f"Ransomware {n}") for n in range(20)]
    sent: list[int] = []

    def deliver(name: str) -> None:
        try:
            sent.append(deliver_waiting(NOW, holder=name, outage=Outage()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=(f"deliver@{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 20
    assert sorted(sink.ids()) == sorted(row.message_id for row in rows)


def test_without_a_server_mail_is_made_and_stays_where_it_can_be_read(
    store: Store, settings: LazySettings, outage: Outage
) -> None:
    settings.EMAIL_URL = ""
    row = alert()
    link = address_message(Delivery.Kind.ACCOUNT, reader(), "Sign in", "https://scan.example.org/in/once\n")
    Delivery.objects.filter(pk=link.pk).update(due=NOW, made=NOW)
    for _ in range(2):
        assert deliver_waiting(NOW, outage=outage) == 0
    for each in (again(row), again(link)):
        assert (each.state, each.said, each.attempts) == (State.WAITING, NO_SERVER, 0)
    assert "Ransomware" in again(row).text and "<html" in again(row).html and again(row).subject
    assert "once" in again(link).text
    with smtp.running() as sink:
        settings.EMAIL_URL = sink.url()
        assert deliver_waiting(NOW + timedelta(hours=23), outage=outage) == 2
        old = alert("Ransomware old")
        settings.EMAIL_URL = ""
        deliver_waiting(NOW, outage=outage)
        settings.EMAIL_URL = sink.url()
        assert deliver_waiting(NOW + timedelta(hours=25), outage=outage) == 0
        assert again(old).state == State.DROPPED and "24 hours" in again(old).said
        assert len(sink.received) == 2


def test_a_one_time_link_is_forgotten_once_it_is_sent(
    store: Store, sink: smtp.Sink, outage: Outage, capfd: pytest.CaptureFixture[str]
) -> None:
    row = address_message(
        Delivery.Kind.ACCOUNT, reader(), "Sign in", "https://scan.example.org/in/once\n", "<p>once</p>"
    )
    assert deliver_waiting(outage=outage) == 1
    assert again(row).text == again(row).html == "" and again(row).subject == "Sign in"
    assert "/in/once" in sink.received[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    said = "".join(capfd.readouterr())
    assert "once" not in said and "reader@example.org" not in said


def test_people_at_the_keyboard_come_first_and_digests_last(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    user = reader()
    rows = {}
    for kind in (Delivery.Kind.DIGEST, Delivery.Kind.NOTICE, Delivery.Kind.ACCOUNT):
        rows[kind] = address_message(kind, user, kind, "words\n")
        Delivery.objects.filter(pk=rows[kind].pk).update(due=NOW)
    rows[Delivery.Kind.ALERT] = alert()
    deliver_waiting(NOW, outage=outage)
    order = ("account", "alert", "notice", "digest")
    assert sink.ids() == [rows[Delivery.Kind(kind)].message_id for kind in order]


def test_a_message_that_cannot_be_made_waits_and_the_others_go(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    wordless = mail_row(Delivery.Kind.NOTICE, reader())
    wordless.save()
    good = alert()
    Delivery.objects.update(due=NOW)
    assert deliver_waiting(NOW, outage=outage) == 1
    assert again(wordless).state == State.WAITING and again(wordless).attempts == 1
    assert again(wordless).said.startswith("cannot be made: ") and again(good).state == State.SENT


def test_a_canary_without_an_address_ends_in_the_sink_with_or_without_a_server(
    sqlite_store: Store, settings: LazySettings, outage: Outage
) -> None:
    from notify.canary.starting import LENGTH, MARK

    settings.EMAIL_URL = ""
    row = mail_row(Delivery.Kind.CANARY, None, "")
    nonce = MARK + "abcdefghijklmnopqrstuvwxyz"[:LENGTH]
    row.subject, row.text = f"Canary {nonce}", f"{nonce}\n"
    row.save()
    made = Canary.objects.create(nonce=nonce, delivery=row)
    assert deliver_waiting(outage=outage) == 1
    assert again(row).state == State.SENT
    made.refresh_from_db()
    assert made.arrived is not None


def test_a_limit_and_a_stop_leave_the_rest_waiting(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    for n in range(5):
        alert(f"Ransomware {n}")
    assert deliver_waiting(NOW, limit=2, outage=outage) == 2
    assert deliver_waiting(NOW, stop=lambda: len(sink.received) >= 3, outage=outage) == 1
    assert Delivery.objects.filter(state=State.WAITING).count() == 2
    assert not Delivery.objects.filter(state=State.SENDING).exists()


def test_settings_that_cannot_be_read_are_said_in_the_ledger(
    sqlite_store: Store, settings: LazySettings, outage: Outage
) -> None:
    settings.EMAIL_URL = "smtp://user:topsecret@mail.example.org/path"
    row = alert()
    assert deliver_waiting(NOW, outage=outage) == 0
    assert again(row).state == State.WAITING and "EMAIL_URL cannot be read" in again(row).said
    assert "topsecret" not in again(row).said
    assert Alert.objects.get().delivery_id == row.pk


def test_a_store_that_goes_away_between_sending_and_noting_it_is_told_afterwards(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row = alert()

    class Unlucky(Smtp):
        def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
            outcome = super().send(message, sender, recipient)
            if store.kind == "postgresql":
                execute(
                    store.url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
            else:
                locked = sqlite3.connect(
                    store.url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
                )
                locked.execute("BEGIN IMMEDIATE")
                threading.Timer(0.5, locked.close).start()
            return outcome

    with connection.cursor() as cursor:  # the lock outlasts the first try
        if store.kind == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 100")
    assert deliver_waiting(NOW, transport=Unlucky(server(sink.url())), outage=outage) == 1
    assert again(row).state == State.SENT and not again(row).resent
    assert len(sink.received) == 1
