"""A subscription as a query, as a sentence, and why it cannot be read."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from ingest.models import Work
from ingest.outbox import queue
from notify import matching
from notify.models import Match, Subscription
from notify.rules import muted, problem, query_text, sentence
from search import engines
from search.finding import find
from search.indexing import index_waiting
from tests.conftest import Store
from tests.notify.made import NOW, reader, signal, subscription


def test_every_part_of_a_rule_stands_in_its_query() -> None:
    found = Subscription(
        domains=["cyber", "health"],
        threats=["cyber.ransomware"],
        parts=["SX", "BQ-BO"],
        query="port OR harbour",
        least="C",
    )
    assert query_text(found) == (
        '(domain:health OR threat:"cyber.ransomware") (part:SX OR part:"BQ-BO") severity:>=C'
        " (port OR harbour)"
    )
    assert query_text(Subscription()) == "*"
    assert query_text(Subscription(query=" a OR b ")) == "a OR b"


def test_a_rule_is_said_in_both_languages() -> None:
    found = Subscription(domains=["cyber"], parts=["CW"], least="C", query="haven", muted_sources=["loud"])
    assert sentence(found, "en") == (
        "Cyber threats, about Curaçao, severity C (serious) or higher, matching “haven”, not from loud alone"
    )
    assert sentence(found, "nl").startswith("Cyberdreigingen, over Curaçao, ernst C")
    assert sentence(Subscription(), "nl") == "alles"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"query": "severity:>=high"}, "severity"),
        ({"query": "a) OR (b"}, "teken 2"),
        ({"query": '"port'}, "teken 1"),
        ({"domains": ["alchemy"]}, "alchemy"),
        ({"threats": ["cyber.alchemy"]}, "cyber.alchemy"),
        ({"parts": ["XX"]}, "XX"),
        ({"least": "F"}, "F"),
    ],
)
def test_what_cannot_be_read_is_named(values: dict[str, object], named: str) -> None:
    assert named in problem(Subscription(**values), "nl")


def test_what_can_be_read_has_no_problem() -> None:
    assert problem(Subscription(domains=["cyber"], query='("port" OR harbour) -train')) == ""
    assert problem(Subscription()) == ""


def test_a_mute_silences_what_only_the_muted_say() -> None:
    found = Subscription(muted_sources=["loud", "louder"], muted_groups=[7])
    assert muted(found, [1, 2], ["loud"])
    assert muted(found, [1, 2], ["loud", "louder"])
    assert not muted(found, [1, 2], ["loud", "calm"])
    assert muted(found, [1, 7], ["calm"])
    assert not muted(Subscription(), [1], ["loud"])


def test_percolation_finds_what_search_finds(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    chance = random.Random(5)
    domains = ("cyber", "health", "climate", "crime")
    words = ("haven", "port", "virus", "server", "storm", "dijk", "train", "aanval", "cyberaanval")
    for number in range(60):
        signal(
            " ".join(chance.choices(words, k=4)),
            excerpt=" ".join(chance.choices(words, k=6)),
            by=f"desk-{number % 7}",
            language=chance.choice(("nl", "en")),
            at=NOW - timedelta(hours=chance.randrange(60)),
            domains=chance.sample(domains, chance.randrange(3)),
            threats=chance.choice(([], ["cyber.ransomware"])),
            severity=chance.choice(("", "A", "C", "E")),
            parts=chance.choice(({}, {"SX": "direct"}, {"NL": "near"})),
        )
    queue([work.signal for work in Work.objects.select_related("signal")], (Work.Stage.INDEX,))
    queries = ("", "haven OR storm", '"haven port"', "-train", "vir*", "published:>=now-24h", "title:dijk")
    user = reader()
    made = [
        subscription(
            user,
            mode="daily",
            domains=chance.sample(domains, chance.randrange(3)),
            threats=chance.choice(([], [], ["cyber.ransomware"])),
            parts=chance.choice(([], [], ["SX", "NL"])),
            query=chance.choice(queries),
            least=chance.choice(("", "", "C")),
        )
        for _ in range(80)
    ]
    assert matching.match_waiting(200, NOW) == 60
    index_waiting(engines.writer())
    met = 0
    for each in made:
        found = {hit.id for hit in find(query_text(each), limit=1000, now=NOW).hits}
        matched = set(Match.objects.filter(subscription=each).values_list("signal", flat=True))
        assert matched == found, query_text(each)
        met += len(found)
    assert met > 200, "nothing was compared"
    engines.writer().close()
