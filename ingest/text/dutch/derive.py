"""Makes `words.dic` and `forms.txt` from the OpenTaal word list; run by a maintainer, never by the program.

    apt-get download hunspell-nl wdutch; dpkg-deb -x … x      (or the list from opentaal.org)
    python -m ingest.text.dutch.derive x/usr/share/hunspell/nl.dic x/usr/share/hunspell/nl.aff \
        x/usr/share/dict/dutch

The dictionary says which words are nouns, adjectives and verbs (its affix flags), the flat list which words
exist at all. Kept are base forms that are no compound of other base forms, and the forms that the rules of
`forms.py` do not give. A listed word counts as a compound where both its parts make many other words of the
list (`water` begins 500), is no derivation of a verb, and is not among the `[whole]` of lists.txt.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.text.dutch.forms import UNSTRESSED, VOWELS, bases, unspelled
from ingest.text.dutch.vocabulary import FIRST, HERE, LAST, NOUN, VERB, WORDS, linked, lists, own, packed
from ingest.text.fold import fold

_LETTERS = re.compile("[a-z]{2,}")
_NOUN_FLAGS = {"Ca", "Cb", "Cc", "Ch", "Cd", "Ce", "CA", "CB"}
# Plurals and diminutives but those of people named by an adjective (zieke, zieken).
_OWN_PLURAL = {*(f"Z{letter}" for letter in "abcdefghux"), *(f"Y{letter}" for letter in "abcdefg")}
_VERB_FLAGS = {"V3", "Vp", "Vq", "Va", "Vb"}
_FORBIDDEN, _NAME, _INFINITIVE, _PARTICIPLE, _ONLY_INSIDE = "Fw", "PN", "Vi", "Ve", "Cx"

_NEVER_FIRST, _NEVER_LAST = lists()["never first"], lists()["never last"]
_LINKED = linked()
_MADE, _MADE_SHORT, _MADE_LONG = 3, 5, 10
"""Words of the list that each part must make; more where the compound or a part is short. In a long one it is
enough that one of them makes many."""


def plain(word: str) -> str:
    return fold(word.replace("ĳ", "ij").replace("Ĳ", "IJ")).casefold()


@dataclass
class Lists:
    """What the dictionary says, folded. `inflected`: the bases of a form by its flags."""

    nouns: set[str] = field(default_factory=set)
    adjectives: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)
    infinitives: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    plain_nouns: set[str] = field(default_factory=set)
    inflected: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    listed: set[str] = field(default_factory=set)


Suffix = tuple[str, str, re.Pattern[str]]


def affixes(lines: Iterable[str]) -> tuple[dict[str, list[Suffix]], dict[str, str]]:
    """The suffix rules (strip, add, condition) and the prefixes, by flag."""
    suffixes: dict[str, list[Suffix]] = defaultdict(list)
    prefixes: dict[str, str] = {}
    for line in lines:
        words = line.split()
        if len(words) < 4 or words[0] not in ("SFX", "PFX") or words[2] in ("Y", "N"):
            continue
        flag, strip, add = words[1], words[2].replace("0", ""), words[3].partition("/")[0].replace("0", "")
        if words[0] == "PFX":
            prefixes[flag] = plain(add)
        elif not add.endswith("-"):
            condition = words[4] if len(words) > 4 and ":" not in words[4] else "."
            suffixes[flag].append((strip, add, re.compile(f"(?:{condition})$")))
    return suffixes, {flag: add for flag, add in prefixes.items() if flag not in ("Cw", "A0")}


def _one(word: str, flags: set[str], rules: dict[str, list[Suffix]], pre: list[str], given: Lists) -> None:
    base = plain(word)
    verb = bool(flags & _VERB_FLAGS)
    adjective = any(flag[0] == "A" for flag in flags) and _PARTICIPLE not in flags
    counted = any(flag[0] in "ZY" and flag not in ("Zm", "Zk") for flag in flags)
    if verb:
        stem = base[:-1] if flags & {"Va", "Vb"} and base.endswith("t") else base
        given.verbs |= {start + stem for start in pre}
    if _INFINITIVE in flags:
        given.infinitives |= {start + base for start in pre}
    if adjective:
        given.adjectives.add(base)
    if _INFINITIVE not in flags and _ONLY_INSIDE not in flags:
        if counted or (flags & ({"Cc"} if verb else _NOUN_FLAGS) and not adjective):
            given.nouns.add(base)
            if flags & _OWN_PLURAL:
                given.plain_nouns.add(base)
        elif not adjective and not verb:
            given.others |= {start + base for start in pre}
    for flag in flags:
        name = {"Z": "N", "Y": "N", "A": "A"}.get(flag[0])
        if name is None or flag in ("Zm", "Xe"):
            continue
        for strip, add, condition in rules.get(flag, ()):
            if condition.search(word) and word.endswith(strip):
                form = plain(word[: len(word) - len(strip)] + add)
                given.inflected[form].add((base, name))


def read(dictionary: Path, affix: Path, flat: Path) -> Lists:
    rules, prefixes = affixes(affix.read_text(encoding="utf-8").splitlines())
    given = Lists()
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, _, marks = line.split("\t")[0].partition("/")
        flags = {marks[index : index + 2] for index in range(0, len(marks) - 1, 2)}
        base = plain(word)
        if not _LETTERS.fullmatch(base) or _FORBIDDEN in flags:
            continue
        if word[0].isupper() or _NAME in flags:
            given.names.add(base)
            continue
        pre = ["", *(prefixes[flag] for flag in flags if flag in prefixes)]
        _one(word, flags, rules, pre, given)
    words = {plain(w.strip()) for w in flat.read_text(encoding="utf-8").splitlines() if not w[:1].isupper()}
    given.listed = {word for word in words if _LETTERS.fullmatch(word)}
    added = own().words
    given.nouns |= {word for word, letters in added.items() if NOUN in letters}
    given.plain_nouns |= {word for word, letters in added.items() if NOUN in letters}
    given.verbs |= {word for word, letters in added.items() if VERB in letters}
    for infinitive in given.infinitives:
        if not any(base in given.verbs for base, name in bases(infinitive) if name == "V"):
            given.verbs.add(_stem(infinitive, given.listed))
    given.verbs = {verb for verb in given.verbs if len(verb) > 1}
    return given


def _stem(infinitive: str, listed: set[str]) -> str:
    if not infinitive.endswith("en"):
        return infinitive[:-2] if infinitive.endswith("aan") else infinitive[:-1]
    spelled = list(unspelled(infinitive[:-2])) or [infinitive]
    return next((stem for stem in spelled if stem + "t" in listed or stem in listed), spelled[0])


def strong_forms(given: Lists) -> dict[str, set[str]]:
    """Stems by the irregular forms of verbs, those with a prefix or particle where the list has the form."""
    table: dict[str, list[list[str]]] = defaultdict(list)
    for line in (HERE / "strong.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            stem, *rest = line.split()
            table[stem].append(rest)
    known = given.listed | given.others
    forms: dict[str, set[str]] = defaultdict(set)
    for verb in given.verbs | set(table):
        for start in range(len(verb)):
            for past, pasts, participle in table.get(verb[start:], ()):
                prefix = verb[:start]
                joined = {prefix + "ge" + participle, prefix + participle}
                if not prefix:
                    joined = {participle} if verb.startswith(UNSTRESSED) else {"ge" + participle}
                for form in (prefix + past, prefix + pasts, *joined):
                    if form in known or not prefix:
                        forms[form].add(verb)
                for form in joined & set(forms):
                    for ending in ("e", "en"):
                        if form + ending in known:
                            forms[form + ending].add(verb)
    return forms


def separables(given: Lists, forms: dict[str, set[str]]) -> set[str]:
    """Verbs that come apart: the list has their participle with -ge- inside."""
    found: set[str] = set()
    for word in given.listed | given.others:
        start = word.find("ge", 2)
        while start > 0:
            prefix, rest = word[:start], word[start:]
            stems = {base for base, name in bases(rest) if name == "V"} | forms.get(rest, set())
            found |= {prefix + stem for stem in stems if prefix + stem in given.verbs and stem in given.verbs}
            start = word.find("ge", start + 1)
    return {verb for verb in found if not verb.startswith(UNSTRESSED) or len(verb) > 8}


class Parts:
    """How often each base form begins and ends words of the list."""

    def __init__(self, given: Lists, forms: dict[str, set[str]]) -> None:
        self.given = given
        # Participles of irregular verbs are listed as adjectives: gestolen is a form of stelen.
        self.adjectives = given.adjectives - forms.keys()
        plurals = {word for word in given.nouns if self._is_form(word)}
        self.nouns = given.nouns - plurals
        self.nouns -= {w for w in self.nouns if w.endswith("se") and w[:-1] in self.adjectives | given.others}
        # Some adjectives have no flags, but the list has their other form: rechts, rechtse.
        lone = given.others - self.nouns - given.verbs - given.inflected.keys() - forms.keys()
        self.adjectives |= {
            word
            for word in lone
            if len(word) > 4
            and word[-1] not in VOWELS
            and word + "e" in given.listed
            and not any(base in given.verbs for base, name in bases(word) if name == "V")
        }
        # Words without flags, as long as they are no form of another.
        self.loose = {
            word
            for word in given.others - given.inflected.keys() - forms.keys()
            if len(word) >= 5 and not self._derived(word)
        }
        # `pannekoek` was right until 1995: the list has both, and both are a pan and a koek.
        self.loose -= {word for word in self.loose if self._old(word)}
        self.first: dict[str, set[str]] = defaultdict(set)
        self.last: dict[str, set[str]] = defaultdict(set)
        for word in given.listed:
            for one, other in self.splits(word):
                self.first[one].add(other)
                self.last[other].add(one)

    def _is_form(self, word: str) -> bool:
        """Whether a noun is but the form of another word: kamers, historische, zieke."""
        if word in self.given.plain_nouns:
            return False
        if word[-1] == "e" and any(b in self.adjectives for b, name in bases(word) if name == "A"):
            return True
        pairs = {*bases(word), *self.given.inflected.get(word, ())}
        return any(base != word and base in self.given.nouns for base, name in pairs if name == "N")

    def _derived(self, word: str) -> bool:
        given = self.given
        classes = {"N": self.nouns, "V": given.verbs, "A": self.adjectives}
        if any(base in classes[name] for base, name in bases(word)):
            return True
        if word[-1] == "e" and word[:-1] in given.others:
            return True
        return word[-1] == "s" and word[:-1] in self.nouns

    def _old(self, word: str) -> bool:
        known = self.given.nouns | self.given.others
        spots = [spot for spot, letter in enumerate(word[:-3], 1) if letter == "e" and spot > 2]
        return any(word[:spot] + "n" + word[spot:] in known for spot in spots)

    def _lasts(self, piece: str) -> list[str]:
        if piece in self.nouns or piece in self.loose:
            return [piece]
        found = [base for base, name in bases(piece) if name == "N" and base in self.nouns]
        found += [base for base, name in self.given.inflected.get(piece, ()) if base in self.nouns]
        if piece in self.adjectives:
            found.append(piece)
        else:
            found += [b for b, name in bases(piece) if name == "A" and b in self.adjectives]
        return found

    def _firsts(self, piece: str) -> list[str]:
        given, found = self.given, []
        if piece in self.nouns or piece in given.verbs or piece in self.adjectives or piece in self.loose:
            found.append(piece)
        if piece[-1] == "s" and (piece[:-1] in self.nouns or piece[:-1] in self.loose):
            found.append(piece[:-1])
        if piece in _LINKED:
            found.append(_LINKED[piece])
        plural = piece + "n" if piece[-1] == "e" else piece
        if plural.endswith(("en", "er")):
            found += [base for base, name in bases(plural) if name == "N" and base in self.nouns]
            found += [base for base, name in given.inflected.get(plural, ()) if base in self.nouns]
        return found

    def splits(self, word: str) -> Iterator[tuple[str, str]]:
        for cut in range(3, len(word) - 2):
            if word[cut:] in _NEVER_LAST:
                continue
            lasts = [base for base in self._lasts(word[cut:]) if base not in _NEVER_LAST and len(base) > 2]
            if lasts:
                for one in self._firsts(word[:cut]):
                    if one not in _NEVER_FIRST and len(one) > 2:
                        yield from ((one, other) for other in lasts)

    def compound(self, word: str) -> bool:
        """Whether `word` is made of two words that make enough others; the longer they are, the fewer."""
        for one, other in self.splits(word):
            begun, ended = len(self.first[one]), len(self.last[other])
            short = len(word) < 8 or min(len(one), len(other)) < 4
            if min(begun, ended) >= (_MADE_SHORT if short else _MADE):
                return True
            if min(len(one), len(other)) >= 4 and len(word) > 9 and max(begun, ended) >= _MADE_LONG:
                return True
        return False

    def act(self, word: str) -> bool:
        """Whether `word` derives from one verb: its act, doer or place."""
        for ending in ("ing", "er", "ster", "erij"):
            if word.endswith(ending) and any(s in self.given.verbs for s in unspelled(word[: -len(ending)])):
                return True
        return False


def _places(word: str, letters: str, parts: Parts) -> str:
    """Whether the word may begin and end compounds the list does not have: as it does in those it has."""
    found = ""
    needed = 5 if len(word) == 3 else 2
    noun = "N" in letters
    first, last = len(parts.first.get(word, ())), len(parts.last.get(word, ()))
    if word not in _NEVER_FIRST and len(word) > 2:
        found += FIRST * (first >= needed or ((first > 0 or noun) and len(word) > 5))
    if word not in _NEVER_LAST and len(word) > 2 and (letters[:1] in ("N", "A") or word in parts.loose):
        found += LAST * (last >= needed or (noun and len(word) > 4))
    return found


def words(given: Lists, forms: dict[str, set[str]], parts: Parts, whole: frozenset[str]) -> dict[str, str]:
    """Classes by base form, of all that is kept."""
    separable = separables(given, forms)
    found: dict[str, str] = {}
    for word in sorted(parts.nouns | parts.adjectives | parts.loose | given.verbs):
        verb = word in given.verbs
        if word not in whole and not verb and not parts.act(word) and parts.compound(word):
            continue
        if word in parts.loose and not verb and word[-1] == "s" and word[:-1] in found:
            continue
        letters = "N" if word in parts.nouns or (word in parts.loose and word in whole) else ""
        letters += "A" * (word in parts.adjectives) + "V" * verb
        letters += _places(word, letters, parts)
        letters += "s" * (verb and word in separable)
        found[word] = letters or "O"
    return found


def irregular(given: Lists, kept: dict[str, str], forms: dict[str, set[str]]) -> dict[str, list[str]]:
    """Bases of the forms that no rule gives."""
    found: dict[str, set[str]] = defaultdict(set)
    for form, stems in forms.items():
        found[form] |= {stem for stem in stems if stem in kept}
    for form, pairs in given.inflected.items():
        ruled = set(bases(form))
        # The list gives some nouns two plurals, of which one is another noun's: ton has tonen, as toon.
        if any(base in kept and name in kept[base] and name in "NA" for base, name in ruled):
            continue
        for base, name in pairs if _LETTERS.fullmatch(form) else ():
            if base in kept and name in kept[base] and (base, name) not in ruled and form not in kept:
                found[form].add(base)
    return {form: sorted(stems) for form, stems in sorted(found.items()) if stems}


def guarded(given: Lists, kept: dict[str, str]) -> set[str]:
    """Names that would be taken for a compound or a form of a known word."""
    first = {word for word, letters in kept.items() if "l" in letters}
    found: set[str] = set()
    for name in given.names - kept.keys() - given.listed:
        form = any(base in kept and kind in kept[base] for base, kind in bases(name))
        cut = any(name[:end] in first for end in range(3, len(name) - 2))
        if (form or cut) and VOWELS & set(name) and len(name) > 3:
            found.add(name)
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    given = read(*map(Path, arguments))
    forms = strong_forms(given)
    parts = Parts(given, forms)
    whole = lists()["whole"]
    kept = words(given, forms, parts, whole)
    kept |= {word: "Nlr" for word in whole - kept.keys() - forms.keys() if word in given.listed}
    for line in (HERE / "odd.txt").read_text(encoding="utf-8").splitlines():
        kept.pop(line.partition(" ")[0], None)
    odd = irregular(given, kept, forms)
    kept |= dict.fromkeys(guarded(given, kept), "O")
    out = "".join(f"{word} {letters}\n" for word, letters in sorted(kept.items()))
    WORDS.write_bytes(packed(out))
    out = "".join(f"{form} {' '.join(stems)}\n" for form, stems in odd.items())
    (HERE / "forms.txt").write_text(out, encoding="utf-8")
    print(f"{len(kept):,} words, {len(odd):,} irregular forms")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
