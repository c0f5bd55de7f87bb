"""What the judges said as JSON values: stored with a signal, and what `classify` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ingest.entries import DomainJudgement, Evidence, Judged, Reason


def as_json(judged: Judged) -> dict[str, Any]:
    """All judgements. `lexicon` is the version of the domain judge and says where it has no words."""
    domains = judged.domains
    return {
        "domains": [_domain(d) for d in domains.asserted],
        "candidates": [_domain(d) for d in domains.candidates],
        "lexicon": domains.model,
        "severity": judged.severity.level,
        "severity_reasons": [_reason(r) for r in judged.severity.reasons],
        "places": [
            {
                "id": p.id,
                "name": p.name,
                "kind": p.kind,
                "country": p.country,
                "part": p.part,
                "within": list(p.within),
                "evidence": _evidence(p.evidence),
            }
            for p in judged.places
        ],
        "parts": [
            {"part": p.part, "relevance": p.relevance, "reasons": [_reason(r) for r in p.reasons]}
            for p in judged.kingdom.parts
        ],
        "entities": [
            {"id": e.id, "kind": e.kind, "name": e.name, "evidence": _evidence(e.evidence)}
            for e in judged.entities
        ],
    }


def _evidence(found: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [{"term": e.term, "start": e.start, "end": e.end} for e in found]


def _reason(reason: Reason) -> dict[str, Any]:
    plain: dict[str, Any] = {"rule": reason.rule, "value": reason.value, "level": reason.level}
    return plain | {"evidence": _evidence([reason.evidence])[0]} if reason.evidence else plain


def _domain(judgement: DomainJudgement) -> dict[str, Any]:
    return {
        "id": judgement.id,
        "score": judgement.score,
        "primary": judgement.primary,
        "threats": list(judgement.threats),
        "evidence": _evidence(judgement.evidence),
    }
