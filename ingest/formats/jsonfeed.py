"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from ingest.entries import ParsedDocument, RawEntry
from ingest.formats.document import Document
from ingest.formats.syndication import LONGEST_TEXT, MAX_ENTRIES
from ingest.formats.values import mapping, optional, sequence, string

NAME = "jsonfeed"
_TEXTS = frozenset({"content_html", "content_text", "summary"})
_ADDRESSES = frozenset({"feed_url", "home_page_url"})


def recognises(document: Document) -> bool:
    """By its version; a feed without one (or cut off before it) by its items and what only feeds have."""
    feed = document.members
    version = feed.get("version")
    if isinstance(version, str) and "jsonfeed.org/version/" in version:
        return "jsonfeed.org/version/1" in version
    items = feed.get("items")
    first = mapping(items[0]) if isinstance(items, list) and items else {}
    return "id" in first and not _TEXTS.isdisjoint(first) and not _ADDRESSES.isdisjoint(feed)


def _text(item: Mapping[str, Any]) -> str:
    summary, content = string(item.get("summary")), string(item.get("content_html"))
    plain = string(item.get("content_text"))
    return (html.escape(summary, quote=False) or content or html.escape(plain, quote=False))[:LONGEST_TEXT]


def _entry(item: Mapping[str, Any], base: str | None) -> RawEntry:
    return RawEntry(
        id=optional(item.get("id")),
        url=optional(item.get("url")) or optional(item.get("external_url")),
        title=string(item.get("title")),
        summary=_text(item),
        published=optional(item.get("date_published")),
        updated=optional(item.get("date_modified")),
        language=optional(item.get("language")),
        base=base,
    )


def parse(document: Document) -> ParsedDocument:
    feed = document.members
    items = sequence(feed.get("items"))
    base = optional(feed.get("home_page_url")) or optional(feed.get("feed_url"))
    entries: list[RawEntry] = []
    problems: list[str] = []
    for place, item in enumerate(items, 1):
        if len(entries) >= MAX_ENTRIES:
            problems.append(f"only the first {MAX_ENTRIES:,} items were read")
            break
        if isinstance(item, dict):
            entries.append(_entry(item, base))
        else:
            problems.append(f"item {place} is no object")
    return ParsedDocument(
        format=NAME,
        entries=entries,
        feed_id=optional(feed.get("feed_url")),
        title=string(feed.get("title")),
        language=optional(feed.get("language")),
        problems=problems,
        truncated=document.json_truncated,
    )
