"""The fast matcher finds what a slow one finds, on texts made of the lexicon's own words and on real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.judge.domains import judge
from ingest.judge.taxonomy import load
from tests import recorded
from tests.ingest.judge.naive import scores


def fast(text: str, language: str) -> dict[str, tuple[float, set[str]]]:
    """What `judge` says of `text` (title, newline, excerpt) with priors and title weight off."""
    title, _, excerpt = text.partition("\n")
    found = judge(title, excerpt, language, plain=True)
    return {
        each.id: (each.score, {evidence.term for evidence in each.evidence})
        for each in (*found.asserted, *found.candidates)
        if each.score >= load().weights.domain_threshold
    }


def same(text: str, language: str) -> None:
    expected, got = scores(text, language), fast(text, language)
    assert (list(expected), expected) == (list(got), got), text


def _words(language: str) -> list[str]:
    words: list[str] = []
    for domain in load().domains:
        lexicon = domain.lexicons[language]
        words += lexicon.terms()
        words += lexicon.exclude_phrases
        words += [w for rule in lexicon.ambiguous for w in (*rule.contexts, *rule.exclusions)]
    return words


def _spelled(word: str, tail: str, gap: str, capitals: bool) -> str:
    made = word.lstrip("=").replace("*", tail).replace(" ", gap or " ").replace("-", gap)
    return made.upper() if capitals else made


def _texts(language: str) -> st.SearchStrategy[str]:
    word = st.builds(
        _spelled,
        st.sampled_from(_words(language)),
        st.sampled_from(("", "s", "en", "ïng", "1", "_x")),
        st.sampled_from(("", " ", "-", " - ", "\n", "\xa0", "–")),
        st.booleans(),
    )
    filler = st.sampled_from(("de", "of", "x", "ı", "é", "’s", "'s", ".", "½", "K", "ß", "İ", "e\u0301n"))
    return st.lists(
        st.tuples(st.one_of(word, word, filler), st.sampled_from((" ", " ", "\n", ", ", "-", ""))),
        max_size=14,
    ).map(lambda parts: "".join(piece + gap for piece, gap in parts))


@settings(max_examples=150, deadline=None)
@given(_texts("nl"))
def test_dutch_texts_made_of_lexicon_words(text: str) -> None:
    same(text, "nl")


@settings(max_examples=150, deadline=None)
@given(_texts("en"))
def test_english_texts_made_of_lexicon_words(text: str) -> None:
    same(text, "en")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.sampled_from(("nl", "en")))
def test_any_text(text: str, language: str) -> None:
    same(text, language)


def _recorded(labels: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in (labels / "validate.jsonl").read_text("utf-8").splitlines()]
    texts = [(row["text"], row["lang"]) for row in rows if row["lang"] in ("nl", "en")]
    for language in ("nl", "en"):
        with (labels / f"unlabelled_{language}.jsonl").open(encoding="utf-8") as file:
            for line, _ in zip(file, range(1000), strict=False):
                row = json.loads(line)
                texts.append((f"{row['title']}\n{row['lead']}" if row.get("lead") else row["text"], language))
    return texts


def test_recorded_headlines_every_tenth() -> None:
    texts = _recorded(recorded.folder("labels"))[::10]
    assert len(texts) > 300
    for text, language in texts:
        same(text, language)


@pytest.mark.full
def test_recorded_headlines_all() -> None:
    for text, language in _recorded(recorded.folder("labels")):
        same(text, language)
