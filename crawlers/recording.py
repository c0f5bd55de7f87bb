"""Polls into SQL: a batch is one transaction; what waits for ingest is announced after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction

from accounts import audit
from crawlers import health
from crawlers.decide import state
from crawlers.models import PollResult
from crawlers.polls import Poll
from ingest.fetches import waiting
from ingest.models import Fetch, Source, SourceState

log = structlog.get_logger()


def record(polls: Sequence[Poll], now: datetime) -> list[int]:
    """Stores how polls ended, one transaction. Returns the ids of sources with a new body, in order.

    A Fetch row and the position of its poll (validators, hash, next poll) are stored together or not
    at all: a crash before leaves the source due, and nothing is lost.
    """
    if not polls:
        return []
    with transaction.atomic():
        states = {row.pk: row for row in SourceState.objects.filter(pk__in=[p.job.source_id for p in polls])}
        present = [poll for poll in polls if poll.job.source_id in states]
        before = {pk: row.last_polled for pk, row in states.items()}
        fetches = []
        for poll in present:
            for name, value in state.after(poll).items():
                setattr(states[poll.job.source_id], name, _storable(value))
            if poll.outcome == "changed" and poll.body is not None:
                fetches.append(_fetch(poll))
            if poll.moved_to:
                _move(poll)
        Fetch.objects.bulk_create(fetches)
        SourceState.objects.bulk_update([states[p.job.source_id] for p in present], state.COLUMNS)
        _results(present, before)
        health.assess([poll.job.source_id for poll in present], now)
    return list(dict.fromkeys(fetch.source_id for fetch in fetches))


def record_each(polls: Sequence[Poll], now: datetime) -> list[int]:
    """`record`, and where the store refuses something in the batch, each alone: one poll costs only itself.

    A poll that cannot be stored is a failure of its source, which backs off and says so. Raises what
    `record` raises when the store does not answer (OperationalError, InterfaceError).
    """
    try:
        return record(polls, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(polls) > 1:
            return [source_id for poll in polls for source_id in record_each([poll], now)]
        log.exception("a poll cannot be stored", source=polls[0].job.slug)
        note = f"its answer could not be stored ({type(error).__name__})"
        return record([Poll(job=polls[0].job, at=polls[0].at, outcome="failed", note=note)], now)


def announce(source_ids: Sequence[int]) -> None:
    """Tells the ingest workers, by the task's name: a message a source, so that workers share them.

    Without a broker the sweep finds the rows instead.
    """
    if not source_ids:
        return
    from config.celery import send

    for source_id in source_ids:
        if not send("tasks.ingest", [[source_id]]):
            return


def _storable(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _fetch(poll: Poll) -> Fetch:
    return waiting(
        poll.job.source_id,
        poll.body or b"",
        poll.as_of or poll.at,
        received=poll.at,
        url=poll.url,
        content_type=poll.content_type,
        body_hash=poll.body_hash,
    )


def _move(poll: Poll) -> None:
    """A permanent redirect (301, 308) that ended in a usable answer: the stored address follows."""
    if len(poll.moved_to) > 2000:
        return
    changed = Source.objects.filter(pk=poll.job.source_id, url=poll.job.url).update(url=poll.moved_to)
    if changed:
        audit.record(
            "crawler",
            "source.moved",
            poll.job.slug,
            origin="crawler",
            before=poll.job.url,
            after=poll.moved_to,
        )
        log.info("source moved", source=poll.job.slug, before=poll.job.url, after=poll.moved_to)


def _results(polls: Sequence[Poll], before: Mapping[int, datetime | None]) -> None:
    """The newest PollResult of each source, written where something in it changed.

    `before`: when each source was polled last.
    """
    known = {row.pk: row for row in PollResult.objects.filter(pk__in=[p.job.source_id for p in polls])}
    new, changed = [], []
    for poll in polls:
        row = known.get(poll.job.source_id)
        kind = state.kind(poll)
        if row is None:
            row = PollResult(source_id=poll.job.source_id, kind=kind, since=poll.at)
            new.append(row)
            known[row.pk] = row
        elif row.kind != kind:
            row.kind, row.since = kind, poll.at
            changed.append(row)
        if row.unbroken is None or state.paused(before[row.pk], poll):
            row.unbroken = poll.at
            changed.append(row)
        decision = poll.reservation
        if decision is not None and (row.tdm_reserved, row.tdm_policy) != (
            decision.reserved,
            decision.policy,
        ):
            row.tdm_reserved, row.tdm_policy = decision.reserved, decision.policy.replace("\x00", "")
            row.tdm_basis, row.tdm_decided = decision.basis.replace("\x00", ""), poll.at
            changed.append(row)
    PollResult.objects.bulk_create(new)
    changed = list({row.pk: row for row in changed if row not in new}.values())
    columns = ("kind", "since", "unbroken", "tdm_reserved", "tdm_basis", "tdm_policy", "tdm_decided")
    PollResult.objects.bulk_update(changed, columns)
