"""The one analyzer: every searchable text, document or query, becomes tokens and stems here and nowhere else.

A token is a run of letters and digits, folded and in lower case; everything else separates. So
`CVE-2026-12345`, `1.5` and `don't` are several tokens, which a query treats as a phrase. Scripts written
without spaces between words give one token a character, so that a phrase finds a word inside a sentence.
Whoever changes what comes out raises ANALYSIS_VERSION: indices made before are then rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import tantivy

from ingest.text.fold import fold

ANALYSIS_VERSION = 1
MAX_TOKEN = 255
"""UTF-16 units of a token: the whitespace analyzer of Elasticsearch splits longer ones."""

STEMMED = ("nl", "en")
"""Languages (ISO 639-1) that have stems."""

_SNOWBALL = {"nl": "dutch", "en": "english"}
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


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it stands in the text it came from, in code points."""

    text: str
    start: int
    end: int


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


@cache
def _stemmer(language: str) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer(_SNOWBALL[language])).build()


def stems(found: Sequence[str], language: str) -> list[str]:
    """One stem for each token, by Snowball's rules for `language` (one of STEMMED)."""
    return list(_stemmer(language).analyze(" ".join(found)))


@lru_cache(maxsize=50_000)
def stem(token: str, language: str) -> str:
    """The stem of one token; remembered, because queries and highlights ask for the same few again."""
    return stems([token], language)[0]


def parts(token: str) -> Iterable[str]:
    """The words a compound token is made of, to be stemmed beside it.

    The place for the Dutch compound splitter, whose word list is not there yet: until then no token has
    parts, and documents and queries alike hold whole words only.
    """
    del token
    return ()


def search_stems(found: Sequence[str], language: str) -> list[str]:
    """The stems under which a text with these tokens is found: of each token and of its parts."""
    return stems([*found, *(part for token in found for part in parts(token))], language)
