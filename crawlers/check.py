"""What is wrong with a source, seen from one answer. Pure: what `sources check` prints is decided here.

The traps are those that real catalogues set: frozen feeds, pages in a feed's place, challenges, soft
404s, feeds without dates or titles, feeds in another language than they were listed for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from crawlers.decide import answers, hosts, walls
from crawlers.polls import Answer, Job, Poll
from ingest import formats
from ingest.entries import FormatError, RawEntry
from ingest.text import language as languages
from ingest.text import times

FROZEN, OLD = timedelta(days=90), timedelta(days=30)
AHEAD = timedelta(days=1)
MANY = 500

FAULT, WARNING, NOTE = "fault", "warning", "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a code for programs, a level (fault: the source does not work), a sentence."""

    code: str
    level: str
    text: str


def judge(job: Job, poll: Poll, now: datetime) -> list[Finding]:
    """Everything found about one source from one poll of it, faults first. Never empty."""
    found = _moves(job, poll)
    if poll.reservation is not None and poll.reservation.reserved:
        level = FAULT if poll.outcome == "reserved" else NOTE
        only = "not crawled" if level == FAULT else "feed only: its pages are never read"
        found.append(Finding("tdm-reserved", level, f"{poll.reservation.basis}; {only}"))
    if poll.outcome not in ("changed", "same"):
        if poll.outcome != "reserved" or not found:
            found.append(_unanswered(poll))
    else:
        found += _body(job, poll, now)
    order = {FAULT: 0, WARNING: 1, NOTE: 2}
    return sorted(found, key=lambda each: order[each.level])


def works(findings: Sequence[Finding]) -> bool:
    """True where nothing found is a fault."""
    return not any(finding.level == FAULT for finding in findings)


def _moves(job: Job, poll: Poll) -> list[Finding]:
    if poll.moved_to:
        return [Finding("moved", WARNING, f"moved for good to {poll.moved_to}")]
    asked = str(job.spider.get("list") or job.url) if job.kind == "page" else job.url
    if poll.answered and poll.url and poll.url != asked:
        return [Finding("redirected", NOTE, f"answered from {poll.url}")]
    return []


_BLOCKED = (
    ("robots", r"robots\.txt"),
    ("other-host", r"not an allowed host"),
    ("private-address", r"HORIZONSCAN_ALLOW_PRIVATE|no address"),
)


def _unanswered(poll: Poll) -> Finding:
    """The fault of a poll that gave nothing usable."""
    if poll.outcome == "gone":
        return Finding("gone", FAULT, poll.note)
    if poll.outcome == "consent":
        return Finding("consent-wall", FAULT, poll.note)
    if poll.outcome == "blocked":
        code = next((code for code, pattern in _BLOCKED if re.search(pattern, poll.note)), "blocked")
        return Finding(code, FAULT, poll.note)
    answer = poll.answer
    if answer is None:
        return Finding("unreachable", FAULT, poll.note)
    if answer.status == 202:
        return Finding("challenge", FAULT, f"{poll.note}; it wants a browser (bot check)")
    if answer.status != 200:
        return Finding(f"status-{answer.status}", FAULT, poll.note)
    if not answer.body.strip():
        return Finding("empty-answer", FAULT, poll.note)
    codes = {"challenge": "challenge", "soft404": "soft-404", "login": "sign-in"}
    return Finding(codes.get(page_kind(answer), "html"), FAULT, poll.note)


def page_kind(answer: Answer) -> str:
    """What a web page in a feed's place is (see `walls.kind`), "" for none."""
    return walls.kind(answers.html_title(answer.body), answer.url, answer.body)


def _body(job: Job, poll: Poll, now: datetime) -> list[Finding]:
    try:
        document = formats.parse(poll.body or b"", content_type=poll.content_type or None)
    except FormatError as error:
        return [Finding("refused", FAULT, str(error))]
    entries = list(document.entries)
    if not entries:
        return [Finding("no-entries", FAULT, f"200, read as {document.format}, 0 entries")]
    found = [*_dates(entries, now), *_texts(entries), *_links(entries, poll.url)]
    found += _language(job, entries)
    if document.truncated:
        found.append(Finding("truncated", WARNING, "the document breaks off; the whole entries were read"))
    for problem in list(document.problems)[:3]:
        found.append(Finding("unreadable-entry", WARNING, problem))
    newest = max((d for d in _read(entries) if d is not None and d <= now + AHEAD), default=None)
    day = f", newest {newest:%Y-%m-%d %H:%M} UTC" if newest else ""
    found.append(Finding("read", NOTE, f"{document.format}, {len(entries)} entries{day}"))
    return found


def _read(entries: Sequence[RawEntry]) -> list[datetime | None]:
    return [times.read(entry.published or entry.updated) for entry in entries]


