"""The places that a text names, with the words that name them.

A name of the gazetteer counts where it is written with its capitals and nothing says that it is something
else: part of a club's or a paper's name, a surname, a language, an ordinary word at the start of a
sentence. Names that are ordinary words or persons' need a sign: a word like `in` before them, a dateline,
a list of places, or another place of the same country. Of several places of one name that one is meant
which lies where the text's other places lie, else the one the gazetteer lists first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.entries import Evidence, Place
from ingest.judge.around import Around, capitals_say_nothing
from ingest.judge.context import context
from ingest.judge.gazetteer import Entry
from ingest.judge.spellings import Hit, Meaning, spellings
from ingest.judge.text import Text

VERSION = "places-1"
#: At most this much of what names one place is kept.
MOST_EVIDENCE = 5
#: Towns are doubted more than countries.
_TOWNS = frozenset(("municipality", "town", "neighbourhood", "city", "region"))
#: What stands between places that are listed.
_BETWEEN = frozenset((", ", " en ", " and ", "/", ", en ", ", and ", " (", " & "))


def model() -> str:
    """The version of this judge, as stored with its judgements."""
    return VERSION


class _Found:
    """A hit with the meanings that are left; `sure` where it needs no other place to bear it out."""

    __slots__ = ("hit", "meanings", "sure")

    def __init__(self, hit: Hit, meanings: Sequence[Meaning], sure: bool) -> None:
        self.hit = hit
        self.meanings = meanings
        self.sure = sure


def _language(around: Around, written: str) -> bool:
    """Whether the adjective names the language: `in het Frans`, `Engels leren`, also Frans the man."""
    words = context()
    if written.lower() not in words.languages:
        return False
    after = around.after
    return not after or not after[0].islower() or after in words.no_nouns


def _ordinary(around: Around, written: str, language: str | None) -> bool:
    """Whether the word for the inhabitants is an ordinary one here: `Pool`, `Polish`."""
    words = context()
    if written in words.dutch_inhabitants:
        return around.begins or language == "en"
    return around.begins and written in words.inhabitants


def _keep(hit: Hit, sure: bool) -> _Found:
    return _Found(hit, hit.spelling.meanings, sure)


def _weighed(text: Text, language: str | None, hit: Hit, previous: Hit | None) -> _Found | None:
    """The hit as far as its own surroundings say; `previous` is the place named before it."""
    written = hit.spelling.written
    around = Around(text.folded, hit.start, hit.end)
    first = hit.spelling.meanings[0]
    if around.club(written):
        return None
    if first.form:
        if _language(around, written):
            return None
        if _ordinary(around, written, language):
            return None
        return _keep(hit, True)
    entry, care = first.entry, first.care
    if entry.kind == "country" and around.given() and not capitals_say_nothing(text, hit.start):
        return None
    town = entry.kind in _TOWNS
    if town and not around.dateline() and _no_town(around, entry, care):
        return None
    if language == "en" and entry.country == "NL" and entry.kind == "town" and care != "word":
        care = "name"
    if not care or (_beside(text, hit, previous) and not around.article()):
        return _keep(hit, True)
    return _doubted(hit, around, entry, care, capitals_say_nothing(text, hit.start))


def _no_town(around: Around, entry: Entry, care: str) -> bool:
    """Whether what stands before a town's name says that it is none."""
    return around.surname(entry.country == "NL" or bool(care)) or (bool(care) and around.article())


def _beside(text: Text, hit: Hit, previous: Hit | None) -> bool:
    """Whether another place stands right before it: `Oss, Uden en Best`, `het Gelderse Epe`."""
    if previous is None:
        return False
    if previous.spelling.meanings[0].form:
        return text.folded[previous.end : hit.start] == " "
    return text.folded[previous.end : hit.start] in _BETWEEN


def _doubted(hit: Hit, around: Around, entry: Entry, care: str, meaningless: bool) -> _Found | None:
    """A name that can be something else. `meaningless`: capitals say nothing here."""
    if around.dateline():
        return _keep(hit, True)
    if around.hyphened or (not meaningless and around.after[:1].isupper() and around.in_name()):
        return None
    if around.placed():
        return _keep(hit, True)
    if not meaningless and around.in_name():
        return None
    if care == "either" or entry.kind == "country":
        return _keep(hit, True)
    if care == "small":
        return _keep(hit, not meaningless)
    if care == "word":
        if around.begins or meaningless:
            return None
        return _keep(hit, entry.country == "NL" and bool(around.before))
    return _keep(hit, False)


def _chosen(found: _Found, countries: Counter[str], ids: set[str]) -> Entry:
    """The place that is meant, of several of one name."""
    meanings = found.meanings
    if len(meanings) == 1:
        return meanings[0].entry

    def fits(meaning: Meaning) -> int:
        entry = meaning.entry
        return (2 if ids.intersection(entry.within) else 0) + (1 if countries[entry.country] else 0)

    return max(meanings, key=fits).entry


def as_written(text: Text, start: int, end: int) -> Evidence:
    """The words from `start` to `end` of the folded text as evidence, as the text itself has them."""
    found = text.evidence("", start, end)
    return Evidence(text.whole[found.start : found.end], found.start, found.end)


def find(text: Text, language: str | None) -> tuple[Place, ...]:
    """The places that the text names, in the order in which they first occur.

    `language` is ISO 639-1, None where it is not known. Raises GazetteerError where the gazetteer cannot
    be read.
    """
    hits = [hit for hit in spellings().find(text) if hit.spelling.meanings]
    if not hits:
        return ()
    weighed: list[_Found] = []
    previous: Hit | None = None
    for hit in hits:
        found = _weighed(text, language, hit, previous)
        if found is not None:
            weighed.append(found)
            if found.sure:
                previous = hit
    certain: Counter[str] = Counter()
    ids: set[str] = set()
    for found in weighed:
        if found.sure and len(found.meanings) == 1:
            entry = found.meanings[0].entry
            certain[entry.country] += 1
            ids.update((entry.id, *entry.within))
    certain[""] = 0
    places: dict[str, tuple[Entry, list[Evidence]]] = {}
    for found in weighed:
        if not found.sure and not any(certain[m.entry.country] for m in found.meanings):
            continue
        entry = _chosen(found, certain, ids)
        evidence = places.setdefault(entry.id, (entry, []))[1]
        if len(evidence) < MOST_EVIDENCE:
            start, end = found.hit.start, found.hit.end
            evidence.append(as_written(text, start, end))
    return tuple(
        Place(
            entry.id,
            entry.name(language),
            entry.kind,
            entry.country,
            entry.part,
            tuple(evidence),
            entry.within,
        )
        for entry, evidence in places.values()
    )
