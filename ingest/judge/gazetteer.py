"""The gazetteer: places by name, read from the tables in `config/gazetteer/`.

One table, several files (tab-separated, `#` begins a remark): id, kind, country (ISO 3166 alpha-2), the
ids of the places right around it, names in Dutch and in English (`;` between, the first is shown; none in
English: the Dutch ones), other forms (adjectives, inhabitants) and care: `word` where the name is an
ordinary word too, `name` where it is first of all a person's (`Paris?` says so of one name), `small` where
it is little known. A row without a kind adds names and forms to a place of another file. Of places of one
name the one listed first is meant where a text does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from ingest.entries import Place
from ingest.judge.patterns import lowered
from ingest.text.fold import fold

COLUMNS = ("id", "kind", "country", "within", "nl", "en", "forms", "care")
HEADER = "\t".join(COLUMNS)
#: The order in which places of one name are meant.
FILES = ("countries", "peoples", "netherlands", "caribbean", "world", "villages", "cities", "regions")
KINDS = frozenset((
    "country", "province", "municipality", "town", "neighbourhood", "island", "region", "continent", "city",
    "site", "airport", "port", "sea", "strait", "lake", "river", "estuary", "canal",
))  # fmt: skip
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CARES = frozenset(("", "small", "word", "name"))
#: The part of the Kingdom of a country code; the three public bodies share one code.
PARTS = {"NL": "NL", "AW": "AW", "CW": "CW", "SX": "SX"}
PUBLIC_BODIES = {"bonaire": "BQ-BO", "sint-eustatius": "BQ-SE", "saba": "BQ-SA"}


class GazetteerError(ValueError):
    """The gazetteer cannot be used; the message is one line: which file and line, what to do."""


class Row(NamedTuple):
    """One line of a file."""

    id: str
    kind: str
    country: str
    within: tuple[str, ...]
    nl: tuple[str, ...]
    en: tuple[str, ...]
    forms: tuple[str, ...]
    care: str


@dataclass(slots=True)
class Entry:
    """One place. `within` are the ids around it, nearest first; `forms` are adjectives and inhabitants."""

    id: str
    kind: str
    country: str
    part: str
    within: tuple[str, ...]
    nl: tuple[str, ...]
    en: tuple[str, ...]
    forms: tuple[str, ...]
    care: str
    doubtful: frozenset[str]

    def name(self, language: str | None) -> str:
        """How the place is called in the language: English where that is asked for, else Dutch."""
        return self.en[0] if language == "en" else self.nl[0]


class _Blanks(dict[int, str | int]):
    """For `str.translate`: whatever is no letter or digit becomes one blank."""

    def __missing__(self, key: int) -> str | int:
        self[key] = value = key if chr(key).isalnum() else " "
        return value


_BLANKS = _Blanks()


def spread(low: str) -> str:
    """Folded lower-case text of the same length, with a blank for every mark."""
    return low.translate(_BLANKS)


def normal(name: str) -> str:
    """A name as it is looked up: without accents, capitals and marks."""
    return " ".join(spread(lowered(fold(name))).split())


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _mistake(cells: Sequence[str]) -> str:
    """What is wrong with a row's cells, empty if nothing is."""
    if len(cells) != len(COLUMNS):
        return f"has {len(cells)} columns, must have {len(COLUMNS)}: {', '.join(COLUMNS)}"
    id, kind, country, _, nl, en, forms, care = cells
    if not _ID.fullmatch(id):
        return f"id {id!r} must be lower-case letters, digits and hyphens"
    if kind and kind not in KINDS:
        return f"kind {kind!r} must be one of {', '.join(sorted(KINDS))}"
    if kind and not nl:
        return f"{id} needs a name in column nl"
    if country and not (len(country) == 2 and country.isalpha() and country.isupper()):
        return f"country {country!r} must be two capitals (ISO 3166), or nothing"
    if care not in CARES:
        return f"care {care!r} must be small, word, name or nothing"
    for names in (nl, en, forms):
        for name in names.split(";") if names else ():
            if name.strip() != name or not any(map(str.isalnum, name)):
                return f"{name!r} is no name; take out the blank or the `;` too many"
    return ""


def rows(path: Path) -> Iterator[Row]:
    """The rows of one file. Raises GazetteerError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise GazetteerError(f"{path}: cannot be read ({error}); put the file back") from None
    if not lines or lines[0] != HEADER:
        raise GazetteerError(f"{path}, line 1: must name the columns: {', '.join(COLUMNS)} (tabs between)")
    for number, line in enumerate(lines[1:], start=2):
        if not line or line[0] == "#":
            continue
        cells = line.split("\t")
        if mistake := _mistake(cells):
            raise GazetteerError(f"{path}, line {number}: {mistake}")
        id, kind, country, within, nl, en, forms, care = cells
        yield Row(id, kind, country, _split(within), _split(nl), _split(en), _split(forms), care)


def _certain(row: Row) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """The names of a row in Dutch and in English, and those that are first of all a person's."""
    doubtful = frozenset([name.rstrip("?") for name in row.nl + row.en if name[-1] == "?"])
    if not doubtful:
        return row.nl, row.en, doubtful
    nl, en = (tuple(name.rstrip("?") for name in names) for names in (row.nl, row.en))
    return nl, en, doubtful


