"""What a value typed after a field means: ids, and names in Dutch and English, as the index has them.

A value that no list knows is searched as it was typed, with a note: it may be in use all the same, and
what finds nothing must say why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import Any

from ingest.judge import entities, taxonomy
from ingest.judge.entities import lists
from ingest.text.analyzer import words
from search.query.fields import LEVELS
from search.query.tree import QueryError

_PARTS: dict[str, tuple[str, ...]] = {
    "nl": ("Nederland", "Netherlands", "the Netherlands", "European Netherlands", "Holland"),
    "aw": ("Aruba",),
    "cw": ("Curaçao",),
    "sx": ("Sint Maarten", "Sint Maarten", "St. Maarten", "St Martin", "Saint Martin"),
    "bq-bo": ("Bonaire",),
    "bq-se": ("Sint Eustatius", "Sint Eustatius", "St. Eustatius", "Statia"),
    "bq-sa": ("Saba",),
}
_CARIBBEAN = ("bes", "bq", "bes eilanden", "bes islands", "caribisch nederland", "caribbean netherlands")
_SEVERAL: dict[str, tuple[str, ...]] = dict.fromkeys(_CARIBBEAN, ("bq-bo", "bq-se", "bq-sa"))
_RELEVANCES: dict[str, str] = {
    **{"direct": "direct", "near": "near", "indirect": "indirect", "none": ""},
    **{"rechtstreeks": "direct", "nabij": "near", "geen": ""},
}
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "nl": ("Nederlands", "Dutch"),
    "en": ("Engels", "English"),
    "de": ("Duits", "German"),
    "fr": ("Frans", "French"),
    "es": ("Spaans", "Spanish"),
    "pt": ("Portugees", "Portuguese"),
    "it": ("Italiaans", "Italian"),
    "pap": ("Papiaments", "Papiamento", "Papiamentu"),
    "af": ("Afrikaans",),
    "tr": ("Turks", "Turkish"),
    "pl": ("Pools", "Polish"),
    "uk": ("Oekraïens", "Ukrainian"),
    "ru": ("Russisch", "Russian"),
    "ar": ("Arabisch", "Arabic"),
    "fa": ("Perzisch", "Farsi", "Persian"),
    "zh": ("Chinees", "Chinese"),
}
_LEAST = 3
"""Letters that a part of a name must have to stand for it."""
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Value:
    """`values`: any of them is meant, as the index has them; empty: a signal without any is. `note` is a key
    of `wording.NOTES` whose third place `said` fills; empty where there is nothing to say."""

    values: tuple[str, ...]
    note: str = ""
    said: str = ""


def _plain(text: str) -> str:
    """A name as it is compared: folded words with a space between."""
    return " ".join(words(text))


@dataclass(frozen=True, slots=True)
class _Listed:
    """A closed list: `exact` leads from plain names to ids, `names` from ids to what is shown."""

    exact: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, names: Mapping[str, tuple[str, ...]]) -> _Listed:
        exact: dict[str, str] = {}
        for number, found in names.items():
            # A threat's own id begins with its domain's, which nobody types.
            for each in (number, number.rpartition(".")[2], *found):
                exact.setdefault(_plain(each), number)
        return cls(exact, names)

    def holding(self, text: str) -> tuple[str, ...]:
        """Ids whose name or id has words that begin with all of `text`'s."""
        wanted = text.split()
        if not wanted or min(map(len, wanted)) < _LEAST:
            return ()

        def holds(name: str) -> bool:
            there = _plain(name).split()
            return all(any(word.startswith(part) for word in there) for part in wanted)

        return tuple(number for number, found in self.names.items() if any(map(holds, (number, *found))))

    def meant(self, text: str) -> Value:
        plain = _plain(text)
        if plain in self.exact:
            return Value((self.exact[plain],))
        found = self.holding(plain)
        if found:
            return Value(found, "read" if len(found) == 1 else "several", ", ".join(found))
        return _unknown(text, self.exact, self.names)


def _unknown(text: str, names: Iterable[str], ids: Iterable[str] = ()) -> Value:
    """A value that is on no list, with the names close to it, else the ids there are."""
    value = (text.lower(),)
    if close := get_close_matches(_plain(text), list(names), 3, 0.75):
        return Value(value, "unknown-close", ", ".join(close))
    there = list(ids)
    if not there:
        return Value(value, "unknown")
    return Value(value, "unknown-there", ", ".join(there[:_SHOWN]) + (", …" if there[_SHOWN:] else ""))


