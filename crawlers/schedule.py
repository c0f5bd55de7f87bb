"""When a source is polled next. Pure: data and `now` in, a moment out."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)
ROBOTS_RETRY = timedelta(minutes=30)


def jitter(source_id: int, span: float = 0.1) -> float:
    """A factor in 1 ± span that is always the same for one source, so that sources do not march in step."""
    digest = hashlib.blake2b(str(source_id).encode(), digest_size=4).digest()
    return 1 + span * (int.from_bytes(digest, "big") / 0x7FFFFFFF - 1)


def backoff(interval: timedelta, failures: int, source_id: int, longest: timedelta = LONGEST) -> timedelta:
    """The wait after the n-th failure in a row: interval × 2^(n-1), at most a day (or the interval)."""
    doubled = interval * 2 ** min(max(failures - 1, 0), 30)
    wait: timedelta = min(doubled * jitter(source_id), max(longest, interval))
    return max(wait, min(interval, longest))


def after_success(now: datetime, interval: timedelta, source_id: int) -> datetime:
    """The poll after one that was answered. Short intervals (replay) are kept exactly."""
    return now + (interval if interval <= timedelta(seconds=60) else interval * jitter(source_id, 0.05))


def after_failure(
    now: datetime, interval: timedelta, failures: int, source_id: int, retry_after: datetime | None = None
) -> datetime:
    """The poll after a failed one: never before the server's Retry-After (which counts for a day at most)."""
    due = now + backoff(interval, failures, source_id)
    if retry_after is not None:
        due = max(due, min(retry_after, now + LONGEST))
    return due


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Reads a Retry-After header (RFC 9110 10.2.3): seconds or an HTTP date. None where unusable or past."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text[:12]), LONGEST.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=now.tzinfo)
    return moment if moment > now else None
