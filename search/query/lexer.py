"""Query text to lexemes. Every character belongs to one, so nothing a person typed is lost unnoticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from search.query.fields import field


class Kind(Enum):
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"
    FIELD = "field"
    COMPARE = "comparison"
    RANGE = "range"
    QUOTED = "phrase"
    WORD = "word"
    TILDE = "~"
    BOOST = "^"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """`extra` holds what the kind needs besides its text: a range's end and brackets, a quote's end."""

    kind: Kind
    text: str
    position: int
    end: int
    extra: tuple[str, ...] = ()


_QUOTES = '"“”„‟«»'
_SPACE = re.compile(r"\s+")
_RANGE = re.compile(
    r'(?P<open>[\[{])\s*(?P<low>"[^"]*"|[^\s\]}"]+)\s+(?:TO|TOT)\s+(?P<high>"[^"]*"|[^\s\]}"]+)\s*(?P<close>[\]}])'
)
_QUOTED = re.compile(rf"[{_QUOTES}](?P<text>[^{_QUOTES}]*)(?P<end>[{_QUOTES}]?)")
# Only with its value right behind it: `Bron: ANP` in a pasted headline is two words.
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):(?=[^\s)]|\s+[<>≥≤=\[{])")
_COMPARE = re.compile(r">=|<=|=>|=<|>|<|≥|≤|=")
_WORD = re.compile(rf"[^\s(){_QUOTES}~^\[\]{{}}]+")
# An address, perhaps defanged (`hxxp://evil[.]example`, `evil(dot)example`), is one value.
_ADDRESSES = {
    "entity": re.compile(rf"(?![\[{{<>≥≤=])(?:[^\s()~^{_QUOTES}]|\((?:\.|dot)\))+"),
    "url": re.compile(rf"(?![\[{{<>≥≤=])[^\s(){_QUOTES}]+"),
}
_SUFFIX = re.compile(r"[~^][0-9.]*")
DUTCH = {"EN": Kind.AND, "OF": Kind.OR, "NIET": Kind.NOT}
_OPERATORS = DUTCH | {"AND": Kind.AND, "&&": Kind.AND, "OR": Kind.OR, "||": Kind.OR, "NOT": Kind.NOT}
_COMPARISONS = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<="}


def _one(text: str, at: int, after: Lexeme | None) -> Lexeme:
    """The lexeme that begins at `at`, which is no space."""
    character = text[at]
    glued = after is not None and after.end == at
    if glued and after is not None and after.kind is Kind.FIELD:
        form = _ADDRESSES.get(field(after.text) or "")
        if form and (found := form.match(text, at)):
            return Lexeme(Kind.WORD, found.group(), at, found.end())
    if character in "()":
        return Lexeme(Kind.OPEN if character == "(" else Kind.CLOSE, character, at, at + 1)
    if character in "~^" and (found := _SUFFIX.match(text, at)):
        kind = Kind.TILDE if character == "~" else Kind.BOOST
        return Lexeme(kind, found.group()[1:], at, found.end())
    if found := _RANGE.match(text, at):
        extra = (found["open"], found["high"].strip('"'), found["close"])
        return Lexeme(Kind.RANGE, found["low"].strip('"'), at, found.end(), extra)
    if found := _QUOTED.match(text, at):
        return Lexeme(Kind.QUOTED, found["text"], at, found.end(), (found["end"],))
    if after is not None and after.kind is Kind.FIELD and (found := _COMPARE.match(text, at)):
        sign = _COMPARISONS.get(found.group(), found.group())
        return Lexeme(Kind.COMPARE, sign, at, found.end())
    if character in "-!+−" and not (glued and after is not None and after.kind is Kind.WORD):
        rest = text[at + 1 : at + 2]
        if rest and not rest.isspace() and rest != ")":
            return Lexeme(Kind.AND if character == "+" else Kind.NOT, character, at, at + 1)
        return Lexeme(Kind.STRAY, character, at, at + 1)
    if (found := _FIELD.match(text, at)) and field(found["name"]):
        return Lexeme(Kind.FIELD, found["name"], at, found.end())
    if found := _WORD.match(text, at):
        return Lexeme(_OPERATORS.get(found.group(), Kind.WORD), found.group(), at, found.end())
    return Lexeme(Kind.STRAY, character, at, at + 1)


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes of `text`, in order."""
    at, before = 0, None
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        before = _one(text, at, before)
        yield before
        at = before.end
