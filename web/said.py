"""What a query asks as one sentence, from the indented lines of `search.query.explain`."""

from __future__ import annotations

from collections.abc import Sequence

from search.query.phrases import PHRASES

_HEADS = {words: key for key in ("all", "any", "not") for words in PHRASES[key]}


def sentence(lines: Sequence[str]) -> str:
    """`"a" or "b", and severity C or worse`: what all need is joined by a semicolon, inner lists stand in
    brackets."""
    items, _rest = _items(list(lines), 0)
    return "; ".join(_joined(item, True) for item in items)


_Item = tuple[str, list["_Item"]]


def _items(lines: list[str], depth: int) -> tuple[list[_Item], list[str]]:
    found: list[_Item] = []
    while lines and len(lines[0]) - len(lines[0].lstrip()) >= 2 * depth:
        line = lines[0].strip()
        inner, rest = _items(lines[1:], depth + 1) if line in _HEADS else ([], lines[1:])
        found.append((line, inner))
        lines = rest
    return found, lines


def _joined(item: _Item, outermost: bool) -> str:
    line, inner = item
    if not inner:
        return line
    dutch = line == PHRASES[_HEADS[line]][1]
    key = _HEADS[line]
    parts = [_joined(each, False) for each in inner]
    if key == "not":
        return f"{line.rstrip(':')} {parts[0]}"
    if key == "all" and outermost:
        return "; ".join(parts)
    said = PHRASES["or" if key == "any" else "and"][dutch].join(parts)
    return said if outermost else f"({said})"
