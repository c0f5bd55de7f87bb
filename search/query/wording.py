"""What is said about a query that had to be repaired or read in one of several ways, in English and Dutch."""

from __future__ import annotations

from collections.abc import Sequence

LANGUAGES = ("en", "nl")

#: By key the English and the Dutch words; {0}, {1} … are what the query says there.
NOTES: dict[str, tuple[str, str]] = {
    "closing": (
        "closing parenthesis without an opening one left out",
        "sluithaakje zonder openingshaakje weggelaten",
    ),
    "opening": ("parenthesis closed at the end", "haakje aan het eind gesloten"),
    "quotation": ("quotation closed at the end", "aanhaling aan het eind gesloten"),
    "before": ("{0} without anything before it left out", "{0} zonder iets ervoor weggelaten"),
    "after": ("{0} without anything after it left out", "{0} zonder iets erachter weggelaten"),
    "alone": ("{0} on its own left out", "losse {0} weggelaten"),
    "misplaced": ("{0} in the wrong place left out", "{0} op de verkeerde plaats weggelaten"),
    "empty": ("{0} without a value left out", "{0} zonder waarde weggelaten"),
    "no-field": ("there is no field {0}: searched as words", "er is geen veld {0}: als woorden gezocht"),
    "apart": (
        "{0} without a value right behind it: searched as a word",
        "{0} zonder waarde direct erachter: als woord gezocht",
    ),
    "dutch": (
        "{0} read as {1}; in quotes it is a word",
        "{0} gelezen als {1}; tussen aanhalingstekens is het een woord",
    ),
    "star-inside": (
        "* only works at the end of a word: what follows it left out",
        "* werkt alleen aan het eind van een woord: wat erachter staat weggelaten",
    ),
    "star-first": (
        "* only works at the end of a word: left out at its start",
        "* werkt alleen aan het eind van een woord: aan het begin weggelaten",
    ),
    "phrase-near": ("phrases are exact: ~ left out", "woordgroepen zijn letterlijk: ~ weggelaten"),
    "words-near": (
        "~ works on single words: '{0}' is exact",
        "~ werkt op losse woorden: '{0}' wordt letterlijk gezocht",
    ),
    "far": ("at most two letters may differ: ~2 used", "hooguit twee letters mogen verschillen: ~2 gebruikt"),
    "near": ("~ takes 1 or 2: ~1 used", "achter ~ staat 1 of 2: ~1 gebruikt"),
    "no-near": ("{0}: takes no ~: left out", "bij {0}: kan geen ~: weggelaten"),
    "short-exact": (
        "{0} is too short for ~{1}: exact used",
        "{0} is te kort voor ~{1}: letterlijk gezocht",
    ),
    "short-one": ("{0} is too short for ~{1}: ~1 used", "{0} is te kort voor ~{1}: ~1 gebruikt"),
    "boost": ("^ has no effect: left out", "^ doet niets: weggelaten"),
    "wordless": ("nothing to search for in '{0}': left out", "niets te zoeken in '{0}': weggelaten"),
    "nothing": ("nothing in the query can be searched for", "niets in de zoekvraag kan gezocht worden"),
    "since": ("{0}:{1} read as {0}:>={1}", "{0}:{1} gelezen als {0}:>={1}"),
    "read": ("{0}:{1} read as {2}", "{0}:{1} gelezen als {2}"),
    "several": (
        "{0}:{1} may be several, all are searched: {2}",
        "{0}:{1} kan meer betekenen, alle gezocht: {2}",
    ),
    "unknown": ("{0}:{1}: no such {0}", "{0}:{1}: bestaat niet"),
    "unknown-close": ("{0}:{1}: no such {0}; did you mean {2}?", "{0}:{1}: bestaat niet; bedoelt u {2}?"),
    "unknown-there": ("{0}:{1}: no such {0}; there are {2}", "{0}:{1}: bestaat niet; er zijn {2}"),
}


def said(key: str, values: Sequence[str], language: str = "en") -> str:
    """The note `key` in words; in English where `language` has none."""
    english, dutch = NOTES[key]
    return (dutch if language[:2] == "nl" else english).format(*values)
