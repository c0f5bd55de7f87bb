"""Levels that officials gave: CAP, NCSC-NL, KEV and CSAF records, and scores and magnitudes in any text.

The levels follow what such a notice says of the world, not of one system: a hole that was closed is limited
(A), one that is likely used or has a top score is substantial (B), one that extortionists use is serious (C).
Weather colours and CAP's words are one scale: yellow A, orange B, red C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.entries import Reason
from ingest.judge.severity.checks import LEVELS
from ingest.judge.text import Text

#: Rules of this module; `config/severity.yaml` has a text for each.
RULES = (
    "official.cap", "official.ncsc", "official.kev", "official.kev_ransomware", "official.cvss",
    "official.aggregate", "text.cvss", "text.magnitude", "text.magnitude_induced", "text.category",
    "text.pheic",
)  # fmt: skip

_CAP = {"extreme": "C", "severe": "B", "moderate": "A", "minor": "A"}
_CVSS = ((9.0, "B"), (4.0, "A"))
_QUAKE = ((4.5, "A"), (5.5, "B"), (6.5, "C"), (7.5, "D"), (8.5, "E"))
#: Gas extraction moves the ground 3 km deep under houses that were not built for it.
_INDUCED = ((1.5, "A"), (2.8, "B"), (3.4, "C"), (4.2, "D"))
_CATEGORY = {1: "B", 2: "B", 3: "C", 4: "C", 5: "D"}
_LEVEL_WORDS = {"critical": "B", "high": "A", "important": "A", "medium": "A", "moderate": "A"}

_TEXT_CVSS = re.compile(
    r"\bcvss\b[^\d\n]{0,40}?(?:v?[234]\.[01]\b[^\d\n]{0,30})?(?<![\d.])(10(?:\.0)?|\d[.,]\d)(?![\d.])"
)
_MAGNITUDE = (
    re.compile(r"(?:^|\n|\W)m(?:w|l|b|s|ww|lg)?\s?(\d(?:[.,]\d)?)\s?[-:,]\s"),
    re.compile(
        r"\b(?:magnitude|magnitude of|kracht van|kracht|schaal van richter|magnitude van|sterkte van)"
        r"[\s:]{1,3}(?:of |van )?(?:about |ongeveer )?m?(\d(?:[.,]\d)?)(?![\d%])"
    ),
    re.compile(r"\b(\d[.,]\d)[\s-](?:magnitude|op de schaal van richter)"),
    re.compile(r"\b(\d[.,]\d)\s(?:magnitude\s)?(?:earth)?quake"),
    re.compile(
        r"(?:beving|quake|tremor)\s(?:van|met|of)\s(?:ongeveer |about )?"
        r"(\d[.,]\d)(?![\d%])(?!\s?(?:km|kilo|mil))"
    ),
)
_QUAKE_WORDS = ("quake", "beving", "magnitude", "richter", "seism", "region", "km ")
_DEPTH = re.compile(
    r"(?:depth|diepte)[\s:]{0,3}(?:of |van )?(?:about |ongeveer )?(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:km|kilom)"
)
#: Names in and around the gas field, and words of those who measure there.
_INDUCED_PLACES = (
    "groningen", "gronings", "loppersum", "huizinge", "zeerijp", "westerwijtwerd", "gaswinning", "drenthe",
    "wirdum", "appingedam", "garrelsweer", "stedum", "garsthuizen", "overschild", "slochteren", "eemsdelta",
    "delfzijl", "uithuizen", "ten boer", "hoogezand", "zuidlaren", "warffum", "middelstum", "bedum",
    "gasveld", "gas field",
)  # fmt: skip
_CATEGORY_WORD = re.compile(r"\b(?:category|categorie|cat)[\s-]([1-5])\b")
_STORMS = ("hurricane", "orkaan", "typhoon", "tyfoon", "cyclone", "cycloon", "storm")
_EMERGENCY = re.compile(
    r"public health emergency of international concern|\bpheic\b|"
    r"internationale (?:gezondheidscrisis|noodsituatie|noodtoestand)"
)


def _step(steps: tuple[tuple[float, str], ...], value: float) -> str:
    """The level of the highest step that `value` reaches; the steps may be in either order."""
    return max((level for least, level in steps if value >= least), default="")


def _lower(level: str, by: int) -> str:
    place = LEVELS.find(level) - by
    return LEVELS[place] if level and place >= 0 else ""


def _cap(official: Mapping[str, Any]) -> Iterator[Reason]:
    """An alert that is meant, for now or later, and not for an area where all is well."""
    word = str(official.get("severity") or "").strip().lower()
    urgency = str(official.get("urgency") or "").strip().lower()
    certainty = str(official.get("certainty") or "").strip().lower()
    level = _CAP.get(word, "")
    if silenced(official) or urgency == "past" or not level:
        return
    if certainty == "unlikely":
        return
    if level == "C" and urgency == "immediate" and certainty == "observed":
        level = "D"
    if certainty == "possible" and level > "A":
        level = _lower(level, 1)
    said = " / ".join(part for part in (word, urgency, certainty) if part)
    yield Reason("official.cap", said, level)


def silenced(official: Mapping[str, Any]) -> bool:
    """Whether the record itself says that nothing happens: a test, an exercise, a cancellation, all clear."""
    if official.get("record") != "cap":
        return False
    status = str(official.get("status") or "actual").strip().lower()
    kind = str(official.get("msgType") or "alert").strip().lower()
    if status != "actual" or kind in ("cancel", "ack", "error"):
        return True
    if str(official.get("urgency") or "").strip().lower() == "past":
        return True
    responses = official.get("responseType") or ()
    for block in official.get("info") or ():
        if isinstance(block, Mapping):
            responses = [*responses, *(block.get("responseType") or ())]
    return "allclear" in (str(each).strip().lower() for each in responses)


def _ncsc(official: Mapping[str, Any]) -> Iterator[Reason]:
    said = str(official.get("level") or "")
    likely, damage = official.get("likelihood"), official.get("damage")
    if likely and damage:
        level = "B" if likely == "high" and damage in ("high", "medium") else "A"
    else:
        level = {"urgent": "B", "normal": "A"}.get(str(official.get("urgency")), "")
    if level:
        yield Reason("official.ncsc", said, level)


def _kev(official: Mapping[str, Any]) -> Iterator[Reason]:
    yield Reason("official.kev", str(official.get("cveID") or ""), "B")
    if str(official.get("knownRansomwareCampaignUse") or "").strip().lower() == "known":
        yield Reason("official.kev_ransomware", str(official.get("cveID") or ""), "C")


def _score(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10:
        return float(value)
    return None


def _csaf(official: Mapping[str, Any]) -> Iterator[Reason]:
    found = [
        score
        for each in official.get("vulnerabilities") or ()
        if isinstance(each, Mapping) and (score := _score(each.get("score"))) is not None
    ]
    word = str(official.get("aggregate_severity") or "").strip().lower()
    if found and (level := _step(_CVSS, max(found))):
        yield Reason("official.cvss", f"{max(found):g}", level)
    elif word in _LEVEL_WORDS:
        yield Reason("official.aggregate", word, _LEVEL_WORDS[word])


_RECORDS = {"cap": _cap, "ncsc": _ncsc, "kev": _kev, "csaf": _csaf}


def reasons(official: Mapping[str, Any]) -> tuple[Reason, ...]:
    """What the official record of a signal says of its severity; empty for ordinary news."""
    read = _RECORDS.get(str(official.get("record")))
    found = list(read(official)) if read else []
    score = _score(official.get("baseScore", official.get("cvss")))
    if score is not None and (level := _step(_CVSS, score)):
        found.append(Reason("official.cvss", f"{score:g}", level))
    return tuple(found)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def magnitude(text: Text) -> re.Match[str] | None:
    """The magnitude of an earthquake that the text gives, in group 1."""
    low = text.low
    if not any(word in low for word in _QUAKE_WORDS):
        return None
    return next((match for each in _MAGNITUDE if (match := each.search(low))), None)


def _quake(text: Text) -> Iterator[Reason]:
    low = text.low
    found = magnitude(text)
    if found is None:
        return
    measured = _float(found[1])
    deep = _DEPTH.search(low)
    depth = _float(deep[1]) if deep else 0.0
    shift = 2 if depth >= 300 else 1 if depth >= 70 else 0
    evidence = text.evidence(found[0].strip(), *found.span(1))
    if measured < 5 and any(place in low for place in _INDUCED_PLACES):
        if level := _step(_INDUCED, measured):
            yield Reason("text.magnitude_induced", f"M {measured:g}", level, evidence)
    elif level := _lower(_step(_QUAKE, measured), shift):
        yield Reason("text.magnitude", f"M {measured:g}", level, evidence)


def in_text(text: Text) -> tuple[Reason, ...]:
    """Scores, magnitudes and categories that stand in the text itself, whatever its language."""
    low = text.low
    found: list[Reason] = []
    if "cvss" in low and (match := _TEXT_CVSS.search(low)):
        score = _float(match[1])
        if score <= 10 and (level := _step(_CVSS, score)):
            found.append(Reason("text.cvss", f"{score:g}", level, text.evidence("CVSS", *match.span(1))))
    found.extend(_quake(text))
    if "cat" in low and (match := _CATEGORY_WORD.search(low)) and any(storm in low for storm in _STORMS):
        level = _CATEGORY[int(match[1])]
        found.append(Reason("text.category", match[1], level, text.evidence(match[0], *match.span())))
    if ("emergency of" in low or "pheic" in low or "nationale " in low) and (match := _EMERGENCY.search(low)):
        found.append(Reason("text.pheic", "", "D", text.evidence(match[0], *match.span())))
    return tuple(found)
