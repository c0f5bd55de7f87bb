"""No persons: whatever a text holds, every entity is in a list or of a grammar, and so are its words.

What is asserted here is said a second time, in the test's own terms: a list's surface forms are compared as
sets of letters, the grammars are written anew. Texts are made up from invented names, titles, roles and
whatever else Unicode has; the recorded ones are all there are.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entries import Entity
from ingest.judge.entities import find, kind_of, name_of, resolve
from ingest.judge.entities.lists import load
from ingest.judge.text import Text
from tests.recorded import folder

#: kind: what its ids look like.
GRAMMARS = {
    "vulnerability": r"(cve|euvd)-(19|20)\d\d-\d{4,7}",
    "weakness": r"cwe-\d{1,4}",
    "advisory": r"[a-z]{2,9}\d{0,4}(-[a-z0-9]+)*",
    "technique": r"t1\d{3}(\.\d{3})?",
    "substance": r"un-\d{4}|cas-\d{2,7}-\d\d-\d",
    "organisation": r"unc\d{4}|storm-\d{4}",
}
HOST = re.compile(r"([a-z0-9_-]{1,63}\.){1,10}[a-z0-9-]{2,59}")
HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
DEFANGED = ("[", "]", "(.)", "(dot)", "{.}", "hxxp", "h**p", "\\.")
HYPHENS = re.compile("[‐‑‒–—―−-]")


def same(text: str) -> str:
    """`text` as surface forms are compared."""
    letters = unicodedata.normalize("NFKD", text).replace("’", "'")
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return HYPHENS.sub(" ", letters).lower().replace("ı", "i")


@cache
def forms() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """(whole, open) surface forms of every listed entity."""
    whole: dict[str, set[str]] = {}
    begun: dict[str, set[str]] = {}
    for listed in load().entities.values():
        whole[listed.id] = {same(form.text) for form in listed.forms}
        begun[listed.id] = {same(form.text) for form in listed.forms if form.open}
    return whole, begun


def is_indicator(identity: str) -> bool:
    if HASH.fullmatch(identity):
        return True
    host = identity.partition("://")[2].partition("/")[0] if "://" in identity else identity
    host = re.sub(r":\d{1,5}$", "", host) if host.count(":") == 1 else host
    try:
        ipaddress.ip_network(host.strip("[]"))
    except ValueError:
        return bool(HOST.fullmatch(re.split(r"[?#]", host)[0])) and "@" not in identity
    return True


def listed_or_shown(entity: Entity) -> bool:
    """Whether the name is the one that goes with the id in one of the languages."""
    return entity.name in {name_of(entity.id, language) for language in ("nl", "en")}


def assert_closed(text: Text, entities: tuple[Entity, ...]) -> None:
    whole, begun = forms()
    for entity in entities:
        words = [text.whole[each.start : each.end] for each in entity.evidence]
        assert words, entity
        assert resolve(entity.id) == entity.id and kind_of(entity.id) == entity.kind, entity
        assert listed_or_shown(entity), entity
        listed = load().entities.get(entity.id)
        if listed is not None:
            assert entity.kind == listed.kind and entity.name in listed.names.values()
            for word in map(same, words):
                known = word in whole[entity.id] or any(
                    word.startswith(form) and not re.search(r"\s", word[len(form) :])
                    for form in begun[entity.id]
                )
                assert known, (entity, word)
        elif entity.kind == "indicator":
            assert is_indicator(entity.id), entity
            plain = HASH.fullmatch(entity.id) is not None
            assert all(plain or any(mark in word.lower() for mark in DEFANGED) for word in words)
            assert not any("@" in word for word in words)
        else:
            assert re.fullmatch(GRAMMARS[entity.kind], entity.id), entity
            assert any(c.isdigit() for c in entity.id) or entity.kind == "advisory"
            for word in words:
                assert re.sub(r"\D", "", same(word)) in re.sub(r"\D", "", entity.id), (entity, word)


# -- texts that are made up

_SYLLABLES = st.sampled_from(
    (
        "ba",
        "ke",
        "li",
        "mo",
        "ru",
        "ster",
        "van",
        "dijk",
        "jan",
        "sen",
        "ov",
        "ić",
        "is",
        "who",
        "cl",
        "op",
        "ing",
    )
)
_NAME = st.lists(_SYLLABLES, min_size=1, max_size=4).map(lambda parts: "".join(parts).capitalize())
_ANY_NAME = st.text(
    st.characters(categories=("Lu", "Ll", "Lt", "Lo", "Mn", "Pd"), include_characters="'’. "),
    min_size=2,
    max_size=20,
)
_ROLE = st.sampled_from(
    (
        "minister",
        "president",
        "Dr.",
        "dhr.",
        "mevrouw",
        "generaal",
        "General",
        "CEO",
        "topman",
        "spokesperson",
        "Koning",
        "Prins",
        "sheikh",
        "ayatollah",
        "verdachte",
        "suspect",
        "burgemeester",
        "hacker",
        "leider",
    )
)
_PARTICLE = st.sampled_from(("van", "de", "van der", "bin", "al-", "O'", "Mac", "von", "ter", ""))
_FRAME = st.sampled_from(
    (
        "{role} {given} {particle} {family} opgepakt na ransomware",
        "{given} {family} was arrested in Syria with drugs and malware",
        "{given} {family} ({role}) zei dat {family} ziek is, uitbraak",
        "{family}-{given}: terroristen en hackers, volgens {role} {family}",
        "{role} {family}'s brother {given} {particle}{family} [.] hxxp://{family}",
        "{given}[.]{family} and {given}@{family}[.]example CVE-{family}",
        "{FAMILY} {GIVEN} EN {FAMILY}, RANSOMWARE",
    )
)
_LISTED = st.sampled_from(sorted({form.text for listed in load().entities.values() for form in listed.forms}))
_SCRAP = st.sampled_from(
    (
        "CVE-2024-1234",
        ", -1235",
        "T1566.001",
        "MITRE",
        "[.]",
        "hxxp://",
        "198[.]51[.]100[.]7",
        "UN-nummer 1005",
        "d41d8cd98f00b204e9800998ecf8427e",
        "\n",
        "½",
        "İ",
        "ß",
        "-",
        "’",
        "@",
        "://",
        "RANSOMWARE",
        "evil[.]example",
    )
)


@st.composite
def _sentence(draw: st.DrawFn) -> str:
    name = st.one_of(_NAME, _ANY_NAME)
    given_name, family = draw(name), draw(name)
    return draw(_FRAME).format(
        role=draw(_ROLE),
        given=given_name,
        particle=draw(_PARTICLE),
        family=family,
        FAMILY=family.upper(),
        GIVEN=given_name.upper(),
    )


_TEXTS = st.lists(
    st.one_of(
        _sentence(), _sentence(), _LISTED, _LISTED.map(str.upper), _LISTED.map(str.title), _SCRAP, st.text()
    ),
    max_size=6,
)
_JOINS = st.sampled_from((" ", ", ", "", "-", "\n", ". "))
_LANGUAGES = st.sampled_from(("nl", "en", "de", None))


@settings(max_examples=400, deadline=None)
@given(_TEXTS, _TEXTS, _JOINS, _LANGUAGES)
def test_nothing_outside_lists_and_grammars_is_ever_emitted(
    title: list[str], excerpt: list[str], join: str, language: str | None
) -> None:
    text = Text(join.join(title), join.join(excerpt))
    assert_closed(text, find(text, language))


@settings(max_examples=300, deadline=None)
@given(_sentence(), _LANGUAGES)
def test_a_sentence_about_somebody_emits_no_part_of_the_name(sentence: str, language: str | None) -> None:
    text = Text(sentence, "")
    whole, _ = forms()
    known = set().union(*whole.values())
    for entity in find(text, language):
        for each in entity.evidence:
            word = same(text.whole[each.start : each.end])
            assert entity.kind == "indicator" or word in known or any(c.isdigit() for c in word), entity


@given(st.one_of(st.text(), _LISTED, _SCRAP, _ANY_NAME))
def test_whatever_is_typed_is_an_entity_or_nothing(typed: str) -> None:
    identity = resolve(typed)
    assert not identity or (kind_of(identity) and resolve(identity) == identity)
    assert resolve(name_of(identity, "nl")) in (identity, "")


def _recorded(labels: Path) -> Iterator[tuple[str, str, str]]:
    for name in ("unlabelled_nl", "unlabelled_en", "validate", "train", "dev"):
        with (labels / f"{name}.jsonl").open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield row.get("title") or "", row.get("lead") or row.get("text") or "", row["lang"]


def test_in_the_recorded_texts_everything_is_listed_or_of_a_grammar() -> None:
    count = 0
    for title, excerpt, language in _recorded(folder("labels")):
        text = Text(title, excerpt)
        entities = find(text, language)
        assert_closed(text, entities)
        count += len(entities)
    assert count > 1000


HOSTILE = (
    "[.]" * 20_000,
    "a[.]" * 20_000,
    "CVE-2024-1234" + ", -1234" * 20_000,
    "hxxp://" * 10_000,
    "cve-" * 20_000,
    "cisco-sa" + "-aa" * 20_000,
    "WHO " * 20_000,
    "NAVO-" * 20_000,
    "f" * 100_000,
    "(" * 50_000 + "[.]",
    "cas " * 20_000,
    "::[:]" * 20_000,
    "@" * 50_000 + "[.]",
    "İ" * 50_000 + "NAVO",
)


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:8] for text in HOSTILE])
def test_hostile_texts_end(text: str) -> None:
    whole = Text(text, text)
    assert_closed(whole, find(whole, "nl"))
