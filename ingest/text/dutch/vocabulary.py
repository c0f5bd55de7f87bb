"""The Dutch vocabulary: dictionary words with their classes, irregular forms, and the field's own words.

`words.dic` and `forms.txt` are derived from the OpenTaal word list by `derive.py` (see LICENCE.txt beside
it); `config/dutch.txt` holds the field's own words and may be edited. All of it is folded and lower case.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
WORDS = HERE / "words.dic"
OWN = HERE.parents[2] / "config" / "dutch.txt"

NOUN, ADJECTIVE, VERB, FIRST, LAST, SEPARABLE, OTHER = "NAVlrsO"
"""Letters of a word's classes. l: may begin a compound, r: may end one, s: a verb that comes apart,
O: a word of no class, never taken apart."""

_KINDS = {"": "Nlr", "verb": "V", "adjective": "Ar", "whole": "O"}


class VocabularyError(ValueError):
    """A vocabulary file is wrong; the message says where, and what is expected there."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`words`: classes by base form. `forms`: bases of forms that no rule gives. `linked`: the words of first
    parts that no rule gives (kinder: kind). `fixed`: parts of compounds that are told, not found. `same`: the
    spelling that stands for others of the same word."""

    words: dict[str, str]
    forms: dict[str, tuple[str, ...]]
    linked: dict[str, str]
    fixed: dict[str, tuple[str, ...]]
    same: dict[str, str]

    def has(self, word: str, letter: str) -> bool:
        return letter in self.words.get(word, "")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{path.name}: cannot be read: {error}") from None
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if entry:
            yield number, entry


def _pairs(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, entry in _lines(path):
        word, *rest = entry.split()
        if not rest:
            raise VocabularyError(f"{path.name} line {number}: {entry[:40]!r} has no second column")
        found[word] = rest
    return found


def _plain(word: str) -> bool:
    return word.isascii() and word.isalnum() and word == word.lower()


class Own(NamedTuple):
    """The field's own words: their classes, told compounds, and spellings; see `Vocabulary`."""

    words: dict[str, str]
    fixed: dict[str, tuple[str, ...]]
    same: dict[str, str]


def own(path: Path = OWN) -> Own:
    """What the file at `path` says. Raises VocabularyError (one line)."""
    words: dict[str, str] = {}
    fixed: dict[str, tuple[str, ...]] = {}
    same: dict[str, str] = {}
    for number, entry in _lines(path):
        if "~" in entry:
            same |= _spellings(entry, f"{path.name} line {number}")
            continue
        left, equals, right = entry.partition("=")
        word, *kind = left.split()
        parts = tuple(right.split())
        where = f"{path.name} line {number}"
        for each in (word, *parts):
            if not _plain(each):
                raise VocabularyError(f"{where}: {each[:40]!r} must be letters a-z and digits, lower case")
        if equals:
            if kind or len(parts) < 2:
                raise VocabularyError(f"{where}: a compound is written 'word = part part'")
            fixed[word] = parts
            continue
        if len(kind) > 1 or "".join(kind) not in _KINDS:
            known = ", ".join(name for name in _KINDS if name)
            raise VocabularyError(f"{where}: after {word!r} stands nothing or one of: {known}")
        words[word] = "".join(dict.fromkeys(words.get(word, "") + _KINDS["".join(kind)]))
    return Own(words, fixed, same)


def _spellings(entry: str, where: str) -> dict[str, str]:
    spelt = [each.strip() for each in entry.split("~")]
    if len(spelt) < 2 or not all(map(_plain, spelt)):
        raise VocabularyError(f"{where}: spellings are written 'word ~ other ~ other', letters a-z only")
    return dict.fromkeys(spelt[1:], spelt[0])


def packed(text: str) -> bytes:
    """The words file of a text of lines `word classes`: compressed, for it is a megabyte."""
    return zlib.compress(text.encode(), 9)


@lru_cache(maxsize=1)
def lists() -> dict[str, frozenset[str]]:
    """The word lists that rules need, by name."""
    found: dict[str, set[str]] = {}
    section = ""
    for number, entry in _lines(HERE / "lists.txt"):
        if entry.startswith("["):
            section = entry.strip("[]")
        elif not section:
            raise VocabularyError(f"lists.txt line {number}: stands before the first [section]")
        else:
            found.setdefault(section, set()).update(entry.split())
    return {name: frozenset(words) for name, words in found.items()}


def linked() -> dict[str, str]:
    """The words of first parts that no rule gives."""
    return {form: bases[0] for form, bases in _pairs(HERE / "linked.txt").items()}


@lru_cache(maxsize=1)
def version() -> str:
    """Eight hex digits that are others as soon as a file of the vocabulary is."""
    files = sorted((*HERE.glob("*.txt"), WORDS, OWN))
    return f"{zlib.crc32(b''.join(file.read_bytes() for file in files)):08x}"


@lru_cache(maxsize=1)
def load() -> Vocabulary:
    """The vocabulary, read once per process."""
    words: dict[str, str] = {}
    classes: dict[str, str] = {}
    for line in zlib.decompress(WORDS.read_bytes()).decode().split("\n"):
        word, _, letters = line.partition(" ")
        if letters:
            words[word] = classes.setdefault(letters, letters)
    added, fixed, same = own()
    for word, letters in added.items():
        words[word] = "".join(dict.fromkeys(words.get(word, "") + letters))
        if VERB in letters:
            # Listed as a noun of its own, the infinitive would not be found with the verb's other forms.
            for infinitive in (word + "en", word + word[-1] + "en"):
                if words.get(infinitive) == "O":
                    del words[infinitive]
    for word in (*fixed, *same):
        words.pop(word, None)
    for place in lists()["places"]:
        words.setdefault(place, OTHER)
    forms = {form: tuple(bases) for form, bases in _pairs(HERE / "forms.txt").items()}
    forms |= {form: tuple(bases) for form, bases in _pairs(HERE / "odd.txt").items()}
    return Vocabulary(words, forms, linked(), fixed, same)
