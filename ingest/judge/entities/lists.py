"""The closed lists of organisations, diseases and vital processes, read from `config/entities/`.

A line is one entity, its cells parted by tabs: id, sort, Dutch name, English name (the same where empty),
more names, contexts. Names are parted by `;` and are looked for like this:

- a name of one word with a capital: as written, or all in capitals where it has five letters or more;
  every other name in any case; a hyphen and a blank are equal, accents are folded;
- `name*` also begins a longer word (`mazelen*` finds `mazelenuitbraak`);
- `=name` is looked for exactly as written, and nowhere in text that is all in capitals (WHO is who?);
- `?name` is doubtful: it counts beside one of the entity's contexts, or beside a surer name of it;
- `^name` is a surname as well: it does not count after a given name, an initial or a form of address;
- `~name` is a given name as well: it does not count before a word with a capital;
- `nl:name`, `en:name` count in texts of that language only. Marks can be joined: `nl:?=IS`.

The Dutch and the English name are looked for too, unmarked, unless they stand among the names with marks;
those of processes ("Zorg") are headings only, which somebody may type.
`contexts.tsv` holds groups of words (id, words); `not.tsv` phrases in which a listed name is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from ingest.judge.entities.words import normal
from ingest.judge.patterns import lowered
from ingest.text.fold import fold

#: What the owner of a context's words begins with, so that no entity can be meant.
GROUP = "~"
#: The lists, and the kind of entity each holds.
KINDS: Mapping[str, str] = {"organisations": "organisation", "diseases": "disease", "processes": "process"}
#: What a list may hold. No sort is for people, and none may be added for them.
SORTS: Mapping[str, frozenset[str]] = {
    "organisations": frozenset(
        {"international", "authority", "institute", "operator", "company"}
        | {"hackers", "armed", "criminal", "movement", "aid"}
    ),
    "diseases": frozenset({"human", "zoonosis", "animal", "plant", "resistance"}),
    "processes": frozenset(
        {"energy", "telecom", "water", "transport", "chemistry", "nuclear", "finance"}
        | {"order", "government", "defence", "health", "food", "space", "waste"}
    ),
}
#: Lists whose Dutch and English names are headings.
HEADINGS = frozenset({"processes"})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MARKS = re.compile(r"(?:(nl|en):)?([?=^~]*)(.*?)(\*?)")
_CELLS = 6
_SHORTEST = 2
LONGEST = 80


class ListError(ValueError):
    """A list cannot be used; the message is one line: the file, the line, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Form:
    """One spelling to look for. `text` is folded; `owner` is an entity's id, GROUP and a context's, or empty.

    `cased`: as written. `exact`: never in capitals among capitals. `open`: may begin a longer word.
    `language`: counts in that language only, in every one where empty.
    """

    text: str
    owner: str
    language: str = ""
    cased: bool = False
    exact: bool = False
    doubtful: bool = False
    surname: bool = False
    given: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One entity of a list; `contexts` are ids of the groups that make its doubtful names certain."""

    id: str
    kind: str
    sort: str
    names: Mapping[str, str]
    forms: tuple[Form, ...]
    contexts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lists:
    """Everything that is listed. `version` goes with the files; `keys` are ids by `key_of` a name."""

    version: str
    entities: Mapping[str, Listed]
    contexts: tuple[Form, ...]
    excluded: tuple[Form, ...]
    keys: Mapping[str, str]
    domains: frozenset[str]


def _form(written: str, owner: str, where: str) -> Form:
    """One name with its marks."""
    found = _MARKS.fullmatch(written)
    language, marks, name, star = found.groups() if found else (None, "", written, "")
    text = normal(fold(name))
    if len(text) < _SHORTEST or len(text) > LONGEST or not any(c.isalnum() for c in text):
        raise ListError(f"{where}: name {written!r} must have {_SHORTEST} to {LONGEST} letters; correct it")
    if name != " ".join(name.split()):
        raise ListError(f"{where}: name {written!r} begins or ends with a blank, or has two; take them out")
    exact = "=" in marks
    capital = text != lowered(text)
    return Form(
        text=text if exact or (capital and " " not in text) else lowered(text),
        owner=owner,
        language=language or "",
        cased=exact or (capital and " " not in text),
        exact=exact,
        doubtful="?" in marks,
        surname="^" in marks,
        given="~" in marks,
        open=bool(star),
    )


def _rows(path: Path, cells: int) -> Iterator[tuple[str, list[str]]]:
    """(where, cells) of every line that says something; short lines get empty cells."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ListError(f"{path}: cannot be read ({error}); restore the file") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        row = [cell.strip() for cell in line.split("\t")]
        where = f"{path}, line {number}"
        if len(row) > cells:
            raise ListError(f"{where}: has {len(row)} cells, at most {cells} are read; take out a tab")
        yield where, row + [""] * (cells - len(row))


