"""Folding keeps letters, drops accents, and can say where each character came from."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.judge.patterns import lowered
from ingest.text.fold import fold, fold_with_offsets, folds_in_place


def test_folding_is_nfkd_without_combining_marks_for_every_character() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        apart = unicodedata.normalize("NFKD", character)
        assert fold(character) == "".join(c for c in apart if not unicodedata.combining(c)).replace("’", "'")
        # What is looked for in lower case must stand where it stood before.
        assert len(lowered(fold(character))) == len(fold(character))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("aéß½ﬁ’İ각\u0301\U0001d400 x"), max_size=30))
def test_offsets_lead_back(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text) and len(offsets) == len(folded) + 1 and offsets[-1] == len(text)
    for place, character in enumerate(folded):
        assert character in fold(text[offsets[place]])
    if folds_in_place(text):
        assert offsets == list(range(len(text) + 1))
