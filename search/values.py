"""What a value typed after a field means: ids, and names in Dutch and English, as the index has them.

A value that no list knows is searched as it was typed, with a note: it may be in use all the same, and
what finds nothing must say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from ingest.judge import entities, gazetteer, taxonomy
from ingest.judge.entities import lists
from ingest.judge.parts import NAMES, RELEVANCES
from ingest.text.analyzer import words
from ingest.text.dutch import vocabulary
from search.query.fields import LEVELS
from search.query.tree import QueryError

UNREADABLE = (
    taxonomy.TaxonomyError,
    lists.ListError,
    gazetteer.GazetteerError,
    vocabulary.VocabularyError,
)
"""What a query raises where a file of names is broken; the message is one line: which file, what to do."""

_PARTS = {part.lower(): names for part, names in NAMES.items()}
_CARIBBEAN = ("bes", "bq", "bes eilanden", "bes islands", "caribisch nederland", "caribbean netherlands")
_SEVERAL: dict[str, tuple[str, ...]] = dict.fromkeys(_CARIBBEAN, ("bq-bo", "bq-se", "bq-sa"))
_RELEVANCES: dict[str, str] = {
    **{level: level for level in RELEVANCES},
    "none": "",
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
            return Value(found, "read" if len(found) == 1 else "several", _some(found))
        return _unknown(text, self.exact, self.names)


def _unknown(text: str, names: Iterable[str], ids: Iterable[str] = ()) -> Value:
    """A value that is on no list, with the names close to it, else the ids there are."""
    value = (text.lower(),)
    if close := get_close_matches(_plain(text), list(names), 3, 0.75):
        return Value(value, "unknown-close", ", ".join(close))
    there = list(ids)
    if not there:
        return Value(value, "unknown")
    return Value(value, "unknown-there", _some(there))


def _some(ids: Iterable[str]) -> str:
    found = list(ids)
    return ", ".join(found[:_SHOWN]) + (", …" if found[_SHOWN:] else "")


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


def _country(text: str) -> Value:
    code = gazetteer.country_code(text)
    if code:
        return Value((code.lower(),))
    return _unknown(text, (_plain(each) for names in gazetteer.countries().values() for each in names))


def _origin(text: str) -> Value:
    """Sources may also come from a public body of the Kingdom, from the EU or from no country."""
    plain = _plain(text)
    part = _list("part").exact.get(plain)
    parts = _SEVERAL.get(plain) or ((part,) if part else ())
    code = (gazetteer.country_code(text) or ("" if parts else text)).lower()
    return Value(tuple(dict.fromkeys(filter(None, (code, *parts)))))


def _place(text: str) -> Value:
    found = gazetteer.place_ids(text)
    if not found:
        return _unknown(text, gazetteer.load().by_name)
    return Value(found, "several", _some(found)) if len(found) > 1 else Value(found)


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
        case "country":
            return _country(text)
        case "origin":
            return _origin(text)
        case "place":
            return _place(text)
    return Value((text.lower(),))


def _called(field: str) -> _Listed | None:
    """The names of every id a field can have; None where no list has them all."""
    if field in ("domain", "threat", "part", "near"):
        return _list(field)
    if field == "country":
        return _Listed({}, {code.lower(): names for code, names in gazetteer.countries().items()})
    if field == "place":
        return _Listed({}, {key: (*one.nl, *one.en) for key, one in gazetteer.load().entries.items()})
    return None


def beginning(field: str, text: str) -> Value:
    """Ids for `field:text*`: none where ids begin so, else those whose names do, with a note."""
    called = _called(field) if text else None
    if called is None or any(number.startswith(text.lower()) for number in called.names):
        return Value(())
    found = called.holding(_plain(text))
    if found:
        return Value(found, "read" if len(found) == 1 else "several", _some(found))
    return (
        Value((), "unknown")
        if field in ("country", "place")
        else Value((), "unknown-there", _some(called.names))
    )


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


_RELEVANCE_NAMES = {"direct": ("direct", "direct"), "near": ("nabij", "near"), "indirect": ("indirect",) * 2}


def name(field: str, value: str, language: str) -> str:
    """What an id is called in Dutch for `nl`, else in English; the id itself where its list has none."""
    dutch = language[:2] == "nl"
    match field:
        case "entity":
            return entities.name_of(value, language[:2])
        case "place":
            return gazetteer.name_of(value, language[:2]) or value
        case "country" | "origin":
            names = gazetteer.countries().get(value.upper())
            return names[not dutch] if names else value.upper()
        case "relevance":
            return _RELEVANCE_NAMES.get(value, (value, value))[not dutch]
        case "domain" | "threat" | "part" | "near" | "lang":
            found = _list(field).names.get(value, (value,))
            return found[0] if dutch or len(found) == 1 else found[1]
    return value
