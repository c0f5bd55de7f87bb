"""The sequence: what waits is related, matched with subscriptions, then indexed, until nothing waits.

One process an installation does it, under the lock of `search.holder`: the sequence worker, or a
foreground command that calls `run_sequence` itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from celery.worker import state
from django.db import OperationalError
from django.utils import timezone

from config.celery import app, send
from ingest.models import Work
from tasks.telling import tell

if TYPE_CHECKING:
    from search.engine import Engine

log = structlog.get_logger()

#: Signals a round at most: a commit of the index costs the same for one signal as for a thousand.
ROUND = 1000
#: Seconds between comparisons of the whole index with the store; the first comes with the first run.
COMPARE_EVERY = 3600.0


@dataclass
class Backoff:
    """How long a stage rests while a server does not answer: doubling from 1 s to a minute."""

    wait: float = 0.0
    until: float = 0.0

    def failed(self, now: float) -> float:
        self.wait = min(max(1.0, self.wait * 2), 60.0)
        self.until = now + self.wait
        return self.wait

    def resting(self, now: float) -> bool:
        return now < self.until

    def answered(self) -> None:
        self.wait = self.until = 0.0


@dataclass
class Sequenced:
    """What a run did, in signals. `unavailable` says why the index could not be written."""

    related: int = 0
    matched: int = 0
    indexed: int = 0
    unavailable: str = ""


@dataclass
class _Process:
    """What this process remembers between runs."""

    backoff: Backoff = field(default_factory=Backoff)
    compared: float | None = None


_process = _Process()


def _stopping() -> bool:
    return state.should_stop is not None or state.should_terminate is not None


def run_sequence(progress: Callable[[Sequenced], None] | None = None) -> Sequenced:
    """For a foreground command: sequences, or waits until the process that does so has nothing left.

    A search server that does not answer is no error: the result says so, and its rows wait.
    """
    from search.holder import Held

    while True:
        try:
            return take_turn(progress)
        except Held:
            if not Work.objects.filter(quarantined=None).exists():
                return Sequenced()
            time.sleep(0.2)


def take_turn(
    progress: Callable[[Sequenced], None] | None = None,
    told: Callable[[Sequence[int], datetime], None] | None = None,
) -> Sequenced:
    """Relates, matches and indexes until nothing waits. Raises search.holder.Held where another process does.

    `told` gets the signals of each round and the time at which it began.
    """
    from ingest.relate import relate_waiting
    from search import engines
    from search.engine import EngineUnavailable, WrittenElsewhere
    from search.holder import Held, holding
    from search.indexing import index_waiting

    done = Sequenced()
    with holding():
        engine = engines.writer()
        resting = _process.backoff.resting(time.monotonic())
        while not _stopping():
            related = relate_waiting(limit=ROUND)
            # Before the index, whose server may be away: alerts do not wait for it.
            matched = _match_round()
            indexed = 0
            if not resting:
                # Only a process that tells what it indexed has to know which these are.
                ids = _next_round() if told is not None else []
                started = timezone.now()
                try:
                    indexed = index_waiting(engine, limit=ROUND)
                    _compare(engine)
                    _process.backoff.answered()
                except WrittenElsewhere as error:
                    # Its process let go of the sequence between two rounds; what waits is for it to index.
                    raise Held(str(error)) from None
                except EngineUnavailable as error:
                    rest = _process.backoff.failed(time.monotonic())
                    done.unavailable, resting = str(error), True
                    log.warning("index waits", engine=engine.name, seconds=rest, reason=str(error)[:200])
                else:
                    if told is not None:
                        told(ids, started)
            done.related += related
            done.matched += matched
            done.indexed += indexed
            if progress is not None:
                progress(done)
            if not related and not matched and not indexed:
                break
    return done


def _match_round() -> int:
    """Matches a round, batch by batch: what the first of them tells is sent while the others are matched."""
    from notify.matching import BATCH, match_some

    done = 0
    while done < ROUND and not _stopping():
        matched = match_some(limit=BATCH)
        if matched.deliveries:
            send("tasks.deliver", once=True)
        done += matched.signals
        if matched.signals < BATCH:
            break
    return done


def _next_round() -> list[int]:
    """The signals that the next round of indexing takes."""
    waiting = Work.objects.filter(stage=Work.Stage.INDEX, quarantined=None).order_by("pk")
    return list(waiting.values_list("signal", flat=True)[:ROUND])


def _compare(engine: Engine) -> None:
    """Puts right what the index has and the store has not, and the other way round; seldom."""
    from search.indexing import sweep

    now = time.monotonic()
    if _process.compared is None or now - _process.compared > COMPARE_EVERY:
        sweep(engine)
        _process.compared = now


@app.task(name="tasks.sequence")
def sequence() -> None:
    """Runs the sequence. What another holder does, or an outage leaves, the sweep sends again."""
    from search.holder import Held

    try:
        take_turn(told=tell)
    except Held as other:
        log.debug("sequence left to another", holder=str(other))
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
