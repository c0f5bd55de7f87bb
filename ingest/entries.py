"""The plain values that flow through ingest: what a format yields and what cleaning makes of it.

Everything here is data without behaviour, so that formats, text, judge and the pipeline agree on one
vocabulary and none of them needs the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class FormatError(ValueError):
    """A document is refused. The message is one line a person understands: what it is, what to do."""


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry as its feed says it, before any cleaning.

    `title` and `summary` may hold HTML, escaped or not. `published` and `updated` are what the feed
    wrote (ISO 8601, RFC 822, anything); `ingest.text.times` reads them. `url` may be relative:
    `base` is what it is relative to. `official` holds every field of an official record (KEV, CSAF,
    CAP, NCSC) as JSON values, and is empty for ordinary news.
    """

    id: str | None = None
    url: str | None = None
    title: str = ""
    summary: str = ""
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    base: str | None = None
    official: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a format made of one document.

    `format` is the registry's name (`rss`, `atom`, `jsonfeed`, `cap`, `kev`, `ncsc`, `csaf` …).
    `feed_id` is the document's own word for who it is (Atom id, self link; CSAF: the publisher; CAP:
    the sender), None where it has none. `dated` is the date in the content (aware, UTC), if any.
    `problems` names entries that could not be read, one line each; `truncated` says that the
    document broke off and the entries before the break were kept.
    """

    format: str
    entries: Sequence[RawEntry]
    feed_id: str | None = None
    title: str = ""
    language: str | None = None
    dated: datetime | None = None
    problems: Sequence[str] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What cleaning needs to know of a source.

    `zone` is that of dates without one, `base` what relative links are relative to where the feed does
    not say, `footers` the recurring last lines.
    """

    zone: str = "UTC"
    language: str | None = None
    country: str | None = None
    footers: Sequence[str] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class CleanEntry:
    """One entry, ready to be compared and stored: plain text, UTC, canonical.

    `title` is never empty. `excerpt` is at most 500 characters, cut at a word. `url` is canonical,
    None where the entry has no usable link. `published`/`updated` are aware UTC datetimes or None
    where absent or unreadable. `language` is detected (ISO 639-1), None if undecidable.
    `content_hash` (32 hex digits) covers title, excerpt, url and official.
    """

    id: str | None
    url: str | None
    title: str
    excerpt: str
    published: datetime | None
    updated: datetime | None
    language: str | None
    official: Mapping[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that caused a judgement; offsets count code points in `title + "\\n" + excerpt`."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DomainJudgement:
    """One asserted threat domain, with its sub-threats and the words that caused it."""

    id: str
    score: float
    primary: bool
    evidence: Sequence[Evidence]
    threats: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Domains:
    """What the domain judge says of one text; `candidates` scored below the threshold for asserting."""

    asserted: Sequence[DomainJudgement]
    candidates: Sequence[DomainJudgement]
    model: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a severity or a relevance was given.

    `rule` is a stable id that whoever shows it puts into words; `value` is what was read ("M 6.4", "312
    dead"). `level` is what this reason alone gives: A-E, or direct, near, indirect. `evidence` is None
    where an official field or the source, no word, is the reason.
    """

    rule: str
    value: str = ""
    level: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad what happened is: A (limited) to E (catastrophic), empty where nothing says."""

    level: str
    reasons: Sequence[Reason]
    model: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names, from the gazetteer.

    `country` is ISO 3166 alpha-2, empty for seas and the like; `part` is the part of the Kingdom (NL, AW,
    CW, SX, BQ-BO, BQ-SE, BQ-SA) it is in, else empty. `within` are the ids of the places around it, nearest
    first.
    """

    id: str
    name: str
    kind: str
    country: str
    part: str
    evidence: Sequence[Evidence]
    within: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Relevance:
    """How far a signal concerns one part of the Kingdom: direct, near or indirect."""

    part: str
    relevance: str
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Kingdom:
    """The parts of the Kingdom that a signal concerns, strongest first; `strongest` is empty for none."""

    parts: Sequence[Relevance]
    model: str

    @property
    def strongest(self) -> str:
        """direct, near, indirect or empty."""
        return self.parts[0].relevance if self.parts else ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A vulnerability, weakness, indicator, organisation, disease or vital process, by list or pattern."""

    id: str
    kind: str
    name: str
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything the judges say of one text."""

    domains: Domains
    severity: Severity
    places: Sequence[Place]
    kingdom: Kingdom
    entities: Sequence[Entity]
