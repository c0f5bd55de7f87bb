"""Subscriptions on pages: the sentence, what it would have told, muting, pausing, deleting, taking back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.models import AuditEvent
from ingest.models import Signal, Source
from notify.models import Alert, Subscription, Webhook
from tests.web.conftest import ClientFor, words
from web.subscribing import Typed

SENTENCE = {"sent": "1", "mode": "instant", "domain": "cyber", "part": "SX", "least": "C", "by_mail": "1"}


def a_signal(slug: str = "wire") -> Signal:
    now = timezone.now()
    source = Source.objects.create(slug=slug, name=slug.title(), url=f"https://{slug}.example.org/feed")
    return Signal.objects.create(
        source=source, identity="1", title="Outage", content_hash="1", as_of=now, published=now, seen=now
    )


def test_the_sentence_makes_a_subscription_and_comes_back_filled(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    answer = client.post("/subscriptions/new", SENTENCE | {"q": "ransomware", "name": "Mine"})
    made = Subscription.objects.get()
    assert answer["Location"] == f"/subscriptions/{made.pk}"
    assert (made.domains, made.parts, made.least, made.query) == (["cyber"], ["SX"], "C", "ransomware")
    page = client.get(answer["Location"]).content.decode()
    assert 'value="ransomware"' in page
    assert 'value="cyber" checked' in page
    assert AuditEvent.objects.filter(action="subscription.add", origin="page").count() == 1


def test_the_form_is_filled_from_an_address(client_for: ClientFor) -> None:
    page = client_for("analyst", "nl").get("/subscriptions/new?q=storing+haven&domain=cyber").content.decode()
    assert 'value="storing haven"' in page
    assert 'value="cyber" checked' in page


def test_an_unreadable_query_is_refused_with_its_place_and_kept(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    answer = client.post("/subscriptions/new", SENTENCE | {"q": "harbour severity:Q", "name": "Kept"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert not Subscription.objects.exists()
    assert '<b class="place">severity:Q</b>' in page
    assert 'value="harbour severity:Q"' in page
    assert 'value="Kept"' in page


def test_a_way_out_is_needed(client_for: ClientFor) -> None:
    sent = {name: value for name, value in SENTENCE.items() if name != "by_mail"}
    answer = client_for("analyst", "en").post("/subscriptions/new", sent)
    assert answer.status_code == 400
    assert "Choose mail, a webhook or both" in words(answer.content)


def test_looking_saves_nothing_and_says_when_nothing_is_gathered(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    page = client.post("/subscriptions/new", SENTENCE | {"look": "1"})
    assert page.status_code == 200
    part = client.post("/subscriptions/outlook", SENTENCE)
    assert "cannot be said now" in words(part.content)
    assert not Subscription.objects.exists()


def test_paused_resumed_deleted_and_taken_back(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    row = Subscription.objects.create(user=client.user, domains=["cyber"])  # type: ignore[attr-defined]
    client.post(f"/subscriptions/{row.pk}/pause")
    row.refresh_from_db()
    assert row.paused
    client.post(f"/subscriptions/{row.pk}/resume")
    row.refresh_from_db()
    assert row.paused is None
    client.post(f"/subscriptions/{row.pk}/delete")
    row.refresh_from_db()
    assert row.deleted
    assert "Take back" in words(client.get("/subscriptions").content)
    client.post(f"/subscriptions/{row.pk}/restore")
    row.refresh_from_db()
    assert row.deleted is None
    assert timezone.now() - row.since < timedelta(minutes=1)
    done = set(AuditEvent.objects.values_list("action", flat=True))
    assert {f"subscription.{deed}" for deed in ("pause", "resume", "delete", "restore")} <= done


@pytest.mark.parametrize("deed", ["pause", "resume", "delete", "restore", "unmute"])
def test_a_link_changes_nothing(client_for: ClientFor, deed: str) -> None:
    client = client_for("analyst")
    row = Subscription.objects.create(user=client.user)  # type: ignore[attr-defined]
    assert client.get(f"/subscriptions/{row.pk}/{deed}").status_code == 405


def test_a_signal_and_a_source_are_muted_and_told_again(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    row = Subscription.objects.create(user=client.user)  # type: ignore[attr-defined]
    signal = a_signal()
    address = f"/subscriptions/{row.pk}/mute?signal={signal.pk}"
    assert "Outage" in words(client.get(address).content)
    row.refresh_from_db()
    assert row.muted_groups == []
    client.post(f"/subscriptions/{row.pk}/mute", {"signal": signal.pk})
    client.post(f"/subscriptions/{row.pk}/mute", {"source": "wire"})
    row.refresh_from_db()
    assert (row.muted_groups, row.muted_sources) == ([signal.pk], ["wire"])
    assert client.post(f"/subscriptions/{row.pk}/mute", {"source": "nobody"}).status_code == 400
    client.post(f"/subscriptions/{row.pk}/unmute", {"signal": signal.pk})
    row.refresh_from_db()
    assert (row.muted_groups, row.muted_sources) == ([], ["wire"])


def test_only_the_owner_and_administrators_see_a_subscription(client_for: ClientFor) -> None:
    owner = client_for("analyst", "en")
    row = Subscription.objects.create(user=owner.user, name="Harbours")  # type: ignore[attr-defined]
    other = client_for("analyst", "en", email="other@example.org")
    admin = client_for("admin", "en")
    assert other.get(f"/subscriptions/{row.pk}").status_code == 404
    assert other.get(f"/subscriptions/of/{row.user_id}").status_code == 403
    assert "Harbours" in words(admin.get(f"/subscriptions/of/{row.user_id}").content)
    assert "Harbours" in words(admin.get(f"/subscriptions/{row.pk}").content)
    assert admin.post(f"/subscriptions/{row.pk}", SENTENCE).status_code == 404
    assert admin.post(f"/subscriptions/{row.pk}/pause").status_code == 404


def test_a_webhooks_secret_is_shown_once(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    page = client.post("/webhooks", {"url": "https://hooks.example.org/x"})
    hook = Webhook.objects.get()
    assert hook.secret in page.content.decode()
    assert hook.secret not in client.get("/webhooks").content.decode()
    refused = client.post("/webhooks", {"url": "ftp://hooks.example.org/x"})
    assert refused.status_code == 400
    assert "ftp://hooks.example.org/x" in refused.content.decode()


def test_a_test_to_a_private_address_is_refused_in_words(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    hook = Webhook.objects.create(user=client.user, url="http://10.0.0.1/x", secret="s")  # type: ignore[attr-defined]
    page = client.post(f"/webhooks/{hook.pk}/test", follow=True)
    assert "The test did not arrive" in words(page.content)


def test_a_deleted_webhook_silences_nothing(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    user = client.user  # type: ignore[attr-defined]
    hook = Webhook.objects.create(user=user, url="https://hooks.example.org/x", secret="s")
    row = Subscription.objects.create(user=user, webhook=hook, by_mail=False)
    client.post(f"/webhooks/{hook.pk}/delete")
    row.refresh_from_db()
    assert (row.webhook_id, row.by_mail) == (None, True)


def test_the_list_says_what_each_told_last(client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    row = Subscription.objects.create(user=client.user, name="Harbours")  # type: ignore[attr-defined]
    signal = a_signal()
    for title, owners, held in (("Crane down", 1, ""), ("Lock jammed", 3, "cap")):
        Alert.objects.create(
            subscription=row,
            signal=signal,
            group=signal.pk,
            why="first",
            owners=owners,
            rule="domain:cyber",
            words=[["", "crane"]],
            title=title,
            held=held,
        )
    listed = words(client.get("/subscriptions").content)
    assert "Lock jammed" in listed
    assert "Crane down" not in listed
    page = words(client.get(f"/subscriptions/{row.pk}").content)
    assert "held for the digest: the day&#x27;s limit was reached" in page
    assert "domain:cyber" in page


@pytest.mark.parametrize(
    ("searched", "fields"),
    [
        ("storing domain:infrastructure", {"query": "storing", "domains": ("infrastructure",)}),
        ("domein:cyber", {"query": "", "domains": ("cyber",)}),
        ("deel:sx water", {"query": "water", "parts": ("SX",)}),
        ("threat:cyber.ransomware domain:cyber", {"domains": ("cyber",), "threats": ("cyber.ransomware",)}),
        # Both must hold in a search, either would do in the sentence.
        ("domain:cyber domain:crime", {"query": "domain:cyber domain:crime", "domains": ()}),
        ("water OR domain:cyber", {"query": "water OR domain:cyber", "domains": ()}),
        ("-domain:cyber water", {"query": "-domain:cyber water", "domains": ()}),
        ("(water", {"query": "(water"}),
        ("domain:nonsense", {"query": "domain:nonsense", "domains": ()}),
    ],
)
def test_what_was_searched_goes_to_its_place_in_the_sentence(searched: str, fields: dict[str, Any]) -> None:
    typed = Typed.searched(QueryDict(f"q={quote(searched)}"))
    assert {name: getattr(typed, name) for name in fields} == fields
