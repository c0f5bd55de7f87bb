"""When a canary is due, when the proof is late, and where one stuck. Pure: data and `now` in, words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: How many intervals may lie between two arrivals.
LATE = 1.5
#: What the first canary after a start may take.
FIRST = timedelta(minutes=5)
#: A process that starts again and again does not send one each time.
SPACING = timedelta(minutes=1)


def due(newest: datetime | None, now: datetime, interval: timedelta, begun: datetime) -> bool:
    """Whether to start one, the `newest` having been started then. `begun`: when this process was: the
    first one after that goes at once. No interval: never."""
    if not interval:
        return False
    if newest is None or newest <= now - interval:
        return True
    return newest < begun and newest <= now - min(interval, SPACING)


@dataclass(frozen=True, slots=True)
class Run:
    """One canary by its ends."""

    started: datetime
    arrived: datetime | None


def deadline(runs: Sequence[Run], last: datetime | None, interval: timedelta) -> datetime | None:
    """Until when the next must have arrived; None where none was ever started.

    `runs`: the newest ones, newest first. `last`: the newest arrival of all. After a pause, in which the
    installation was stopped, the first one has its own time.
    """
    if not runs:
        return None if last is None else last + interval * LATE
    begun = runs[0].started
    for run in runs[1:]:
        if begun - run.started > interval * LATE:
            break
        begun = run.started
    first = begun + FIRST
    return first if last is None else max(first, last + interval * LATE)


def late(runs: Sequence[Run], last: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Whether an alarm stands. `interval` zero: nobody asked for proof."""
    until = deadline(runs, last, interval)
    if not interval or until is None:
        return False
    # One that was started long ago and followed by none: whoever starts them does so no longer.
    stopped = bool(runs) and now - runs[0].started > max(interval * LATE, FIRST)
    return now > until or stopped


@dataclass(frozen=True, slots=True)
class Way:
    """How far one canary came, with what each station said of it; empty or None where it was not there."""

    polled: bool = False
    poll_error: str = ""
    fetch: str | None = None
    fetch_error: str = ""
    ingested: bool = False
    waits: bool = False
    work_error: str = ""
    matched: bool = False
    delivery: str | None = None
    delivery_said: str = ""


def stuck(way: Way) -> str:
    """Where it is, in one line: the last station it passed and why it is not at the next."""
    if way.matched:
        if way.delivery is None:
            return "matched, not delivered: its message is no longer in the ledger"
        if way.delivery == "sent":
            return "sent, but nobody noted that it arrived"
        why = way.delivery_said or "no deliverer has taken it yet"
        return f"matched, not delivered ({way.delivery}): {why}"
    if way.ingested:
        if way.work_error:
            return f"ingested, not matched: {way.work_error}"
        if way.waits:
            return "ingested, not matched: it waits for the sequence"
        return "ingested, not matched: the standing query did not find it"
    if way.fetch is not None:
        if way.fetch_error:
            return f"fetched, not ingested ({way.fetch}): {way.fetch_error}"
        if way.fetch == "done":
            return "fetched, not ingested: the document was read without the entry in it"
        return "fetched, not ingested: the document waits for an ingest worker"
    if way.poll_error:
        return f"not fetched: {way.poll_error}"
    if way.polled:
        return "not fetched: the crawler asked and got nothing new"
    return "not fetched: no crawler has asked for it"
