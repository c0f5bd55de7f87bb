"""What persons said, laid over what the judges say: pure, and the same whenever a signal is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.entries import DomainJudgement, Domains, Judged, Kingdom, Place, Reason, Relevance, Severity
from ingest.judge import gazetteer, taxonomy
from ingest.judge.parts import RELEVANCES
from ingest.models import Correction
from ingest.signals import Columns, columns

#: The value of a domain that a person wants first.
PRIMARY = "primary"
#: The rule of what no judge but a person gave as a reason.
PERSON = "person"

_Said = Mapping[str, Any]


def overlaid(judged: Judged, corrections: Iterable[Correction]) -> Columns:
    """The columns of what the judges say, with the corrections in force laid over it."""
    return columns(corrected(judged, corrections))


def corrected(judged: Judged, corrections: Iterable[Correction]) -> Judged:
    """The judgements with each correction in the place of what it corrects, the latest last.

    A place denied takes with it the places in it and what it alone made relevant; a domain or place that
    taxonomy or gazetteer no longer know counts for nothing. Duplicate links are `ingest.relate`'s.
    """
    said: dict[str, dict[str, Any]] = {}
    for each in sorted(corrections, key=lambda c: c.at):
        said.setdefault(each.kind, {})[each.key] = each.value
    if not said:
        return judged
    domains = said.get(Correction.Kind.DOMAIN, {})
    severity = said.get(Correction.Kind.SEVERITY, {})
    places = said.get(Correction.Kind.PLACE, {})
    parts = said.get(Correction.Kind.PART, {})
    found = judged
    if domains:
        found = replace(found, domains=_domains(judged.domains, domains))
    if severity:
        level = str(severity[""])
        reasons = (Reason(PERSON, level=level),) if level else ()
        found = replace(found, severity=Severity(level, reasons, judged.severity.model))
    if places:
        kept, gone, added = _places(judged.places, places)
        found = replace(found, places=(*kept, *added), kingdom=_moved(judged.kingdom, gone, added))
    if parts:
        found = replace(found, kingdom=_told(found.kingdom, parts))
    return found


def _domains(domains: Domains, said: _Said) -> Domains:
    known = taxonomy.load().ids
    kept = [each for each in domains.asserted if said.get(each.id) is not False]
    scored = {each.id: each for each in domains.candidates}
    there = {each.id for each in kept}
    for name, value in said.items():
        if value and name not in there and name in known:
            kept.append(scored.get(name) or DomainJudgement(name, 0.0, False, ()))
    # A later word for the first place comes before an earlier one; the others keep their order.
    first = [name for name, value in reversed([*said.items()]) if value == PRIMARY]
    kept.sort(key=lambda each: first.index(each.id) if each.id in first else len(first))
    return replace(
        domains, asserted=tuple(replace(each, primary=number == 0) for number, each in enumerate(kept))
    )


def _places(places: Sequence[Place], said: _Said) -> tuple[list[Place], list[Place], list[Place]]:
    """(places that stay, places that were denied, places that a person added)."""
    denied = {name for name, value in said.items() if not value}
    kept = [each for each in places if denied.isdisjoint((each.id, *each.within))]
    gone = [each for each in places if each not in kept]
    added: dict[str, Place] = {}
    for name, value in said.items():
        # In the order in which it was said: who denies a province after its city was added denies both.
        if not value:
            added = {each.id: each for each in added.values() if name not in each.within}
        elif (place := gazetteer.place(name)) is not None:
            added[name] = place
    there = {each.id for each in kept}
    return kept, gone, [each for each in added.values() if each.id not in there]


def _moved(kingdom: Kingdom, gone: Sequence[Place], added: Sequence[Place]) -> Kingdom:
    """Relevance without the reasons that denied places gave; a place of the Kingdom makes its part direct."""
    spans = {(each.start, each.end) for place in gone for each in place.evidence}
    found: dict[str, Relevance] = {}
    for part in kingdom.parts:
        left = [r for r in part.reasons if r.evidence is None or not _touches(r, spans)]
        if len(left) == len(part.reasons):
            found[part.part] = part
        elif level := _strongest(reason.level for reason in left):
            found[part.part] = Relevance(part.part, level, tuple(left))
    for place in added:
        if place.part:
            found[place.part] = Relevance(place.part, "direct", (Reason(PERSON, place.name, "direct"),))
    return replace(kingdom, parts=_ordered(found.values()))


def _touches(reason: Reason, spans: Iterable[tuple[int, int]]) -> bool:
    evidence = reason.evidence
    return evidence is not None and any(evidence.start < end and start < evidence.end for start, end in spans)


def _told(kingdom: Kingdom, said: _Said) -> Kingdom:
    found = {each.part: each for each in kingdom.parts}
    for part, value in said.items():
        found.pop(part, None)
        if value:
            found[part] = Relevance(part, str(value), (Reason(PERSON, level=str(value)),))
    return replace(kingdom, parts=_ordered(found.values()))


def _strongest(levels: Iterable[str]) -> str:
    return min((each for each in levels if each in RELEVANCES), key=RELEVANCES.index, default="")


def _ordered(parts: Iterable[Relevance]) -> tuple[Relevance, ...]:
    return tuple(sorted(parts, key=lambda each: RELEVANCES.index(each.relevance)))
