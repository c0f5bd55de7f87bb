"""What is told is kept for its time, no longer and no shorter."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import retention as of_accounts
from accounts.models import Attempt, OneTimeLink, User
from notify import retention
from notify.models import Delivery, Subscription
from tests.conftest import Store


def _sent(number: int, days: int) -> Delivery:
    at = timezone.now() - timedelta(days=days)
    return Delivery.objects.create(
        kind="alert", message_id=f"<{number}@example.org>", state="sent", text="told", html="told",
        made=at, ended=at,
    )  # fmt: skip


def test_bodies_go_first_then_the_row_and_what_waits_stays(store: Store) -> None:
    new, old, oldest = _sent(1, 29), _sent(2, 31), _sent(3, 181)
    waiting = Delivery.objects.create(
        kind="alert", message_id="<4@example.org>", text="waits", made=timezone.now() - timedelta(days=400)
    )
    done = retention.retain(timezone.now())
    assert done["mail_bodies"] == 2 and done["deliveries"] == 1
    assert not Delivery.objects.filter(pk=oldest.pk).exists()
    for row, text in ((new, "told"), (old, ""), (waiting, "waits")):
        row.refresh_from_db()
        assert row.text == text
    assert not any(retention.retain(timezone.now()).values())


def test_a_deleted_subscription_goes_a_month_later(store: Store) -> None:
    user = User.objects.create_user("reader@example.org")
    now = timezone.now()
    kept = Subscription.objects.create(user=user, deleted=now - timedelta(days=29))
    Subscription.objects.create(user=user, deleted=now - timedelta(days=31))
    assert retention.retain(now)["subscriptions"] == 1
    assert list(Subscription.objects.all()) == [kept]


def test_spent_links_attempts_and_ended_sessions_go(store: Store) -> None:
    user = User.objects.create_user("reader@example.org")
    now = timezone.now()
    for number, days in ((1, 29), (2, 31)):
        OneTimeLink.objects.create(
            user=user, purpose="reset", token_hash=str(number), expires=now - timedelta(days=days)
        )
        Attempt.objects.create(key="k", at=now - timedelta(hours=number * 20))
        Session.objects.create(
            session_key=str(number), session_data="", expire_date=now + timedelta(days=30 - days)
        )
    assert of_accounts.retain(now) == {"links": 1, "attempts": 1, "sessions": 1}
