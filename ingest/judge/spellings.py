"""Every name and form of the gazetteer, looked for in a text at once.

An Aho-Corasick automaton over the text's words, whatever stands between them one blank; what it finds is
a place's name only where its capitals stand in the text too. The longest name wins: `Noord-Holland` is no
`Holland`, and what `others.tsv` lists (`Tour de France`) hides the name in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from ingest.judge.context import context
from ingest.judge.gazetteer import Entry, Gazetteer, GazetteerError, load, normal, spread
from ingest.judge.patterns import lowered
from ingest.judge.text import Text
from ingest.text.fold import fold

#: In a text without capitals, names shorter than this say too little.
SHORTEST = 5


class Meaning(NamedTuple):
    """What a spelling can mean. `form`: an adjective or the inhabitants.

    `care`: as in the gazetteer, or `either` for a name marked there as a person's too.
    """

    entry: Entry
    form: bool
    care: str


class Spelling(NamedTuple):
    """A name as it is written, folded, and what it can mean: no place where it hides one."""

    written: str
    meanings: tuple[Meaning, ...]


class Hit(NamedTuple):
    """A spelling found in a text, from `start` to `end` of the folded text."""

    start: int
    end: int
    spelling: Spelling


def _spelled(gazetteer: Gazetteer) -> dict[str, dict[str, Meaning]]:
    """The meanings of every written form, by the id of the place."""
    found: dict[str, dict[str, Meaning]] = {}
    for entry in gazetteer.entries.values():
        for name in entry.nl if entry.nl is entry.en else dict.fromkeys(entry.nl + entry.en):
            care = "either" if name in entry.doubtful else entry.care
            found.setdefault(fold(name), {}).setdefault(entry.id, Meaning(entry, False, care))
        for form in entry.forms:
            found.setdefault(fold(form), {}).setdefault(entry.id, Meaning(entry, True, entry.care))
    return found


def others(path: Path) -> Iterator[str]:
    """The names in `others.tsv`. Raises GazetteerError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GazetteerError(f"{path}: cannot be read ({error}); put the file back") from None
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#"):
            if "\t" in line or not normal(line):
                raise GazetteerError(f"{path}, line {number}: {line!r} must be one name")
            yield line


class Spellings:
    """The automaton. Safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer, hiding: Iterator[str]) -> None:
        keys: dict[str, list[Spelling]] = {}
        for written, meanings in _spelled(gazetteer).items():
            spelling = Spelling(written, tuple(meanings.values()))
            keys.setdefault(spread(lowered(written)), []).append(spelling)
        for name in hiding:
            written = fold(name)
            keys.setdefault(spread(lowered(written)), []).append(Spelling(written, ()))
        self._automaton = ahocorasick.Automaton()
        for key, spellings in keys.items():
            self._automaton.add_word(f" {key} ", (len(key), tuple(spellings)))
        self._automaton.make_automaton()

    def find(self, text: Text) -> list[Hit]:
        """What is written in the text, in order, nothing overlapping."""
        folded = text.folded
        small = folded == text.low
        found = []
        for last, (length, spellings) in self._automaton.iter(f" {spread(text.low)} "):
            start = last - 1 - length
            for spelling in spellings:
                if _stands(folded, start, length, spelling, small):
                    found.append(Hit(start, start + length, spelling))
        if len(found) > 1:
            found.sort(key=lambda hit: (hit.start, -hit.end))
            free = 0
            kept = []
            for hit in found:
                if hit.start >= free:
                    kept.append(hit)
                    free = hit.end
                elif kept and hit.start == kept[-1].start and hit.end == kept[-1].end:
                    kept[-1] = _both(kept[-1], hit)
            return kept
        return found


def _stands(folded: str, start: int, length: int, spelling: Spelling, small: bool) -> bool:
    """Whether the capitals of the spelling stand in the text; short abbreviations stand as they are."""
    written = spelling.written
    if folded.startswith(written, start):
        return written != lowered(written)
    if length <= SHORTEST and written.isupper():
        return False
    if small:
        doubtful = any(meaning.form or meaning.care for meaning in spelling.meanings)
        doubtful = doubtful or lowered(written) in context().words_without_capitals
        return bool(spelling.meanings) and length >= SHORTEST and not doubtful
    capitals = [index for index, letter in enumerate(written) if letter.isupper()]
    return bool(capitals) and all(folded[start + index].isupper() for index in capitals)


def _both(first: Hit, second: Hit) -> Hit:
    """Two spellings of one stretch of text as one: `Hawaii` and `Hawaï`; none where one is something else."""
    if not first.spelling.meanings or not second.spelling.meanings:
        return first if not first.spelling.meanings else second
    known = {meaning.entry.id for meaning in first.spelling.meanings}
    more = tuple(meaning for meaning in second.spelling.meanings if meaning.entry.id not in known)
    meanings = first.spelling.meanings + more
    return first._replace(spelling=first.spelling._replace(meanings=meanings))


@lru_cache(maxsize=1)
def spellings() -> Spellings:
    """The installed gazetteer's, made once. Raises GazetteerError."""
    context()  # So that a mistake in it is told here, not by the first text that needs it.
    with as_file(files("config") / "gazetteer") as folder:
        return Spellings(load(), others(folder / "others.tsv"))
