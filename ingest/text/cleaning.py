"""From an entry as its feed says it to one that can be compared, judged and stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from ingest.entries import CleanEntry, RawEntry, SourceRules
from ingest.text import excerpt as cuts
from ingest.text.fold import fold
from ingest.text.footers import without_footers
from ingest.text.hashing import content_hash, shortened
from ingest.text.language import detect
from ingest.text.plain import plain, visible
from ingest.text.times import read
from ingest.text.urls import canonical

_NO_WORD = re.compile(r"\W+")
#: Longest entry id kept as it is; the store's column ends there.
_ID = 2000
#: Official records are a few levels deep.
_DEEPEST = 100


class Unusable(ValueError):
    """An entry that cannot become a signal; the message is the reason."""


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same words, whatever their case, accents and punctuation."""
    return one == other or (
        abs(len(one) - len(other)) < 40
        and _NO_WORD.sub("", fold(one).lower()) == _NO_WORD.sub("", fold(other).lower())
    )


def _storable(value: Any, depth: int = 0) -> Any:
    """A JSON value without the characters that no database stores (NUL, halves of surrogate pairs)."""
    if depth > _DEEPEST:
        raise Unusable(f"its record is nested more than {_DEEPEST} levels deep")
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    if isinstance(value, Mapping):
        return {_storable(str(name)): _storable(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner, depth + 1) for inner in value]
    return value


def _official(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """An official record as it can be stored; nearly always that is as it came."""
    if not record:
        return {}
    try:
        if b"\\u0000" not in orjson.dumps(record):
            return record
    except TypeError:
        pass  # Half a surrogate pair, an endless nesting, or a value that only the slow way knows.
    stored: Mapping[str, Any] = _storable(record)
    return stored


def clean(raw: RawEntry, rules: SourceRules) -> CleanEntry:
    """`raw` as plain text in UTC with a canonical URL. Raises Unusable, saying why it cannot be a signal."""
    title = plain(raw.title) if raw.title else ""
    text = plain(raw.summary) if raw.summary else ""
    if text:
        text = without_footers(text, rules.footers)
    if title and text and _same(title, text):
        text = ""
    if not title:
        title = cuts.cut(text, cuts.FIRST_WORDS)
        if title == text:
            text = ""
    if not title:
        raise Unusable("neither title nor text")
    title = cuts.cut(title, cuts.TITLE)
    excerpt = cuts.cut(text, cuts.EXCERPT)
    url = canonical(raw.url, raw.base or rules.base) if raw.url else None
    official = _official(raw.official)
    return CleanEntry(
        id=(shortened(visible(raw.id), _ID) or None) if raw.id else None,
        url=url,
        title=title,
        excerpt=excerpt,
        published=read(raw.published, rules.zone) if raw.published else None,
        updated=read(raw.updated, rules.zone) if raw.updated else None,
        language=detect(f"{title}\n{excerpt}", rules.language or raw.language),
        official=official,
        content_hash=content_hash(title, excerpt, url, official),
    )
