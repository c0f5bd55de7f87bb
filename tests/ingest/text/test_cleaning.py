"""Entries as feeds say them become plain text that a person would recognise, whatever the feed did to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entries import RawEntry, SourceRules
from ingest.text.cleaning import Unusable, clean
from ingest.text.excerpt import cut
from ingest.text.footers import without_footers
from ingest.text.hashing import content_hash
from ingest.text.plain import plain

DUTCH = SourceRules(zone="Europe/Amsterdam", language="nl", country="NL")


def test_an_ordinary_entry() -> None:
    entry = clean(
        RawEntry(
            id="tag:voorbeeld.example,2026:1",
            url="/nieuws/hoogwater?utm_source=rss",
            base="https://voorbeeld.example/rss.xml",
            title="Hoogwater in de <b>Voorbeeldrivier</b>",
            summary="<p>De waterstand stijgt snel.</p><p>Het waterschap sluit de kering.</p> Lees verder",
            published="di 24 nov. 2026 10:15",
            language="en",
        ),
        DUTCH,
    )
    assert entry.title == "Hoogwater in de Voorbeeldrivier"
    assert entry.excerpt == "De waterstand stijgt snel. Het waterschap sluit de kering."
    assert entry.url == "https://voorbeeld.example/nieuws/hoogwater"
    assert entry.published == datetime(2026, 11, 24, 9, 15, tzinfo=UTC) and entry.updated is None
    assert (
        entry.language == "nl"
        and len(entry.content_hash) == 32
        and entry.id == "tag:voorbeeld.example,2026:1"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jansen &amp;amp; Zn", "Jansen & Zn"),
        ("&lt;p&gt;Hel&lt;b&gt;lo&lt;/b&gt; wereld&lt;/p&gt;&lt;p&gt;Twee&lt;/p&gt;", "Hello wereld Twee"),
        ("&amp;lt;b&amp;gt;vet&amp;lt;/b&amp;gt;", "vet"),
        ("a < b & c > d", "a < b & c > d"),
        ("als 3&lt;5 dan", "als 3<5 dan"),
        ("caf&eacute;&nbsp;&#8217;t &#x2019;", "café ’t ’"),
        ("<![CDATA[<p>Artikel</p>]]>", "Artikel"),
        ("een<script>alert('x')</script> twee<style>p{}</style><!-- drie -->", "een twee"),
        ("lek door <script> in formulier", "lek door in formulier"),
        ("een<br>twee<br/>drie<div>vier</div>", "een twee drie vier"),
        ("  veel \n\t wit\u00a0 hier ", "veel wit hier"),
        ("links\u202erechts\u202c \u200bbreed\u00adte\x00\x07", "linksrechts breedte"),
        ("half \ud800 paar", "half paar"),
        ("e\u0301e\u0301n", "één"),
        ("zie <https://example.org/x>", "zie <https://example.org/x>"),
        ("<img src=x onerror=alert(1)>plaatje", "plaatje"),
        ("👩‍👩‍👧 blijft", "👩‍👩‍👧 blijft"),
    ],
)
def test_markup_and_escapes_become_text(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kern. The post Een kop appeared first on Voorbeeld.", "Kern."),
        ("Kern. Read more", "Kern."),
        ("Kern… Lees verder »", "Kern…"),
        ("Kern. Continue reading Een kop", "Kern."),
        ("Kern. submitted by /u/iemand [link] [comments]", "Kern."),
        ("Kern. Read more The post Een kop appeared first on Voorbeeld.", "Kern."),
        ("Kern […]", "Kern"),
        ("He likes to read more books every year.", "He likes to read more books every year."),
        ("Wij lezen dit bericht.", "Wij lezen dit bericht."),
        ("Read more", ""),
    ],
)
def test_common_footers_go(text: str, expected: str) -> None:
    assert without_footers(text) == expected


def test_a_sources_own_footers_go() -> None:
    footers = ("© Voorbeeldkrant", "Volg ons op *")
    assert without_footers("Kern. | © voorbeeldkrant", footers) == "Kern."
    assert without_footers("Kern. Volg ons op alle kanalen en nog meer", footers) == "Kern."
    assert without_footers("© Voorbeeldkrant eerst", footers) == "© Voorbeeldkrant eerst"


def test_a_description_that_repeats_the_title_is_dropped() -> None:
    entry = clean(RawEntry(title="Brand in Voorbeeldstad", summary="<p>brand in Vóórbeeldstad!</p>"), DUTCH)
    assert entry.excerpt == ""


def test_an_entry_without_a_title_gets_its_first_words_as_one() -> None:
    long = "Een lang bericht " * 20
    entry = clean(RawEntry(summary=long), DUTCH)
    assert (
        entry.title.startswith("Een lang bericht") and entry.title.endswith("…") and len(entry.title) <= 100
    )
    assert entry.excerpt == long.strip()
    short = clean(RawEntry(summary="Kort bericht"), DUTCH)
    assert (short.title, short.excerpt) == ("Kort bericht", "")


@pytest.mark.parametrize(
    "raw", [RawEntry(), RawEntry(title="<p> </p>", summary="&nbsp;\u200b"), RawEntry(summary="Read more")]
)
def test_an_entry_without_words_is_unusable(raw: RawEntry) -> None:
    with pytest.raises(Unusable, match="neither title nor text"):
        clean(raw, DUTCH)


def test_an_excerpt_is_cut_at_a_word() -> None:
    entry = clean(RawEntry(title="Kop", summary="woord " * 300), DUTCH)
    assert len(entry.excerpt) <= 500 and entry.excerpt.endswith("woord…")
    assert len(cut("x" * 900, 500)) == 500


def test_official_fields_come_through_as_they_can_be_stored() -> None:
    official = {"cve": "CVE-2026-1", "n": 3, "list": ["a\x00b", {"x": "\ud800y"}]}
    entry = clean(RawEntry(title="Kop", official=official), DUTCH)
    assert entry.official == {"cve": "CVE-2026-1", "n": 3, "list": ["ab", {"x": "y"}]}


def test_an_endlessly_nested_record_is_unusable() -> None:
    nested: list[object] = []
    for _ in range(900):
        nested = [nested]
    with pytest.raises(Unusable, match="nested"):
        clean(RawEntry(title="Kop", official={"x": nested}), DUTCH)


def test_the_content_hash_is_of_everything_that_makes_a_version() -> None:
    base = ("Kop", "Tekst", "https://example.org/x", {"b": 1, "a": [1, 2**70]})
    hashes = {
        content_hash(*base),
        content_hash("Kop 2", *base[1:]),
        content_hash("Kop", "Tekst 2", *base[2:]),
        content_hash("Kop", "Tekst", None, base[3]),
        content_hash(*base[:3], {"a": [1, 2**70], "b": 2}),
    }
    assert len(hashes) == 5
    assert content_hash(*base) == content_hash(*base[:3], {"a": [1, 2**70], "b": 1})


_BITS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b",
        ">",
        "&amp;",
        "&lt;",
        "&#0;",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "\u202e",
        "woord ",
        "é",
        "\x00",
        "�",
        "Read more",
        "<style",
        "&nbsp;",
        "'",
        '"',
        "<title>",
        "<svg>",
        "<textarea>",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_BITS, max_size=20).map("".join), st.lists(_BITS, max_size=30).map("".join))
def test_hostile_markup_never_raises_and_leaves_nothing_unprintable(title: str, summary: str) -> None:
    try:
        entry = clean(RawEntry(title=title, summary=summary), DUTCH)
    except Unusable:
        return
    text = f"{entry.title} {entry.excerpt}"
    text.encode("utf-8")
    assert "\x00" not in text and "\u202e" not in text and "<script>" not in text
    assert len(entry.title) <= 500 and len(entry.excerpt) <= 500 and entry.title.strip()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=700), st.integers(20, 500))
def test_a_cut_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    made = cut(text, limit)
    assert len(made) <= limit and (made == text or made.endswith("…"))
