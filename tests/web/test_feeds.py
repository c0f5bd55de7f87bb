"""Outgoing feeds: private addresses that are shown once, read by feed readers, and end when revoked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from ingest import formats
from search import feed_tokens
from search.embedded import Embedded
from search.models import FeedToken
from tests.web import found
from tests.web.conftest import ClientFor, words


@pytest.fixture
def engine(sqlite_store: Any, tmp_path: Path) -> Iterator[Embedded]:
    with found.indexed(tmp_path / "data") as engine:
        yield engine


@pytest.fixture
def corpus(engine: Embedded) -> Embedded:
    for number in range(3):
        found.store(
            f"Aanval {number} & <i>meer</i>", "Uitval.", hours=number + 1, domains=["cyber"], severity="C"
        )
    found.store("Geen domein aanval")
    found.index(engine)
    return engine


def _made(client: Client, query: str) -> dict[str, str]:
    content = client.post("/feeds", {"q": query}).content.decode()
    return {
        each.rpartition(".")[2]: each
        for each in re.findall(r"<code>https?://[^/]+(/feeds/[^<]+)</code>", content)
    }


def test_a_feed_is_read_without_signing_in_in_three_forms(corpus: Embedded, client_for: ClientFor) -> None:
    addresses = _made(client_for("reader"), "aanval")
    assert set(addresses) == {"rss", "atom", "json"}
    stranger = client_for("anyone")
    for form in ("rss", "atom"):
        answer = stranger.get(addresses[form])
        assert answer["Content-Type"].startswith(f"application/{form}+xml")
        document = feedparser.parse(answer.content)
        assert not document.bozo and len(document.entries) == 3, "signals of no domain are left out"
        assert document.entries[0].title == "Aanval 0 & <i>meer</i>"
        assert "ernst C" in document.entries[0].summary
    answer = stranger.get(addresses["json"])
    document = json.loads(answer.content)
    assert document["version"] == "https://jsonfeed.org/version/1.1" and len(document["items"]) == 3
    assert document["items"][0]["tags"] == ["cyber"]
    for form in addresses:
        content = stranger.get(addresses[form]).content
        assert addresses[form].split("/")[2].partition(".")[0].encode() not in content, "the token stays out"
        assert len(formats.parse(content).entries) == 3, "what we write we can read"


def test_what_did_not_change_is_not_sent_again(corpus: Embedded, client_for: ClientFor) -> None:
    address = _made(client_for(), "aanval")["rss"]
    stranger = client_for("anyone")
    first = stranger.get(address)
    again = stranger.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == first["ETag"]
    assert stranger.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    found.store("Weer een aanval", hours=0, domains=["cyber"])
    found.index(corpus)
    changed = stranger.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]
    empty = _made(client_for(), "nergens")["rss"]
    tag = stranger.get(empty)["ETag"]
    assert stranger.get(empty, headers={"If-None-Match": tag}).status_code == 304


def test_the_token_is_stored_hashed_shown_once_and_named_nowhere(
    corpus: Embedded, client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_for()
    caplog.set_level("DEBUG")
    token = _made(client, "geheime aanval")["rss"].split("/")[2].partition(".")[0]
    feed = FeedToken.objects.get()
    assert token not in feed.token_hash and len(feed.token_hash) == 64
    page = client.get("/feeds").content
    assert token.encode() not in page and b"geheime aanval" in page
    client_for("anyone").get(f"/feeds/{token}.json")
    feed_tokens.revoke(feed, actor="analyst@example.org")
    assert client_for("anyone").get(f"/feeds/{token}.json").status_code == 404
    assert token not in caplog.text and "geheime" not in caplog.text
    assert token not in str(list(AuditEvent.objects.values_list("action", "object", "detail")))


def test_revoked_unknown_and_orphaned_tokens_are_answered_alike(
    corpus: Embedded, client_for: ClientFor
) -> None:
    client, stranger = client_for("reader"), client_for("anyone")
    address = _made(client, "aanval")["atom"]
    assert stranger.get(address).status_code == 200
    feed = FeedToken.objects.get()
    assert client_for("analyst").post(f"/feeds/{feed.pk}/revoke").status_code == 404, "another's feed"
    client.post(f"/feeds/{feed.pk}/revoke")
    assert stranger.get(address).status_code == 404
    assert "ingetrokken" in words(client.get("/feeds").content)
    assert stranger.get(f"/feeds/{'x' * 43}.rss").status_code == 404
    other = _made(client, "aanval")["rss"]
    user: Any = client.user  # type: ignore[attr-defined]
    user.is_active = False
    user.save()
    assert stranger.get(other).status_code == 404, "who may no longer sign in reads no feed either"


def test_an_administrator_sees_and_ends_feeds_of_others_without_their_queries(
    corpus: Embedded, client_for: ClientFor
) -> None:
    address = _made(client_for("reader"), "geheime aanval")["rss"]
    admin = client_for("admin")
    text = words(admin.get("/feeds").content)
    assert "reader@example.org" in text and "geheime" not in text
    admin.post(f"/feeds/{FeedToken.objects.get().pk}/revoke")
    assert client_for("anyone").get(address).status_code == 404
    assert AuditEvent.objects.filter(action="feed revoked", actor="admin@example.org").exists()


def test_a_query_that_cannot_be_read_makes_no_feed_and_is_kept(
    corpus: Embedded, client_for: ClientFor
) -> None:
    answer = client_for().post("/feeds", {"q": "ernst:zwaar"})
    assert answer.status_code == 400 and b'value="ernst:zwaar"' in answer.content
    assert not FeedToken.objects.exists()


def test_use_is_noted_once_an_hour(corpus: Embedded, client_for: ClientFor) -> None:
    user: Any = client_for().user  # type: ignore[attr-defined]
    feed, token = feed_tokens.make(user, "aanval")
    now = timezone.now()
    feed_tokens.read(token, now)
    feed_tokens.read(token, now + timedelta(minutes=30))
    feed.refresh_from_db()
    assert feed.used == now
    feed_tokens.read(token, now + timedelta(hours=2))
    feed.refresh_from_db()
    assert feed.used == now + timedelta(hours=2)


def test_a_silent_search_server_asks_readers_to_come_back(
    corpus: Embedded,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from search.engine import EngineUnavailable

    address = _made(client_for(), "aanval")["rss"]

    def silent(*_: object) -> None:
        raise EngineUnavailable("no answer")

    monkeypatch.setattr(Embedded, "search", silent)
    caplog.set_level("DEBUG")
    answer = client_for("anyone").get(address)
    assert answer.status_code == 503 and answer["Retry-After"] == "300"
    assert address.split("/")[2] not in caplog.text
