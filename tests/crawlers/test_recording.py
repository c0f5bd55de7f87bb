"""Polls into SQL, on both kinds of store: batches, positions, moves, reservations, what cannot be stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import zstandard
from django.db import OperationalError
from django.utils import timezone

from accounts.models import AuditEvent
from crawlers import leases, recording
from crawlers.decide import answers, tdm
from crawlers.models import PollResult
from crawlers.polls import Answer, Job, Poll
from ingest.models import Fetch, Source, SourceState
from tests.conftest import Store

BODY = b"<rss version='2.0'><channel><item><title>Invented</title></item></channel></rss>"


def _job(slug: str, **values: object) -> Job:
    source = Source.objects.create(slug=slug, name=slug, url=f"https://{slug}.example/feed", **values)
    SourceState.objects.create(source=source)
    return leases.job_of(Source.objects.select_related("state").get(pk=source.pk))


def _again(job: Job) -> Job:
    return leases.job_of(Source.objects.select_related("state").get(pk=job.source_id))


def _poll(job: Job, now: datetime, status: int = 200, body: bytes = BODY, **headers: str) -> Poll:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answers.ended(Answer(job.url, status, named, body), job, now)


def test_a_batch_stores_bodies_positions_and_health_and_names_the_changed(store: Store) -> None:
    now = timezone.now()
    new, failing, same = _job("new"), _job("failing"), _job("same")
    SourceState.objects.filter(source__slug="same").update(body_hash=hashlib.sha256(BODY).hexdigest())
    polls = [
        _poll(new, now, etag='"1"', last_modified="yesterday"),
        _poll(failing, now, 503),
        _poll(_again(same), now, etag='"2"'),
    ]
    assert recording.record(polls, now) == [new.source_id]
    fetch = Fetch.objects.get()
    assert (fetch.source_id, fetch.state, fetch.size, fetch.as_of) == (
        new.source_id,
        "waiting",
        len(BODY),
        now,
    )
    assert zstandard.decompress(bytes(fetch.body or b"")) == BODY
    assert (_again(new).etag, _again(new).last_modified) == ('"1"', "yesterday")
    assert _again(same).etag == '"2"' and _again(same).unchanged == 1
    states = {row.source.slug: row for row in SourceState.objects.select_related("source")}
    assert states["failing"].health == "error" and states["failing"].failures == 1
    assert all(state.next_due > now and state.polls == 1 for state in states.values())


def test_what_ingest_wrote_in_the_meantime_stays(store: Store) -> None:
    now = timezone.now()
    job = _job("one")
    poll = _poll(job, now)
    SourceState.objects.filter(pk=job.source_id).update(
        signals=7, position=now, format="rss", lease_holder="worker"
    )
    recording.record([poll], now)
    state = SourceState.objects.get(pk=job.source_id)
    assert (state.signals, state.position, state.format, state.lease_holder) == (7, now, "rss", "worker")


def test_a_move_is_stored_once_with_an_audit_line_unless_the_operator_was_faster(store: Store) -> None:
    now = timezone.now()
    job, other = _job("one"), _job("other")
    Source.objects.filter(slug="other").update(url="https://other.example/by-hand")
    moved = [replace(_poll(each, now), moved_to=f"https://{each.slug}.example/new") for each in (job, other)]
    recording.record(moved, now)
    assert Source.objects.get(slug="one").url == "https://one.example/new"
    assert Source.objects.get(slug="other").url == "https://other.example/by-hand"
    event = AuditEvent.objects.get(action="source.moved")
    assert (event.actor, event.object) == ("crawler", "one")


def test_the_tdm_decision_keeps_the_date_on_which_it_was_taken(store: Store) -> None:
    first = timezone.now()
    job = _job("one")
    reserved = tdm.Reservation(True, "header tdm-reservation: 1", "https://p.example/")
    recording.record([replace(_poll(job, first), reservation=reserved)], first)
    later = first + timedelta(hours=1)
    recording.record([replace(_poll(_again(job), later, 304), reservation=reserved)], later)
    kept = PollResult.objects.get()
    assert (kept.tdm_reserved, kept.tdm_decided, kept.tdm_policy) == (True, first, "https://p.example/")
    free = tdm.Reservation(False, "header tdm-reservation: 0")
    recording.record([replace(_poll(_again(job), later), reservation=free)], later)
    kept = PollResult.objects.get()
    assert (kept.tdm_reserved, kept.tdm_decided) == (False, later)


def test_hostile_headers_store_on_every_database(store: Store) -> None:
    now = timezone.now()
    job = _job("one")
    poll = _poll(
        job, now, etag='"\x00"', last_modified="\xff\xfe", content_type="text/xml\x00; charset=" + "x" * 999
    )
    recording.record([poll], now)
    page = b"<html><title>a\x00b</title>"
    recording.record([_poll(_again(job), now, body=page)], now)
    assert (_again(job).etag, _again(job).last_modified) == ("", "\xff\xfe")
    assert 'titled "ab"' in SourceState.objects.get().last_error


def test_one_poll_that_cannot_be_stored_costs_only_its_own_source(store: Store) -> None:
    now = timezone.now()
    good, bad = _job("good"), _job("bad")
    poison = replace(_poll(bad, now), status=-5 if store.kind == "postgresql" else 10**30)
    changed = recording.record_each([_poll(good, now), poison], now)
    assert changed == [good.source_id]
    state = SourceState.objects.get(source__slug="bad")
    assert "could not be stored" in state.last_error and state.next_due > now
    assert [fetch.source_id for fetch in Fetch.objects.all()] == [good.source_id]


def test_a_store_that_is_away_raises_and_stores_nothing(sqlite_store: Store) -> None:
    now = timezone.now()
    job = _job("one")

    def away(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "ingest_fetch" in sql:
            raise OperationalError("the disk is gone")
        return execute(sql, *rest)

    from django.db import connection

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        recording.record_each([_poll(job, now)], now)
    assert _again(job).polls == 0 and not Fetch.objects.exists()
    assert recording.record_each([_poll(job, now)], now) == [job.source_id]


def test_a_source_deleted_during_its_poll_is_let_go(store: Store) -> None:
    now = timezone.now()
    job, kept = _job("gone"), _job("kept")
    polls = [_poll(job, now), _poll(kept, now)]
    Source.objects.get(slug="gone").delete()
    assert recording.record(polls, now) == [kept.source_id]
