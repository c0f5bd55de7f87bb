"""One signal as the comparison sees it, its features read when they are first needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import cached_property

from ingest.relate import marks, words

#: A body of fewer words says too little: the title is the text.
SHORT = 8
_ARTICLE = re.compile(
    r"~([a-z]?[0-9a-f]{6,12})\b|(?<![0-9a-z])([0-9]{5,19})(?![0-9a-z])|\b(p[0-9][0-9a-z]{4})\b"
)
_SHORT_DAY = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")
_SLUG = re.compile(r"[a-z]{2,}")
_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|mei|jun|jul|aug|sep|oct|okt|nov|dec)[a-z]*|portal")
_DAYLIKE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:[0-9]{4,6})?$")


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a signal: `key` is its own, `url` is canonical or empty.

    `publisher` is the owner group of the source, else the source: whoever may change these words. `entry` is
    the feed's own id, `version` an official field.
    """

    key: Any
    title: str
    text: str
    url: str
    source: str
    publisher: str
    published: datetime | None
    entry: str = ""
    version: str = ""


class Text:
    """The features of one signal."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.source, self.publisher, self.published = given.source, given.publisher, given.published
        self.url = given.url

    @cached_property
    def _stripped(self) -> str:
        return words.without_stamps(self.given.text)

    @cached_property
    def title(self) -> list[str]:
        return words.plain(self._title)

    @cached_property
    def body(self) -> list[str]:
        found = words.plain(self._stripped)
        if found and words.cut_short(self._stripped):
            del found[-1]
        return found

    @cached_property
    def whole(self) -> list[str]:
        """The words of the text with whatever recurs in it."""
        return words.plain(self.given.text[: 2 * words.LONGEST])

    @cached_property
    def names(self) -> frozenset[str]:
        """The words written as names somewhere in title or text."""
        return words.names(self._title) | words.names(self._stripped)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """All numbers in title and text."""
        return frozenset(word for word in (*self.title, *self.body) if word[0].isdigit())

    @cached_property
    def bare(self) -> bool:
        """Whether there is no text worth comparing beside the title."""
        return len(self.body) < SHORT

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        return words.shingles(self.body)

    @cached_property
    def _title(self) -> str:
        return self.given.title[: words.LONGEST]

    @cached_property
    def dates(self) -> tuple[frozenset[str], frozenset[str]]:
        return marks.dates(self._title)

    @cached_property
    def parts(self) -> frozenset[str]:
        return marks.parts(self._title)

    @cached_property
    def live_title(self) -> bool:
        return marks.live_title(self._title)

    @cached_property
    def live_text(self) -> bool:
        return marks.live_text(self._stripped[:300])

    @cached_property
    def roundup(self) -> bool:
        return marks.roundup(self._title)

    @cached_property
    def article(self) -> str:
        """The number of the article in its URL, with the host; empty where it has none."""
        host, _, path = self.url.lower().partition("://")[2].partition("/")
        found = [
            number
            for groups in _ARTICLE.findall(path)
            if (number := next(filter(None, groups))) and not self._day(number)
        ]
        return f"{host.removeprefix('www.').removeprefix('m.')} {max(found, key=len)}" if found else ""

    def _day(self, number: str) -> bool:
        """Whether a number in the URL is a date: `20260302`, or `260302` if published then."""
        if _DAYLIKE.match(number):
            return True
        if not _SHORT_DAY.fullmatch(number) or self.published is None:
            return False
        return any(f"{self.published + timedelta(days=d):%y%m%d}" == number for d in (-1, 0, 1))

    @cached_property
    def paged(self) -> bool:
        """Whether the URL is one article's, not that of a page where many things are told."""
        if self.article:
            return True
        path = self.url.partition("//")[2].partition("/")[2]
        slugs = map(_SLUG.findall, path.lower().split("/"))
        return any(sum(not _MONTH.fullmatch(word) for word in slug) >= 3 for slug in slugs)

    @cached_property
    def _named(self) -> frozenset[str]:
        return marks.identifiers(self._title)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The official identifiers that stand in the title, else the one whose record this is."""
        if self._named:
            return self._named
        page = self.url.rstrip("/").replace("=", "/").rpartition("/")[2].upper()
        return frozenset(each for each in (self.given.entry.upper(), page) if each in marks.identifiers(each))

    @cached_property
    def record(self) -> bool:
        """Whether this is the record of what it names: its title, URL or entry's id is that identifier."""
        if not self.ids:
            return False
        start = self.given.title.lstrip(" [(").upper()
        return any(start.startswith(each) for each in self.ids) or (not self._named and bool(self.ids))

    @cached_property
    def version(self) -> str:
        """The version that the official fields or the title name, else empty."""
        return self.given.version or marks.version(self._title)

    @cached_property
    def told(self) -> frozenset[str]:
        """The words of the body that say something."""
        return frozenset(self.body) - words.COMMON

    @cached_property
    def content(self) -> frozenset[str]:
        """The words of title and body that say something, but for the shortest."""
        return frozenset(w for w in (*self.title, *self.told) if len(w) > 2 and w not in words.COMMON)
