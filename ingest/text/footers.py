"""Recurring last lines of summaries that are no content: "Read more", "The post … appeared first on …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: How much of the end is looked at, characters: no footer is longer.
_TAIL = 400
#: So many footers may follow each other.
_MOST = 6
_AFTER_SENTENCE = r"(?:^|(?<=[.!?…\])\"”»'’ ]))"
_MORE = (
    r"Read more|Read the full (?:story|article)|Read on|More details|Click here to read(?: more)?"
    r"|Lees verder|Lees meer|Meer lezen|Weiterlesen|Lire la suite|Leer más"
)
#: Words one of which must be there (lower case), and the ending itself.
_ENDINGS = tuple(
    (words, re.compile(pattern, re.IGNORECASE))
    for words, pattern in (
        (("the post ",), r"\bThe post\b .{0,250} (?:appeared first on|first appeared on) .{1,100}$"),
        (
            (" verscheen eerst",),
            r"\b(?:Het bericht|Dit bericht|Het artikel) .{0,250} verscheen eerst op .{1,100}$",
        ),
        (("der beitrag ",), r"\bDer Beitrag .{0,250} erschien zuerst auf .{1,100}$"),
        (
            (" en premier sur ",),
            r"\b(?:L['’]article|Cet article) .{0,250} est apparu en premier sur .{1,100}$",
        ),
        (("[comments]",), r"(?:\bsubmitted by /?u/\S{1,40}(?: to /?r/\S{1,40})? )?\[link\] \[comments\]$"),
        (("comments url:",), r"\bArticle URL: \S+ Comments URL: \S+(?: Points: \d+)?(?: # Comments: \d+)?$"),
        (
            ("continue reading", "the rest of", "read full article"),
            r"\b(?:Continue reading|Read the rest of|Read full article)\b.{0,160}$",
        ),
        (("lees het",), r"\bLees het (?:hele artikel|volledige)\b.{0,160}$"),
        (
            ("read ", "details", "lees ", "lezen", "weiterlesen", "lire ", "leer "),
            _AFTER_SENTENCE + rf"(?:{_MORE})(?: (?:on|at|op|bij|van|about|over) .{{1,80}})?[ .:…»›>→\])]*$",
        ),
        (("[…]", "[...]"), r"\[(?:…|\.\.\.)\]$"),
    )
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
        # A few letters are longer in lower case; then the place is not known.
        if start >= 0 and len(lowered) == len(text):
            return text[:start].rstrip(" -–—|·")
    return text


def _without_common(text: str) -> str:
    """Without one of the endings that many sites have."""
    tail = text[-_TAIL:]
    lowered = tail.lower()
    for words, ending in _ENDINGS:
        if any(word in lowered for word in words) and (found := ending.search(tail)):
            return text[: len(text) - len(tail) + found.start()].rstrip()
    return text


def without_footers(text: str, footers: Sequence[str] = ()) -> str:
    """`text` (plain, one line) without its recurring last lines, also where several follow each other."""
    for _ in range(_MOST):
        shorter = _without_common(_without_own(text, footers) if footers else text)
        if shorter == text:
            break
        text = shorter
    return text
