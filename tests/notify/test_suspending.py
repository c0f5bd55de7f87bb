"""What is refused for good, whom that silences, and what nobody wants any more."""

from __future__ import annotations

from accounts.models import AuditEvent
from notify.delivering import Outage, deliver_waiting
from notify.mail.make import address_message, mail_row
from notify.models import Delivery, Reader, Subscription
from notify.suspending import lift_address
from tests.conftest import Store
from tests.notify.alerted import again, alert
from tests.notify.made import NOW, reader
from tests.servers import smtp

State = Delivery.State


def test_an_address_that_is_gone_is_suspended_once_and_nothing_goes_to_it_any_more(
    store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    gone, other = reader("gone@example.org"), reader("there@example.org")
    rows = [alert(f"Ransomware {n}", user=gone) for n in range(3)]
    kept = alert("Ransomware elsewhere", user=other)
    sink.refused["gone@example.org"] = "550 5.1.1 no such user here"
    assert deliver_waiting(NOW, outage=outage) == 1
    assert [again(row).state for row in rows] == [State.FAILED, State.DROPPED, State.DROPPED]
    assert again(rows[0]).said == "550 5.1.1 no such user here"
    assert again(kept).state == State.SENT
    one = Reader.objects.get(user=gone)
    assert one.suspended == NOW and one.suspended_why == "550 5.1.1 no such user here"
    assert [(e.action, e.object) for e in AuditEvent.objects.all()] == [
        ("address.suspend", "gone@example.org")
    ]
    # Nothing loops: no mail about it, and what comes later is dropped where it stands.
    assert Delivery.objects.count() == 4
    later = alert("Ransomware later", user=gone)
    deliver_waiting(NOW, outage=outage)
    assert again(later).state == State.DROPPED and "no such user" in again(later).said
    assert AuditEvent.objects.count() == 1
    sink.refused.clear()
    assert lift_address(gone, "admin@example.org")
    resumed = alert("Ransomware at last", user=gone)
    assert deliver_waiting(NOW, outage=outage) == 1
    assert again(resumed).state == State.SENT


def test_what_a_relay_refuses_of_us_suspends_nobody(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row = alert()
    sink.refused["reader@example.org"] = "550 5.7.1 relaying denied"
    deliver_waiting(NOW, outage=outage)
    assert again(row).state == State.WAITING
    assert not Reader.objects.exclude(suspended=None).exists()


def test_content_refused_for_good_fails_the_message_not_the_address(
    sqlite_store: Store, sink: smtp.Sink, outage: Outage
) -> None:
    row, other = alert("Ransomware one"), alert("Ransomware two")
    sink.data.append("554 5.6.0 not like this")
    assert deliver_waiting(NOW, outage=outage) == 1
    assert again(row).state == State.FAILED and again(row).said == "554 5.6.0 not like this"
    assert again(other).state == State.SENT


def test_what_nobody_wants_any_more_is_not_sent(sqlite_store: Store, sink: smtp.Sink, outage: Outage) -> None:
    paused = alert()
    Subscription.objects.update(paused=NOW)
    closed = alert("Ransomware", user=reader("closed@example.org", is_active=False))
    digest = address_message(Delivery.Kind.DIGEST, reader(), "Digest", "words\n")
    Reader.objects.create(user=reader(), digest=False)
    empty = mail_row(Delivery.Kind.ALERT, reader())
    empty.save()
    assert deliver_waiting(outage=outage) == 0
    said = {row.pk: again(row).said for row in (paused, closed, digest, empty)}
    assert list(said.values()) == [
        "its subscriptions are paused or deleted",
        "the account is closed",
        "the reader stopped the digest",
        "it tells of nothing any more",
    ]
    assert {again(row).state for row in (paused, closed, digest, empty)} == {State.DROPPED}
