"""What stands of a signal as lines a person reads: what counts, who says so and the words that caused it.

The pages' form of what `horizonscan correct` prints. Pure: it reads a `Standing`, no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.entries import Evidence, Reason
from ingest.judge import gazetteer, kingdom, severity
from ingest.models import Correction
from ingest.overlay import PERSON
from ingest.standing import Standing

#: Words and reasons shown of one line; the rest is counted.
SHOWN = 6
#: The beginning of each judge's version in `Judgement.model`.
_JUDGES = {"domain": "lexicon-", "severity": "severity-", "place": "places-", "part": "kingdom-"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said of a signal.

    `key` is a domain, place or part id or a severity letter; `level` a part's relevance. `words` are of the
    text, `because` sentences in the reader's language. `person` is the correction that makes it stand, None
    where the judges do; `stands` is False for what the judges said and a person denied.
    """

    key: str
    stands: bool
    level: str = ""
    score: float | None = None
    words: tuple[str, ...] = ()
    more: int = 0
    because: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    person: Correction | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """All lines of one kind of judgement, and the version of the judge that was asked."""

    kind: str
    lines: tuple[Line, ...]
    judge: str


def said(found: Standing, language: str) -> list[Said]:
    """Domains, severity, places and parts of the Kingdom, in this order; sentences in `language` (nl, en)."""
    by_kind: dict[str, dict[str, Correction]] = {}
    for row in found.corrections:
        if row.undone is None:
            by_kind.setdefault(row.kind, {})[row.key] = row
    text = f"{found.signal.title}\n{found.signal.excerpt}"
    make = {"domain": _domains, "severity": _severity, "place": _places, "part": _parts}
    return [
        Said(kind, tuple(lines(found, by_kind.get(kind, {}), text, language)), judge_of(found.model, kind))
        for kind, lines in make.items()
    ]


def judge_of(model: str, kind: str) -> str:
    """The part of a judgement's model that names the judge of this kind; the whole where none does."""
    begins = _JUDGES[kind]
    return next((each for each in model.split() if each.startswith(begins)), model)


def spans(found: Standing) -> list[tuple[int, int]]:
    """Where the text says why: offsets in `title + "\\n" + excerpt` of what caused what stands."""
    signal, judged = found.signal, found.judged
    by_person = {(row.kind, row.key) for row in found.corrections if row.undone is None}
    places: list[Mapping[str, Any]] = []
    for each in judged["domains"] + judged["candidates"]:
        if each["id"] in signal.domains:
            places += each["evidence"]
    if signal.severity == (judged["severity"] or "") and ("severity", "") not in by_person:
        places += [r["evidence"] for r in judged["severity_reasons"] if r.get("evidence")]
    for each in judged["places"]:
        if each["id"] in signal.places:
            places += each["evidence"]
    for each in judged["parts"]:
        if signal.parts.get(each["part"]) == each["relevance"] and ("part", each["part"]) not in by_person:
            places += [r["evidence"] for r in each["reasons"] if r.get("evidence")]
    return _merged((each["start"], each["end"]) for each in places)


def _merged(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, those that touch or overlap as one: one stroke of the marker."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def cut(text: str, places: Iterable[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """The places that lie in the piece `text` beginning at offset `start`, counted from its beginning."""
    end = start + len(text)
    return [(max(a, start) - start, min(b, end) - start) for a, b in places if a < end and b > start]


def _domains(found: Standing, persons: Mapping[str, Correction], text: str, language: str) -> Iterable[Line]:
    judged = {each["id"]: each for each in found.judged["candidates"] + found.judged["domains"]}
    asserted = [each["id"] for each in found.judged["domains"]]
    for name in found.signal.domains:
        yield _domain(name, True, judged.get(name), persons.get(name), text)
    for name in dict.fromkeys((*asserted, *persons)):
        if name not in found.signal.domains:
            yield _domain(name, False, judged.get(name), persons.get(name), text)


def _domain(
    name: str, stands: bool, judged: Mapping[str, Any] | None, person: Correction | None, text: str
) -> Line:
    words = _words(judged["evidence"], text) if judged else ()
    return Line(
        key=name,
        stands=stands,
        score=judged["score"] if judged else None,
        words=words[:SHOWN],
        more=max(0, len(words) - SHOWN),
        threats=tuple(judged["threats"]) if judged else (),
        person=person,
        kind="domain",
    )


def _severity(found: Standing, persons: Mapping[str, Correction], text: str, language: str) -> Iterable[Line]:
    person, level = persons.get(""), found.judged["severity"] or ""
    because = [severity.say(_reason(each), language) for each in found.judged["severity_reasons"]]
    shown = tuple(dict.fromkeys(because))[:SHOWN]
    if person is not None:
        yield Line(found.signal.severity, True, person=person, kind="severity")
        if level != found.signal.severity:
            yield Line(level, False, because=shown, kind="severity")
    else:
        yield Line(found.signal.severity, True, because=shown, kind="severity")


def _places(found: Standing, persons: Mapping[str, Correction], text: str, language: str) -> Iterable[Line]:
    # The row also holds the places around: those are no judgement of their own.
    seen = set()
    for each in found.judged["places"]:
        seen.add(each["id"])
        words = _words(each["evidence"], text)
        stands = each["id"] in found.signal.places
        yield Line(each["id"], stands, words=words[:SHOWN], person=persons.get(each["id"]), kind="place")
    for name, row in persons.items():
        if name not in seen:
            yield Line(name, name in found.signal.places, person=row, kind="place")


def _parts(found: Standing, persons: Mapping[str, Correction], text: str, language: str) -> Iterable[Line]:
    judged = {each["part"]: each for each in found.judged["parts"]}
    for name in dict.fromkeys((*found.signal.parts, *judged, *persons)):
        each, person = judged.get(name), persons.get(name)
        level = found.signal.parts.get(name, "")
        because = [_why_part(reason, language) for reason in each["reasons"]] if each else []
        if person is not None:
            because = []
        elif not because and level:
            because = [_added(found, name, language)]
        shown = tuple(dict.fromkeys(line for line in because if line))
        yield Line(name, bool(level), level, because=shown, person=person, kind="part")


def _added(found: Standing, part: str, language: str) -> str:
    """Why a part stands that no judge gave: a place that a person added."""
    for row in found.corrections:
        if row.undone is None and row.kind == Correction.Kind.PLACE and row.value:
            place = gazetteer.place(row.key)
            if place is not None and place.part == part:
                return kingdom.say(Reason("place", place_name(row.key, language), "direct"), language)
    return ""


def _why_part(reason: Mapping[str, Any], language: str) -> str:
    made = _reason(reason)
    # A rule of an older model may be gone.
    if made.rule == PERSON or made.rule not in kingdom.WORDING:
        return made.value
    return kingdom.say(made, language)


def place_name(name: str, language: str) -> str:
    """A place's name in the reader's language; an id that the gazetteer no longer knows as it is."""
    return gazetteer.name_of(name, language) or name


def _reason(each: Mapping[str, Any]) -> Reason:
    evidence = each.get("evidence")
    return Reason(
        each["rule"],
        each["value"],
        each["level"],
        Evidence(evidence["term"], evidence["start"], evidence["end"]) if evidence else None,
    )


def _words(evidence: Sequence[Mapping[str, Any]], text: str) -> tuple[str, ...]:
    """The words as the text writes them, each once."""
    found: dict[str, str] = {}
    for each in evidence:
        word = text[each["start"] : each["end"]]
        found.setdefault(word.lower(), word)
    return tuple(found.values())
