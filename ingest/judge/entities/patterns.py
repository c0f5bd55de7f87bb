"""Identifiers that need no list: vulnerabilities, weaknesses, advisories, techniques, substances, clusters.

One family is one grammar. Each is looked for only where one of its trigger words occurs, by a regular
expression without nested repetition, in folded lower-case text with plain hyphens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Named(NamedTuple):
    """An identifier found from `start` to `end`."""

    id: str
    kind: str
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Family:
    """One grammar. `id` and `name` are templates over the groups of `source`.

    `triggers`: beginnings of words, one of which must occur in the text; a blank is any punctuation.
    `typed`: another grammar for a name that somebody typed, where the text needs a context. `capitals`:
    names are shown in capitals.
    """

    kind: str
    triggers: tuple[str, ...]
    source: str
    id: str
    name: str
    typed: str = ""
    capitals: bool = True

    def made(self, found: re.Match[str]) -> tuple[str, str]:
        """Id and name of what was found."""
        groups = [group or "" for group in found.groups()]
        shown = [group.upper() if self.capitals else group for group in groups]
        return self.id.format(*groups), self.name.format(*shown)


def _simple(kind: str, source: str, name: str, *triggers: str) -> Family:
    """A family whose id is its name in lower case, `-` for all that parts it."""
    identity = re.sub(r"[:#]", "-", name.lower())
    return Family(kind, triggers or (name.partition("-")[0].lower() + " ",), source, identity, name)


_YEAR = r"((?:19|20)\d\d)"
FAMILIES: tuple[Family, ...] = (
    Family("vulnerability", ("cve",), rf"cve[-_\s]?{_YEAR}-(\d{{4,7}})", "cve-{0}-{1}", "CVE-{0}-{1}"),
    _simple("vulnerability", rf"euvd-{_YEAR}-(\d{{4,7}})", "EUVD-{0}-{1}"),
    Family("weakness", ("cwe",), r"cwe[-\s]?(\d{1,4})", "cwe-{0}", "CWE-{0}"),
    _simple("advisory", rf"ncsc-{_YEAR}-(\d{{3,6}})", "NCSC-{0}-{1}"),
    Family(
        "advisory",
        ("ghsa ",),
        r"ghsa((?:-[23456789cfghjmpqrvwx]{4}){3})",
        "ghsa{0}",
        "GHSA{0}",
        capitals=False,
    ),
    Family(
        "advisory",
        tuple(f"{word} " for word in ("rhsa", "rhba", "alsa", "elsa", "rlsa")),
        r"(rhsa|rhba|alsa|elsa|rlsa)-(20\d\d)[:-](\d{3,6})",
        "{0}-{1}-{2}",
        "{0}-{1}:{2}",
    ),
    Family("advisory", ("dsa ", "dla "), r"(dsa|dla)-(\d{4})(-\d{1,2})?", "{0}-{1}{2}", "{0}-{1}{2}"),
    _simple("advisory", r"usn-(\d{4})-(\d{1,2})", "USN-{0}-{1}"),
    Family(
        "advisory",
        ("icsa ", "icsma "),
        r"(icsm?a)-(\d\d)-(\d{3})-(\d\d)",
        "{0}-{1}-{2}-{3}",
        "{0}-{1}-{2}-{3}",
    ),
    Family("advisory", ("vu ",), r"vu[#-]\s?(\d{5,6})", "vu-{0}", "VU#{0}"),
    Family("advisory", ("aa1", "aa2"), r"aa([12]\d)-(\d{3})([a-z])", "aa{0}-{1}{2}", "AA{0}-{1}{2}"),
    _simple("advisory", r"vmsa-(20\d\d)-(\d{4})", "VMSA-{0}-{1}"),
    _simple("advisory", r"zdi-(\d\d)-(\d{3,5})", "ZDI-{0}-{1}"),
    _simple("advisory", r"wid-sec-(?:w-)?(20\d\d)-(\d{4})", "WID-SEC-{0}-{1}"),
    _simple("advisory", r"certfr-(20\d\d)-(avi|ale|act|ioc|cti)-(\d{3,4})", "CERTFR-{0}-{1}-{2}"),
    _simple("advisory", r"apsb(\d\d)-(\d{2,3})", "APSB{0}-{1}", "apsb"),
    _simple("advisory", r"ms(\d\d)-(\d{3})", "MS{0}-{1}", "ms0", "ms1"),
    _simple("advisory", r"kb(\d{7})", "KB{0}", "kb"),
    _simple("advisory", r"fg-ir-(\d\d)-(\d{3,4})", "FG-IR-{0}-{1}"),
    _simple("advisory", r"ssa-(\d{6})", "SSA-{0}"),
    _simple("advisory", r"talos-(20\d\d)-(\d{4})", "TALOS-{0}-{1}"),
    Family(
        "advisory",
        ("suse ",),
        r"suse-([sr]u)-(20\d\d)[:-](\d{3,5})-(\d)",
        "suse-{0}-{1}-{2}-{3}",
        "SUSE-{0}-{1}:{2}-{3}",
    ),
    Family("advisory", ("alas",), r"alas(2|2023)?-(20\d\d)-(\d{2,5})", "alas{0}-{1}-{2}", "ALAS{0}-{1}-{2}"),
    _simple("advisory", r"glsa-(\d{6})-(\d\d)", "GLSA-{0}-{1}"),
    _simple("advisory", r"snwlid-(20\d\d)-(\d{4})", "SNWLID-{0}-{1}"),
    _simple("advisory", r"xsa-(\d{1,3})", "XSA-{0}"),
    Family("advisory", ("jvn ", "jvnvu "), r"(jvn(?:vu)?)[#-](\d{8})", "{0}-{1}", "{0}#{1}"),
    Family(
        "advisory",
        ("cisco sa ",),
        r"cisco-sa((?:-[a-z0-9]{2,40}){2,8})",
        "cisco-sa{0}",
        "cisco-sa{0}",
        capitals=False,
    ),
    Family(
        "technique",
        ("mitre ", "att ck ", "ttp", "technique", "techniek"),
        r"t(1\d{3})(\.\d{3})?",
        "t{0}{1}",
        "T{0}{1}",
    ),
    # Clusters of activity that are known by a number only; "Storm-2024" is a storm of that year.
    Family("organisation", ("unc",), r"unc(\d{4})", "unc{0}", "UNC{0}"),
    _simple("organisation", r"storm-((?!20[12]\d)\d{4})", "Storm-{0}"),
    Family(
        "substance",
        ("un nummer", "un nr", "un number", "un no"),
        r"un[-\s](?:nummer|nr|number|no)\.?:?\s?(\d{4})",
        "un-{0}",
        "UN {0}",
        typed=r"un[-\s]?(\d{4})",
    ),
    Family(
        "substance",
        ("cas nummer", "cas nr", "cas number", "cas no", "cas "),
        r"cas(?:[-\s]?(?:nummer|nr|number|no)\.?)?:?[-\s](\d{2,7})-(\d\d)-(\d)",
        "cas-{0}-{1}-{2}",
        "CAS {0}-{1}-{2}",
    ),
)
_COMPILED = [re.compile(rf"(?<![\w-])(?:{family.source})(?!-?\w)") for family in FAMILIES]
_TYPED = [re.compile(family.typed or family.source) for family in FAMILIES]
_BY_TRIGGER: dict[str, list[int]] = {}
for _number, _family in enumerate(FAMILIES):
    for _word in _family.triggers:
        _BY_TRIGGER.setdefault(_word, []).append(_number)
TRIGGERS = frozenset(_BY_TRIGGER)
#: "CVE-2024-1234, -1235 and 2024-1236": numbers that follow one, each with its hyphen; 2025-2026 are years.
_NEXT_CVE = re.compile(
    rf"\s?(?:,|/|&|;|\ben\b|\band\b)\s?(?:(?:en|and)\s)?(?:{_YEAR}(?!-20\d\d\b))?-(\d{{4,7}})(?!-?\w)"
)
_MOST_FOLLOWING = 50
_LAST_UN = 3600


def _valid(identity: str) -> bool:
    """Whether a number that its grammar allows can be one: the check digit of CAS, the range of UN."""
    if identity.startswith("cas-"):
        digits = [int(c) for c in identity if c.isdigit()]
        check = digits.pop()
        return sum(place * digit for place, digit in enumerate(reversed(digits), 1)) % 10 == check
    if identity.startswith("un-"):
        return 1 <= int(identity[3:]) <= _LAST_UN
    return True


def _following(text: str, found: re.Match[str]) -> Iterator[Named]:
    """The short numbers in a list that begins with a CVE."""
    year, end = found[1], found.end()
    for _ in range(_MOST_FOLLOWING):
        more = _NEXT_CVE.match(text, end)
        if more is None:
            return
        year, end = more[1] or year, more.end()
        start = more.start(1) if more[1] else more.start(2)
        yield Named(f"cve-{year}-{more[2]}", "vulnerability", f"CVE-{year}-{more[2]}", start, end)


def find(text: str, triggers: set[str]) -> Iterator[Named]:
    """The identifiers in `text`: folded, lower case, every hyphen plain. `triggers`: those that occur."""
    for number in sorted({number for word in triggers for number in _BY_TRIGGER[word]}):
        family = FAMILIES[number]
        for found in _COMPILED[number].finditer(text):
            identity, name = family.made(found)
            if _valid(identity):
                yield Named(identity, family.kind, name, *found.span())
                if number == 0:
                    yield from _following(text, found)


def read(typed: str) -> Named | None:
    """The identifier that `typed` (lower case, plain hyphens) is as a whole; None where it is none."""
    for family, compiled in zip(FAMILIES, _TYPED, strict=True):
        if found := compiled.fullmatch(typed):
            identity, name = family.made(found)
            if _valid(identity):
                return Named(identity, family.kind, name, *found.span())
    return None
