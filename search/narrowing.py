"""A filter put into a query's text, taken out of it or exchanged: the text stays what a person can read and
change, and whatever is made is read again and compared, so that a filter never changes what else is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from search.query import QueryError, parse, tree
from search.query.fields import FIELDS, Kind, field
from search.query.lexer import Kind as Lexical
from search.query.lexer import lexemes
from search.values import level, meant

_PLAIN = re.compile(r"[\w.-]+")
_EMPTY = re.compile(r"\(\s*\)")
_JOINED = re.compile(r"(^|\s)(AND|EN|&&)\s*$")
_JOINS = re.compile(r"^\s*(AND|EN|&&)(\s|$)")


def added(text: str, name: str, value: str) -> str:
    """`text` that also asks for `name:value`; unchanged where it does so already.

    Where it has ORs or brackets left open it is put between brackets. Raises QueryError for a text that
    cannot be read.
    """
    if not text.strip():
        return _filter(name, value)
    if value in chosen(text, name):
        return text
    before = [_placeless(item) for item in conditions(text)]
    extra = _filter(name, value)
    wanted = [*before, *(_placeless(item) for item in conditions(extra))]
    stripped = text.strip()
    for made in (
        f"{stripped} {extra}",
        f"({stripped}) {extra}",
        f"{extra} {stripped}",
        f"{extra} ({stripped})",
    ):
        found = [_placeless(item) for item in conditions(made)]
        if len(found) == len(wanted) and all(item in found for item in wanted):
            return made
    return f"{extra} ({stripped})"


def removed(text: str, name: str, value: str | None = None) -> str:
    """`text` without its conditions `name:value`; without a value all that `name` narrows."""

    def concerned(item: tree.Node) -> bool:
        return _field(item) == name and (value is None or value in _meant(item))

    while found := next((item for item in conditions(text) if concerned(item)), None):
        shorter = _cut(text, found)
        if shorter == text:
            break
        text = shorter
    return text


def exchanged(text: str, name: str, value: str) -> str:
    """`text` that of `name` asks for `value` alone."""
    return added(removed(text, name), name, value)


def chosen(text: str, name: str) -> tuple[str, ...]:
    """The values that every hit of `text` must have in `name`, as the index has them."""
    return tuple(value for item in conditions(text) if _field(item) == name for value in _meant(item))


def narrows(text: str, name: str) -> bool:
    """Whether `text` has a condition on `name` that every hit must meet."""
    return any(_field(item) == name for item in conditions(text))


@lru_cache(maxsize=512)
def conditions(text: str) -> tuple[tree.Node, ...]:
    """What every hit must meet. Raises QueryError. A page asks this of one text hundreds of times."""
    root = parse(text).tree
    return () if root is None else tuple(_all(root))


def _all(node: tree.Node) -> Iterator[tree.Node]:
    if isinstance(node, tree.Conjunction):
        for item in node.items:
            yield from _all(item)
    else:
        yield node


def _field(item: tree.Node) -> str | None:
    return getattr(item, "field", None)


def _meant(item: tree.Node) -> tuple[str, ...]:
    if not isinstance(item, tree.Word | tree.Quoted) or item.field is None:
        return ()
    text = item.text.strip()
    try:
        if FIELDS[item.field] is Kind.LEVEL:
            number = level(text)
            return ("ABCDE"[number - 1],) if number else ("none",)
        if FIELDS[item.field] is Kind.KEYWORD:
            found = meant(item.field, text).values
            return found if len(found) == 1 else ()
    except QueryError:
        return ()
    return (text,)


def _filter(name: str, value: str) -> str:
    quoted = value.startswith("[") or _PLAIN.fullmatch(value)
    return f"{name}:{value}" if quoted else f'{name}:"{value}"'


def _cut(text: str, item: tree.Node) -> str:
    """The text without the lexemes of one condition; unchanged where that would change the others."""
    position = getattr(item, "position", 0)
    found = list(lexemes(text))
    start = end = None
    for number, each in enumerate(found):
        if each.kind is not Lexical.FIELD or field(each.text) != _field(item):
            continue
        last = number + 1
        while last < len(found) and found[last].kind is Lexical.COMPARE:
            last += 1
        while last + 1 < len(found) and found[last + 1].kind in (Lexical.TILDE, Lexical.BOOST):
            last += 1
        if last < len(found) and each.position <= position < found[last].end:
            start, end = each.position, found[last].end
    if start is None or end is None:
        return text
    left, right = text[:start], text[end:]
    if _JOINS.match(right):
        right = _JOINS.sub("", right)
    else:
        left = _JOINED.sub("", left)
    made = _EMPTY.sub("", f"{left.rstrip()} {right.lstrip()}").strip()
    rest = [_placeless(each) for each in conditions(made)]
    before = [_placeless(each) for each in conditions(text)]
    before.remove(_placeless(item))
    return made if rest == before else text


def _placeless(node: tree.Node) -> tree.Node:
    """The node whatever its place in the text, so that nodes of two texts can be compared."""
    match node:
        case tree.Conjunction(items) | tree.Disjunction(items):
            return type(node)(tuple(map(_placeless, items)))
        case tree.Negation(item):
            return tree.Negation(_placeless(item))
        case _:
            return replace(node, position=0)
