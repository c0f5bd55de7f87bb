"""One Dutch word: the keys it is found under, and the parts it is made of.

A key is the base form of a dictionary word (`bom`, `verslag`; a verb's stem: `steel`), the keys of a
compound's parts with `_` between (`drink_water`, which no token can hold), or for a word nobody knows its
stem by Snowball, unless that would make it another, known word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import tantivy

from ingest.text.dutch.compounds import LONGEST, Part, split
from ingest.text.dutch.forms import bases, unspelled
from ingest.text.dutch.variants import variants
from ingest.text.dutch.vocabulary import NOUN, SEPARABLE, VERB, Vocabulary, lists, load


@dataclass(frozen=True, slots=True)
class Word:
    """`keys`: the word's own, likeliest first. `sure`: how many of them a query asks for. `parts`: (key,
    start, end) in letters of the word, for whoever asks only for a part. `verbs`: the stems of which the
    word is a finite form or infinitive, for verbs that stand apart from their particle. `pieces`: (start,
    end) of the single parts. `all`: the keys of the word and of its parts."""

    keys: tuple[str, ...]
    sure: int
    parts: tuple[tuple[str, int, int], ...] = ()
    verbs: tuple[str, ...] = ()
    pieces: tuple[tuple[int, int], ...] = ()
    all: tuple[str, ...] = ()


@cache
def _snowball() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer("dutch")).build()


def _act(base: str, known: Vocabulary) -> str:
    """The verb of which a noun in -ing is the act: overstroming is found with overstromen."""
    if base.endswith("ing") and len(base) > 5 and base not in lists()["named"]:
        for stem in unspelled(base[:-3]):
            if known.has(stem, VERB):
                return stem
    return base


def _known(word: str, known: Vocabulary) -> list[str]:
    """The base forms `word` may belong to by the vocabulary; the word itself first where it is one."""
    letters = known.words.get(word)
    found = [word] if letters is not None else []
    found += known.forms.get(word, ())
    if letters is None:
        found += (base for base, name in bases(word) if known.has(base, name))
    return list(dict.fromkeys(found))


def _finite(word: str, found: list[str], known: Vocabulary) -> tuple[str, ...]:
    stems = tuple(base for base in found if known.has(base, VERB))
    if not stems or (known.has(word, NOUN) and not word.endswith("t")):
        return ()
    return tuple(stem for stem in stems if not word.startswith("ge") or stem.startswith("ge"))


def _compound(word: str, parts: tuple[Part, ...], known: Vocabulary) -> Word:
    keys = [_act(part.base, known) for part in parts]
    found: list[tuple[str, int, int]] = []
    size = len(parts)
    for first in range(size):
        for last in range(first, size):
            if last - first + 1 == size:
                continue
            if first == last and not known.has(parts[first].base, NOUN) and first + 1 < size:
                continue
            key = "_".join(keys[first : last + 1])
            found.append((key, parts[first].start, parts[last].end))
    return Word(("_".join(keys),), 1, tuple(found), (), tuple((part.start, part.end) for part in parts))


def _fixed(word: str, known: Vocabulary) -> tuple[Part, ...]:
    """The parts of a compound that is told in the vocabulary, also in the plural."""
    if not known.fixed:
        return ()
    told = known.fixed.get(word)
    if told is None:
        told = next((known.fixed[base] for base, _ in bases(word) if base in known.fixed), None)
    if told is None:
        return ()
    parts: list[Part] = []
    start = 0
    for index, base in enumerate(told):
        end = len(word) if index + 1 == len(told) else min(len(word), start + len(base))
        parts.append(Part(base, start, end))
        start = end
    return tuple(parts)


def _analysed(word: str, known: Vocabulary) -> Word | None:
    parts = _fixed(word, known)
    if parts:
        return _compound(word, parts, known)
    found = _known(word, known)
    if found:
        keys = tuple(dict.fromkeys(_act(base, known) for base in found))
        return Word(keys, 1 if word in known.words else len(keys), (), _finite(word, found, known))
    parts = split(word)
    return _compound(word, parts, known) if parts else None


@lru_cache(maxsize=100_000)
def word(token: str) -> Word:
    """What a folded token in lower case is found under."""
    found = _word(token)
    return replace(found, all=(*found.keys, *(key for key, _, _ in found.parts)))


def _word(token: str) -> Word:
    if not token.isascii() or not token.isalpha() or len(token) > LONGEST:
        return Word((token,), 1)
    known = load()
    found = _analysed(token, known)
    if found is not None:
        return found
    for variant in variants(token):
        other = _analysed(variant, known)
        if other is not None:
            inside = tuple((key, 0, len(token)) for key, _, _ in other.parts)
            return Word(other.keys, other.sure, inside, other.verbs)
    stem = str(_snowball().analyze(token)[0])
    return Word((token if stem in known.words else stem,), 1)


def separable(particle: str, stem: str) -> bool:
    """Whether the verb `particle` + `stem` comes apart in a sentence."""
    return load().has(particle + stem, SEPARABLE)
