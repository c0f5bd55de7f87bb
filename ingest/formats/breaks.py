"""Where an XML document broke off, and the part of it that is whole.

Feeds are read while they are being written and end at 4, 8, 12 or 16 KiB. The entries before the break are
good; the half one at the break is not given, because it would look like a changed version of itself later.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ingest.formats.markup import Markup

_TAG = re.compile(r"<(/?)([A-Za-z_\u00c0-\uffff][\w.\-:]*)([^<>]*)>")
_TRAILER = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
# What opens with the first must close with the second, and nothing in between is markup.
_DEEPEST = 1_000
_OPAQUE = (("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?", "?>"))


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole part of a document, closed properly; `dropped`: entries beyond the limit are left out."""

    text: str
    truncated: bool = False
    dropped: bool = False


def _ends(markup: Markup) -> bool:
    """Whether the document plainly ends with its root element."""
    text = markup.text
    start = text.rfind(f"</{markup.qualified}")
    if start < 0:
        return False
    close = text.find(">", start)
    if close < 0 or text[start + 2 : close].strip() != markup.qualified:
        return False
    trailer = _TRAILER.match(text, close + 1)
    if trailer is None or trailer.end() != len(text):
        return False
    return all(text.rfind(start) <= text.rfind(end) for start, end in _OPAQUE[:2])


def whole(markup: Markup, entry_names: Collection[str], limit: int) -> Whole:
    """The part of `markup` with whole entries only, at most `limit` of them.

    `entry_names` are local names in lower case. A document that has its end and is within the limit is
    returned as it is.
    """
    text = markup.text
    if markup.empty:
        return Whole(text)
    many = sum(text.count(f"<{name}") + text.count(f":{name}") for name in entry_names) > limit
    if _ends(markup) and not many:
        return Whole(text)
    return _scan(text, entry_names, limit)


def _scan(text: str, entry_names: Collection[str], limit: int) -> Whole:
    open_tags: list[str] = []
    entry_depth = 0  # stack height at which the outermost open entry stands, 0 outside entries
    entries = 0
    safe, safe_open = 0, []  # type: int, list[str]
    position = text.find("<")
    while position >= 0:
        opaque = next(((s, e) for s, e in _OPAQUE if text.startswith(s, position)), None)
        if opaque:
            end = text.find(opaque[1], position + len(opaque[0]))
            if end < 0:
                break
            position = text.find("<", end)
            continue
        tag = _TAG.match(text, position)
        if tag is None:
            position = text.find("<", position + 1)
            continue
        closing, name, rest = tag[1], tag[2], tag[3]
        is_entry = name.rpartition(":")[2].lower() in entry_names
        if closing:
            if name in open_tags:
                while open_tags.pop() != name:
                    pass
            if entry_depth and len(open_tags) < entry_depth:
                entry_depth = 0
                entries += 1
        elif rest.endswith("/"):
            entries += is_entry and not entry_depth
        else:
            if len(open_tags) >= _DEEPEST:
                break
            open_tags.append(name)
            if is_entry and not entry_depth:
                entry_depth = len(open_tags)
        if not entry_depth and (closing or rest.endswith("/") or not safe):
            safe, safe_open = tag.end(), list(open_tags)
            if closing and not open_tags:
                return Whole(text[:safe])
            if entries >= limit:
                break
        position = text.find("<", tag.end())
    closed = text[:safe] + "".join(f"</{name}>" for name in reversed(safe_open))
    return Whole(closed, truncated=entries < limit, dropped=entries >= limit)
