"""Why a domain was not asserted of a signal: the judge asked again, and what it saw and did not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.entries import DomainJudgement
from ingest.judge import domains, taxonomy
from ingest.judge.matcher import Found, Matcher
from ingest.judge.patterns import compile_term
from ingest.models import Correction, Signal
from ingest.text.fold import fold

#: Words named of what would have had to stand beside an ambiguous term.
_BESIDE = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the domain's lexicon that occurs in the text, and why it did or did not count.

    `how`: counts, support (too few beside each other), alone (needs one of `beside` near it).
    """

    word: str
    how: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What the judge saw of one domain.

    `verdict`: asserted, denied (a person said no), no-lexicon, nothing (no term occurs), uncounted (terms
    occur, none counts), below (under the threshold), share (too little beside the best domain).
    """

    domain: str
    verdict: str
    language: str
    score: float
    needed: float
    best: str
    best_score: float
    terms: tuple[Term, ...]
    excluded: tuple[str, ...]
    prior: bool
    person: Correction | None = None


def why_not(signal: Signal, domain: str, corrections: Sequence[Correction] = ()) -> WhyNot:
    """Asks the judge of the present version of the text as it is stored. Raises KeyError: unknown domain."""
    known = taxonomy.load()
    known.domain(domain)
    language, prior = signal.language or None, tuple(signal.source.domain_prior)
    judged = domains.judge(signal.title, signal.excerpt, language, prior)
    scored = [*judged.asserted, *judged.candidates]
    own = next((each for each in scored if each.id == domain), None)
    best = max(scored, key=lambda each: each.score, default=None)
    languages = [each for each in known.languages if language in (None, each)]
    terms, excluded = _terms(f"{signal.title}\n{signal.excerpt}", languages, domain, own)
    person = next((c for c in corrections if c.kind == "domain" and c.key == domain and not c.undone), None)
    weights = known.weights
    top = best.score if best is not None else 0.0
    return WhyNot(
        domain=domain,
        verdict=_verdict(signal, domain, person, languages, own, terms, weights.domain_threshold),
        language=signal.language,
        score=own.score if own is not None else 0.0,
        needed=max(weights.domain_threshold, weights.secondary_min_share_of_top * top),
        best=best.id if best is not None else "",
        best_score=top,
        terms=terms,
        excluded=excluded,
        prior=domain in prior,
        person=person,
    )


def _verdict(
    signal: Signal,
    domain: str,
    person: Correction | None,
    languages: Sequence[str],
    own: DomainJudgement | None,
    terms: Sequence[Term],
    threshold: float,
) -> str:
    if domain in signal.domains:
        return "asserted"
    if person is not None and person.value is False:
        return "denied"
    if not languages:
        return "no-lexicon"
    if own is None:
        return "uncounted" if terms else "nothing"
    return "below" if own.score < threshold else "share"


@lru_cache(maxsize=8)
def _matcher(version: str, language: str) -> Matcher:
    return Matcher(taxonomy.load(), language)


def _terms(
    text: str, languages: Sequence[str], domain: str, own: DomainJudgement | None
) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """The domain's terms that occur, and the phrases that took words out of consideration."""
    known = taxonomy.load()
    place = known.ids.index(domain)
    counted = {each.term for each in own.evidence} if own is not None else set()
    terms: dict[str, Term] = {}
    excluded: list[str] = []
    folded = fold(text)
    for language in languages:
        found = _matcher(known.version, language).find(text).get(place, Found())
        lexicon = known.domains[place].lexicons[language]
        for name, _ in found.strong:
            terms[name] = Term(name, "counts")
        for name, _, beside in found.ambiguous:
            rule = next(each for each in lexicon.ambiguous if each.term == name)
            counts = bool(beside) or name in counted
            terms[name] = Term(
                name, "counts" if counts else "alone", () if counts else rule.contexts[:_BESIDE]
            )
        for name, _ in found.support:
            # A term may be listed both ways: what it lacks as an ambiguous one says more.
            terms.setdefault(name, Term(name, "counts" if name in counted else "support"))
        for phrase in lexicon.exclude_phrases:
            pattern = compile_term(phrase)
            if pattern.regex.search(folded if pattern.cased else folded.lower()):
                excluded.append(phrase)
    return tuple(terms.values()), tuple(dict.fromkeys(excluded))
