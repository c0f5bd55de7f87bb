"""A text taken apart for comparing: its words, the numbers, names and identifiers in it.

Words are folded and lower case; a number is one word whatever its separators (`18.000` is `18,000`) and
whether it was written in letters (`dertien` is `13`). Everything is bounded: of a longer text only the
beginning counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from ingest.text.fold import fold
from ingest.text.footers import without_footers

#: Characters of a text that count, and words of it.
LONGEST = 800
MOST_WORDS = 160

_WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]*(?:['-][^\W\d_]+)*|[0-9]+(?:[.,:][0-9]+)*|[^\W_]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+$")
_DATELINE = re.compile(
    r"(?:[A-Z][a-z]{2,8}\.? [0-9]{1,2}, [0-9]{4}(?:,? [0-9]{1,2}:[0-9]{2}(?: ?[AP]M)?)?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?Z?)?"
    r"|(?:Door|By) (?:ANP|RNZ|AP|AFP|Reuters|AAP|PA Media|Belga|dpa)\b"
    r"|[A-Z][A-Z' /.-]{2,40} ?(?:\([A-Za-z]{2,12}\) ?)?[-–—](?= )"  # DEN HAAG (ANP) -
    r"|\([A-Z]{2,8}\) ?[-–—](?= )"
    r")[\s:|–—-]*"
)
#: Sentences in capitals (calls to subscribe), at most a handful of words each.
_SHOUTED = re.compile(r"(?:\b[A-Z][A-Z0-9-]+\b[ ,]{1,2}){3,14}[A-Z][A-Z0-9-]+\b[.!]? ?")
#: Where a channel begins to speak of itself; nothing after it is content.
_CALLS = re.compile(
    r"[-–•*| ]{0,3}\b(?:(?:please )?subscribe (?:to|now|here|for|on)|follow us|(?:find|like|join) us on"
    r"|connect with us|watch more|visit (?:our|us)|check (?:out )?our (?:website|channel)"
    r"|sign up (?:to|for) our|download (?:our|the) app|for more (?:news|videos|stories|information)"
    r"|abonneer (?:je|u)|volg ons (?:op|via)|meld (?:je|u) aan voor|download (?:de|onze) app)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_CALLING = (
    "subscribe", "follow us", " us on", "connect with us", "watch more", "visit ", "our website",
    "our channel", "sign up", "download", "for more ", "abonneer", "volg ons", "meld ",
)  # fmt: skip
_ADDRESS = re.compile(r"https?://\S+")
#: An age or a year of birth, as the press adds it: no two papers add the same.
_ASIDE = re.compile(r" ?\([0-9]{1,4}\)")
_CUT = re.compile(r"[\s.…]*(?:\.{3}|…|\[…\])\s*$")

_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "nul zero",
            "",
            "twee two",
            "drie three",
            "vier four",
            "vijf five",
            "zes six",
            "zeven seven",
            "acht eight",
            "negen nine",
            "tien ten",
            "elf eleven",
            "twaalf twelve",
            "dertien thirteen",
            "veertien fourteen",
            "vijftien fifteen",
            "zestien sixteen",
            "zeventien seventeen",
            "achttien eighteen",
            "negentien nineteen",
            "twintig twenty",
        )
    )
    for word in words.split()
} | {"dertig": "30", "thirty": "30", "veertig": "40", "forty": "40", "vijftig": "50", "fifty": "50"}

#: What precedes the first word of a sentence.
_OPENING = frozenset('.!?:•|"“„‘(-–—')

#: Words that tell one of a series from the next, written small in Dutch: days, months, ordinals.
_ORDINAL = """
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday thursday friday
saturday sunday januari februari maart april mei juni juli augustus september oktober november
december january february march may june july august october eerste tweede derde vierde vijfde zesde
zevende achtste negende tiende elfde twaalfde first second third fourth fifth sixth seventh eighth
ninth tenth eleventh twelfth
"""
ORDINAL = frozenset(_ORDINAL.split())

#: `maandagochtend` is a day too.
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")

#: Words that say nothing of what a text is about, Dutch and English.
_COMMON = """
de het een en van in op te dat die is voor met zijn aan niet er om ook als naar bij uit door over
dan nog wordt worden werd heeft hebben had was waren zal zullen kan kunnen moet moeten wil of maar
dit deze zo al meer ze zij hij we wij ik je jij u hun hem haar ons onze hier daar waar wat wie hoe
toen tot tegen na om onder tussen zich zou zouden geen wel veel alle andere nu sinds volgens zegt
aldus mag gaat the a an and of in on at to for with from by is are was were be been being has have
had will would can could may might must shall should that this these those it its as but or not no
he she they we you i his her their our your my who which what when where how than then there here
after before into over under about up out off more most also says said say one
"""
COMMON = frozenset(_COMMON.split())


def without_stamps(text: str) -> str:
    """`text` without what each adds to it: a date stamp or dateline, ages, calls to subscribe, footers."""
    text = text[: 2 * LONGEST]
    lowered = text.lower()
    # The words first: the expressions cost as much as all the rest.
    if any(word in lowered for word in _CALLING):
        text = _CALLS.sub("", text)
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    stamp = _DATELINE.match(text)
    if stamp:
        text = text[stamp.end() :]
    return without_footers(_ASIDE.sub("", _SHOUTED.sub("", text))).strip()[:LONGEST]


def plain(text: str) -> list[str]:
    """The words in the form in which they are compared, the first `MOST_WORDS`."""
    found = _WORD.findall(fold(text).lower())[:MOST_WORDS]
    return [_number(word) if word[0].isdigit() else _NUMBERS.get(word, word) for word in found]


def _number(word: str) -> str:
    if _THOUSANDS.match(word):
        return word.replace(".", "").replace(",", "")
    return word.replace(",", ".")


def names(text: str) -> frozenset[str]:
    """The capitalised words, in lower case, that do not begin a sentence; none where most are capitalised."""
    folded = fold(text)
    capitals: list[str] = []
    small = 0
    for word in islice(_WORD.finditer(folded), MOST_WORDS):
        written = word.group()
        if written[0].islower():
            small += written not in COMMON
        elif written[0].isupper() and not _opens(folded, word.start()):
            capitals.append(written.lower())
    return frozenset(capitals) if len(capitals) <= 2 * small else frozenset()


def _opens(text: str, at: int) -> bool:
    """Whether a sentence or quotation begins there."""
    return at == 0 or text[max(0, at - 4) : at].strip()[-1:] in _OPENING


def cut_short(text: str) -> bool:
    """Whether `text` ends in an ellipsis: its last word may be half a word."""
    return _CUT.search(text[-20:]) is not None


def shingles(words: Sequence[str], size: int = 3) -> frozenset[tuple[str, ...]]:
    """All runs of `size` words; of a shorter text, the text."""
    if len(words) <= size:
        return frozenset((tuple(words),)) if words else frozenset()
    return frozenset(zip(*(words[start:] for start in range(size)), strict=False))
