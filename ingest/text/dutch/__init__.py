"""Dutch for search: inflection, compounds, spelling variants, verbs that come apart, hyphens, names.

`matches` says under which keys a text is found, `asked` under which a query word looks; `parts` gives the
words a compound is made of, for whoever else needs them. All of it works on folded tokens in lower case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.text.dutch.clauses import BREAK, HYPHEN, LEFT_OUT, across, apart, hyphened, left_out, named
from ingest.text.dutch.vocabulary import version
from ingest.text.dutch.words import separable, word

__all__ = [
    "BREAK",
    "HYPHEN",
    "LEFT_OUT",
    "Match",
    "asked",
    "asked_apart",
    "keys",
    "matches",
    "parts",
    "version",
]


class Match(NamedTuple):
    """A key and the (token, start, end) it comes from: letters of the token, all where end is 0."""

    key: str
    places: tuple[tuple[int, int, int], ...]


def keys(tokens: Sequence[str], gaps: Sequence[str]) -> list[str]:
    """The keys of `matches`, for whoever does not ask where they stand."""
    found = [word(token) for token in tokens]
    keys = [key for each in found for key in each.all]
    if HYPHEN in gaps:
        keys += (key for whole, _, _ in hyphened(tokens, gaps) for key in word(whole).keys)
        keys += (key for key, _, _ in across(tokens, gaps))
    if LEFT_OUT in gaps:
        keys += (key for key, _, _ in left_out(tokens, gaps, found))
    keys += (key for key, _, _ in apart(tokens, gaps, found))
    keys += (key for key, _, _ in named(tokens))
    return keys


def matches(tokens: Sequence[str], gaps: Sequence[str]) -> Iterator[Match]:
    """Every key under which a text of these tokens is found. `gaps` says what follows each token but the
    last: HYPHEN, BREAK, LEFT_OUT or none of them."""
    found = [word(token) for token in tokens]
    for index, each in enumerate(found):
        for key in each.keys:
            yield Match(key, ((index, 0, 0),))
        for key, start, end in each.parts:
            yield Match(key, ((index, start, end),))
    if HYPHEN in gaps:
        for whole, first, last in hyphened(tokens, gaps):
            places = tuple((index, 0, 0) for index in range(first, last + 1))
            for key in word(whole).keys:
                yield Match(key, places)
        for key, first, last in across(tokens, gaps):
            yield Match(key, tuple((index, 0, 0) for index in range(first, last + 1)))
    if LEFT_OUT in gaps:
        for key, first, last in left_out(tokens, gaps, found):
            yield Match(key, ((first, 0, 0), (last, 0, 0)))
    for key, verb, particle in apart(tokens, gaps, found):
        yield Match(key, ((verb, 0, 0), (particle, 0, 0)))
    for key, first, last in named(tokens):
        yield Match(key, tuple((index, 0, 0) for index in range(first, last + 1)))


def asked(token: str) -> tuple[str, ...]:
    """The keys that a query for this word looks under."""
    found = word(token)
    return found.keys[: found.sure]


def asked_apart(verb: str, particle: str) -> tuple[str, ...]:
    """The keys of a verb that a query writes apart: `viel aan`."""
    return tuple(particle + stem for stem in word(verb).verbs if separable(particle, stem))


def parts(token: str) -> tuple[str, ...]:
    """The pieces of a compound as they are written in it (cyber, aanval); none where it is no compound."""
    return tuple(token[start:end] for start, end in word(token).pieces)
