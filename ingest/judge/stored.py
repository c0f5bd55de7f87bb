"""What `ingest.judge.plain` made JSON of, as judgements again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.entries import (
    DomainJudgement,
    Domains,
    Entity,
    Evidence,
    Judged,
    Kingdom,
    Place,
    Reason,
    Relevance,
    Severity,
)


def judged(result: Mapping[str, Any]) -> Judged:
    """The judgements in a stored result. What its judges did not judge yet (0.1.0: domains only) is empty."""
    return Judged(
        domains=Domains(
            _domains(result.get("domains", ())),
            _domains(result.get("candidates", ())),
            result.get("lexicon", ""),
        ),
        severity=Severity(result.get("severity") or "", _reasons(result.get("severity_reasons", ())), ""),
        places=tuple(
            Place(
                id=each["id"],
                name=each["name"],
                kind=each["kind"],
                country=each["country"],
                part=each["part"],
                evidence=_evidence(each["evidence"]),
                within=tuple(each["within"]),
            )
            for each in result.get("places", ())
        ),
        kingdom=Kingdom(
            tuple(
                Relevance(each["part"], each["relevance"], _reasons(each["reasons"]))
                for each in result.get("parts", ())
            ),
            "",
        ),
        entities=tuple(
            Entity(each["id"], each["kind"], each["name"], _evidence(each["evidence"]))
            for each in result.get("entities", ())
        ),
    )


def without_words_for(judged: Judged) -> str:
    """The language that the domain judge has no lexicon for, so that nothing was judged; else empty."""
    return judged.domains.model.partition(" without ")[2]


def _domains(found: Iterable[Mapping[str, Any]]) -> tuple[DomainJudgement, ...]:
    return tuple(
        DomainJudgement(
            id=each["id"],
            score=each["score"],
            primary=each["primary"],
            evidence=_evidence(each["evidence"]),
            threats=tuple(each["threats"]),
        )
        for each in found
    )


def _evidence(found: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(each["term"], each["start"], each["end"]) for each in found)


def _reasons(found: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            rule=each["rule"],
            value=each["value"],
            level=each["level"],
            evidence=_evidence([each["evidence"]])[0] if each.get("evidence") else None,
        )
        for each in found
    )
