"""The words that met a rule, read once a document, are those that search tells of one rule."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from notify.words import Reading
from search.analysis import query
from search.document import Facts, build
from search.percolate import words

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_WORDS = (
    *("haven", "havens", "Cyberaanval", "cyber-aanval", "aanvallen", "dijk", "dijkdoorbraak", "Curaçao"),
    *("attack", "attacks", "ports", "train", "viel", "aan", "CVE-2026-1", "naïef", "ﬁnal"),
)
_QUERIES = (
    *("haven", "cyberaanval", '"cyber aanval"', "dijk doorbraak", "title:haven", "title:aanval*", "attack"),
    *("aanval~1", "curacao", "domain:cyber attack", "severity:>=B -train", "published:>=now-24h haven"),
    *(
        "(haven OR port) -dijk",
        "viel aan",
        "source:desk*",
        "domain:*",
        "aanval",
        '"haven dij"*',
        "*",
        "final",
    ),
)


def test_words_are_those_of_search() -> None:
    chance = random.Random(4)
    told = 0
    for number in range(150):
        document = build(
            Facts(
                id=number,
                revision=1,
                title=" ".join(chance.choices(_WORDS, k=4)),
                excerpt=" ".join(chance.choices(_WORDS, k=9)),
                published=NOW,
                seen=NOW,
                language=chance.choice(("nl", "en", "de", "")),
                source="desk-a",
                domains=chance.choice((["cyber"], [], ["crime", "cyber"])),
                severity=chance.choice(("", "B", "D")),
            )
        )
        reading = Reading(document, NOW)
        for text in _QUERIES:
            asked = query(text)
            expected = [[fired.field, fired.value] for fired in words(asked, document, NOW)]
            assert reading.words(asked) == expected, (text, document.title, document.excerpt)
            told += len(expected)
    assert told > 500
