"""What stands around a name in a text, and whether it says that the name is a place's, or a person's.

All of it looks at a few words left and right; nothing here knows a place.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.judge.context import context
from ingest.judge.text import Text

_LEFT = re.compile(r"([\w'.’-]+)([ \t]+|-)?$")
_RIGHT = re.compile(r"([ \t]+|-)?([\w'’]+)")
#: What follows a place that opens a text: ` - `, `, Oss - `, ` (AP) - `.
_DATELINE = re.compile(
    r"(?:[ ,/]{1,3}(?:en )?[A-Z'][\w'-]*){0,4}"
    r"(?:(?: \([^()\n]{1,20}\))?(?: ?[-–—:] )|(?: \([A-Z][^()\n]{1,20}\)))"
)
#: How far is looked to the left and, for a dateline, to the right, in characters.
_REACH = 30
_LINE = 60
#: After these a sentence begins.
_BEGINS = frozenset("\n.!?:;|•“”\"'‘’«»([*–—-#")
_ARTICLES = frozenset(("de", "het", "een", "'t"))
#: The share of words with capitals from which on capitals in a title say nothing.
_TITLE_CASE = 0.7


class Around:
    """The words beside one hit, empty where there is none or a mark stands between.

    `start` and `end` are offsets in the folded text.
    """

    __slots__ = ("after", "before", "begins", "end", "folded", "hyphened", "start")

    def __init__(self, folded: str, start: int, end: int) -> None:
        self.folded = folded
        self.start = start
        self.end = end
        before = folded[max(0, start - _REACH) : start]
        found = _LEFT.search(before)
        self.before = found[1] if found and (found[2] or "").isspace() else ""
        self.hyphened = before.endswith("-") and before[-2:-1].isalnum()
        bare = before.rstrip(" \t\r")
        self.begins = not bare or bare[-1] in _BEGINS
        follows = _RIGHT.match(folded, end)
        self.after = follows[2] if follows and (follows[1] or "").isspace() else ""

    def before_particles(self) -> str:
        """The word before the particles before the name: `Erik` of `Erik van den Berg`."""
        words = self.folded[max(0, self.start - 2 * _REACH) : self.start].rpartition("\n")[2].split()
        while words and words[-1] in context().particles:
            words.pop()
        return words[-1] if words and words[-1][-1].isalnum() else ""

    def dateline(self) -> bool:
        """Whether the name opens the text or a line as its place: `Epe - `, `ROME (AP)`, `Best, Oss - `."""
        return self.begins and _DATELINE.match(self.folded[self.end : self.end + _LINE]) is not None

    def club(self, name: str) -> bool:
        """Whether it is part of the name of a club, a newspaper or a firm."""
        words = context()
        if self.before in words.clubs or self.after in words.teams or self.after in words.papers:
            return True
        return self.after == "City" and name.lower() in words.city_clubs

    def surname(self, likely: bool) -> bool:
        """Whether it is part of a surname: `Raymond van Barneveld`, `Van Veenendaal`, `Jack London`.

        `likely`: the name is one that surnames are made of; others need a given name before them.
        """
        before = self.before
        if not before:
            return False
        words = context()
        if before in words.given_names:
            return True
        if before not in words.particles:
            return False
        first = self.before_particles()
        if before[0].isupper():
            # At the start of a sentence it may be the plain word.
            return bool(first) or self.after not in ("naar", "tot", "via", "en")
        if not likely:
            return first in words.given_names
        return first[:1].isupper() and first.lower() not in words.before_of | words.signs

    def given(self) -> bool:
        """Whether a given name stands before it: `Tom Holland`."""
        return self.before in context().given_names

    def article(self) -> bool:
        """Whether a Dutch article stands before it, which no town has."""
        return self.before.lower() in _ARTICLES

    def in_name(self) -> bool:
        """Whether a capital left or right says that it is part of a longer name."""
        words = context()
        if self.after[:1].isupper() and self.after not in words.after_towns:
            return True
        before = self.before.lower()
        return self.before[:1].isupper() and before not in words.signs and before not in words.before_towns

    def placed(self) -> bool:
        """Whether the word before it says that it is a place."""
        return self.before.lower() in context().signs


@lru_cache(maxsize=64)
def _title_case(title: str) -> bool:
    words = [word for word in title.split() if word[0].isalpha()]
    return len(words) >= 4 and sum(word[0].isupper() for word in words) >= _TITLE_CASE * len(words)


def capitals_say_nothing(text: Text, start: int) -> bool:
    """Whether a name at `start` stands in a title that has capitals everywhere."""
    return start < text.title_end and _title_case(text.title)
