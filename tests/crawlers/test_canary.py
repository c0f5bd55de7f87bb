"""The canary's feed: served by the crawler to itself, and admitted by the guard alone."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from crawlers import canary, coverage, health, leases
from crawlers.guard import Gate, Refused
from crawlers.models import Host
from crawlers.polls import Job
from ingest.fetches import body_of
from ingest.models import Fetch, Source, SourceState
from tests.conftest import Store
from tests.crawlers.running import crawler, database, wait_until

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NONCE = "canarybcdfghjklmnpqrtvwx"


def source(**fields: Any) -> Source:
    """A canary's source that is due."""
    row = Source.objects.create(
        slug="canary", name="Canary", kind=Source.Kind.CANARY, url=canary.URL, interval=604_800,
        spider={"nonce": NONCE, "started": NOON.isoformat()}, **fields,
    )  # fmt: skip
    SourceState.objects.create(source=row, next_due=NOON - timedelta(minutes=1))
    return row


def asked(url: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def with_listener(work: Callable[[canary.Listener, Gate], Any]) -> Any:
    """What `work`, in a thread of its own, made of a listener that answers meanwhile."""

    async def run() -> Any:
        gate, listener = Gate(), canary.Listener()
        await listener.listen(gate)
        try:
            return await asyncio.to_thread(work, listener, gate)
        finally:
            listener.close()

    return asyncio.run(run())


def test_the_guard_admits_that_address_and_port_alone() -> None:
    def refused(gate: Gate, host: str, port: int) -> bool:
        try:
            gate.check_host(host, port)
            gate.check_connection(host, port)
        except Refused:
            return True
        return False

    def work(listener: canary.Listener, gate: Gate) -> list[bool]:
        port = listener.port
        others = [("127.0.0.1", port + 1), ("127.0.0.2", port), ("10.0.0.1", port), ("127.0.0.1", 80)]
        return [refused(gate, "127.0.0.1", port), *(refused(gate, *each) for each in others)]

    assert with_listener(work) == [False, True, True, True, True]


def test_it_serves_the_text_of_the_moment_under_a_path_nobody_can_guess() -> None:
    job = Job(1, "canary", canary.URL, "canary", spider={"nonce": NONCE, "started": NOON.isoformat()})

    def work(listener: canary.Listener, _: Gate) -> list[tuple[int, bytes]]:
        empty = asked(listener.url)
        own = listener.own(job)
        assert own.url == listener.url
        root = f"http://127.0.0.1:{listener.port}"
        return [
            empty, asked(own.url), asked(own.url, **{"If-None-Match": f'"{NONCE}"'}),
            asked(f"{root}/feed"), asked(f"{root}/robots.txt"),
        ]  # fmt: skip

    empty, found, again, guessed, robots = with_listener(work)
    assert json.loads(empty[1])["items"] == []
    items = json.loads(found[1])["items"]
    assert [item["id"] for item in items] == [NONCE] and NONCE in items[0]["title"]
    assert items[0]["date_published"] == NOON.isoformat()
    assert (again[0], guessed[0]) == (304, 404)
    assert robots == (200, b"User-agent: *\nAllow: /\n")


@pytest.mark.parametrize("live", [True, False])
def test_it_is_claimed_whether_live_or_not(sqlite_store: Store, live: bool) -> None:
    source()
    with override_settings(HORIZONSCAN_LIVE=live):
        visits = leases.claim("one", NOON, (), 5)
        other = leases.claim("two", NOON, (), 5)
    assert [(visit.host, visit.jobs[0].kind) for visit in visits] == [("canary.invalid", "canary")]
    assert other == []  # one crawler at a time, whichever machine it is on


def test_it_counts_neither_in_coverage_nor_in_health(store: Store) -> None:
    row = source()
    SourceState.objects.filter(source=row).update(last_error="refused", failures=9)
    assert health.assess(None, NOON) == 0
    assert coverage.coverage(now=NOON).groups[0].total == 0
    assert SourceState.objects.get(source=row).health == "new"


def test_what_former_ports_left_is_forgotten(sqlite_store: Store) -> None:
    old = NOON - timedelta(days=3)
    Host.objects.create(name="127.0.0.1:40001", robots_fetched=old)
    Host.objects.create(name="127.0.0.1:40002", robots_fetched=NOON)
    Host.objects.create(name="feeds.example.org", robots_fetched=old)
    assert canary.forget(NOON) == 1
    assert set(Host.objects.values_list("name", flat=True)) == {"127.0.0.1:40002", "feeds.example.org"}


def test_of_two_crawlers_one_fetches_each_text_from_itself(tmp_path: Path) -> None:
    """Each serves a port of its own; whoever holds the lease fetches, and nobody a port of the other's."""
    database("shared", tmp_path)
    row = Source(slug="canary", name="Canary", kind=Source.Kind.CANARY, url=canary.URL, interval=604_800)
    row.save(using="shared")
    SourceState(source=row, next_due=NOON - timedelta(days=999)).save(using="shared")
    sources, states = Source.objects.using("shared"), SourceState.objects.using("shared")
    fetches = Fetch.objects.using("shared").order_by("pk")
    nonces = [NONCE[:-1] + letter for letter in "bcdf"]
    with crawler(tmp_path, "one"), crawler(tmp_path, "two"):
        for number, nonce in enumerate(nonces, 1):
            sources.update(spider={"nonce": nonce, "started": NOON.isoformat()})
            states.update(next_due=NOON - timedelta(days=999))
            wait_until(lambda n=number: fetches.count() >= n, 30, f"text {number} is fetched")  # type: ignore[misc]
    assert [json.loads(body_of(each))["items"][0]["id"] for each in fetches] == nonces
    assert states.get().failures == 0


def test_the_crawler_fetches_it_from_itself(tmp_path: Path) -> None:
    """Nothing private is allowed, and a proxy that does not exist is set: only its own port answers."""
    database("watched", tmp_path)
    row = Source(
        slug="canary", name="Canary", kind=Source.Kind.CANARY, url=canary.URL, interval=604_800,
        spider={"nonce": NONCE, "started": NOON.isoformat()},
    )  # fmt: skip
    row.save(using="watched")
    SourceState(source=row, next_due=NOON - timedelta(days=999)).save(using="watched")
    more = {
        "HORIZONSCAN_ALLOW_PRIVATE": "",
        "HORIZONSCAN_PROXY": "http://127.0.0.1:9",
        "HORIZONSCAN_LIVE": "0",
    }
    with crawler(tmp_path, **more):
        wait_until(Fetch.objects.using("watched").exists, 30, "the canary is fetched")
    fetch = Fetch.objects.using("watched").get()
    assert json.loads(body_of(fetch))["items"][0]["id"] == NONCE
    state = SourceState.objects.using("watched").get()
    assert (state.last_status, state.etag) == (200, f'"{NONCE}"')
    assert Source.objects.using("watched").get().url == canary.URL
