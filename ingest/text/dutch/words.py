"""One Dutch word: the keys it is found under, and the parts it is made of.

A key is the base form of a dictionary word (`bom`, `verslag`; a verb's stem: `steel`), the keys of a
compound's parts with `_` between (`drink_water`, which no token can hold), or for a word nobody knows its
stem by Snowball, unless that would make it another, known word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import tantivy

from ingest.text.dutch.compounds import LONGEST, Part, head, split
from ingest.text.dutch.forms import bases, unspelled
from ingest.text.dutch.variants import variants
from ingest.text.dutch.vocabulary import NOUN, OTHER, SEPARABLE, VERB, Vocabulary, lists, load

#: Letters of a listed word that is taken apart all the same, and of each of its parts.
_LISTED, _CLEAR = 12, 4
#: Letters of a word that is another spelling of a listed word rather than a compound.
_SPELT = 6


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


def _key(base: str, verb: bool, known: Vocabulary) -> str:
    return f"{base}_" if verb and base in lists()["homographs"] else _act(base, known)


def _known(word: str, known: Vocabulary) -> dict[str, None]:
    """The keys of the base forms `word` may belong to by the vocabulary; its own first where it is one."""
    letters = known.words.get(word)
    found: list[tuple[str, bool]] = []
    if letters is not None:
        found.append((word, letters[0] == VERB))
        if VERB in letters and letters[0] != VERB and word.endswith("t"):
            found.append((word, True))
    found += ((base, known.has(base, VERB)) for base in known.forms.get(word, ()))
    if letters is None or word in lists()["places"]:
        found += ((base, name == VERB) for base, name in bases(word) if known.has(base, name))
    elif NOUN not in letters and letters != OTHER:
        # A verb's stem or an adjective may be a noun's plural as well: bots, beren.
        found += ((base, False) for base, name in bases(word) if name == NOUN and known.has(base, NOUN))
    elif NOUN in letters and word.endswith("en"):
        found += ((stem, True) for stem in unspelled(word[:-2]) if known.has(stem, VERB))
    return {_key(base, verb, known): None for base, verb in found}


def _same(word: str, known: Vocabulary) -> str:
    """The spelling that stands for all spellings of a name or word, also in the plural."""
    if word in known.same:
        return known.same[word]
    return next((known.same[base] for base, _ in bases(word) if base in known.same), word)


def _today(word: str, known: Vocabulary) -> str:
    """The word with the n that spelling put between its parts in 1995, where it is known so."""
    spot = word.find("e", 2)
    while 0 < spot < len(word) - 3:
        other = f"{word[: spot + 1]}n{word[spot + 1 :]}"
        if other in known.words:
            return other
        spot = word.find("e", spot + 1)
    return word


def _finite(word: str, keys: Iterable[str], known: Vocabulary) -> tuple[str, ...]:
    """The stems of which `word` is a finite form or infinitive. A noun counts as one where it ends like a
    third person (`zet`, `heft`) or is an irregular past tense as well (`greep`)."""
    stems = [stem for key in keys if known.has(stem := key.rstrip("_"), VERB)]
    if known.has(word, NOUN):
        if word.endswith("t") and known.has(word[:-1], VERB):
            stems.append(word[:-1])
        elif not word.endswith("t") and word not in known.forms:
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


def _listed(word: str, known: Vocabulary) -> tuple[tuple[str, int, int], ...]:
    """What is inside a long word that the list has as it stands: of long parts, nearly always a compound."""
    if len(word) < _LISTED or VERB in known.words.get(word, ""):
        return ()
    parts = split(word)
    if not parts or any(part.end - part.start < _CLEAR for part in parts):
        return ()
    return _compound(word, parts, known).parts


def _analysed(word: str, known: Vocabulary) -> Word | None:
    same = _same(word, known)
    if same != word:
        return _analysed(same, known) or Word((same,), 1)
    parts = _fixed(word, known)
    if parts:
        return _compound(word, parts, known)
    keys = tuple(_known(word, known))
    if keys:
        own = word in lists()["places"] or (word in known.words and not word.endswith("en"))
        verbs = _finite(word, keys, known)
        inside = () if verbs else _listed(word, known)
        return Word(keys, 1 if own else len(keys), inside, verbs)
    if len(word) >= _SPELT:
        spelt = next((each for each in variants(word) if _known(each, known)), word)
        if spelt != word:
            return _analysed(spelt, known)
    today = _today(word, known)
    if today != word:
        return _analysed(today, known)
    parts = split(word)
    return _compound(word, parts, known) if parts else _unlisted(word, known)


def _unlisted(word: str, known: Vocabulary) -> Word | None:
    """A verb that no list has, of a particle and a known verb: volboeken, volgeboekt."""
    for size in range(2, len(word) - 3):
        if word[:size] in lists()["free particles"] or word[:size] in lists()["particles"]:
            stems = [base for base, name in bases(word[size:]) if name == VERB and known.has(base, VERB)]
            if stems:
                return Word((word[:size] + stems[0],), 1)
    return None


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
    last = head(token)
    inside = ((_act(last.base, known), last.start, last.end),) if last else ()
    return Word((token if stem in known.words else stem,), 1, inside)


def separable(particle: str, stem: str) -> bool:
    """Whether the verb `particle` + `stem` comes apart in a sentence."""
    return load().has(particle + stem, SEPARABLE)
