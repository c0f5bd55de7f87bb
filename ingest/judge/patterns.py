"""Lexicon notation to regular expressions, and to the words that must occur where one can match.

`*` is any run of letters and digits; a blank is any run of white space and hyphens; a hyphen is one
blank, one hyphen or nothing; `=` in front, or a term in capitals, is case-sensitive; accents are
folded. A term stands between word boundaries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from ingest.text.fold import fold

_WORD = re.compile(r"\w+")
_PLURALS = ("s", "es", "en", "'s")
#: Every hyphen doubles the spellings that are looked up.
_MOST_HYPHENS = 6


class TermError(ValueError):
    """A term that cannot be looked for; the message quotes it and says why."""


@dataclass(frozen=True)
class Pattern:
    """A term ready to be looked for.

    `regex` is for folded text, as written where `cased`, else in lower case. `keywords` are for
    `spaced` text: whatever `regex` matches, the spaced text holds at least one of them.
    """

    source: str
    cased: bool
    keywords: tuple[str, ...]

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when first asked for: reading and checking a taxonomy does without."""
        return re.compile(self.source)


def lowered(folded: str) -> str:
    """Folded text in lower case, of the same length; a dotless i is an i, as case-blind matching has it."""
    return folded.lower().replace("ı", "i")


def spaced(text: str) -> str:
    """The words of `text` with exactly one blank before, between and after them."""
    return f" {' '.join(_WORD.findall(text))} "


def _source(text: str, plural: bool) -> str:
    """The regular expression of a folded term."""
    special = {"*": r"\w*", " ": r"[\s\-]+", "-": r"[\s\-]?"}
    parts = "".join(special.get(c) or re.escape(c) for c in text)
    if plural:
        parts += f"(?:{'|'.join(_PLURALS)})?"
    # The expression starts with its letters and looks back over them: so the engine can search for the
    # letters, which it cannot when the boundary comes first. Same matches, ten times as fast.
    first = re.match(r"[^* \-]*", text)
    letters = re.escape(first[0]) if first else ""
    if not letters:
        return rf"(?<!\w){parts}(?!\w)"
    return rf"{letters}(?<!\w{letters}){parts[len(letters) :]}(?!\w)"


def _keywords(text: str, plural: bool) -> tuple[str, ...]:
    """What `spaced` text must hold: the longest piece between wildcards, in each spelling of its hyphens."""
    pieces = text.split("*")
    longest = max(range(len(pieces)), key=lambda n: sum(map(len, _WORD.findall(pieces[n]))))
    piece = pieces[longest]
    left = " " if longest == 0 else ""
    right = " " if longest == len(pieces) - 1 else ""
    if piece.count("-") > _MOST_HYPHENS:
        raise TermError(f"{text!r} has more than {_MOST_HYPHENS} hyphens")
    endings = ("", *_PLURALS) if plural else ("",)
    made = set()
    for choice in product(("", " "), repeat=piece.count("-")):
        joins = iter(choice)
        spelled = "".join(next(joins) if c == "-" else c for c in piece)
        for ending in endings:
            made.add(re.sub(r"\W+", " ", f"{left}{spelled}{ending}{right}"))
    return tuple(sorted(made))


def compile_term(term: str, plural: bool = False) -> Pattern:
    """`term` ready to be looked for; `plural` adds an optional s, es, en or 's. Raises TermError."""
    cased = term.startswith("=") or (term.isupper() and len(term) >= 2)
    text = fold(term.lstrip("="))
    if not _WORD.search(text):
        raise TermError(f"{term!r} has no letters or digits")
    if text != text.strip(" "):
        raise TermError(f"{term!r} begins or ends with a blank")
    if not cased:
        text = lowered(text)
    plural = plural and "*" not in text and not cased
    return Pattern(_source(text, plural), cased, _keywords(lowered(text), plural))