def _names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";") if name.strip()]


def _listed(row: Sequence[str], where: str, name: str, groups: frozenset[str]) -> Listed:
    identity, sort, dutch, english, more, contexts = row
    if not _ID.fullmatch(identity):
        raise ListError(f"{where}: id {identity!r} must be lower-case letters, digits and single hyphens")
    if sort not in SORTS[name]:
        raise ListError(f"{where}: sort {sort!r} is none of {', '.join(sorted(SORTS[name]))}; use one")
    if not dutch:
        raise ListError(f"{where}: {identity} has no name; write it in the third cell")
    for group in contexts.split():
        if group not in groups:
            raise ListError(f"{where}: context {group!r} is not in contexts.tsv; add it there or correct it")
    names = {"nl": dutch, "en": english or dutch}
    marked = [_form(written, identity, where) for written in _names(more)]
    known = {lowered(form.text) for form in marked}
    plain = [_form(shown, identity, where) for shown in dict.fromkeys(names.values())]
    looked = () if name in HEADINGS else (form for form in plain if lowered(form.text) not in known)
    forms = [*looked, *marked]
    if not contexts and forms and all(form.doubtful for form in forms):
        raise ListError(f"{where}: {identity} has doubtful names only and no context; name one in cell six")
    return Listed(identity, KINDS[name], sort, names, tuple(dict.fromkeys(forms)), tuple(contexts.split()))


def key_of(name: str) -> str:
    """`name` as typed names are compared: folded, in lower case, words with a blank between."""
    return " ".join(lowered(normal(fold(name))).split())


def _keys(entities: Mapping[str, Listed], places: Mapping[str, str]) -> dict[str, str]:
    """Every id and name to its entity; `places` are the lines of the entities. Raises ListError."""
    keys = {key_of(identity): identity for identity in entities}
    languages = dict.fromkeys(keys, "")
    for listed in entities.values():
        for form in listed.forms:
            key = key_of(form.text)
            other = keys.setdefault(key, listed.id)
            before = languages.setdefault(key, form.language)
            if other == listed.id:
                continue
            # The same letters may mean two things in two languages; typed alone they mean the Dutch one.
            if not form.language or before in ("", form.language):
                where = places[listed.id]
                raise ListError(f"{where}: {form.text!r} is a name or id of {other} already; take out one")
            if form.language == "nl":
                keys[key], languages[key] = listed.id, "nl"
    for listed in entities.values():
        for shown in listed.names.values():
            keys.setdefault(key_of(shown), listed.id)
    return keys


def read(folder: Path) -> Lists:
    """The lists in `folder`. Raises ListError."""
    contexts: list[Form] = []
    groups: set[str] = set()
    for where, (group, words) in _rows(folder / "contexts.tsv", 2):
        if not _ID.fullmatch(group) or not words:
            raise ListError(f"{where}: write a lower-case id, a tab, and words parted by `;`")
        groups.add(group)
        contexts += [_form(word, GROUP + group, where) for word in _names(words)]
    excluded = [_form(phrase, "", where) for where, (phrase,) in _rows(folder / "not.tsv", 1)]
    entities: dict[str, Listed] = {}
    places: dict[str, str] = {}
    for name in KINDS:
        for where, row in _rows(folder / f"{name}.tsv", _CELLS):
            listed = _listed(row, where, name, frozenset(groups))
            if listed.id in entities:
                raise ListError(f"{where}: id {listed.id} is taken; give each entity an id of its own")
            entities[listed.id], places[listed.id] = listed, where
    tops = frozenset(row[0].lower() for _, row in _rows(folder / "top_level_domains.txt", 1))
    names = ("contexts.tsv", "not.tsv", *(f"{name}.tsv" for name in KINDS))
    version = sha256(b"\0".join((folder / name).read_bytes() for name in names)).hexdigest()[:8]
    return Lists(version, entities, tuple(contexts), tuple(excluded), _keys(entities, places), tops)


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Lists:
    """The lists in `folder`, else the installed `config/entities`; read once. Raises ListError."""
    if folder is not None:
        return read(folder)
    with as_file(files("config") / "entities") as installed:
        return read(installed)
