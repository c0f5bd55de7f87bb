"""A query in words: every part of the language, in English and in Dutch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.analyzer import words
from search.analysis import query
from search.query import QueryError, tree
from search.query.explain import explain
from search.query.fields import FIELDS
from search.query.phrases import FIELD_NAMES, PHRASES
from search.query.wording import NOTES
from tests.contract.queries import generated

CASES = [
    ("", ["every signal"], ["elk signaal"]),
    ("*", ["every signal"], ["elk signaal"]),
    ("dijk", ['the word "dijk" in any form or compound'], ['het woord "dijk" in elke vorm of samenstelling']),
    ('"dijk"', ['exactly the word "dijk"'], ['precies het woord "dijk"']),
    ("CVE-2026-1", ['the words "cve 2026 1" side by side'], ['de woorden "cve 2026 1" direct na elkaar']),
    ("overstr*", ['a word that begins with "overstr"'], ['een woord dat begint met "overstr"']),
    (
        "hoog-wa*",
        ['the words "hoog wa" side by side, of the last only the beginning'],
        ['de woorden "hoog wa" direct na elkaar, van het laatste alleen het begin'],
    ),
    (
        "titel:dyken~",
        ['in the title: a word that differs from "dyken" in at most 1 letter(s)'],
        ['in de titel: een woord dat hooguit 1 letter(s) van "dyken" verschilt'],
    ),
    (
        "a OF (b NIET c)",
        [
            "at least one of:",
            '  the word "a" in any form or compound',
            "  all of:",
            '    the word "b" in any form or compound',
            "    not:",
            '      the word "c" in any form or compound',
        ],
        [
            "minstens een van:",
            '  het woord "a" in elke vorm of samenstelling',
            "  al het volgende:",
            '    het woord "b" in elke vorm of samenstelling',
            "    niet:",
            '      het woord "c" in elke vorm of samenstelling',
        ],
    ),
    (
        "domain:(cyber OR health)",
        [
            "at least one of:",
            "  threat domain: Cyber threats (cyber)",
            "  threat domain: Infectious diseases and pandemics (health)",
        ],
        [
            "minstens een van:",
            "  dreigingsdomein: Cyberdreigingen (cyber)",
            "  dreigingsdomein: Infectieziekten en pandemieën (health)",
        ],
    ),
    ("domain:c*", ['threat domain begins with "c"'], ['dreigingsdomein begint met "c"']),
    (
        "part:*",
        ["part of the Kingdom it directly concerns: any"],
        ["deel van het Koninkrijk dat het direct raakt: een willekeurige"],
    ),
    ("relevance:none", ["relevance to the Kingdom: none"], ["relevantie voor het Koninkrijk: geen"]),
    ("url:www.nos.nl/x*", ['address begins with "www.nos.nl/x"'], ['adres begint met "www.nos.nl/x"']),
    ("severity:C", ["severity: C (serious)"], ["ernst: C (ernstig)"]),
    ("severity:none", ["severity: none"], ["ernst: geen"]),
    ("ernst:>ernstig", ["severity worse than C (serious)"], ["ernst erger dan C (ernstig)"]),
    (
        "severity:<=B",
        ["severity B (substantial) or less, where there is one"],
        ["ernst B (aanzienlijk) of minder, als die er is"],
    ),
    (
        "severity:[B TO D}",
        ["severity B (substantial) or worse and less than D (very serious)"],
        ["ernst B (aanzienlijk) of erger en minder dan D (zeer ernstig)"],
    ),
    ("published:>=now-24h", ["published from 24 hours ago on"], ["gepubliceerd vanaf 24 uur geleden"]),
    (
        "seen:{2026-11-01 TO now/d]",
        ["first seen after 2026-11-01 and up to and including today"],
        ["voor het eerst gezien na 2026-11-01 en tot en met vandaag"],
    ),
    ("published:gisteren", ["published during yesterday"], ["gepubliceerd gedurende gisteren"]),
    (
        "published:<now-1M/M",
        ["published before the month of 1 month ago"],
        ["gepubliceerd voor de maand van 1 maand geleden"],
    ),
    (
        "dijk AND",
        [
            'the word "dijk" in any form or compound',
            "note: at character 6: AND without anything after it left out",
        ],
        [
            'het woord "dijk" in elke vorm of samenstelling',
            "opmerking: bij teken 6: AND zonder iets erachter weggelaten",
        ],
    ),
    (
        "!!!",
        [
            "nothing that can be searched for",
            "note: at character 1: nothing in the query can be searched for",
        ],
        ["niets dat gezocht kan worden", "opmerking: bij teken 1: niets in de zoekvraag kan gezocht worden"],
    ),
]


@pytest.mark.parametrize(("text", "english", "dutch"), CASES, ids=lambda value: str(value)[:30])
def test_a_query_in_words(text: str, english: list[str], dutch: list[str]) -> None:
    assert explain(query(text), "en")[: len(english)] == english
    assert explain(query(text), "nl")[: len(dutch)] == dutch


def nodes(node: tree.Node | None) -> Iterator[tree.Node]:
    if node is None:
        return
    yield node
    for item in getattr(node, "items", ()) or (getattr(node, "item", None),):
        yield from nodes(item)


def test_every_kind_of_node_and_every_field_is_covered() -> None:
    covered = {type(node) for text, *_ in CASES for node in nodes(query(text).tree)}
    assert covered == set(tree.Node.__args__)
    assert set(FIELD_NAMES) == set(FIELDS)
    assert all(all(pair) for pair in (*PHRASES.values(), *NOTES.values(), *FIELD_NAMES.values()))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_word_of_any_query_is_in_its_explanation(language: str) -> None:
    for case in generated(1_500):
        asked = query(case.text)
        said = " ".join(explain(asked, language))
        for node in nodes(asked.tree):
            if isinstance(node, tree.Word | tree.Quoted | tree.Start | tree.Near) and not node.field:
                assert " ".join(words(node.text)) in said, case.text


_SIGNS = (
    '"',
    "(",
    ")",
    "-",
    "!",
    "*",
    "~",
    "~2",
    "^3",
    ":",
    ">=",
    "<",
    "[",
    "]",
    " TO ",
    " OF ",
    " NIET ",
    " ",
)
_PARTS = (
    "place:",
    "entity:",
    "deel:",
    "near:",
    "country:",
    "origin:",
    "relevance:",
    "url:",
    "seen:",
    "ernst:",
)
_VALUES = ("den haag", "evil[.]com", "nato", "direct", "C", "now-1d/d", "2026", "x", "洪水", "é", "'s")


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*_SIGNS, *_PARTS, *_VALUES]) | st.text(max_size=3), max_size=12).map("".join)
)
def test_any_query_that_is_understood_is_explained(text: str) -> None:
    try:
        asked = query(text)
    except QueryError as error:
        assert "\n" not in str(error)
        return
    for language in ("en", "nl"):
        lines = explain(asked, language)
        assert lines
        assert all(line.strip() for line in lines)
