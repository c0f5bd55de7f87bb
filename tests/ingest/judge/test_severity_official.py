"""What official records, scores and magnitudes say of severity. All records are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ingest.formats import parse
from ingest.judge.severity import judge
from ingest.judge.text import Text
from tests.recorded import folder


def level(official: Mapping[str, Any], title: str = "", domains: tuple[str, ...] = ()) -> str:
    return judge(Text(title, ""), "en", domains, official).level


def cap(**values: Any) -> dict[str, Any]:
    whole = {"record": "cap", "status": "Actual", "msgType": "Alert"}
    return {**whole, "urgency": "Expected", "certainty": "Likely", **values}


@pytest.mark.parametrize(
    ("official", "expected"),
    [
        (cap(severity="Minor"), "A"), (cap(severity="Moderate"), "A"), (cap(severity="Severe"), "B"),
        (cap(severity="Extreme"), "C"), (cap(severity="Unknown"), ""),
        (cap(severity="Extreme", urgency="Immediate", certainty="Observed"), "D"),
        (cap(severity="Extreme", certainty="Possible"), "B"),
        (cap(severity="Severe", certainty="Possible"), "A"),
        (cap(severity="Minor", certainty="Possible"), "A"),
        (cap(severity="Severe", certainty="Unlikely"), ""),
        (cap(severity="Severe", status="Test"), ""), (cap(severity="Severe", status="Exercise"), ""),
        (cap(severity="Severe", msgType="Cancel"), ""), (cap(severity="Severe", urgency="Past"), ""),
        (cap(severity="Severe", info=[{"responseType": ["AllClear"]}]), ""),
        (cap(severity=None, info="odd", responseType=None), ""),
        ({"record": "ncsc", "level": "H/H", "likelihood": "high", "damage": "high"}, "B"),
        ({"record": "ncsc", "level": "M/H", "likelihood": "medium", "damage": "high"}, "A"),
        ({"record": "ncsc", "level": "Urgent", "urgency": "urgent"}, "B"),
        ({"record": "ncsc", "level": "Normaal", "urgency": "normal"}, "A"),
        ({"record": "ncsc"}, ""),
        ({"record": "kev", "cveID": "CVE-2026-1", "knownRansomwareCampaignUse": "Unknown"}, "B"),
        ({"record": "kev", "cveID": "CVE-2026-1", "knownRansomwareCampaignUse": "Known"}, "C"),
        ({"record": "csaf", "vulnerabilities": [{"score": 5.0}, {"score": 9.8}]}, "B"),
        ({"record": "csaf", "vulnerabilities": [{"score": 7.5}, {"score": "high"}, 3]}, "A"),
        ({"record": "csaf", "vulnerabilities": [{"score": 3.1}]}, ""),
        ({"record": "csaf", "aggregate_severity": "Critical"}, "B"),
        ({"record": "csaf", "vulnerabilities": None}, ""), ({"record": ["odd"]}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_records(official: dict[str, Any], expected: str) -> None:
    assert level(official) == expected


def test_a_test_message_has_no_severity_whatever_its_words_say() -> None:
    assert (
        level(cap(severity="Extreme", status="Exercise"), "Code red: 300 people killed", ("climate",)) == ""
    )


def test_words_raise_what_the_record_says_and_never_lower_it() -> None:
    found = judge(Text("Flood: 40 people are killed", ""), "en", ("climate",), cap(severity="Minor"))
    assert found.level == "C" and found.reasons[0].level == "C"
    assert found.reasons[-1].rule == "official.cap" and found.reasons[-1].evidence is None
    assert level(cap(severity="Severe"), "Opinion: why floods come", ("climate",)) == "B"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("M 6.4 - 45 km SSE of Exampleville", "B"), ("M 7.9 - offshore, Example Sea region", "D"),
        ("M 3.1 - 4 km N of Exampleville", ""), ("Magnitude 6.7 earthquake, depth 10 km", "C"),
        ("Magnitude 6.7 earthquake, depth 350 km", "A"), ("Aardbeving met een kracht van 5,6", "B"),
        ("Mw 8.6 earthquake strikes the coast", "E"), ("Beving met kracht 3,4 bij Loppersum", "C"),
        ("Beving met een kracht van 2,1 in Groningen", "A"), ("Hurricane Example now category 5", "D"),
        ("Category 3 storm nears coast", "C"), ("Buy a category 5 cable", ""),
        ("Flaw in router rated CVSS 9.8", "B"), ("Lek met CVSS-score van 7,5", "A"),
        ("CVSS v3.1 base score: 10.0", "B"), ("CVSS 3.1 explained", ""),
        ("WHO declares public health emergency of international concern", "D"),
        ("Lichte beving van 1,8 bij Wirdum", "A"), ("Aardbeving van 2,1 in Stedum", "A"),
        ("Beving van 1,1 in Groningen", ""), ("Aardbeving van 5,9 voor de kust", "B"),
        ("Quake with 5.6 km depth", ""), ("A 7.6 quake levels a town", "D"),
        ("Windkracht 9 aan de kust", ""), ("Band plays 7.5 minutes", ""),
    ],
)  # fmt: skip
def test_scores_magnitudes_and_categories_in_text(title: str, expected: str) -> None:
    found = judge(Text(title, ""), "de", ())
    assert found.level == expected
    assert all(reason.evidence is not None for reason in found.reasons)


def test_recorded_records_get_the_level_of_their_kind() -> None:
    feeds = folder("feeds")
    by_kind: dict[str, list[str]] = {}
    for name in (
        "cisa_kev.json",
        "ncsc-nl_adviezen_2025-08.csv",
        "csaf_icsa-22-006-01.json",
        "cap_canada.cap",
    ):
        document = parse((feeds / name).read_bytes())
        for entry in document.entries:
            found = judge(Text(entry.title, entry.summary[:500]), "en", (), entry.official)
            by_kind.setdefault(document.format, []).append(found.level)
    assert set(by_kind["kev"]) == {"B", "C"} and set(by_kind["ncsc"]) <= {"A", "B"}
    assert by_kind["csaf"] and by_kind["cap"]
