"""The first judge of threat domains: a lexicon, whose every point shows the word that earned it.

A domain's score is the sum of its weights: strong terms (each counted at most `count_cap_per_term`
times), ambiguous terms in context, and support terms once anything else was found or enough of them
occur. In the title a term weighs `title_multiplier` times as much. A domain that the source is known
for (its prior) starts with `source_prior` points as soon as one of its terms occurs; the source then
is a context for its ambiguous terms and "anything else" for its support terms, so that "Category 5
Melissa" of a hurricane centre counts. Asserted is what reaches `domain_threshold` and
`secondary_min_share_of_top` of the best; what scored less is a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ingest.entries import DomainJudgement, Domains, Evidence
from ingest.judge.matcher import Found, Matcher, Span
from ingest.judge.taxonomy import Domain, Taxonomy, Weights, load
from ingest.text.fold import fold, fold_with_offsets, folds_in_place


class _Point(NamedTuple):
    """Points that one term earned, and where."""

    term: str
    span: Span
    weight: float


@lru_cache(maxsize=8)
def _matcher(taxonomy_version: str, language: str) -> Matcher:
    # By version, which is hashable; there is one installed taxonomy in a process.
    return Matcher(load(), language)


def model() -> str:
    """The version of this judge, as stored with its judgements."""
    return f"lexicon-{load().version}"


def _points(found: Found, weights: Weights, title_end: int, prior: bool) -> list[_Point]:
    """The points of one domain; `title_end` is where the title ends in the folded text (0: unused)."""

    def factor(start: int) -> float:
        return weights.title_multiplier if start < title_end else 1

    points = [
        _Point(term, span, weights.strong * factor(span[0])) for term, spans in found.strong for span in spans
    ]
    for term, span, contexts in found.ambiguous:
        # A source known for the domain is a context of its own.
        beside = contexts + (1 if prior else 0)
        if beside:
            weight = weights.ambiguous_with_two_contexts if beside > 1 else weights.ambiguous_in_context
            points.append(_Point(term, span, weight * factor(span[0])))
    if points or prior or len(found.support) >= weights.support_only_needs_distinct:
        points.extend(_Point(term, span, weights.support * factor(span[0])) for term, span in found.support)
    return points


def _threats(domain: Domain, points: Sequence[_Point]) -> tuple[str, ...]:
    """The sub-threats that the terms point to, most points first."""
    earned: dict[str, float] = {}
    for point in points:
        for threat_id in domain.pointers.get(point.term, ()):
            earned[threat_id] = earned.get(threat_id, 0) + point.weight
    return tuple(sorted(earned, key=lambda threat_id: -earned[threat_id]))


def _judged(
    taxonomy: Taxonomy,
    found: dict[int, Found],
    title_end: int,
    offsets: Sequence[int] | None,
    prior: Sequence[str],
) -> list[DomainJudgement]:
    """Every domain that scored, best first, none yet called primary."""
    weights = taxonomy.weights
    judged = []
    for place in sorted(found):
        domain = taxonomy.domains[place]
        expected = domain.id in prior
        points = _points(found[place], weights, title_end, expected)
        if not points:
            continue
        score = sum(point.weight for point in points) + (weights.source_prior if expected else 0)
        evidence = []
        for term, (start, end), _ in sorted(points, key=lambda point: point.span):
            if offsets is not None:
                start, end = offsets[start], offsets[end - 1] + 1
            evidence.append(Evidence(term, start, end))
        judged.append(DomainJudgement(domain.id, score, False, tuple(evidence), _threats(domain, points)))
    judged.sort(key=lambda judgement: -judgement.score)
    return judged


def _decided(
    judged: Sequence[DomainJudgement], weights: Weights
) -> tuple[list[DomainJudgement], list[DomainJudgement]]:
    """(asserted, candidates) of judgements in the order of their scores."""
    least = max(
        weights.domain_threshold, weights.secondary_min_share_of_top * judged[0].score if judged else 0
    )
    asserted = [judgement for judgement in judged if judgement.score >= least]
    if asserted:
        asserted[0] = replace(asserted[0], primary=True)
    return asserted, [judgement for judgement in judged if judgement.score < least]


def judge(
    title: str, excerpt: str, language: str | None, prior: Sequence[str] = (), *, plain: bool = False
) -> Domains:
    """The threat domains of `title` and `excerpt`, with the words that caused each.

    `language` (ISO 639-1) chooses the lexicon, because words mean other things in other languages; a
    language without one gives no domains, and `model` says so. Where it is None (no words to tell by),
    the lexicon that finds most is taken. `prior`: domain ids that the source is known for. `plain`
    leaves prior and title weight out. Scores are raw points, no probabilities.
    """
    taxonomy = load()
    version = f"lexicon-{taxonomy.version}"
    languages = (
        taxonomy.languages if language is None else (language,) if language in taxonomy.languages else ()
    )
    if not languages:
        return Domains((), (), f"{version} without {language}")
    text = f"{title}\n{excerpt}"
    title_end = 0 if plain else len(fold(title))
    best: list[DomainJudgement] = []
    offsets: Sequence[int] | None = None
    for each in languages:
        found = _matcher(taxonomy.version, each).find(text)
        if found and offsets is None and not folds_in_place(text):
            offsets = fold_with_offsets(text)[1]
        judged = _judged(taxonomy, found, title_end, offsets, () if plain else prior)
        if sum(j.score for j in judged) > sum(j.score for j in best):
            best = judged
    asserted, candidates = _decided(best, taxonomy.weights)
    return Domains(tuple(asserted), tuple(candidates), version)


def needs_review(domains: Domains) -> bool:
    """Whether a person should look: something scored and nothing was asserted, or a rival came close."""
    if not domains.asserted:
        return bool(domains.candidates)
    threshold = load().weights.domain_threshold
    return any(candidate.score >= threshold for candidate in domains.candidates)
