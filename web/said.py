"""What a query asks as one sentence, from the indented lines of `search.query.explain`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from search.query.phrases import PHRASES

_HEADS = {words: key for key in ("all", "any", "not") for words in PHRASES[key]}
#: What every word means need not be said again of each: the word alone stands for it.
_WORDS = [
    re.compile("(.*)".join(map(re.escape, said.split("{0}")))) for key in ("word",) for said in PHRASES[key]
]

_Item = tuple[str, list["_Item"]]


def sentence(lines: Sequence[str]) -> SafeString:
    """`<b>outage</b> or <b>failure</b>; severity C or worse`: conditions that all must hold are apart by a
    semicolon, inner lists stand in brackets, words are bold. Escaped."""
    items, _rest = _items(list(lines), 0)
    return mark_safe("; ".join(_joined(item, True) for item in items))  # noqa: S308 - every piece is escaped


def _items(lines: list[str], depth: int) -> tuple[list[_Item], list[str]]:
    found: list[_Item] = []
    while lines and len(lines[0]) - len(lines[0].lstrip()) >= 2 * depth:
        line = lines[0].strip()
        inner, rest = _items(lines[1:], depth + 1) if line in _HEADS else ([], lines[1:])
        found.append((line, inner))
        lines = rest
    return found, lines


def _plain(line: str) -> SafeString:
    word = next((found for form in _WORDS if (found := form.fullmatch(line))), None)
    return format_html("<b>{}</b>", word[1].strip('"')) if word else format_html("{}", line)


def _joined(item: _Item, outermost: bool) -> str:
    line, inner = item
    if not inner:
        return _plain(line)
    key = _HEADS[line]
    dutch = line == PHRASES[key][1]
    parts = [_joined(each, False) for each in inner]
    if key == "not":
        return f"{_plain(line.rstrip(':'))} {parts[0]}"
    if key == "all" and outermost:
        return "; ".join(parts)
    said = PHRASES["or" if key == "any" else "and"][dutch].join(parts)
    return said if outermost else f"({said})"
