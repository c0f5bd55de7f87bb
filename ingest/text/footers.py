"""Recurring last lines of summaries that are no content: "Read more", "The post … appeared first on …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: How much of the end is looked at, characters: no footer is longer.
_TAIL = 400
_ENDINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bThe post\b .{0,250} (?:appeared first on|first appeared on) .{1,100}$",
        r"\b(?:Het bericht|Dit bericht|Het artikel) .{0,250} verscheen eerst op .{1,100}$",
        r"\b(?:Der Beitrag) .{0,250} erschien zuerst auf .{1,100}$",
        r"\b(?:L['’]article|Cet article) .{0,250} est apparu en premier sur .{1,100}$",
        r"\bsubmitted by /?u/\S{1,40}(?: to /?r/\S{1,40})? \[link\] \[comments\]$",
        r"\[link\] \[comments\]$",
        r"\bArticle URL: \S+ Comments URL: \S+(?: Points: \d+)?(?: # Comments: \d+)?$",
        r"\b(?:Continue reading|Read the rest of|Read full article)\b.{0,160}$",
        r"\b(?:Lees het hele artikel|Lees het volledige)\b.{0,160}$",
        r"(?:^|(?<=[.!?…\]\)\"”»'’ ]))(?:Read more|Read the full (?:story|article)|Read on|More details"
        r"|Lees verder|Lees meer|Meer lezen|Weiterlesen|Lire la suite|Leer más|Click here to read(?: more)?)"
        r"(?: (?:on|at|op|bij|van|about|over) .{1,80})?[ .:…»›>→\]\)]*$",
        r"\[(?:…|\.\.\.|&hellip;)\]$",
    )
)
_QUICK = re.compile(
    r"post |bericht|artikel|article|beitrag|comments|continue read|read |lees |lezen|weiterlesen|lire|leer "
    r"|details|\]$",
    re.IGNORECASE,
)


def _without_own(text: str, footers: Sequence[str]) -> str:
    """Without the source's own footers: literal endings; one that ends in `*` takes all that follows it."""
    lowered = text.lower()
    for footer in footers:
        wanted = " ".join(footer.lower().split())
        if wanted.endswith("*"):
            start = lowered.rfind(wanted[:-1].rstrip()) if len(wanted) > 1 else -1
        else:
            start = len(text) - len(wanted) if wanted and lowered.endswith(wanted) else -1
        # Lower case of a few letters is longer than they are; then the place is not known.
        if start >= 0 and len(lowered) == len(text):
            return text[:start].rstrip(" -–—|·")
    return text


def without_footers(text: str, footers: Sequence[str] = ()) -> str:
    """`text` (plain, one line) without its recurring last lines, also where several follow each other."""
    for _ in range(6):
        shorter = _without_own(text, footers) if footers else text
        tail = shorter[-_TAIL:]
        if _QUICK.search(tail):
            for ending in _ENDINGS:
                if found := ending.search(tail):
                    shorter = shorter[: len(shorter) - len(tail) + found.start()].rstrip()
                    break
        if shorter == text:
            return text
        text = shorter
    return text
