"""Refused queries and reasons for finding nothing, in the reader's language and with their place.

The rooms below say them in English in one line each; a line that is not known here is shown as it is.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

from search.analysis import query
from search.query import QueryError
from search.query.lexer import Kind, lexemes
from search.query.parser import MAX_DEPTH, MAX_LENGTH

_LINES = [
    (re.compile(form), words)
    for form, words in (
        (
            r"the query has (?P<n>\d+) characters; (?P<most>\d+) is the most",
            gettext_noop(
                "The query has %(n)s characters; at most %(most)s can be read. Make it shorter or split it."
            ),
        ),
        (
            r"the query has more than (?P<most>\d+) parts; split it",
            gettext_noop("The query has more than %(most)s parts. Split it."),
        ),
        (
            r"(parentheses|AND, OR and NOT) are nested more than (?P<most>\d+) deep; write it flatter",
            gettext_noop("Brackets stand more than %(most)s deep. Write it flatter."),
        ),
        (
            r"severity: takes A to E or none, not (?P<value>.+)",
            gettext_noop("After severity: comes A to E or none, not %(value)s."),
        ),
        (
            r"relevance: takes direct, near, indirect or none, not (?P<value>.+)",
            gettext_noop("After relevance: comes direct, near, indirect or none, not %(value)s."),
        ),
        (
            r"(?P<field>\w+): (?P<value>.+) is not a time; use .+",
            gettext_noop(
                "%(value)s after %(field)s: is no time. Write 2026-11-24, 2026-11-24T12:00, now-24h or today."
            ),
        ),
        (
            r"more than (?P<most>[\d,]+) words begin with (?P<value>.+): add letters before the \* .+",
            gettext_noop("More than %(most)s words begin with %(value)s. Add letters before the *."),
        ),
        (
            r"nothing is stored here yet: .+",
            gettext_noop(
                "Nothing has been gathered here yet. Signals appear as soon as the first sources are read."
            ),
        ),
        (
            r"no indexed signal has (?P<field>\w+): yet",
            gettext_noop("No signal has a value for %(field)s: yet."),
        ),
        (
            r"there is no source (?P<value>.+); `horizonscan sources list` shows them",
            gettext_noop("There is no source %(value)s. The page Sources lists them."),
        ),
        (
            r"no signal has (?P<value>\S+); there are (?P<there>.+)",
            gettext_noop("No signal has %(value)s. There are: %(there)s."),
        ),
    )
]


def said(line: str) -> str:
    """A refusal or a hint as the reader should read it."""
    for form, words in _LINES:
        if found := form.fullmatch(line):
            return gettext(words) % found.groupdict()
    return line


def place(text: str, error: QueryError) -> tuple[int, int] | None:
    """Where in the query (start, end) what was refused stands; None where all of it is meant."""
    if len(text) > MAX_LENGTH:
        return MAX_LENGTH, len(text)
    found = list(lexemes(text))
    for number, each in enumerate(found):
        if each.kind is not Kind.FIELD:
            continue
        last = number + 1
        while last < len(found) and found[last].kind is Kind.COMPARE:
            last += 1
        end = found[last].end if last < len(found) else each.end
        try:
            query(text[each.position : end])
        except QueryError as again:
            if str(again) == str(error):
                return each.position, end
    depth = 0
    for each in found:
        depth += (each.kind is Kind.OPEN) - (each.kind is Kind.CLOSE)
        if depth > MAX_DEPTH:
            return each.position, each.end
    return None
