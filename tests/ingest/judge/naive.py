"""A slow lexicon judge, written straight from the notation and the weights: what the fast one must equal.

Every term of every domain is one regular expression run over the whole text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ingest.judge.taxonomy import Taxonomy, load


def plainly_folded(text: str) -> str:
    """Without accents, typographic apostrophes as plain ones."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if unicodedata.combining(c) == 0).replace("’", "'")


@cache
def expression(term: str, plural: bool = False) -> re.Pattern[str]:
    """The notation of one term as a regular expression, case-blind unless `=` or capitals ask otherwise."""
    cased = term[:1] == "=" or (len(term) > 1 and term.isupper())
    built = ""
    for character in plainly_folded(term.lstrip("=")):
        if character == "*":
            built += r"\w*"
        elif character == " ":
            built += r"[\s\-]+"
        elif character == "-":
            built += r"[\s\-]?"
        else:
            built += re.escape(character)
    if plural and not cased and "*" not in term:
        built += "(?:s|es|en|'s)?"
    return re.compile(rf"(?<!\w)(?:{built})(?!\w)", re.NOFLAG if cased else re.IGNORECASE)


def scores(text: str, language: str, taxonomy: Taxonomy | None = None) -> dict[str, tuple[float, set[str]]]:
    """Domain id → (score, terms found) for every domain that reaches the threshold, best first."""
    taxonomy = taxonomy or load()
    weights = taxonomy.weights
    found: dict[str, tuple[float, set[str]]] = {}
    for domain in taxonomy.domains:
        lexicon = domain.lexicons[language]
        rest = plainly_folded(text)
        for phrase in lexicon.exclude_phrases:
            rest = expression(phrase).sub(" ", rest)
        score = 0.0
        terms: set[str] = set()
        for term in lexicon.strong:
            if times := sum(1 for _ in expression(term).finditer(rest)):
                score += weights.strong * min(times, weights.count_cap_per_term)
                terms.add(term)
        for rule in lexicon.ambiguous:
            contexts = sum(bool(expression(context).search(rest)) for context in rule.contexts)
            barred = any(expression(other).search(rest) for other in rule.exclusions)
            if contexts and not barred and expression(rule.term, plural=True).search(rest):
                score += weights.ambiguous_with_two_contexts if contexts > 1 else weights.ambiguous_in_context
                terms.add(rule.term)
        support = [term for term in lexicon.support if expression(term).search(rest)]
        if score or len(support) >= weights.support_only_needs_distinct:
            score += weights.support * len(support)
            terms.update(support)
        if score >= weights.domain_threshold:
            found[domain.id] = (score, terms)
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))