class Gazetteer:
    """All places; `entries` by id, in the order of the files."""

    def __init__(self, folder: Path) -> None:
        self.entries: dict[str, Entry] = {}
        self._around: dict[str, tuple[str, ...]] = {}
        more: list[tuple[Path, Row]] = []
        for path in (folder / f"{name}.tsv" for name in FILES):
            for row in rows(path):
                if row.kind:
                    self._add(row, path)
                else:
                    more.append((path, row))
        for path, row in more:
            self._extend(row, path)
        for entry in self.entries.values():
            entry.within = self._within(entry)
            entry.part = self._part(entry)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Ids by `normal` name, the one mostly meant first."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.entries.values():
            names = entry.nl if entry.nl is entry.en else dict.fromkeys(entry.nl + entry.en)
            for each in map(normal, names):
                held = found.get(each, ())
                if entry.id not in held:
                    found[each] = (*held, entry.id)
        return found

    def _add(self, row: Row, path: Path) -> None:
        if row.id in self.entries:
            raise GazetteerError(f"{path}: {row.id} is listed twice; give one of them another id")
        self._around[row.id] = row.within
        nl, en, doubtful = _certain(row)
        self.entries[row.id] = Entry(
            row.id, row.kind, row.country, "", (), nl, en or nl, row.forms, row.care, doubtful
        )

    def _extend(self, row: Row, path: Path) -> None:
        entry = self.entries.get(row.id)
        if entry is None:
            raise GazetteerError(f"{path}: {row.id} is in no file; give it a kind, or correct the id")
        nl, en, doubtful = _certain(row)
        entry.nl = tuple(dict.fromkeys(nl + entry.nl))
        entry.en = tuple(dict.fromkeys(en + entry.en))
        entry.doubtful |= doubtful
        entry.forms += row.forms
        entry.care = row.care or entry.care

    def _within(self, entry: Entry) -> tuple[str, ...]:
        around: dict[str, None] = {}
        waiting = list(self._around[entry.id])
        while waiting:
            each = waiting.pop(0)
            if each not in self.entries:
                raise GazetteerError(f"{entry.id}: is within {each}, which is in no file; correct the id")
            if each != entry.id and each not in around:
                around[each] = None
                waiting.extend(self._around[each])
        country = entry.country.lower()
        if country and country != entry.id and country in self.entries:
            around[country] = None
        return tuple(around)

    @staticmethod
    def _part(entry: Entry) -> str:
        if entry.country != "BQ":
            return PARTS.get(entry.country, "")
        return next((PUBLIC_BODIES[e] for e in (entry.id, *entry.within) if e in PUBLIC_BODIES), "")


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Gazetteer:
    """The gazetteer in `folder`, else the installed one; read once. Raises GazetteerError."""
    if folder is not None:
        return Gazetteer(folder)
    with as_file(files("config") / "gazetteer") as installed:
        return Gazetteer(installed)


def country_code(name: str) -> str | None:
    """The ISO code of the country of this name (Dutch, English or the code itself), None if there is none."""
    if len(name) == 2 and (entry := load().entries.get(name.lower())) and entry.kind == "country":
        return entry.country
    for each in load().by_name.get(normal(name), ()):
        if load().entries[each].kind == "country":
            return load().entries[each].country
    return None


def place_ids(name: str) -> tuple[str, ...]:
    """The ids of the places of this name, or the one whose id it is; the one mostly meant comes first."""
    found = load().by_name.get(normal(name), ())
    if found or name.lower() not in load().entries:
        return found
    return (name.lower(),)


def place(id: str) -> Place | None:
    """The place of this id, found nowhere in particular; None if there is none."""
    entry = load().entries.get(id)
    if entry is None:
        return None
    return Place(entry.id, entry.name(None), entry.kind, entry.country, entry.part, (), entry.within)


def name_of(id: str, language: str | None) -> str | None:
    """What the place of this id is called in Dutch, or in English for `en`; None if there is none."""
    entry = load().entries.get(id)
    return entry.name(language) if entry else None


def countries() -> Mapping[str, tuple[str, str]]:
    """Every country's Dutch and English name by its ISO code."""
    entries = load().entries.values()
    return {
        entry.country: (entry.name("nl"), entry.name("en")) for entry in entries if entry.kind == "country"
    }
