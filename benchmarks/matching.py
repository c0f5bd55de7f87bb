"""The match stage with many subscriptions: `python -m benchmarks.matching`.

10,000 subscriptions of 500 readers, no two asking the same; batches of 200 new signals (title and excerpt of
60 words), each met by at most 20. Every match alerts: the caps are lifted, so this is the worst of
a day. The floor is what the same batch takes without deciding anything: its documents built and percolated,
and as many rows written in one transaction. `alone` is one signal: what an alert waits for at rest.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.models import Signal

SUBSCRIPTIONS = 10_000
READERS = 500
BATCH = 200
MOST = 20
DOMAINS = ("cyber", "health", "climate", "crime", "military")


def _subscribe(count: int) -> None:
    from accounts.models import User
    from notify.models import Reader, Subscription

    users = User.objects.bulk_create(
        [User(email=f"reader{n}@example.org", password="!") for n in range(READERS)]
    )
    Reader.objects.bulk_create([Reader(user=user, daily_cap=30_000) for user in users])
    long_ago = _now() - timedelta(days=30)
    rows = []
    for number in range(count):
        asked = (f"mark{number}", f"mark{number} OR never{number}", f'mark{number} -"never {number}"')
        rows.append(
            Subscription(
                user=users[number % READERS],
                domains=[DOMAINS[number % len(DOMAINS)]],
                query=asked[number % 3],
                least=("", "", "A")[number % 3],
                made=long_ago,
                since=long_ago,
                changed=long_ago,
            )
        )
    Subscription.objects.bulk_create(rows, batch_size=2_000)


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _signals(chance: random.Random, first: int, count: int, subscriptions: int) -> list[Signal]:
    from ingest.models import Entry, Signal, Source, Work
    from ingest.outbox import queue

    sources = [
        Source.objects.get_or_create(slug=f"desk-{n}", defaults={"name": f"desk-{n}"})[0] for n in range(50)
    ]
    now = _now()
    rows = []
    for number in range(first, first + count):
        words = [f"word{chance.randrange(20_000)}" for _ in range(60 - MOST)]
        words += [f"mark{n}" for n in chance.sample(range(subscriptions), min(MOST, subscriptions))]
        chance.shuffle(words)
        rows.append(
            Signal(
                source=sources[number % 50],
                identity=f"{number:032x}",
                title=" ".join(words[:10]),
                excerpt=" ".join(words[10:]),
                url=f"https://www.example.org/{number}",
                content_hash=f"{number:032x}",
                as_of=now,
                language=("nl", "en")[number % 2],
                published=now,
                seen=now,
                domains=list(DOMAINS),
                severity="B",
            )
        )
    made = Signal.objects.bulk_create(rows)
    Entry.objects.bulk_create(
        [
            Entry(
                source=s.source, identity=s.identity, content_hash="", signal=s, first_seen=now, last_seen=now
            )
            for s in made
        ]
    )
    queue(made, (Work.Stage.MATCH,))
    return made


def _percolating(signals: Sequence[Signal]) -> float:
    """Seconds for building these signals' documents and percolating them."""
    from notify import standing
    from search.indexing import documents_of

    found = standing.standing()
    found.refresh()
    started = time.perf_counter()
    documents, _ = documents_of([signal.pk for signal in signals])
    found.match(documents, _now())
    return time.perf_counter() - started


def _writing(alerts: int) -> float:
    """Seconds for as many rows as a batch writes, in one transaction that is then taken back."""
    from django.db import transaction

    from ingest.rows import insert
    from notify.models import Alert, Delivery, Match

    latest = list(Alert.objects.order_by("-pk").select_related("delivery")[:alerts])
    matches = list(
        Match.objects.order_by("-pk")[:alerts].values("subscription_id", "signal_id", "words", "at")
    )
    started = time.perf_counter()
    with transaction.atomic():
        Match.objects.filter(pk__gte=Match.objects.order_by("-pk")[alerts - 1].pk).delete()
        insert(Match, matches)
        mails = list({alert.delivery_id: alert.delivery for alert in latest if alert.delivery}.values())
        for mail in mails:
            mail.pk, mail.message_id = None, f"again-{mail.message_id}"
        Delivery.objects.bulk_create(mails)
        for number, alert in enumerate(latest):
            alert.pk, alert.group = None, -number - 1
        Alert.objects.bulk_create(latest)
        transaction.set_rollback(True)
    return time.perf_counter() - started


def measure(count: int, rounds: int) -> None:
    from notify import standing
    from notify.matching import match_some

    chance = random.Random(3)
    _subscribe(count)
    started = time.perf_counter()
    standing.standing().refresh()
    compiling = time.perf_counter() - started
    whole, percolating, writing, alone, met, first = [], [], [], [], [], 1
    for _ in range(rounds + 1):
        signals = _signals(chance, first, BATCH, count)
        first += BATCH
        percolating.append(_percolating(signals))
        started = time.perf_counter()
        done = match_some(BATCH)
        whole.append(time.perf_counter() - started)
        met.append(done.alerts / BATCH)
        writing.append(_writing(done.alerts))
    for _ in range(20):
        _signals(chance, first, 1, count)
        first += 1
        started = time.perf_counter()
        match_some(1)
        alone.append(time.perf_counter() - started)
    print(f"{count:,} subscriptions compiled in {compiling:.1f} s; batches of {BATCH}, {rounds} of them, ms")
    print(f"alerts a signal: {statistics.mean(met):.1f}")
    print(f"| {'':<34} | median | worst |")
    print(f"|{'-' * 36}|{'-' * 8}|{'-' * 7}|")
    for name, taken in (
        ("floor: documents and percolation", percolating[1:]),
        ("floor: the same rows, written only", writing[1:]),
        ("the match stage", whole[1:]),
        ("the match stage, one signal alone", alone),
    ):
        print(f"| {name:<34} | {statistics.median(taken) * 1e3:>6.0f} | {max(taken) * 1e3:>5.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--rounds", type=int, default=7, help="batches measured")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; default: SQLite")
    args = parser.parse_args()
    from benchmarks.relate import _ready

    with tempfile.TemporaryDirectory() as folder:
        _ready(args.database, Path(folder))
        measure(args.subscriptions, args.rounds)


if __name__ == "__main__":
    main()
