"""Numbers in Dutch and English: digits, number words, vague amounts, and what is no count of anything."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

#: A number with its separators and what is stuck to it, a word, a line break, or a mark.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*\w*|\w+|\n|[^\w\s]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
#: More digits than any count has; what is longer is no number.
_LONGEST = 15


def listed(words: str) -> list[str]:
    """The words of a table."""
    return words.split()


_EN_ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_EN_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_NL_ONES = listed(
    "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien "
    "zeventien achttien negentien"
)
_NL_TENS = listed("twintig dertig veertig vijftig zestig zeventig tachtig negentig")

#: Words that multiply the number before them.
_SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "bn": 1_000_000_000,
    "honderd": 100, "duizend": 1_000, "miljoen": 1_000_000, "mln": 1_000_000, "miljard": 1_000_000_000,
    "mrd": 1_000_000_000,
}  # fmt: skip
#: Amounts that are meant, not counted: the least that the word allows, or what it usually means.
_VAGUE = {
    **_SCALES,
    "tens": 20, "several": 3, "few": 3, "couple": 2, "both": 2, "dozen": 12, "dozens": 30, "scores": 40,
    "hundreds": 200, "thousands": 2_000, "millions": 2_000_000, "many": 5, "numerous": 5, "another": 1,
    "nobody": 0, "enkele": 3, "meerdere": 3, "verschillende": 3, "paar": 3, "tiental": 10, "twintigtal": 20,
    "dozijn": 12,
    "tientallen": 30, "honderden": 200, "duizenden": 2_000, "tienduizenden": 20_000, "talloze": 20,
    "honderdduizenden": 200_000, "miljoenen": 2_000_000, "beide": 2, "veel": 5, "vele": 5,
    "honderdtal": 100, "vijftigtal": 50, "dertigtal": 30,
}  # fmt: skip
#: What follows a number that counts something else than people or things.
_MEASURES = frozenset(
    listed(
        "year years month months week weeks day days hour hours minute minutes second seconds km kilometer "
        "kilometers kilometre kilometres mile miles metre metres meter meters feet foot ft mph knots percent "
        "percentage degrees degree jaar jaren maand maanden weken dag dagen uur uren minuten minuut seconden "
        "procent graden graad mijl knopen centimeter cm mm gram liter cent am pm"
    )
)
_MONTHS = frozenset(
    listed(
        "january february march april may june july august september october november december januari "
        "februari maart mei juni juli augustus oktober"
    )
)
_MONEY_AFTER = frozenset(listed("euro euros dollar dollars pond pound pounds usd eur yen"))
_MONEY_BEFORE = frozenset("€$£¥")


class Token(NamedTuple):
    """A word, mark or number of a text; `value` is None for what is no number."""

    text: str
    start: int
    end: int
    value: float | None = None
    #: The number is an age, a year, a share, money or part of a name.
    other: bool = False
    money: bool = False
    #: A word that means about so many: "dozens".
    vague: bool = False


@cache
def _words() -> dict[str, float]:
    """Number words of both languages, folded and in lower case, up to 999 and the round thousands."""
    found: dict[str, float] = {}
    for ones, tens in ((_EN_ONES, _EN_TENS), (_NL_ONES, _NL_TENS)):
        found |= {word: float(number) for number, word in enumerate(ones)}
        found |= {word: 20.0 + 10 * number for number, word in enumerate(tens)}
    for place, ten in enumerate(_NL_TENS):
        for one, word in enumerate(_NL_ONES[1:10], start=1):
            found[f"{word}en{ten}"] = 20 + 10 * place + one
    below = {word: number for word, number in found.items() if 2 <= number <= 99}
    for word, number in below.items():
        found[f"{word}duizend"] = number * 1_000
        if number <= 19:
            found[f"{word}honderd"] = number * 100
        found[f"honderd{word}"] = 100 + number
    # "een" is the article as well: whoever counts decides.
    return {**found, **_VAGUE}


def _digits(text: str, decimal: str) -> float | None:
    """`1.200`, `1,200`, `12,5`, `12.5`: three digits in every group are thousands in either language.

    `decimal` is the mark that is none: that of the language before "million". None for "16th", "5g",
    "1.2.3" and whatever else is no count.
    """
    if len(text) > _LONGEST or not text.isascii() or not _DIGITS.fullmatch(text):
        return None
    # "01.45 uur" is a time of the day.
    if text[0] == "0" and text[1:2].isdigit():
        return None
    groups = _GROUPS.fullmatch(text)
    if groups and groups[1] != decimal:
        return float(text.replace(groups[1], ""))
    return float(text.replace(",", ".")) if text.count(".") + text.count(",") < 2 else None


def _is_other(parts: list[tuple[str, int, int]], at: int, end: int, value: float) -> tuple[bool, bool]:
    """(no count, money) of the number in parts at..end."""
    text, start, _ = parts[at]
    before = parts[at - 1] if at else ("", -1, -1)
    after = parts[end] if end < len(parts) else ("", -1, -1)
    beyond = parts[end + 1] if end + 1 < len(parts) else ("", -1, -1)
    if before[0] in _MONTHS and value <= 31:
        return True, False
    if before[0] in _MONEY_BEFORE or after[0] in _MONEY_AFTER or after[0] in _MONEY_BEFORE:
        return True, True
    if after[0] in _MEASURES or after[0] in _MONTHS or after[0] == "%" or after[0].startswith("jarig"):
        return True, False
    stuck = parts[end - 1][2]
    if after[0] == "-" and after[1] == stuck and (beyond[0].startswith("jarig") or beyond[0] == "year"):
        return True, False
    # "covid-19", "F-16", "112-storing": part of a name. "10-15" is a range and stays.
    joined = before[0] == "-" and before[2] == start and at > 1 and parts[at - 2][2] == before[1]
    if joined and not parts[at - 2][0][0].isdigit() and parts[at - 2][0] not in _words():
        return True, False
    if after[0] == "-" and after[1] == stuck and beyond[1] == after[2] and beyond[0][0].isalpha():
        return True, False
    # An age or a year in brackets: "(42)", "(2019)".
    if before[0] == "(" and after[0] == ")" and text.isdigit():
        return True, False
    # A bare four-digit number in the years' range is a year wherever it does not stand before its noun.
    if text.isdigit() and 1900 <= value <= 2099 and len(text) == 4:
        return True, False
    # Scores and clock times: "3-1" of a match keeps its marks apart, "10:30".
    clock = after[0] == ":" and after[1] == stuck and beyond[0][:1].isdigit()
    return clock or (before[0] == ":" and before[2] == start and text.isdigit()), False


def tokens(low: str, dutch: bool) -> list[Token]:
    """The tokens of folded text in lower case, numbers of several words as one."""
    parts = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(low)]
    words = _words()
    made: list[Token] = []
    past = 0
    for at, (text, start, stop) in enumerate(parts):
        if at < past:
            continue
        # Nearly every token is a plain word: nothing more is asked of it.
        if text not in words and not text[0].isdigit():
            made.append(Token(text, start, stop))
            continue
        scaled = at + 1 < len(parts) and parts[at + 1][0] in _SCALES
        decimal = ("," if dutch else ".") if scaled else ""
        value = words[text] if text in words else _digits(text, decimal)
        if value is None:
            made.append(Token(text, start, stop))
            continue
        value, past = _extended(parts, at, at + 1, value)
        other, money = _is_other(parts, at, past, value)
        vague = text in _VAGUE and text not in _SCALES
        made.append(Token(text, start, parts[past - 1][2], value, other, money, vague))
    return made


def _extended(parts: list[tuple[str, int, int]], at: int, end: int, value: float) -> tuple[float, int]:
    """The number with the words that belong to it: "thirty-six", "two hundred", "tens of thousands"."""
    words = _words()
    while end < len(parts):
        text = parts[end][0]
        if text in _SCALES:
            value, end = value * _SCALES[text], end + 1
        elif (
            text == "-"
            and end + 1 < len(parts)
            and parts[end][1] == parts[end - 1][2]
            and parts[end - 1][0] in _EN_TENS
            and parts[end + 1][0] in _EN_ONES
        ):
            value, end = value + words[parts[end + 1][0]], end + 2
        elif (
            text == "of"
            and end + 1 < len(parts)
            and parts[end + 1][0] in ("thousands", "millions")
            and parts[end - 1][0] in ("tens", "hundreds")
        ):
            value, end = value * words[parts[end + 1][0]] / 2, end + 2
        elif text in ("dozen", "dozijn") and end == at + 1:
            value, end = value * 12, end + 1
        else:
            break
    return value, end
