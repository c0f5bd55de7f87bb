"""Links in mail: a GET asks, a POST acts without signing in, also a mail client's own."""

from __future__ import annotations

from django.test import Client

from notify.mail import unsubscribe
from notify.models import Reader, Subscription
from tests.web.conftest import ClientFor, words


def test_a_get_changes_nothing_and_one_click_pauses(client_for: ClientFor) -> None:
    owner = client_for("analyst", "en").user  # type: ignore[attr-defined]
    row = Subscription.objects.create(user=owner, name="Harbours")
    address = f"/unsubscribe/{unsubscribe.token(unsubscribe.PAUSE, owner.pk, [row.pk])}"
    stranger = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    assert "Harbours" in words(stranger.get(address).content)
    row.refresh_from_db()
    assert row.paused is None
    body = "List-Unsubscribe=One-Click"
    answer = stranger.post(address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.paused


def test_the_digest_is_stopped_by_the_page_and_it_says_how_to_take_it_back(client_for: ClientFor) -> None:
    owner = client_for("analyst", "en").user  # type: ignore[attr-defined]
    address = f"/unsubscribe/{unsubscribe.token(unsubscribe.DIGEST, owner.pk)}"
    page = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(address)
    assert not Reader.objects.get(user=owner).digest
    assert "mailed no more" in words(page.content)
    assert "Take it back" in words(page.content)


def test_a_link_cut_short_is_said_to_be(client_for: ClientFor) -> None:
    owner = client_for("analyst", "en").user  # type: ignore[attr-defined]
    address = f"/unsubscribe/{unsubscribe.token(unsubscribe.DIGEST, owner.pk)[:-3]}"
    page = Client(headers={"accept-language": "en"}).post(address)
    assert page.status_code == 404
    assert not Reader.objects.filter(digest=False).exists()
