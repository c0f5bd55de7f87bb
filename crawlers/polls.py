"""The plain values of a poll: what is to be fetched, what came back, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawlers.decide.tdm import Reservation


@dataclass(frozen=True, slots=True)
class Job:
    """One source to poll, with the state the poll starts from. `etag` and `last_modified` are latin-1."""

    source_id: int
    slug: str
    url: str
    kind: str = "feed"
    interval: timedelta = timedelta(minutes=15)
    allowed_hosts: Sequence[str] = ()
    spider: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    unchanged: int = 0
    polls: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response. Header names are lower case; values latin-1, exactly as sent."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    ms: int = 0

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class Poll:
    """How one poll ended.

    `outcome`: changed (a new body), same (200 with the bytes we have), unchanged (304), failed, gone
    (410), blocked (robots.txt, a host not allowed, the guard), consent (a wall that wants a reader's
    consent) or reserved (TDM, pages only).
    `note` says why, in one line. `moved_to` is the new address of a permanent move.
    """

    job: Job
    at: datetime
    outcome: str
    note: str = ""
    url: str = ""
    status: int | None = None
    body: bytes | None = None
    body_hash: str = ""
    size: int = 0
    ms: int = 0
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    as_of: datetime | None = None
    retry_after: datetime | None = None
    moved_to: str = ""
    reservation: Reservation | None = None
    answer: Answer | None = field(default=None, repr=False)

    @property
    def answered(self) -> bool:
        return self.outcome in ("changed", "same", "unchanged")
