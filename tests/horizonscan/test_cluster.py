"""`cluster`: JSON lines in, JSON lines out, whatever their order. All texts are invented."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

LEAD = (
    "In de haven van Delfzijl is een tankschip gezonken na een aanvaring met een kraan, meldt de brandweer."
)
FULL = f"{LEAD} Het schip vervoerde stookolie. Rijkswaterstaat legde schermen om de olie tegen te houden."
ADVISORY = "NCSC-2026-0012 [1.0{}] [M/H] Kwetsbaarheden verholpen in Pakket"


def _line(id: str | int, title: str, text: str, source: str, published: str | None, url: str = "") -> str:
    record = {"id": id, "title": title, "text": text, "source": source, "published": published}
    return json.dumps(record | {"url": url or f"https://{source}.example/nieuws/bericht-van-de-dag-{id}"})


LINES = [
    _line("full", "Tankschip gezonken", FULL, "krant", "2026-03-02T10:00:00Z"),
    _line("lead", "Olie in de Eems", LEAD, "bode", "2026-03-02T09:00:00+01:00"),
    _line("later", "Olie bereikt het wad", LEAD, "omroep", "Mon, 02 Mar 2026 11:00:00 GMT"),
    _line("week", "Tankschip gezonken", FULL, "weekblad", "2026-03-09T10:00:00Z"),
    _line(7, ADVISORY.format(1), "Kwetsbaarheden verholpen.", "ncsc", "2026-03-05"),
    _line(6, ADVISORY.format(0), "Kwetsbaarheden verholpen.", "ncsc", "2026-03-01"),
    _line("else", "Markt in Assen gaat door", "De weekmarkt gaat zaterdag door.", "krant", None),
]


def cluster(lines: list[str]) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, answers and standard error of the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "horizonscan", "cluster"],
        input="\ufeff" + "\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_repeats_and_updates_name_the_first_of_their_group() -> None:
    status, answers, errors = cluster(LINES)
    assert (status, errors) == (0, "")
    assert [(a["id"], a["duplicate_of"], a["update_of"], a["story"]) for a in answers] == [
        ("full", "lead", None, "lead"),
        ("lead", None, None, "lead"),
        ("later", "lead", None, "lead"),
        ("week", None, None, "week"),
        (7, None, 6, 6),
        (6, None, None, 6),
        ("else", None, None, "else"),
    ]
    assert answers[4]["reason"] == "another version of NCSC-2026-0012: 1.00 and 1.01"
    assert answers[0]["reason"] == "the same 18 of 18 words"


def test_the_order_of_the_lines_changes_nothing() -> None:
    expected = {answer["id"]: answer for answer in cluster(LINES)[1]}
    for seed in range(2):
        lines = random.Random(seed).sample(LINES, len(LINES))
        answers = cluster(lines)[1]
        assert [answer["id"] for answer in answers] == [json.loads(line)["id"] for line in lines]
        assert {answer["id"]: answer for answer in answers} == expected


def test_a_bad_line_is_named_and_the_others_are_answered() -> None:
    bad = [
        "no json",
        json.dumps(["a", "list"]),
        json.dumps({"title": "no id"}),
        json.dumps({"id": "x"}),
        json.dumps({"id": "y", "title": "T", "url": 5}),
        json.dumps({"id": "z", "title": "T", "published": "some day"}),
    ]
    status, answers, errors = cluster([*bad, "", *LINES[:2]])
    assert (status, errors) == (1, "")
    assert [answer["line"] for answer in answers[:6]] == [1, 2, 3, 4, 5, 6]
    assert all(answer["error"] and "\n" not in answer["error"] for answer in answers[:6])
    assert [answer["id"] for answer in answers[6:]] == ["full", "lead"]


def test_one_id_on_two_lines_counts_once_and_with_other_content_not_at_all() -> None:
    status, answers, _ = cluster([*LINES[:2], LINES[0]])
    assert status == 0 and answers[0] == answers[2]
    other = _line("full", "Iets anders", "Een andere tekst.", "krant", "2026-03-02T10:00:00Z")
    status, answers, _ = cluster([*LINES[:2], other])
    assert status == 1
    assert [answer.get("line") for answer in answers] == [1, None, 3]
    assert answers[1]["duplicate_of"] is None
