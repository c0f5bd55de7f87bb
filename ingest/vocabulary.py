"""What a person may correct, by the names people use: ids, Dutch and English names, whatever their case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ingest.judge import gazetteer, taxonomy
from ingest.judge.parts import NAMES, RELEVANCES
from ingest.models import Correction
from ingest.text.fold import fold

KINDS: tuple[str, ...] = tuple(Correction.Kind.values)
#: How a person writes that there is none.
NONE = ("none", "geen", "null", "")
_SUGGESTED = 3
#: Places of one name that are shown.
_PLACES = 8


class CorrectionError(ValueError):
    """A correction cannot be made; the message is one line: what is wrong, and what would be right."""


def plain(name: str) -> str:
    """A name as it is compared: folded, lower case, single spaces."""
    return " ".join(fold(str(name)).lower().split())


def meant(kind: str, key: str, value: Any) -> tuple[str, Any]:
    """Key and value of a correction as they are stored, from what a person wrote. Raises CorrectionError.

    domain, place: a name, and true or false (a domain also "primary"). severity: no key, and a letter, its
    name or none. part: a part of the Kingdom, and direct, near, indirect or none. duplicate: no key, and
    the id of a signal or none.
    """
    match kind:
        case Correction.Kind.DOMAIN:
            if not isinstance(value, bool) and value != "primary":
                raise CorrectionError(f"a domain is true, false or primary, not {value!r}")
            return _one("domain", key, _domains()), value
        case Correction.Kind.SEVERITY:
            return "", "" if _is_none(value) else _one("severity", str(value), _severities())
        case Correction.Kind.PLACE:
            if not isinstance(value, bool):
                raise CorrectionError(f"a place is true or false, not {value!r}")
            return _place(key), value
        case Correction.Kind.PART:
            known = {each: (each,) for each in RELEVANCES}
            part = _one("part of the Kingdom", key, NAMES)
            return part, "" if _is_none(value) else _one("relevance", str(value), known)
        case Correction.Kind.DUPLICATE:
            if _is_none(value):
                return "", None
            if not str(value).isdecimal() or len(str(value)) > 18:  # no row has such a number
                raise CorrectionError(f"a duplicate is the id of a signal, or none, not {value!r}")
            return "", int(value)
    raise CorrectionError(f"{kind!r} cannot be corrected; {', '.join(KINDS)} can")


def _is_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and plain(value) in NONE)


def _one(what: str, name: str, known: Mapping[str, Sequence[str]]) -> str:
    """The id among `known` (id to its names) that `name` is or names. Raises CorrectionError."""
    wanted = plain(name)
    by_name = {plain(each): found for found, names in known.items() for each in (found, *names)}
    if wanted in by_name:
        return by_name[wanted]
    nearest = _nearest(wanted, by_name)
    there = f"nearest: {', '.join(nearest)}" if nearest else f"there are {', '.join(known)}"
    raise CorrectionError(f"there is no {what} {name!r}; {there}")


def _nearest(wanted: str, by_name: Mapping[str, str]) -> list[str]:
    """A few ids whose names hold what was written, or are written much like it."""
    holding = [name for name in by_name if len(wanted) > 2 and wanted in name]
    alike = get_close_matches(wanted, by_name, n=_SUGGESTED, cutoff=0.6)
    return list(dict.fromkeys(by_name[name] for name in (*alike, *holding)))[:_SUGGESTED]


def _domains() -> dict[str, tuple[str, ...]]:
    return {each.id: tuple(each.names.values()) for each in taxonomy.load().domains}


def _severities() -> dict[str, tuple[str, ...]]:
    scales = taxonomy.load().frame.get("scales", {})
    named = {each["id"]: (each.get("nl", ""), each.get("en", "")) for each in scales.get("impact", ())}
    return {letter: named.get(letter, ()) for letter in "ABCDE"}


def _place(name: str) -> str:
    """The id of a place. One name of several places needs the id, because a guess would be silent."""
    if gazetteer.place(name) is not None:
        return name
    found = [place for each in gazetteer.place_ids(name) if (place := gazetteer.place(each)) is not None]
    if len(found) == 1:
        return found[0].id
    if found:
        shown = ", ".join(f"{each.id} ({each.kind})" for each in found[:_PLACES])
        raise CorrectionError(f"{name!r} is the name of {len(found)} places; give the id of one: {shown}")
    by_name = {each: ids[0] for each, ids in gazetteer.load().by_name.items()}
    nearest = _nearest(gazetteer.normal(name), by_name)
    hint = f"nearest: {', '.join(nearest)}" if nearest else "it may be too small for the gazetteer"
    raise CorrectionError(f"there is no place {name!r}; {hint}")
