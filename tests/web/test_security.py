"""Hostile input at every page: refused or read as text, never a failure of ours, never somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone
from structlog.testing import capture_logs

from accounts import links
from accounts.models import User
from ingest.models import Signal
from notify import broken, rematching
from notify.models import Delivery, Subscription, Webhook
from search import feed_tokens, saved
from search.embedded import Embedded
from search.query import QueryError
from tests.conftest import Store
from tests.web import found
from tests.web.conftest import ClientFor
from web.numbers import number
from web.turns import turn
from web.views.sign_in import origin

#: More digits than Python turns into a number.
LONG = "9" * 5000


@pytest.fixture
def engine(sqlite_store: Any, tmp_path: Path) -> Iterator[Embedded]:
    with found.indexed(tmp_path / "data") as engine:
        yield engine


@pytest.mark.parametrize("address", ["http://[", "//[::1", "", "http://elsewhere.example//evil.example/x"])
def test_an_htmx_request_of_a_stranger_with_a_strange_address(client_for: ClientFor, address: str) -> None:
    client = client_for("anyone", raise_request_exception=False)
    answer = client.get("/search", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert answer.status_code == 401 and answer["HX-Redirect"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("text", "read"),
    [("7", 7), ("", None), ("-1", None), ("٣", None), ("²", None), (LONG, None), ("9" * 18, int("9" * 18))],
)
def test_numbers_of_rows(text: str, read: int | None) -> None:
    assert number(text) == read


def test_numbers_that_no_row_has_are_no_failure(client_for: ClientFor) -> None:
    client = client_for("admin", raise_request_exception=False)
    user = client.user  # type: ignore[attr-defined]
    row = Subscription.objects.create(user=user)
    signal = found.store("Aanval op een haven")
    at = f"/subscriptions/{row.pk}"
    for path in (f"{at}/mute", f"/signals/{signal.pk}"):
        answer = client.get(path, {"signal": LONG, "whynot": LONG, "from": LONG})
        assert answer.status_code == 200, path
    for path, form in (
        (f"{at}/mute", {"signal": LONG}),
        (f"{at}/unmute", {"signal": LONG}),
        ("/subscriptions/outlook", {"row": LONG, "domain": "cyber"}),
        ("/operator/lift", {"user": LONG}),
        ("/operator/lift", {"webhook": LONG}),
        (f"/signals/{signal.pk}/undo", {"correction": LONG}),
        (f"/signals/{signal.pk}/correct", {"kind": "duplicate", "value": LONG}),
    ):
        answer = client.post(path, form)
        assert answer.status_code < 500, (path, form.keys())


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_control_characters_break_no_feed(engine: Embedded, client_for: ClientFor, form: str) -> None:
    signal = found.store("Aanval op een haven", "Uitval.", domains=["cyber"])
    found.index(engine)
    Signal.objects.filter(pk=signal.pk).update(
        title="Aanval\x01 op een\x0b haven\ufffe", excerpt="Uitval\x00.\x1f]]><script>alert(1)</script>"
    )
    client = client_for("reader", raise_request_exception=False)
    for query in ("aanval", "aanval OR \x01"):
        _row, token = feed_tokens.make(client.user, query)  # type: ignore[attr-defined]
        answer = client_for("anyone", raise_request_exception=False).get(f"/feeds/{token}.{form}")
        assert answer.status_code == 200, query
        assert answer["X-Content-Type-Options"] == "nosniff"
        if form != "json":
            document = feedparser.parse(answer.content)
            assert not document.bozo and len(document.entries) == 1
            assert b"<script" not in answer.content


def test_nobody_reaches_what_is_somebody_elses(client_for: ClientFor) -> None:
    owner = client_for("reader", email="owner@example.org").user  # type: ignore[attr-defined]
    row = Subscription.objects.create(user=owner)
    hook = Webhook.objects.create(user=owner, url="https://example.org/alerts", secret="whsec_AAAA")
    feed, _token = feed_tokens.make(owner, "haven")
    search = saved.save(owner, "mine", "haven", "published")
    mail = Delivery.objects.create(
        user=owner, kind="notice", address=owner.email, text="words", html="<p>words</p>", message_id="<1@x>"
    )
    other = client_for("analyst")
    for path in (
        f"/subscriptions/{row.pk}",
        f"/subscriptions/{row.pk}/mute",
        f"/searches/{search.pk}",
        f"/deliveries/{mail.pk}",
        f"/deliveries/{mail.pk}/html",
    ):
        assert other.get(path).status_code == 404, path
    assert other.get(f"/subscriptions/of/{owner.pk}").status_code == 403
    for path in (
        *(
            f"/subscriptions/{row.pk}{end}"
            for end in ("", "/mute", "/unmute", "/pause", "/resume", "/delete")
        ),
        f"/subscriptions/{row.pk}/restore",
        *(f"/webhooks/{hook.pk}/{end}" for end in ("edit", "test", "delete")),
        f"/feeds/{feed.pk}/revoke",
        f"/searches/{search.pk}/delete",
    ):
        assert other.post(path, {"url": "https://evil.example/"}).status_code == 404, path
    # A webhook of somebody else is none to tell by.
    other.post("/subscriptions/new", {"domain": "cyber", "webhook": str(hook.pk)})
    assert not Subscription.objects.filter(webhook=hook).exists()


def test_a_planted_session_is_not_the_one_that_signs_in(sqlite_store: Store) -> None:
    user = User.objects.create_user("analyst@example.org", "horizon watch tower")
    client = Client()
    client.get("/subscriptions")
    client.post("/subscriptions/new", {"domain": "cyber"})  # a stranger's session, with what was typed
    planted = client.cookies["horizonscan"].value
    client.post("/sign-in", {"email": user.email, "password": "horizon watch tower"})
    assert client.cookies["horizonscan"].value != planted
    thief = Client()
    thief.cookies["horizonscan"] = planted
    assert thief.get("/account").status_code == 302


def test_a_link_lets_in_once_and_for_its_purpose(sqlite_store: Store) -> None:
    user = User.objects.create_user("analyst@example.org", "horizon watch tower")
    reset = f"/sign-in/link/{links.make(user, 'reset')}"
    entering = f"/sign-in/link/{links.make(user, 'sign-in')}"
    assert Client().post(reset, {}).status_code == 422, "a reset without a new password lets nobody in"
    assert Client().post(entering).status_code == 302
    assert Client().post(entering).status_code == 410
    page = Client().post(reset, {"password": "another watch tower", "again": "another watch tower"})
    assert page.status_code in (302, 422)
    assert Client(enforce_csrf_checks=True).post(reset, {}).status_code in (403, 410)


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "///evil.example",
     "javascript:alert(1)", "/\r\n/evil.example", "\\\\evil.example", " //evil.example"],
)  # fmt: skip
def test_no_address_leads_elsewhere(client_for: ClientFor, address: str) -> None:
    client = client_for("analyst")
    assert client.get("/sign-in", {"next": address})["Location"] == "/"
    assert client.post("/appearance", {"language": "en", "next": address})["Location"] == "/sign-in"
    signal = found.store("Aanval op een haven")
    page = client.get(f"/signals/{signal.pk}", {"from": address}).content.decode()
    assert not re.search(r'(href|value)="[^"]*evil\.example', page) and "alert(1)" not in page
    undone = client.post(f"/signals/{signal.pk}/undo", {"from": address})
    assert undone["Location"] == f"/signals/{signal.pk}"


def test_who_says_to_come_from_elsewhere_waits_all_the_same(client_for: ClientFor) -> None:
    """A header names no origin where no proxy is trusted, and an address is one however it is written."""
    client = client_for("anyone")
    User.objects.create_user("analyst@example.org", "horizon watch tower")
    codes = [
        client.post(
            "/sign-in",
            {"email": email, "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{turn}"},
        ).status_code
        for turn, email in enumerate(
            ("analyst@example.org", "ANALYST@example.org", " Analyst@Example.org") * 3
        )
    ]
    assert codes[0] == 422 and codes[-1] == 429


def test_no_password_waits_in_a_session_that_ended(client_for: ClientFor) -> None:
    """The form of a new password names only one of its three fields so."""
    client = client_for("anyone")
    typed = {"old": "horizon watch tower", "password": "another watch tower", "again": "another watch tower"}
    assert client.post("/account/password", typed).status_code == 302
    assert "tower" not in str(dict(client.session.items()))


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_whose_failures_are_counted_together(peer: str, counted: str) -> None:
    assert origin(RequestFactory().get("/", REMOTE_ADDR=peer)) == counted


def test_a_nul_is_refused_on_every_store(store: Store) -> None:
    """PostgreSQL stores none, and its refusal reads like a store that does not answer."""
    client = Client(raise_request_exception=False)
    user = User.objects.create_user("analyst@example.org")
    client.force_login(user)
    row = Subscription.objects.create(user=user)
    for path in ("/sources/a%00b", "/search/complete?q=source:a%00b", "/deliveries?address=a%00b", "/a%00b"):
        assert client.get(path).status_code == 400, path
    forms: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/searches", {"name": "a\x00b", "q": "haven"}),
        ("/feeds", {"q": "a\x00b"}),
        ("/webhooks", {"url": "https://example.org/a\x00b"}),
        ("/subscriptions/new", {"domain": ["cyber", "a\x00b"]}),
        (f"/subscriptions/{row.pk}/mute", {"source": "a\x00b"}),
    )
    for path, form in forms:
        assert client.post(path, form).status_code == 400, path
    assert client.get("/search/complete", {"q": "source:%00"}).status_code == 200, "a percent sign is typed"
    stranger = Client(raise_request_exception=False)
    stranger.cookies["horizonscan"] = "abcdefgh\x00"
    assert stranger.get("/account").status_code == 400


def test_what_a_subscription_asks_for_is_not_logged(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some queries are refused only when they run, in words that quote them."""

    def refused(*_: object) -> list[int]:
        raise QueryError("more than 1,000 words begin with 'zebra': add letters before the *")

    monkeypatch.setattr(rematching, "meeting", refused)
    row = Subscription.objects.create(user=User.objects.create_user("analyst@example.org"), query="zebra*")
    with capture_logs() as lines:
        rematching.rematch(row, timezone.now())
        assert broken.mark({row.pk: "severity: takes A to E or none, not 'zebra'"}, timezone.now()) == 1
    assert len(lines) == 2 and "zebra" not in str(lines)


def test_what_waits_for_another_server_leaves_pages_a_thread(client_for: ClientFor) -> None:
    client = client_for("reader")
    hook = Webhook.objects.create(user=User.objects.get(), url="https://hook.example.org/x", secret="s")
    with turn() as one, turn() as two, turn() as three:
        assert (one, two, three) == (True, True, False)
        answer = client.post(f"/webhooks/{hook.pk}/test", follow=True)
    assert "andere proeven" in answer.content.decode()
    with turn() as again:
        assert again


def test_a_stranger_fills_no_store_with_forms(client_for: ClientFor) -> None:
    client_for("reader")
    for _ in range(40):
        answer = Client().post("/account", {"language": "en", "typed": "x" * 20_000})
        assert answer.status_code == 302
    assert Session.objects.count() <= 32