def _dates(entries: Sequence[RawEntry], now: datetime) -> list[Finding]:
    found: list[Finding] = []
    moments = _read(entries)
    written = [entry.published or entry.updated for entry in entries]
    total = len(entries)
    unreadable = [text for text, moment in zip(written, moments, strict=True) if text and moment is None]
    missing = sum(1 for text in written if not text)
    if missing:
        found.append(
            Finding("undated", WARNING, f"{missing} of {total} entries carry no date; first seen stands in")
        )
    if unreadable:
        sample = " ".join(unreadable[0].split())[:40]
        found.append(
            Finding(
                "unreadable-dates", WARNING, f'{len(unreadable)} dates cannot be read, such as "{sample}"'
            )
        )
    future = [moment for moment in moments if moment is not None and moment > now + AHEAD]
    if future:
        text = f"{len(future)} of {total} entries are dated in the future, up to {max(future):%Y-%m-%d}"
        found.append(Finding("future", WARNING, text))
    past = [moment for moment in moments if moment is not None and moment <= now + AHEAD]
    if not past:
        return found
    newest = max(past)
    if now - newest > FROZEN:
        text = f"newest entry is of {newest:%Y-%m-%d}, {(now - newest).days} days ago: frozen or abandoned"
        found.append(Finding("frozen", FAULT, text))
    elif now - newest > OLD:
        found.append(
            Finding("old", WARNING, f"newest entry is of {newest:%Y-%m-%d}, {(now - newest).days} days ago")
        )
    backwards = sum(1 for a, b in pairwise(past) if b > a + timedelta(hours=1))
    if len(past) >= 5 and backwards > len(past) // 3 and past != sorted(past):
        found.append(
            Finding(
                "unordered", WARNING, "entries are not in order of time: newer ones may fall off the list"
            )
        )
    return found


def _texts(entries: Sequence[RawEntry]) -> list[Finding]:
    found: list[Finding] = []
    total = len(entries)
    untitled = sum(1 for entry in entries if not entry.title.strip())
    if untitled:
        text = f"{untitled} of {total} entries have no title; their first words stand in"
        found.append(Finding("untitled", WARNING, text))
    bare = [entry for entry in entries if entry.title.strip() and not entry.summary.strip()]
    words = median(len(entry.title.split()) for entry in bare) if bare else 0
    if len(bare) > total / 2 and words <= 2:
        found.append(
            Finding(
                "bare-titles", WARNING, "most titles are one or two words without a text: little to judge by"
            )
        )
    escaped = sum(
        1 for entry in entries if re.search(r"&amp;(amp|lt|gt|quot|#\d+|nbsp);|&lt;/?[a-z]+", entry.title)
    )
    if escaped:
        found.append(
            Finding(
                "double-escaped", NOTE, f"{escaped} of {total} titles are escaped twice; they are cleaned"
            )
        )
    if total == 1:
        found.append(
            Finding("single", WARNING, "one entry only: a feed that was cut, or a page made in the browser")
        )
    if total > MANY:
        found.append(Finding("many", WARNING, f"{total} entries in one document"))
    return found


def _links(entries: Sequence[RawEntry], url: str) -> list[Finding]:
    found: list[Finding] = []
    total = len(entries)
    without = sum(1 for entry in entries if not entry.url)
    if without:
        found.append(Finding("unlinked", NOTE, f"{without} of {total} entries have no link"))
    ids = Counter(entry.id or entry.url or "" for entry in entries)
    repeated = sum(count - 1 for name, count in ids.items() if name and count > 1)
    if repeated:
        found.append(
            Finding("repeated-ids", WARNING, f"{repeated} of {total} entries repeat the id of another")
        )
    own = ".".join(hosts.host_of(url).split(".")[-2:])
    elsewhere = sum(
        1 for entry in entries if entry.url and _host(entry.url) and not _host(entry.url).endswith(own)
    )
    if total >= 5 and elsewhere > total / 2:
        text = f"{elsewhere} of {total} entries link to other sites: a list of mentions rather than reports?"
        found.append(Finding("elsewhere", NOTE, text))
    return found


def _host(url: str) -> str:
    return hosts.host_of(url)


def _language(job: Job, entries: Sequence[RawEntry]) -> list[Finding]:
    """The language of all titles together against the declared one; too little text says nothing."""
    declared = (job.language or "").lower().partition("-")[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", f"{entry.title} {entry.summary[:200]}") for entry in entries[:20])
    if not declared or len(text) < 80:
        return []
    votes = Counter(
        languages.detect(re.sub(r"<[^>]+>|&\w+;", " ", f"{entry.title}. {entry.summary[:300]}"))
        for entry in entries[:20]
    )
    likely, count = votes.most_common(1)[0]
    if (
        likely
        and likely != declared
        and declared in languages.LANGUAGES
        and count > sum(votes.values()) * 0.6
    ):
        return [Finding("language", WARNING, f"written in {likely}, listed as {declared}")]
    return []
