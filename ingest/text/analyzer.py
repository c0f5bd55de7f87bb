"""The one analyzer: every searchable text, document or query, becomes tokens and stems here and nowhere else.

A token is a run of letters and digits, folded and in lower case; everything else separates. So
`CVE-2026-12345`, `1.5` and `don't` are several tokens, which a query treats as a phrase. Scripts written
without spaces between words give one token a character, so that a phrase finds a word inside a sentence.
Stems are `ingest.text.dutch`'s for Dutch (inflection, compounds, spelling, verbs that come apart) and
Snowball's for English. Whoever changes what comes out raises ANALYSIS_VERSION: indices made before are then
rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import tantivy

from ingest.text import dutch
from ingest.text.fold import fold

ANALYSIS_VERSION = 2
MAX_TOKEN = 255
"""UTF-16 units of a token: the whitespace analyzer of Elasticsearch splits longer ones."""

STEMMED = ("nl", "en")
"""Languages (ISO 639-1) that have stems."""

# Letters that NFKD leaves as they are; case folding has already made `ß` two letters and `ς` a `σ`.
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
    | {"ŋ": "n", "ĸ": "k", "ƒ": "f", "ə": "e"}
)
# Signs that folding would spell out (`™` as `tm`) separate, or `delta` would not find `Delta™`.
_SIGNS = {
    code: " "
    for block in (range(0xA0, 0x3400), range(0x1F100, 0x1F200))
    for code in block
    if unicodedata.category(chr(code)).startswith("S") and any(c.isalnum() for c in fold(chr(code)))
}
# Kana and Han stand alone; any other run of letters and digits is a word.
_TOKEN = re.compile(
    "[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
    "|[^\\W_\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+"
)

_ENDS_CLAUSE = re.compile(r"[.,;:!?()\[\]\"“”„…–—|/\n\r\t]|\s-|-\s")
_HYPHENS = ("-", "\u2010")
_LEAVES_OUT = ("- ", "\u2010 ")


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it stands in the text it came from, in code points."""

    text: str
    start: int
    end: int


@cache
def version() -> str:
    """What an index was analysed by: the rules here and the Dutch vocabulary, which an operator may edit."""
    return f"{ANALYSIS_VERSION}-{dutch.version()}"


def _plain(text: str) -> str:
    """`text` folded, in lower case, with only the letters that a query can hold."""
    if text.isascii():
        return text.lower()
    return fold(text.translate(_SIGNS)).casefold().translate(_LETTERS)


def _cut(token: str) -> str:
    """The token, cut where it is longer than an engine takes whole."""
    if len(token) <= MAX_TOKEN // 2:
        return token
    while len(token) > MAX_TOKEN or len(token.encode("utf-16-le")) > 2 * MAX_TOKEN:
        token = token[: min(MAX_TOKEN, len(token) - 1)]
    return token


def words(text: str) -> list[str]:
    """The tokens of `text`, in order."""
    return [_cut(token) for token in _TOKEN.findall(_plain(text))]


def tokens(text: str) -> list[Token]:
    """The tokens of `text` with their places, in order; the same ones that `words` gives."""
    if text.isascii():
        return [Token(_cut(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text.lower())]
    pieces: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        piece = _plain(character)
        pieces.append(piece)
        origin.extend([index] * len(piece))
    found = _TOKEN.finditer("".join(pieces))
    return [Token(_cut(m.group()), origin[m.start()], origin[m.end() - 1] + 1) for m in found]


@lru_cache(maxsize=4_096)
def _gap(between: str) -> str:
    """What stands between two tokens, as `dutch` reads it."""
    if between in _HYPHENS:
        return dutch.HYPHEN
    if between in _LEAVES_OUT:
        return dutch.LEFT_OUT
    return dutch.BREAK if _ENDS_CLAUSE.search(between) else ""


def _scanned(text: str) -> tuple[list[str], list[str]]:
    """The tokens of `text`, and what stands after each but the last."""
    plain = _plain(text)
    found: list[str] = []
    gaps: list[str] = []
    before = -1
    for match in _TOKEN.finditer(plain):
        start, end = match.span()
        if before >= 0:
            between = plain[before:start]
            gaps.append("" if between == " " else _gap(between))
        found.append(_cut(match.group()))
        before = end
    return found, gaps


@cache
def _english() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer("english")).build()


def search_stems(text: str, language: str) -> list[str]:
    """The stems under which a text is found, in `language` (one of STEMMED)."""
    if language == "en":
        return list(_english().analyze(" ".join(words(text))))
    return dutch.keys(*_scanned(text))


@lru_cache(maxsize=50_000)
def query_stems(token: str, language: str) -> tuple[str, ...]:
    """The stems under which a query for one token looks: one, or several where the word is of several."""
    return dutch.asked(token) if language == "nl" else (str(_english().analyze(token)[0]),)


def joined_stems(text: str) -> tuple[str, ...]:
    """The Dutch stems of a word written with hyphens, as it would be written without; none for others."""
    found, gaps = _scanned(text)
    if len(found) < 2 or any(gap != dutch.HYPHEN for gap in gaps) or any(map(str.isdecimal, found)):
        return ()
    return dutch.asked("".join(found))


def apart_stems(verb: str, particle: str) -> tuple[str, ...]:
    """The Dutch stems of a verb whose two parts stand apart in a query: `viel aan`."""
    return dutch.asked_apart(verb, particle)


def found_stems(text: str, language: str) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """(stem, places) of everything under which `text` is found; places are (start, end) in code points.

    A stem of a compound's part stands where that part stands, one of several words has a place in each.
    """
    found = tokens(text)
    if language == "en":
        return [(query_stems(token.text, "en")[0], ((token.start, token.end),)) for token in found]
    places = []
    for key, spans in dutch.matches(*_scanned(text)):
        places.append((key, tuple(_placed(found[index], start, end) for index, start, end in spans)))
    return places


def _placed(token: Token, start: int, end: int) -> tuple[int, int]:
    """Where letters `start` to `end` of a token stand; all of it where folding changed its length."""
    if not end or token.end - token.start != len(token.text):
        return token.start, token.end
    return token.start + start, token.start + end


def parts(token: str) -> tuple[str, ...]:
    """The words a Dutch compound token is made of, as they are written in it."""
    return dutch.parts(token)
