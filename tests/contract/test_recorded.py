"""The contract on recorded feeds, as formats and cleaning make documents of them; plus their own words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.entries import FormatError, SourceRules
from ingest.formats import parse
from ingest.judge.domains import judge
from ingest.text.analyzer import words
from ingest.text.cleaning import Unusable, clean
from search.document import Facts, build
from search.elastic import Elastic
from search.embedded import Embedded
from search.engine import Engine
from tests.contract.corpus import NEWEST, View
from tests.contract.queries import Case, begins, both, either, phrase, word
from tests.contract.test_queries import mismatches
from tests.recorded import folder

LIMIT = 1_500
_RULES = SourceRules()


def _facts() -> Iterator[Facts]:
    """Documents of every recorded file, a few of each, with the domains the judge gives them."""
    number = 0
    for path in sorted(folder("feeds").iterdir()):
        try:
            entries = parse(path.read_bytes()).entries[:12]
        except FormatError:
            continue
        for entry in entries:
            try:
                made = clean(entry, _RULES)
            except Unusable:
                continue
            number += 1
            found = judge(made.title, made.excerpt, made.language)
            yield Facts(
                id=number,
                revision=1,
                title=made.title,
                excerpt=made.excerpt,
                published=made.published or NEWEST,
                seen=NEWEST,
                url=made.url or "",
                language=made.language or "",
                source=path.stem.lower(),
                domains=[each.id for each in found.asserted],
                threats=[threat for each in found.asserted for threat in each.threats],
            )


@pytest.fixture(scope="module")
def recorded() -> list[View]:
    facts = list(_facts())
    chosen = random.Random(7).sample(facts, min(LIMIT, len(facts)))
    return [View(replace(fact, domains=list(dict.fromkeys(fact.domains)))) for fact in chosen]


@pytest.fixture(scope="module")
def engines(
    recorded: list[View], elasticsearch_url: str, elastic_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Engine]]:
    found: list[Engine] = [
        Embedded(Path(tmp_path_factory.mktemp("recorded")) / "index"),
        Elastic(elasticsearch_url, f"{elastic_name}-recorded"),
    ]
    for engine in found:
        engine.rebuilding()
        engine.swap()
        assert engine.write([build(view.facts) for view in recorded]) == {}
    yield found
    for engine in found:
        engine.close()


def _queries(views: list[View], count: int) -> list[Case]:
    """Words, phrases and beginnings taken from the documents themselves, alone and together."""
    chance = random.Random(11)
    made: list[Case] = []
    while len(made) < count:
        view = chance.choice(views)
        tokens = view.title + view.excerpt
        if len(view.title) < 2:
            continue
        token, other = chance.choice(tokens), chance.choice(view.title)
        at = chance.randrange(len(view.title) - 1)
        pair = " ".join(view.title[at : at + 2])
        made.append(
            chance.choice(
                (
                    Case(token, word(token)),
                    Case(f'"{pair}"', phrase(pair)),
                    Case(f"{token[:4]}*", begins(token[:4])),
                    both([Case(token, word(token)), Case(other, word(other))]),
                    either(
                        [Case(f'"{pair}"', phrase(pair)), Case(f"title:{other}", word(other, title=True))]
                    ),
                )
            )
        )
    return made


def test_recorded_feeds_give_the_same_on_every_engine(
    engines: list[Engine], recorded: list[View], capsys: pytest.CaptureFixture[str]
) -> None:
    cases = _queries(recorded, 120)
    wrong = [line for case in cases for line in mismatches(case, engines, recorded)]
    with capsys.disabled():
        print(
            f"\ncontract: {len(cases)} queries on {len(recorded)} recorded entries, {len(wrong)} mismatches"
        )
    assert wrong == []


def test_every_recorded_entry_is_found_by_the_words_of_its_title(
    engines: list[Engine], recorded: list[View]
) -> None:
    from search.analysis import query
    from search.core import resolved
    from search.engine import Request

    for view in recorded[::4]:
        text = " ".join(view.title) or " ".join(words(view.facts.excerpt)[:8])
        for engine in engines:
            answer = engine.search(Request(resolved(query(text).core, NEWEST), limit=1_000))
            assert view.facts.id in [hit.id for hit in answer.hits], (engine.name, text)
