"""Webhooks: signed so that a receiver can tell, sent until taken, never in the way of mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from accounts.models import AuditEvent
from notify.delivering import Outage, deliver_waiting
from notify.models import Alert, Delivery, Webhook
from notify.suspending import lift_webhook
from notify.webhook import headers, new_secret, signature
from tests.conftest import Store
from tests.notify.alerted import again, alert
from tests.notify.made import NOW, reader, subscription
from tests.servers import smtp
from tests.sites import receiver
from tests.sites.receiver import Answer, Receiver

State = Delivery.State


@pytest.fixture
def there(settings: LazySettings) -> Iterator[Receiver]:
    settings.HORIZONSCAN_ALLOW_PRIVATE = ["127.0.0.0/8"]
    with receiver.running() as running:
        yield running


def _hook(there: Receiver, path: str = "/hook") -> Webhook:
    return Webhook.objects.create(user=reader(), url=there.url(path), secret=new_secret())


def test_the_signature_is_the_published_one() -> None:
    """The example of the Standard Webhooks specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == wanted


def test_a_secret_is_32_random_bytes_that_fit_the_column() -> None:
    one, two = new_secret(), new_secret()
    assert one != two and len(one) <= 80
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32
    said = headers(one, "msg_1", NOW, b"{}")
    assert said["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_an_alert_is_posted_signed_and_says_why(store: Store, there: Receiver) -> None:
    hook = _hook(there)
    asked = subscription(name="Ports")
    row = alert("Ransomware in Zwolle é", hook=hook, of=asked, owners=3, parts={"NL": "direct"})
    assert deliver_waiting(NOW, outage=Outage()) == 1
    (posted,) = there.posted
    stamp = posted.headers["webhook-timestamp"]
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{row.message_id}.{stamp}.".encode() + posted.body, hashlib.sha256).digest()
    assert posted.headers["webhook-signature"] == f"v1,{base64.b64encode(signed).decode()}"
    assert posted.headers["webhook-id"] == row.message_id
    assert posted.headers["content-type"] == "application/json; charset=utf-8"
    said = json.loads(posted.body)
    assert (said["type"], said["id"], said["timestamp"]) == ("alert", row.message_id, "2026-11-24T12:00:00Z")
    (told,) = said["data"]["alerts"]
    assert told["title"] == "Ransomware in Zwolle é"
    assert told["subscription"] == {"id": asked.pk, "name": "Ports"}
    assert (told["rule"], told["owners"], told["severity"]) == ("domain:cyber", 3, "D")
    assert told["words"] == [["domain", "cyber"], ["", "ransomware"]]
    assert told["kingdom"] == {"NL": "direct"} and told["domains"] == ["cyber"]
    assert told["page"].endswith(f"/signals/{Alert.objects.get().signal_id}")
    after = again(row)
    assert (after.state, after.said, after.attempts) == (State.SENT, "204", 1)
    assert after.text.encode() == posted.body
    assert hook.secret not in after.text


def test_a_receiver_that_fails_gets_the_same_event_later_and_its_others_wait_with_it(
    store: Store, there: Receiver
) -> None:
    hook, fine = _hook(there), _hook(there, "/fine")
    rows = [alert(f"Ransomware {n}", hook=hook) for n in range(3)]
    other = alert("Ransomware elsewhere", hook=fine)
    there.answers.append(Answer(503, {"Retry-After": "600"}, b"<h1>busy</h1>"))
    assert deliver_waiting(NOW, outage=Outage()) == 1
    assert again(other).state == State.SENT
    first = again(rows[0])
    assert (first.state, first.said, first.attempts) == (State.WAITING, "503 busy", 1)
    assert {again(row).due for row in rows} == {NOW + timedelta(minutes=10)}
    assert [again(row).attempts for row in rows[1:]] == [0, 0]
    assert deliver_waiting(NOW + timedelta(minutes=10), outage=Outage()) == 3
    ids = [each.headers["webhook-id"] for each in there.posted if each.target == "/hook"]
    assert ids == [rows[0].message_id, *(row.message_id for row in rows)]
    bodies = [each.body for each in there.posted if each.headers["webhook-id"] == rows[0].message_id]
    assert len(bodies) == 2 and bodies[0] == bodies[1]
    assert not again(rows[0]).resent, "503 says that it was not taken"


def test_a_receiver_that_wants_no_more_is_suspended_and_its_owner_told_by_mail(
    store: Store, there: Receiver, sink: smtp.Sink
) -> None:
    hook = _hook(there)
    rows = [alert(f"Ransomware {n}", hook=hook) for n in range(2)]
    there.answers.append(Answer(410, {}, b"gone"))
    Delivery.objects.update(due=NOW)
    deliver_waiting(outage=Outage())
    assert [again(row).state for row in rows] == [State.FAILED, State.DROPPED]
    hook.refresh_from_db()
    assert hook.suspended is not None and hook.suspended_why == "410 gone"
    assert [event.action for event in AuditEvent.objects.all()] == ["webhook.suspend"]
    (told,) = sink.received
    assert told.recipients == ("reader@example.org",)
    assert "410 gone" in str(told.message.get_body(("plain",)))
    assert lift_webhook(hook, "reader@example.org") and not lift_webhook(hook, "reader@example.org")


def test_a_private_address_is_refused_for_good(
    sqlite_store: Store, there: Receiver, settings: LazySettings
) -> None:
    settings.HORIZONSCAN_ALLOW_PRIVATE = []
    row = alert(hook=_hook(there))
    deliver_waiting(NOW, outage=Outage())
    assert again(row).state == State.FAILED and "loopback" in again(row).said
    assert there.posted == [] and Webhook.objects.get().suspended is not None


def test_a_redirect_is_not_followed(sqlite_store: Store, there: Receiver) -> None:
    row = alert(hook=_hook(there))
    there.answers.append(Answer(302, {"Location": there.url("/other")}))
    deliver_waiting(NOW, outage=Outage())
    assert again(row).state == State.WAITING and "redirects are not followed" in again(row).said
    assert len(there.posted) == 1


def test_switched_off_or_removed_it_gets_nothing(sqlite_store: Store, there: Receiver) -> None:
    off, removed = _hook(there), _hook(there)
    rows = [alert("Ransomware one", hook=off), alert("Ransomware two", hook=removed)]
    Webhook.objects.filter(pk=off.pk).update(enabled=False)
    removed.delete()
    deliver_waiting(NOW, outage=Outage())
    assert {again(row).state for row in rows} == {State.DROPPED} and there.posted == []


def test_a_slow_receiver_keeps_no_mail_waiting(store: Store, there: Receiver, sink: smtp.Sink) -> None:
    there.answers.append(Answer(204, slow=2))
    slow = alert("Ransomware slow", hook=_hook(there))
    mails = [alert(f"Ransomware {n}") for n in range(3)]
    taken: list[float] = []
    sink.told = lambda received: taken.append(time.monotonic())
    began = time.monotonic()
    assert deliver_waiting(NOW, outage=Outage()) == 4
    ended = time.monotonic()
    assert again(slow).state == State.SENT and {again(row).state for row in mails} == {State.SENT}
    # The mail is through long before the receiver has answered.
    assert max(taken) - began < (ended - began) / 2 and ended - began >= 2
