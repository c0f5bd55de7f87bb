"""Where a text holds what a query asked for: the same on every engine, because no engine is asked."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.text.analyzer import STEMMED, Token, found_stems, tokens
from search.core import Core, Fuzzy, Leaf, Phrase, Prefix, Term, leaves

Places = list[tuple[int, int]]


def within(one: str, other: str, distance: int) -> bool:
    """True where at most `distance` edits make `one` from `other`; swapping neighbours is one edit."""
    if abs(len(one) - len(other)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        following = [i]
        for j, right in enumerate(other, 1):
            cost = min(row[j] + 1, following[-1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1] <= distance


def _stemmed(leaf: Term) -> str | None:
    """The language whose stems the leaf compares; None where it compares tokens."""
    return next((known for known in STEMMED if leaf.field.endswith(f"stems_{known}")), None)


def _alone(leaf: Term | Prefix | Fuzzy, token: str) -> bool:
    if isinstance(leaf, Prefix):
        return token.startswith(leaf.text)
    if isinstance(leaf, Fuzzy):
        return within(leaf.token, token, leaf.distance)
    return token == leaf.token


def _phrase(leaf: Phrase, found: Sequence[Token]) -> Places:
    size = len(leaf.tokens)
    texts = [token.text for token in found]
    places = []
    for start in range(len(found) - size + 1):
        *exact, last = texts[start : start + size]
        ends = last.startswith(leaf.tokens[-1]) if leaf.open else last == leaf.tokens[-1]
        if ends and tuple(exact) == leaf.tokens[:-1]:
            places.append((found[start].start, found[start + size - 1].end))
    return places


def _concerns(leaf: Leaf, title: bool) -> bool:
    field = getattr(leaf, "field", "")
    textual = field.endswith("folded") or "stems_" in field
    return textual and (title or not field.startswith("title_"))


def places(core: Core, text: str, language: str, *, title: bool) -> Places:
    """(start, end) in code points of what matches in `text`, merged and in order."""
    wanted = [leaf for leaf in leaves(core) if _concerns(leaf, title)]
    if not wanted or not text:
        return []
    found = tokens(text)
    spans: Places = []
    stems: dict[str, set[str]] = {}
    for leaf in wanted:
        by_stem = _stemmed(leaf) if isinstance(leaf, Term) else None
        if by_stem is not None and isinstance(leaf, Term):
            stems.setdefault(by_stem, set()).add(leaf.token)
        elif isinstance(leaf, Phrase):
            spans.extend(_phrase(leaf, found))
        elif isinstance(leaf, Term | Prefix | Fuzzy):
            spans.extend((t.start, t.end) for t in found if _alone(leaf, t.text))
    for known, asked in stems.items():
        if language[:2].lower() in (known, ""):
            held = (places for stem, places in found_stems(text, known) if stem in asked)
            spans.extend(place for places in held for place in places)
    merged: Places = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
