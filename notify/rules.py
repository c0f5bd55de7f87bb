"""What a subscription asks: as a query of the search language, as a sentence, and why it cannot be read.

The query says what a signal must be. Mutes are not in it: `source:` also finds a signal by those who
sighted it, so `-source:x` would silence everybody's news that x repeats. `muted` decides on them.

A chosen sub-threat narrows its own domain and no other: cyber with ransomware, beside health, asks for
ransomware or anything of health.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import get_language

from ingest.judge import taxonomy
from ingest.judge.parts import PARTS
from notify.models import Subscription
from search.analysis import Query, query
from search.query import QueryError
from search.query.fields import LEVELS
from search.values import graded, name

#: Repairs after which a query means something else inside parentheses than on its own.
_OPEN = ("closing", "opening", "quotation")
_LANGUAGES = ("nl", "en")
#: English and Dutch.
_WORDS = {
    "everything": ("everything", "alles"),
    "or": (" or ", " of "),
    "part": ("about {0}", "over {0}"),
    "least": ("severity {0} or higher", "ernst {0} of hoger"),
    "query": ("matching “{0}”", "met “{0}”"),
    "muted": ("not from {0} alone", "niet van {0} alleen"),
    "groups": ("{0} muted groups", "{0} gedempte groepen"),
    "group": ("one muted group", "één gedempte groep"),
    "no-domain": ("there is no domain {0}", "er is geen domein {0}"),
    "no-threat": ("there is no sub-threat {0}", "er is geen deeldreiging {0}"),
    "no-part": ("there is no part of the Kingdom {0}", "er is geen deel van het Koninkrijk {0}"),
    "no-level": ("severity is A to E, not {0}", "ernst is A tot en met E, niet {0}"),
    "closed": ("{0}; close it yourself", "{0}; sluit het zelf"),
}


def _said(key: str, language: str, *values: str) -> str:
    return _WORDS[key][language[:2] == "nl"].format(*values)


def _any(field: str, values: Iterable[str]) -> list[str]:
    # In quotes an id is one value, whatever stands in it.
    return [f'{field}:"{value}"' if "-" in value or "." in value else f"{field}:{value}" for value in values]


def _alternatives(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else f"({' OR '.join(found)})"


def _whole_domains(subscription: Subscription) -> list[str]:
    """The chosen domains of which no sub-threat is chosen."""
    narrowed = {str(threat).partition(".")[0] for threat in subscription.threats}
    return [domain for domain in subscription.domains if domain not in narrowed]


def query_text(subscription: Subscription) -> str:
    """The rule as a query in the search language; `*` where it asks for nothing in particular."""
    asked = [*_any("domain", _whole_domains(subscription)), *_any("threat", subscription.threats)]
    found = [_alternatives(asked)] if asked else []
    if subscription.parts:
        found.append(_alternatives(_any("part", subscription.parts)))
    if subscription.least:
        found.append(f"severity:>={subscription.least}")
    if own := subscription.query.strip():
        found.append(f"({own})" if found else own)
    return " ".join(found) or "*"


def sentence(subscription: Subscription, language: str) -> str:
    """What it asks in words, in Dutch for `nl`, else in English."""
    either = _said("or", language)
    named = [name("domain", each, language) for each in _whole_domains(subscription)]
    named += [name("threat", each, language) for each in subscription.threats]
    found = [either.join(named)] if named else []
    if subscription.parts:
        parts = either.join(name("part", part.lower(), language) for part in subscription.parts)
        found.append(_said("part", language, parts))
    if subscription.least:
        grade = graded(LEVELS.get(subscription.least.lower(), 0), language) or subscription.least
        found.append(_said("least", language, grade))
    if subscription.query.strip():
        found.append(_said("query", language, subscription.query.strip()))
    found = found or [_said("everything", language)]
    if subscription.muted_sources:
        found.append(_said("muted", language, ", ".join(subscription.muted_sources)))
    if subscription.muted_groups:
        count = len(subscription.muted_groups)
        found.append(_said("group" if count == 1 else "groups", language, str(count)))
    return ", ".join(found)


def called(subscription: Subscription, language: str) -> str:
    """Its owner's name for it, else what it asks in words; never a number that says nothing to its owner."""
    said = subscription.name or sentence(subscription, language)
    return said[:1].upper() + said[1:]


def muted(subscription: Subscription, group: Iterable[int], sources: Iterable[str]) -> bool:
    """Whether a signal is muted: one of its group is, or all `sources` (slugs) that report it are."""
    if not set(subscription.muted_groups).isdisjoint(group):
        return True
    return bool(subscription.muted_sources) and set(sources) <= set(subscription.muted_sources)


def read(subscription: Subscription, language: str = "nl") -> Query:
    """The rule, analysed. Raises QueryError (one line, in `language` where it is ours) where it cannot be."""
    if found := _unknown(subscription, language):
        raise QueryError(found)
    own = subscription.query
    if any(mark in own for mark in '()"'):
        # In parentheses it would swallow what follows, or end before its end.
        for note in query(own).notes:
            if note.key in _OPEN:
                raise QueryError(_said("closed", language, note.said(language)))
    return query(query_text(subscription))


def problem(subscription: Subscription, language: str = "") -> str:
    """Why it cannot be read, in one line; empty where it can. Language: that in force unless named."""
    try:
        read(subscription, (language or get_language() or "nl")[:2])
    except QueryError as error:
        return str(error)[:300]
    return ""


def _unknown(subscription: Subscription, language: str) -> str:
    """A name it asks for that is on no list: it would wait for it in silence for ever."""
    domains = taxonomy.load().domains
    known = {
        "no-domain": (subscription.domains, {domain.id for domain in domains}),
        "no-threat": (subscription.threats, {threat.id for d in domains for threat in d.threats}),
        "no-part": (subscription.parts, set(PARTS)),
        "no-level": ([subscription.least] if subscription.least else [], set("ABCDE")),
    }
    for key, (asked, there) in known.items():
        for value in asked:
            if value not in there:
                return _said(key, language, str(value)[:60])
    return ""
