"""What RSS and Atom share: feedparser reads (and repairs) the whole part of a document.

feedparser's sanitising and URI resolution are off: both are done in `ingest.text`, faster and by our rules.
It is given a stream, never a string or bytes, which it would try to open as an address or a file name.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import feedparser

from ingest.entries import FormatError, ParsedDocument, RawEntry
from ingest.formats import breaks, cap_fields, ncsc_fields, sax
from ingest.formats.document import Document
from ingest.formats.values import optional, string
from ingest.text.times import read as read_time

sax.install()

MAX_ENTRIES = 10_000
# An excerpt needs 500 characters; articles of megabytes need not travel on.
LONGEST_TEXT = 32_768
LONGEST_TITLE = 4_096
_SHORT = 60
_TAGS = re.compile(r"<[^<>]*>")
# Beyond these a document is no feed but an attempt to keep us busy: the largest real ones have 60,000 tags.
_MOST_TAGS = 300_000
_LONGEST_RUN = 1_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{65536,}")
_ATTRIBUTE = re.compile(r"""=\s*["']""")
_MOST_ATTRIBUTES = 1_000
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_ADDRESSES = ("http://", "https://", "//", "/")
# What a parser that takes anything trips over; any other error is a fault of ours and shall be seen.
_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    ArithmeticError,
)


def _own(found: Mapping[str, Any], name: str) -> Any:
    """A value under its own name: feedparser's `get` answers one name with another's value."""
    return dict.get(found, name) if isinstance(found, dict) else None


def _plain(value: str) -> str:
    """Roughly the text of an HTML fragment, enough to see whether there is any."""
    text = _TAGS.sub(" ", value) if "<" in value else value
    return " ".join((html.unescape(text) if "&" in text else text).split())


def _value(entry: Mapping[str, Any], name: str) -> str:
    """A text construct as HTML. Atom's plain text may hold a `<` that is no tag (RFC 4287, 3.1.1.1)."""
    value = string(_own(entry, name))
    if "<" in value:
        detail = _own(entry, f"{name}_detail")
        if isinstance(detail, Mapping) and detail.get("type") == "text/plain":
            return html.escape(value, quote=False)
    return value


def _content(entry: Mapping[str, Any]) -> str:
    """The entry's first content that is text; embedded records and pictures are none."""
    for content in entry.get("content") or ():
        kind = content.get("type") or ""
        if kind in ("text/html", "application/xhtml+xml", "text/plain", ""):
            value = string(content.get("value"))
            if value:
                return html.escape(value, quote=False) if kind == "text/plain" and "<" in value else value
    return ""


def _summary(entry: Mapping[str, Any], title: str) -> str:
    """The summary where it is real text, else the content.

    Many feeds repeat the title as the summary, or put a picture or "read more" there.
    """
    summary = _value(entry, "summary")[:LONGEST_TEXT]
    content = _content(entry)[:LONGEST_TEXT]
    if not content or content == summary:
        return summary
    text = _plain(summary)
    if len(text) >= _SHORT and text != _plain(title):
        return summary
    return content if len(_plain(content)) > len(text) or text == _plain(title) else summary


def _language(entry: Mapping[str, Any]) -> str | None:
    for name in ("title_detail", "summary_detail"):
        detail = _own(entry, name)
        if isinstance(detail, Mapping) and detail.get("language"):
            return optional(detail["language"])
    return None


def _base(entry: Mapping[str, Any], feed_base: str | None) -> str | None:
    detail = _own(entry, "title_detail") or _own(entry, "summary_detail")
    base = optional(detail.get("base")) if isinstance(detail, Mapping) else None
    return base or feed_base


def entry_of(entry: Mapping[str, Any], feed_base: str | None, is_rss: bool) -> RawEntry:
    """One entry of feedparser's as a RawEntry.

    `is_rss`: RSS has one date, and feedparser calls Dublin Core's `date` "updated".
    """
    title = _value(entry, "title")[:LONGEST_TITLE]
    published = optional(_own(entry, "published") or _own(entry, "created"))
    updated = optional(_own(entry, "updated"))
    if is_rss and published is None:
        published = updated
    number, url = optional(_own(entry, "id")), optional(_own(entry, "link"))
    if is_rss and url == number and url and not url.lower().startswith(_ADDRESSES):
        url = None  # A guid is a permalink unless it says otherwise (RSS 2.0), but many that do not are none.
    return RawEntry(
        id=number,
        url=url,
        title=title,
        summary=_summary(entry, title),
        published=published,
        updated=updated,
        language=_language(entry),
        base=_base(entry, feed_base),
    )


def _self_link(feed: Mapping[str, Any]) -> str | None:
    for link in feed.get("links") or ():
        if link.get("rel") == "self" and link.get("href"):
            return optional(link["href"])
    return None


def _with_official(
    entries: Sequence[RawEntry], records: Sequence[Mapping[str, Any]], problems: list[str]
) -> list[RawEntry]:
    if not any(records):
        return list(entries)
    if len(records) != len(entries):
        problems.append(f"CAP fields left out: {len(records)} records for {len(entries)} entries")
        return list(entries)
    return [
        replace(
            entry,
            official=record,
            title=entry.title or cap_fields.title(record),
            summary=entry.summary or cap_fields.summary(record),
        )
        if record
        else entry
        for entry, record in zip(entries, records, strict=True)
    ]


def _sane(text: str) -> None:
    """Raises FormatError at what would keep a repairing parser busy for minutes."""
    if text.count("<") > _MOST_TAGS:
        raise FormatError(f"refused: more than {_MOST_TAGS:,} tags, which no feed has")
    for character in "<&":
        if character * _LONGEST_RUN in text:
            raise FormatError(f"refused: thousands of “{character}” in a row, which no feed has")
    # Long tags do occur (pictures as data: addresses), tags with thousands of attributes do not.
    if any(len(_ATTRIBUTE.findall(tag[0])) > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise FormatError("refused: a tag with thousands of attributes, which no feed has")


def read(document: Document, name: str) -> ParsedDocument:
    """The entries of an RSS or Atom document. Raises FormatError where it turns out to be neither."""
    markup = document.markup
    if markup is None:
        raise FormatError("no XML element to read")
    part = breaks.whole(markup, ("item", "entry"), MAX_ENTRIES)
    _sane(part.text)
    try:
        result = feedparser.parse(
            io.BytesIO(part.text.encode("utf-8")),
            response_headers=_HEADERS,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _BROKEN as error:
        raise FormatError(
            f"a feed that cannot be repaired ({type(error).__name__}: {str(error)[:100]})"
        ) from error
    feed, found = result["feed"], result["entries"]
    problems = [f"only the first {MAX_ENTRIES:,} entries were read"] if part.dropped else []
    own, home = _self_link(feed), optional(_own(feed, "link"))
    is_atom = name == "atom"
    base = home or own
    entries = [entry_of(entry, base, not is_atom) for entry in found]
    if cap_fields.NAMESPACE in part.text:
        entries = _with_official(entries, cap_fields.embedded(part.text), problems)
    entries = [ncsc_fields.recognised(entry) for entry in entries]
    dated = optional(_own(feed, "updated") or _own(feed, "published"))
    return ParsedDocument(
        format=name,
        entries=entries,
        feed_id=(optional(_own(feed, "id")) if is_atom else None) or own,
        title=string(_own(feed, "title")),
        language=optional(_own(feed, "language")),
        dated=read_time(dated),
        problems=problems,
        truncated=part.truncated,
    )
