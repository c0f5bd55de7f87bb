"""The sweep finds what was left behind, and never fills a queue with it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from config.celery import SWEPT, app, send, waiting
from horizonscan.broker import client
from ingest.models import Fetch, Signal, Source, SourceState, Work
from tasks.sweep import sources_left_behind, sweep
from tests.conftest import Store

OLD = timedelta(seconds=30)


def _source(slug: str, leased: bool = False, age: timedelta = OLD) -> Source:
    now = timezone.now()
    source = Source.objects.create(slug=slug, name=slug)
    until = now + OLD if leased else None
    SourceState.objects.create(source=source, lease_until=until, lease_holder="w" if leased else "")
    Fetch.objects.create(source=source, as_of=now, received=now - age, body=b"x", body_hash="h", size=1)
    return source


def _messages(url: str, queue: str) -> list[Any]:
    with client(url) as connection:
        raw = [json.loads(each) for each in connection.lrange(queue, 0, -1)]
    return [json.loads(base64.b64decode(each["body"]))[0] for each in raw]


def test_only_fetches_that_wait_a_while_and_are_nobodys_are_left_behind(store: Store) -> None:
    free = _source("free")
    _source("leased", leased=True)
    _source("fresh", age=timedelta(0))
    done = _source("done")
    Fetch.objects.filter(source=done).update(state=Fetch.State.DONE)
    assert sources_left_behind(timezone.now()) == [free.pk]


def test_sweeping_again_and_again_keeps_one_message_of_each_kind(sqlite_store: Store, broker: str) -> None:
    source = _source("free")
    signal = Signal.objects.create(
        source=source, identity="i", title="t", content_hash="c", as_of=timezone.now(),
        published=timezone.now(), seen=timezone.now(),
    )  # fmt: skip
    Work.objects.create(signal=signal, stage="index", revision=1, since=timezone.now() - OLD)
    for _ in range(3):
        sweep()
    assert _messages(broker, SWEPT) == [[[source.pk]]]
    assert _messages(broker, "sequence") == [[]]
    assert waiting("ingest") == 0

    # The broker forgot everything: the next sweep sends it again, because it asks the store.
    with client(broker) as connection:
        connection.flushall()
    sweep()
    assert (waiting(SWEPT), waiting("sequence")) == (1, 1)


def test_without_a_broker_sending_gives_up_quickly_and_says_so() -> None:
    assert app.conf.broker_url.startswith("redis+socket://")
    assert send("tasks.ingest", [[1]]) is False
    assert send("tasks.sequence", once=True) is False
