"""Lexemes to a syntax tree: recursive descent, NOT before AND (also unwritten) before OR.

Lenient: what is unfinished is finished and what makes no sense is left out, each with a note that names
the place. Only what could be meant in several ways, or is too large, is an error.
"""

from __future__ import annotations

import re

from search.query.fields import FIELDS, field
from search.query.fields import Kind as FieldKind
from search.query.lexer import DUTCH, Kind, Lexeme, lexemes
from search.query.tree import (
    Conjunction,
    Disjunction,
    Everything,
    Near,
    Negation,
    Node,
    Note,
    Parsed,
    QueryError,
    Quoted,
    Span,
    Start,
    Word,
)

MAX_LENGTH = 4_000
MAX_NODES = 500
MAX_DEPTH = 40

_UNKNOWN_FIELD = re.compile(r"([^\W\d_]{2,}):(?!//)\S")
_COMPARED = (FieldKind.LEVEL, FieldKind.TIME)


def parse(text: str) -> Parsed:
    """Parses a query. Raises QueryError where it is longer, larger or deeper than the limits."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query has {len(text)} characters; {MAX_LENGTH} is the most")
    return _Parser(text).parsed()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.items = list(lexemes(text))
        self.at = 0
        self.nodes = 0
        self.depth = 0
        self.notes: list[Note] = []

    def parsed(self) -> Parsed:
        self.dutch()
        found = []
        while self.at < len(self.items):
            node = self.alternatives(None)
            if node is not None:
                found.append(node)
            if self.kind() is Kind.CLOSE:
                self.note("closing")
                self.at += 1
        tree = found[0] if len(found) == 1 else Conjunction(tuple(found)) if found else None
        return Parsed(self.text, tree, tuple(sorted(self.notes, key=lambda note: note.position)))

    # reading
    def peek(self) -> Lexeme | None:
        return self.items[self.at] if self.at < len(self.items) else None

    def kind(self) -> Kind | None:
        item = self.peek()
        return item.kind if item else None

    def note(self, key: str, *values: str, position: int | None = None) -> None:
        item = self.peek()
        if position is None:
            position = item.position if item else len(self.text)
        self.notes.append(Note(position, key, values))

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise QueryError(f"the query has more than {MAX_NODES} parts; split it")

    def dutch(self) -> None:
        """In a text all in capitals, EN, OF and NIET may as well be words of it."""
        for item in self.items if self.text.isupper() else ():
            if item.text in DUTCH and item.kind in DUTCH.values():
                self.note("dutch", item.text, item.kind.value, position=item.position)

    # grammar
    def alternatives(self, within: str | None) -> Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(f"parentheses are nested more than {MAX_DEPTH} deep; write it flatter")
        found: list[Node] = []
        while True:
            node = self.sequence(within)
            if node is not None:
                found.append(node)
            if self.kind() is not Kind.OR:
                break
            if node is None:
                self.note("before", self.items[self.at].text)
            self.at += 1
            if self.kind() in (None, Kind.CLOSE):
                sign = self.items[self.at - 1]
                self.note("after", sign.text, position=sign.position)
        self.depth -= 1
        return found[0] if len(found) == 1 else Disjunction(tuple(found)) if found else None

    def sequence(self, within: str | None) -> Node | None:
        found: list[Node] = []
        while (kind := self.kind()) not in (None, Kind.OR, Kind.CLOSE):
            if kind is Kind.AND:
                self.conjoined(bool(found))
                continue
            node = self.negation(within)
            if node is not None:
                found.append(node)
        return found[0] if len(found) == 1 else Conjunction(tuple(found)) if found else None

    def conjoined(self, after_something: bool) -> None:
        item = self.items[self.at]
        self.at += 1
        if item.text == "+":  # every part is required anyway
            return
        if not after_something:
            self.note("before", item.text, position=item.position)
        elif self.kind() in (None, Kind.CLOSE, Kind.OR):
            self.note("after", item.text, position=item.position)

    def negation(self, within: str | None) -> Node | None:
        negative, first, deep = False, self.peek(), 0
        while self.kind() is Kind.NOT:
            negative = not negative
            deep += 1
            self.at += 1
        if deep and self.kind() in (None, Kind.CLOSE, Kind.OR, Kind.AND):
            assert first is not None
            self.note("after", first.text, position=first.position)
            return None
        node = self.atom(within)
        return Negation(node) if negative and node is not None else node

    def atom(self, within: str | None) -> Node | None:
        item = self.peek()
        if item is None or item.kind in (Kind.CLOSE, Kind.AND, Kind.OR):
            return None
        self.count()
        if item.kind is Kind.OPEN:
            return self.group(within)
        self.at += 1
        if item.kind is Kind.FIELD:
            return self.fielded(item)
        if item.kind is Kind.RANGE:
            return self.range(within, item)
        if item.kind is Kind.QUOTED:
            return self.quoted(within, item)
        if item.kind is Kind.WORD:
            return self.word(within, item)
        if item.kind is Kind.COMPARE:
            self.note("misplaced", item.text, position=item.position)
        else:
            self.note("alone", item.text or item.kind.value, position=item.position)
        return None

    def group(self, within: str | None) -> Node | None:
        opened = self.items[self.at]
        self.at += 1
        node = self.alternatives(within)
        if self.kind() is Kind.CLOSE:
            self.at += 1
        else:
            self.note("opening", position=opened.position)
        self.boost()
        return node

    def fielded(self, item: Lexeme) -> Node | None:
        name = field(item.text)
        assert name is not None
        if self.kind() is Kind.COMPARE:
            return self.comparison(name, item)
        if self.kind() in (None, Kind.CLOSE, Kind.AND, Kind.OR):
            self.note("empty", f"{item.text}:", position=item.position)
            return None
        return self.negation(name)

    def comparison(self, name: str, item: Lexeme) -> Node | None:
        sign = self.items[self.at].text
        self.at += 1
        value = self.peek()
        if value is None or value.kind not in (Kind.WORD, Kind.QUOTED):
            self.note("empty", f"{item.text}:{sign}", position=item.position)
            return None
        if sign == "=":
            return self.atom(name)
        if FIELDS[name] not in _COMPARED:
            raise QueryError(f"{item.text}: cannot be compared; write {item.text}:value without {sign}")
        self.at += 1
        low, high = (value.text, None) if sign[0] == ">" else (None, value.text)
        return Span(name, low, high, sign == ">=", sign == "<=", value.position)

    def range(self, within: str | None, item: Lexeme) -> Node:
        if within is None or FIELDS[within] not in _COMPARED:
            raise QueryError(
                f"a range ({item.text} TO {item.extra[1]}) needs published:, seen: or severity: before it"
            )
        opened, high, closed = item.extra
        low = None if item.text == "*" else item.text
        ending = None if high == "*" else high
        return Span(within, low, ending, opened == "[", closed == "]", item.position)

    def quoted(self, within: str | None, item: Lexeme) -> Node:
        if not item.extra[0]:
            self.note("quotation", position=item.position)
        if self.kind() is Kind.TILDE:
            self.note("phrase-near")
            self.at += 1
        self.boost()
        return Quoted(within, item.text, item.position)

    def word(self, within: str | None, item: Lexeme) -> Node:
        text, position = item.text, item.position
        if within is None and (unknown := _UNKNOWN_FIELD.match(text)):
            self.note("no-field", unknown[1], position=position)
        elif within is None and text[-1] == ":" and field(text[:-1]):
            self.note("apart", text, position=position)
        if set(text) == {"*"}:
            return Everything(position) if within is None else Span(within, None, None, position=position)
        prefix = text.endswith("*")
        text = text.rstrip("*")
        if "*" in text.lstrip("*") and FIELDS.get(within or "") is not FieldKind.ADDRESS:
            self.note("star-inside", position=position)
            text, prefix = text.lstrip("*").partition("*")[0], True
        elif text.startswith("*"):
            self.note("star-first", position=position)
            text = text.lstrip("*")
        if self.kind() is Kind.TILDE and self.items[self.at].position == item.end:
            return self.near(within, text, position)
        self.boost()
        return Start(within, text, position) if prefix else Word(within, text, position)

    def near(self, within: str | None, text: str, position: int) -> Node:
        asked = self.items[self.at].text
        distance = int(asked) if asked.isascii() and asked.isdigit() else 1
        if distance > 2:
            self.note("far")
            distance = 2
        elif asked not in ("", "0", "1", "2"):
            self.note("near")
        self.at += 1
        self.boost()
        if within is not None and FIELDS[within] is not FieldKind.TEXT:
            self.note("no-near", within, position=position)
            return Word(within, text, position)
        return Near(within, text, distance, position) if distance else Word(within, text, position)

    def boost(self) -> None:
        if self.kind() is Kind.BOOST:
            self.note("boost")
            self.at += 1
