"""Which dictionary words a Dutch form may belong to, by the rules of spelling and inflection.

Everything is folded and in lower case. Classes: N noun, A adjective, V verb (its stem: `hack`, `steel`).
The vocabulary decides: a rule proposes a base, and only one that is a known word of that class counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VOWELS = frozenset("aeiouy")
_GROUP = re.compile("[aeiouy]+")
_DOUBLED = re.compile(r"([bdfgklmnprstvz])\1$")
# A long vowel may follow another where a syllable ends between them: ideaal, sociaal, idioot, repatrieer.
_OPEN = re.compile(r"(?:^|[^aeiouy]|qu|[ie](?=[ao])|u(?=a)|[iu](?=er))([aeou])([^aeiouyxwjhcq])$")
_VOICED = {"v": "f", "z": "s"}
# Participles of verbs with these take no ge-.
UNSTRESSED = ("be", "ge", "her", "ont", "ver", "er")


def unspelled(stem: str) -> Iterator[str]:
    """The spellings that `stem` (what is left before an ending with a vowel) may have when it stands alone.

    `bomm` is bom, `bom` boom, `briev` brief, `middel` middel. A long vowel comes first.
    """
    if len(stem) < 2:
        return
    last = stem[-1]
    hard = stem[:-1] + _VOICED.get(last, last)
    if _DOUBLED.search(stem):
        yield stem[:-1]
        return
    found = _OPEN.search(stem)
    if found:
        yield hard[:-1] + found[1] + hard[-1]
        # `bom` before an ending is boom and never bom; `stream` may be stream.
        if len(_GROUP.findall(stem)) < 2 and stem[-3:-2] not in VOWELS:
            return
    yield hard
    if hard != stem:
        yield stem


def _nouns(token: str) -> Iterator[str]:
    if token.endswith("heden"):
        yield token[:-3] + "id"
    if token.endswith("en"):
        yield from unspelled(token[:-2])
        if token[-3:-2] in VOWELS:
            yield token[:-2]
    if token.endswith("n") and token[-2:-1] == "e":
        yield token[:-1]
    if token.endswith("s"):
        yield token[:-1]
    if token.endswith("ies"):
        yield token[:-3] + "y"
    if token.endswith("a"):
        yield token[:-1] + "um"
    if token.endswith("ici"):
        yield token[:-1] + "us"
    small = token[:-1] if token.endswith("s") else token
    if small.endswith("je"):
        rest = small[:-2]
        yield rest
        if rest.endswith("et"):
            yield from unspelled(rest[:-2])
            yield rest[:-2]
        if rest.endswith("t"):
            yield rest[:-1]
            if rest[-2:-1] in VOWELS and rest[-3:-2] == rest[-2:-1]:
                yield rest[:-2]
        if rest.endswith(("mp", "nk")):
            yield rest[:-1] + ("g" if rest.endswith("nk") else "")
        if rest.endswith("mp"):
            yield rest[:-1]


def _adjectives(token: str) -> Iterator[str]:
    for ending in ("e", "en", "er", "ere", "ers"):
        if token.endswith(ending):
            rest = token[: -len(ending)]
            yield from unspelled(rest)
            if rest.endswith("el"):
                yield rest[:-2] + "eel"
    for ending in ("st", "ste", "s"):
        if token.endswith(ending):
            yield token[: -len(ending)]
    for ending, before in (("der", "r"), ("dere", "r"), ("t", "s"), ("te", "s")):
        if token.endswith(before + ending):
            yield token[: -len(ending)]


def _finite(token: str) -> Iterator[str]:
    """Stems of which `token` may be the infinitive, present or past tense."""
    if token.endswith("en"):
        yield from unspelled(token[:-2])
    if token.endswith(("aan", "ien", "oen")):
        yield token[:-2] if token.endswith("aan") else token[:-1]
    if token.endswith(("aat", "oot")):
        yield token[:-2]
    for ending in ("t", "de", "den", "te", "ten"):
        if token.endswith(ending):
            yield token[: -len(ending)]
    for ending in ("end", "ende", "enden"):
        if token.endswith(ending):
            yield from unspelled(token[: -len(ending)])


def _participle(token: str) -> Iterator[str]:
    """Stems of which `token`, without its ge-, may be the weak participle, also inflected."""
    yield token
    for ending in ("t", "d", "te", "de", "ten", "den"):
        if token.endswith(ending):
            yield token[: -len(ending)]
    for ending in ("te", "de", "ten", "den"):
        if token.endswith(ending):
            yield from unspelled(token[: 1 - len(ending)])


def _verbs(token: str) -> Iterator[str]:
    yield from _finite(token)
    yield from _participle(token)
    start = token.find("ge")
    while start >= 0:
        particle, rest = token[:start], token[start + 2 :]
        if len(rest) > 1 and start != 1:
            yield from (particle + stem for stem in _participle(rest))
        start = token.find("ge", start + 1)


def bases(token: str) -> Iterator[tuple[str, str]]:
    """(base, class) of every word that `token` may be a form of, nouns first; the vocabulary decides."""
    for name, rule in (("N", _nouns), ("A", _adjectives), ("V", _verbs)):
        for base in rule(token):
            if len(base) > 1:
                yield base, name
