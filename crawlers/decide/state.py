"""What a poll changes in the stored state of its source. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crawlers import schedule
from crawlers.polls import Poll

#: The columns of SourceState that the crawler writes, and nobody else.
COLUMNS = (
    "next_due",
    "etag",
    "last_modified",
    "body_hash",
    "last_polled",
    "last_answered",
    "last_changed",
    "last_status",
    "last_error",
    "failures",
    "unchanged",
    "polls",
)
LONG_WAIT = timedelta(hours=24)
PAUSE = timedelta(hours=3)


def after(poll: Poll) -> dict[str, Any]:
    """New values by column of SourceState; what is not named stays."""
    job, now = poll.job, poll.at
    values: dict[str, Any] = {"last_polled": now, "last_status": poll.status, "polls": job.polls + 1}
    if poll.answered:
        values |= {
            "next_due": schedule.after_success(now, job.interval, job.source_id),
            "etag": poll.etag,
            "last_modified": poll.last_modified,
            "last_answered": now,
            "last_error": "",
            "failures": 0,
            "unchanged": 0 if poll.outcome == "changed" else job.unchanged + 1,
        }
        if poll.outcome == "changed":
            values |= {"body_hash": poll.body_hash, "last_changed": now}
        return values
    failures = job.failures + 1
    values |= {"last_error": poll.note[:300], "failures": failures}
    if poll.outcome in ("gone", "reserved"):
        # 410 is never asked again (the query leaves it out); a reservation is looked at once a day.
        values["next_due"] = now + LONG_WAIT
    else:
        values["next_due"] = schedule.after_failure(
            now, job.interval, failures, job.source_id, poll.retry_after
        )
    return values


def paused(before: datetime | None, poll: Poll) -> bool:
    """Whether this poll came so long after the one `before` that what came in between may be missing."""
    return before is None or poll.at - before > max(3 * poll.job.interval, PAUSE)


def kind(poll: Poll) -> str:
    """The kind of PollResult."""
    return "answered" if poll.answered else poll.outcome