@cache
def _list(field: str) -> _Listed:
    if field == "lang":
        return _Listed.of(_LANGUAGES)
    if field in ("part", "near"):
        return _Listed.of(_PARTS)
    domains = taxonomy.load().domains
    if field == "domain":
        return _Listed.of({domain.id: tuple(domain.names.values()) for domain in domains})
    return _Listed.of({threat.id: tuple(threat.names.values()) for d in domains for threat in d.threats})


def _gazetteer(function: str) -> Callable[[str], Any] | None:
    try:
        return getattr(import_module("ingest.judge.gazetteer"), function, None)
    except ImportError:
        return None


def _country(text: str) -> Value:
    code = _gazetteer("country_code")
    if code is None:
        return Value((text.lower(),))
    found = code(text)
    return Value((found.lower(),)) if found else _unknown(text, ())


def _place(text: str) -> Value:
    ids = _gazetteer("place_ids")
    if ids is None:
        return Value((text.lower(),))
    found = ids(text)
    return Value(tuple(each.lower() for each in found)) if found else _unknown(text, ())


def meant(field: str, text: str) -> Value:
    """What `text` after the keyword field `field` means. Raises QueryError where a short list has no such."""
    match field:
        case "domain" | "threat":
            return _list(field).meant(text)
        case "part" | "near":
            several = _SEVERAL.get(_plain(text))
            return Value(several) if several else _list(field).meant(text)
        case "lang":
            # Only whole names: a text may be in a language that has no name here.
            found = _list(field).exact.get(_plain(text))
            return Value((found or text.lower(),))
        case "relevance":
            if text.lower() not in _RELEVANCES:
                raise QueryError(f"relevance: takes direct, near, indirect or none, not {text[:40]!r}")
            found = _RELEVANCES[text.lower()]
            return Value((found,) if found else ())
        case "entity":
            known = entities.resolve(text)
            return Value((known,)) if known else _unknown(text, lists.load().keys)
        case "country" | "origin":
            return _country(text)
        case "place":
            return _place(text)
    return Value((text.lower(),))


def beginning(field: str, text: str) -> Value:
    """Ids for `field:text*`: none where ids begin so, else those whose names do, with a note."""
    if field not in ("domain", "threat", "part", "near") or not text:
        return Value(())
    if any(number.startswith(text.lower()) for number in _list(field).names):
        return Value(())
    found = _list(field).holding(_plain(text))
    if found:
        return Value(found, "read" if len(found) == 1 else "several", ", ".join(found))
    return Value((), "unknown-there", ", ".join(list(_list(field).names)[:_SHOWN]))


@cache
def _grades() -> Mapping[str, tuple[str, str]]:
    """Severity's letters in lower case with their names in Dutch and English, as the taxonomy has them."""
    scale = taxonomy.load().frame["scales"]["impact"]
    return {str(grade["id"]).lower(): (str(grade["nl"]), str(grade["en"])) for grade in scale}


def level(text: str) -> int:
    """Severity as stored, from a letter, a name or none. Raises QueryError."""
    typed = " ".join(text.lower().split())
    letter = next((letter for letter, names in _grades().items() if typed in names), typed)
    if letter not in LEVELS:
        raise QueryError(f"severity: takes A to E or none, not {text[:40]!r}")
    return LEVELS[letter]


def graded(level: int, language: str) -> str:
    """A severity as stored, as its letter and name; empty for none."""
    letter = next((letter for letter, number in LEVELS.items() if number == level and len(letter) == 1), "")
    return f"{letter.upper()} ({_grades()[letter][language[:2] != 'nl']})" if letter else ""


def name(field: str, value: str, language: str) -> str:
    """The name of an id in Dutch for `nl`, else in English; the id itself where its list has none."""
    if field == "entity":
        return entities.name_of(value, language[:2])
    found = _list(field).names.get(value, ()) if field in ("domain", "threat", "part", "near", "lang") else ()
    if not found:
        return value.upper() if field in ("country", "origin") else value
    return found[0] if language[:2] == "nl" or len(found) == 1 else found[1]
