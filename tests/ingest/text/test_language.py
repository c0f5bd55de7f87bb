"""The language of short texts, by their words; a hint counts only where they do not tell."""

from __future__ import annotations

import json

import pytest

from ingest.text.language import detect, normal
from tests import recorded


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("Ransomware legt ziekenhuis plat, patiënten naar huis gestuurd", "en", "nl"),
        ("Hospital systems down after ransomware attack", "nl", "en"),
        ("Hochwasser im Süden: Tausende Menschen müssen ihre Häuser verlassen", None, "de"),
        ("Die polisie soek na die man wat gister uit die tronk ontsnap het", None, "af"),
        ("Stroomstoring Kamerik en Zegveld opgelost", None, "nl"),
        ("Lluvias intensas provocan inundaciones en la capital", None, "es"),
        ("洪水造成数千人流离失所", None, "zh"),
        ("Hoog water", "nl-NL", "nl"),
        ("Update", "en_US", "en"),
        ("Polis ta buska testigu di e atrako na Punda awe mainta", "pap", "pap"),
        ("De politie zoekt getuigen van de overval in Willemstad", "pap", "nl"),
        ("CVE-2026-12345", "nl", "nl"),
        ("CVE-2026-12345 https://example.org/", None, None),
        ("", None, None),
        ("", "NLD", "nl"),
        ("12345", "gibberish!", None),
    ],
)
def test_short_texts(text: str, hint: str | None, expected: str | None) -> None:
    assert detect(text, hint) == expected


def test_tags_are_normalised() -> None:
    assert [normal(tag) for tag in ("nl-BE", "EN", "deu", "pap-CW", "", None, "x-klingon", "toolongtag")] == [
        "nl", "en", "de", "pap", None, None, None, None,
    ]  # fmt: skip


def test_recorded_headlines_of_two_languages() -> None:
    rows = [
        json.loads(line) for line in (recorded.folder("labels") / "dev.jsonl").read_text("utf-8").splitlines()
    ]
    wrong = [row for row in rows if detect(f"{row['title']}\n{row['text']}") != row["lang"]]
    assert len(wrong) <= len(rows) // 200
