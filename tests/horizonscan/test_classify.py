"""`classify`: JSON lines in, JSON lines out; a bad line is named and the rest goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LINES = [
    json.dumps({"id": 1, "title": "Ransomware legt gemeente plat", "text": "Ook één datalek.", "lang": "nl"}),
    "no json",
    json.dumps({"id": "a", "title": "Earthquake hits the coast", "text": "Tsunami warning for the harbour."}),
    "",
    json.dumps(["a", "list"]),
    json.dumps({"title": "no id"}),
    json.dumps({"id": "b", "title": 5}),
    json.dumps({"id": "c"}),
    json.dumps(
        {
            "id": "d",
            "title": "Hochwasser im Süden",
            "text": "Viele Häuser stehen unter Wasser, sagt die Feuerwehr.",
        }
    ),
    json.dumps({"id": "e", "title": "De bakker is weer open", "text": None, "lang": "nl-NL"}),
    '{"id": "f", "title": "half a pair \\ud800"}',
]


def classify(*words: str, lines: list[str] = LINES) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, answers and standard error of the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "horizonscan", "classify", *words],
        input="\ufeff" + "\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_every_line_has_its_answer_in_order() -> None:
    status, answers, errors = classify()
    assert status == 1 and errors == ""
    assert [answer.get("id", answer.get("line")) for answer in answers] == [
        1,
        2,
        "a",
        5,
        6,
        7,
        8,
        "d",
        "e",
        11,
    ]
    assert [answer["line"] for answer in answers if "error" in answer] == [2, 5, 6, 7, 8, 11]
    assert all("\n" not in answer["error"] for answer in answers if "error" in answer)

    dutch, english = answers[0], answers[2]
    assert dutch["lang"] == "nl" and english["lang"] == "en"
    assert dutch["model"].startswith("lexicon-") and dutch["calibrated"] is False
    assert dutch["candidates"] == [] and dutch["review"] is False
    # A municipality without its systems: limited, and it says by which words.
    assert dutch["severity"] == "A" and dutch["severity_reasons"][0]["level"] == "A"
    assert all(reason["evidence"] for reason in dutch["severity_reasons"])
    assert english["severity_reasons"] == [] or english["severity"] is not None
    [cyber] = dutch["domains"]
    text = "Ransomware legt gemeente plat\nOok één datalek."
    assert cyber["id"] == "cyber" and cyber["primary"] is True and cyber["score"] == 9
    assert [text[e["start"] : e["end"]] for e in cyber["evidence"]] == ["Ransomware", "datalek"]
    assert [domain["id"] for domain in english["domains"]] == ["climate"]

    german, bakery = answers[7], answers[8]
    assert (german["lang"], german["domains"]) == ("de", []) and german["model"].endswith(" without de")
    assert (bakery["lang"], bakery["domains"], bakery["review"]) == ("nl", [], False)


def test_plain_leaves_the_title_weight_out() -> None:
    status, answers, _ = classify("--plain", lines=LINES[:1])
    assert status == 0 and answers[0]["domains"][0]["score"] == 6
