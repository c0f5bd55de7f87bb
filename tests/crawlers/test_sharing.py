"""Several crawlers share the sources of one store; a killed one's hosts are taken over; leases in SQL."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from crawlers import leases
from crawlers.models import Host
from ingest.models import Source, SourceState
from tests.conftest import Store
from tests.crawlers import running
from tests.sites.server import answer, feed, fixed, serving

DB = "shared"


def _source(slug: str, url: str, **values: object) -> Source:
    source = Source.objects.create(slug=slug, name=slug, url=url, **values)
    SourceState.objects.create(source=source)
    return source


def test_a_host_is_leased_to_one_crawler_with_all_its_due_sources(store: Store) -> None:
    now = timezone.now() + timedelta(seconds=1)
    for slug, url in (
        ("a", "https://one.example/a"),
        ("b", "https://one.example/b"),
        ("c", "https://two.example/"),
    ):
        _source(slug, url)
    _source("off", "https://three.example/", enabled=False)
    _source("recorded file", "")
    gone = _source("gone", "https://four.example/")
    SourceState.objects.filter(source=gone).update(last_status=410)
    first = leases.claim("first", now, set(), room=1)
    assert [(v.host, sorted(j.slug for j in v.jobs)) for v in first] == [("one.example", ["a", "b"])]
    second = leases.claim("second", now, set(), room=9)
    assert [v.host for v in second] == ["two.example"]
    assert leases.claim("third", now, set(), room=9) == []
    assert leases.claim("first", now, {"one.example"}, room=9) == []


def test_hosts_that_failed_last_time_never_take_all_the_room(store: Store) -> None:
    now = timezone.now() + timedelta(seconds=1)
    for number in range(6):
        ill = _source(f"ill-{number}", f"https://ill-{number}.example/")
        SourceState.objects.filter(source=ill).update(failures=2, next_due=now - timedelta(hours=1))
    for number in range(3):
        _source(f"well-{number}", f"https://well-{number}.example/")
    _source("ill-0-too", "https://ill-0.example/other")
    visits = leases.claim("one", now, set(), room=6, failing=2)
    assert sorted(v.host[:4] for v in visits) == ["ill-"] * 3 + ["well"] * 3
    assert [v.host for v in visits if not v.failing] == ["ill-0.example", *(v.host for v in visits[1:4])]
    assert leases.claim("two", now, set(), room=6, failing=0) == []
    assert len(leases.claim("three", now, set(), room=9)) == 3


def test_a_lease_is_renewed_given_back_or_runs_out(store: Store) -> None:
    now = timezone.now() + timedelta(seconds=1)
    _source("a", "https://one.example/a")
    assert leases.claim("first", now, set(), room=9)
    almost = now + leases.LEASE - timedelta(seconds=1)
    leases.renew("first", almost, ["one.example"])
    after = now + leases.LEASE + timedelta(seconds=1)
    assert leases.claim("second", after, set(), room=9) == []
    leases.release("second", {"one.example": after})
    assert Host.objects.get().lease_holder == "first"
    leases.release("first", {"one.example": after + timedelta(seconds=5)})
    assert leases.claim("second", after, set(), room=9) == []
    assert leases.claim("second", after + timedelta(seconds=5), set(), room=9)
    dead = after + timedelta(seconds=6) + leases.LEASE
    assert [v.host for v in leases.claim("third", dead, set(), room=9)] == ["one.example"]


def test_a_crawler_that_died_on_this_machine_leaves_nothing_to_wait_for(store: Store) -> None:
    now = timezone.now() + timedelta(seconds=1)
    _source("a", "https://one.example/a")
    ended = subprocess.Popen(["true"])
    ended.wait()
    me = leases.holder_name()
    assert leases.claim(me.replace(f":{os.getpid()}:", f":{ended.pid}:"), now, set(), room=9)
    assert leases.bury() == 1
    assert leases.claim(me, now, set(), room=9)
    assert leases.claim("elsewhere:1:x", now, set(), room=9) == [] and leases.bury() == 0


def test_a_source_without_a_state_gets_one(store: Store) -> None:
    Source.objects.create(slug="a", name="a", url="https://one.example/a")
    assert leases.claim("first", timezone.now() + timedelta(seconds=1), set(), room=9)


def test_two_crawlers_never_ask_one_host_at_once_and_one_goes_on_alone(tmp_path: Path) -> None:
    running.database(DB, tmp_path)
    with ExitStack() as stack:
        sites = [
            stack.enter_context(serving(f"127.9.3.{n}", {"/feed": fixed(answer(200, feed(f"Invented {n}")))}))
            for n in range(1, 9)
        ]
        for site in sites:
            source = Source(slug=site.host, name=site.host, url=site.url(), interval=1)
            source.save(using=DB)
            SourceState(source=source).save(using=DB)
        connections[DB].close()
        first = stack.enter_context(running.crawler(tmp_path, "first"))
        stack.enter_context(running.crawler(tmp_path, "second"))
        running.wait_until(
            lambda: all(len(s.requests("/feed")) >= 3 for s in sites), 30, "three polls of each"
        )
        # On a busy machine one may be ready seconds after the other.
        logs = [tmp_path / f"{name}.log" for name in ("first", "second")]
        running.wait_until(
            lambda: all("polled " in log.read_text() for log in logs), 30, "both crawlers poll"
        )
        assert all(site.most_at_once == 1 for site in sites)
        for site in sites:
            moments = [request.begun for request in site.requests("/feed")]
            assert all(b - a > 0.8 for a, b in itertools.pairwise(moments)), "never sooner than the interval"
        os.kill(first.pid, signal.SIGKILL)
        first.wait(5)
        before = {site.host: len(site.asked) for site in sites}
        running.wait_until(lambda: all(len(s.asked) > before[s.host] + 1 for s in sites), 20, "taken over")
    connections[DB].close()
