"""A text as the judges read it: folded once, with the way back to its own offsets."""

from __future__ import annotations

from functools import cached_property

from ingest.entries import Evidence
from ingest.judge.patterns import lowered
from ingest.text.fold import fold, fold_with_offsets, folds_in_place


class Text:
    """Title and excerpt of one signal, folded (`folded`) and folded in lower case (`low`, same length).

    `title_end` is where the title ends in both.
    """

    def __init__(self, title: str, excerpt: str) -> None:
        self.title = title
        self.excerpt = excerpt
        self.whole = f"{title}\n{excerpt}"
        self.folded = fold(self.whole)
        self.low = lowered(self.folded)
        self.title_end = len(fold(title))

    @cached_property
    def _offsets(self) -> list[int] | None:
        return None if folds_in_place(self.whole) else fold_with_offsets(self.whole)[1]

    def evidence(self, term: str, start: int, end: int) -> Evidence:
        """`term` found from `start` to `end` of the folded text, as evidence in the text itself."""
        if self._offsets is not None:
            start, end = self._offsets[start], self._offsets[end - 1] + 1
        return Evidence(term, start, end)
