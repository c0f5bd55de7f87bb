"""A query in plain words, in English or Dutch: what it asks and what of it was repaired.

Words and names are read as analysis reads them, so what is said is what is searched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.analyzer import words
from search.analysis import Query
from search.query import times, tree
from search.query.fields import FIELDS, Kind
from search.query.phrases import FIELD_NAMES, PHRASES, UNITS
from search.values import beginning, graded, level, meant, name

_STEP = re.compile(r"([+-])(\d+)([smhdwMy])")


def explain(query: Query, language: str = "en") -> list[str]:
    """What the query asks, a line a condition, indented by two spaces for each level below AND, OR and NOT.

    In Dutch for `nl`, else in English. Repairs come last.
    """
    said = _Said("nl" if language[:2] == "nl" else "en")
    lines = said.node(query.tree) if query.tree is not None else []
    if not lines:
        lines = [said("nothing" if query.text.strip() else "everything")]
    return [*lines, *(f"{said('repaired')}: {note.said(language)}" for note in query.notes)]


class _Said:
    """One language's words for the parts of a query."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, *values: str) -> str:
        return PHRASES[key][self.language == "nl"].format(*values)

    def field(self, field: str) -> str:
        return FIELD_NAMES[field][self.language == "nl"]

    def node(self, node: tree.Node) -> list[str]:
        """The lines of a node; none where nothing in it can be searched for."""
        match node:
            case tree.Conjunction(items):
                return self.joined("all", items)
            case tree.Disjunction(items):
                return self.joined("any", items)
            case tree.Negation(item):
                found = self.node(item)
                return [self("not"), *(f"  {line}" for line in found)] if found else []
            case tree.Everything():
                return [self("everything")]
            case tree.Span():
                return [self.span(node)]
            case _:
                line = (
                    self.textual(node)
                    if FIELDS.get(node.field or "title") is Kind.TEXT
                    else self.valued(node)
                )
                return [line] if line else []

    def joined(self, key: str, items: Sequence[tree.Node]) -> list[str]:
        found = [lines for lines in map(self.node, items) if lines]
        if len(found) < 2:
            return found[0] if found else []
        return [self(key), *(f"  {line}" for lines in found for line in lines)]

    def textual(self, node: tree.Word | tree.Quoted | tree.Start | tree.Near) -> str:
        found = words(node.text)
        if not found:
            return ""
        text = " ".join(found)
        many = len(found) > 1
        if isinstance(node, tree.Start):
            said = self("phrase-begins" if many else "begins", text)
        elif isinstance(node, tree.Near) and not many:
            distance = min(node.distance, 0 if len(text) < 3 else 1 if len(text) < 5 else 2)
            said = self("near", text, str(distance)) if distance else self("word", text)
        elif many:
            said = self("phrase", text)
        else:
            said = self("exact" if isinstance(node, tree.Quoted) else "word", text)
        return self("in-title", said) if node.field == "title" else said

    def valued(self, node: tree.Word | tree.Quoted | tree.Start | tree.Near) -> str:
        assert node.field is not None
        field, text = node.field, node.text.strip()
        kind = FIELDS[field]
        begins = isinstance(node, tree.Start)
        if not text and not begins:
            return ""
        if kind is Kind.TIME:
            key = "from" if times.instant(text) else "during"
            return f"{self.field(field)} {self(key, self.time(text))}"
        if kind is Kind.LEVEL:
            return self("is", self.field(field), self.grade(text))
        if kind is Kind.ADDRESS:
            return self("starts" if begins else "is", self.field(field), text)
        if begins and not text:
            return self("present", self.field(field))
        found = beginning(field, text) if begins else meant(field, text)
        names = [self.named(field, value) for value in found.values]
        if begins:
            return self.one_of([self("starts", self.field(field), text), *names])
        if not names:
            return self("is", self.field(field), self("none"))
        return self("is", self.field(field), self.one_of(names))

    def one_of(self, said: Sequence[str]) -> str:
        return self("or").join(said)

    def named(self, field: str, value: str) -> str:
        called = name(field, value, self.language)
        return called if called.lower() == value else f"{called} ({value})"

    def span(self, node: tree.Span) -> str:
        field = self.field(node.field)
        if node.low is None and node.high is None:
            return self("present", field)
        timed = FIELDS[node.field] is Kind.TIME
        shown = self.time if timed else self.grade
        said = []
        if node.low is not None:
            key = "from" if node.low_included else "after"
            said.append(self(key if timed else f"level-{key}", shown(node.low)))
        if node.high is not None:
            key = "until" if node.high_included else "before"
            said.append(self(key if timed else f"level-{key}", shown(node.high)))
        ungraded = not timed and node.low is None
        return f"{field} {self('and').join(said)}{self('graded') if ungraded else ''}"

    def grade(self, text: str) -> str:
        return graded(level(text), self.language) or self("none")

    def time(self, literal: str) -> str:
        """A time as a person says it: relative ones by their distance, others as written."""
        literal = times.written(literal)
        if not literal.startswith("now"):
            return literal
        steps, _, unit = literal[3:].partition("/")
        moved = [self.step(*step) for step in _STEP.findall(steps)]
        if unit == "d" and steps in ("", "-1d", "+1d"):
            return self({"": "today", "-1d": "yesterday", "+1d": "tomorrow"}[steps])
        moment = self("and").join(moved) if moved else self("now")
        return self(f"whole-{unit}", moment) if unit else moment

    def step(self, sign: str, count: str, unit: str) -> str:
        one, more = UNITS[unit][self.language == "nl"]
        return self("ago" if sign == "-" else "ahead", count, one if int(count) == 1 else more)
