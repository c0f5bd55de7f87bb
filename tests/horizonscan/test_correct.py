"""`correct` and `reclassify` as a person and a script call them: found at once; a wrong call is one line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from accounts.models import User
from ingest.models import Judgement, Signal
from search.embedded import Embedded
from tests.ingest.documents import ingested, rss, source
from tests.search.conftest import data_dir as data_dir
from tests.search.conftest import engine as engine
from tests.search.test_commands import HOLDER, Shell
from tests.search.test_commands import shell as shell

LEAK = {"guid": "1", "title": "Datalek bij gemeente na ransomware", "description": "De site ligt eruit."}
GERMAN = {
    "guid": "2",
    "title": "Hochwasser im Süden, viele Häuser stehen unter Wasser",
    "description": "Die Feuerwehr ist seit der Nacht im Einsatz und bittet um Geduld.",
}


@pytest.fixture
def leak(shell: Shell) -> Signal:
    """A stored signal about a leak, one in a language without lexicon after it."""
    ingested(source("krant"), rss(LEAK, GERMAN))
    return Signal.objects.get(title=LEAK["title"])


def found(shell: Shell, query: str) -> list[int]:
    _, out, _ = shell("search", query, "--json")
    return [hit["id"] for hit in json.loads(out.splitlines()[-1])["hits"]]


def told(shell: Shell, *words: str) -> dict[str, Any]:
    status, out, err = shell("correct", *words, "--json")
    assert (status, err) == (0, "")
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def test_a_correction_is_found_at_once_and_so_is_its_end(shell: Shell, leak: Signal) -> None:
    number = str(leak.pk)
    answer = told(
        shell, number, "domain", "Georganiseerde", "ondermijnende", "criminaliteit", "--note", "test"
    )
    assert answer["stands"]["domains"] == ["cyber", "crime"]
    assert (answer["searchable"], answer["unjudged"], answer["outdated"]) == (True, None, False)
    [made] = answer["corrections"]
    assert (made["kind"], made["key"], made["value"], made["before"]) == ("domain", "crime", True, False)
    assert (made["by"], made["note"], made["undone"]) == ("operator", "test", None)
    assert found(shell, "domain:crime") == [leak.pk]
    told(shell, number, "severity", "zeer ernstig")
    told(shell, number, "domain", "cyber", "--no")
    assert found(shell, "severity:D domain:crime -domain:cyber") == [leak.pk]
    told(shell, number, "domain", "health", "--primary")
    parts = told(shell, number, "part", "sint", "maarten", "direct")["stands"]["parts"]
    assert parts == {"SX": "direct", "NL": "indirect"}
    told(shell, number, "place", "Rotterdam")
    assert found(shell, "part:SX part:NL place:zuid-holland country:nl relevance:direct") == [leak.pk]
    told(shell, number, "undo")
    assert found(shell, "place:zuid-holland") == []
    answer = told(shell, number)
    assert answer["stands"]["domains"] == ["health", "crime"]
    assert answer["judged"]["domains"][0]["id"] == "cyber", "what the judges said stays to be seen"

    assert told(shell, number, "undo")["stands"]["parts"] == {"NL": "indirect"}, (
        "the latest, without a number"
    )
    answer = told(shell, number, "undo", f"#{made['id']}")
    assert answer["stands"]["domains"] == ["health"]
    assert found(shell, "domain:crime") == []


def test_what_stands_is_shown_with_who_says_so_and_why(shell: Shell, leak: Signal) -> None:
    User.objects.create_user("analist@example.org")
    shell(
        "correct",
        str(leak.pk),
        "severity",
        "B",
        "--by",
        "Analist@example.org",
        "--note",
        "een\x1b[31m oefening",
    )
    shell("correct", str(leak.pk), "severity", "C")
    _, out, _ = shell("correct", str(leak.pk))
    lines = out.splitlines()
    assert lines[0].endswith(f"  {LEAK['title']}")
    at = lines.index("domains    cyber")
    assert lines[at + 1] == "           judged: cyber (Datalek, ransomware)"
    at = lines.index("severity   C")
    person = next(line for line in lines[at + 1 :] if "person" in line)
    assert person.startswith("           person: #2 severity: C, by operator 20")
    assert lines[-1].startswith("earlier    #1 severity: B, by analist@example.org 20")
    assert "\x1b" not in out
    assert lines[-1].endswith(" by operator")


def test_a_text_that_no_judge_understands_says_so(shell: Shell, leak: Signal) -> None:
    german = Signal.objects.get(title=GERMAN["title"])
    assert german.language == "de"
    _, out, _ = shell("correct", str(german.pk))
    assert "judged     not judged: no lexicon for de\n" in out
    answer = told(shell, str(german.pk), "domain", "climate")
    assert (answer["stands"]["domains"], answer["unjudged"]) == (["climate"], "no lexicon for de")


def test_a_duplicate_is_linked_and_its_link_taken_away(shell: Shell, leak: Signal) -> None:
    number, other = str(leak.pk), str(Signal.objects.get(title=GERMAN["title"]).pk)
    assert told(shell, other, "duplicate", number)["stands"]["duplicate_of"] == leak.pk
    assert told(shell, other, "duplicate", "none")["stands"]["duplicate_of"] is None
    answer = told(shell, other, "undo")
    assert answer["stands"]["duplicate_of"] is None
    assert len(answer["corrections"]) == 2


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "correct needs a SIGNAL"),
        (["leak"], 2, "'leak' is no signal's id; `horizonscan search … --json` shows ids"),
        (
            ["1", "colour", "red"],
            2,
            "'colour' cannot be corrected; domain, severity, place, part, duplicate, undo",
        ),
        (["1", "severity"], 2, "write: horizonscan correct 1 severity LEVEL"),
        (["1", "part", "CW"], 2, "write: horizonscan correct 1 part PART RELEVANCE"),
        (["1", "severity", "C", "--no"], 2, "--no goes with a domain or a place"),
        (["1", "--no"], 2, "--no and --primary say something of a domain"),
        (["1", "undo", "two"], 2, "undo takes at most the number of one correction"),
        (["1", "--export"], 2, "correct --export takes no signal"),
        (["999"], 1, "there is no signal 999"),
        (["99999999999999999999"], 1, "there is no signal 99999999999999999999"),
        (["1", "duplicate", "99999999999999999999"], 1, "there is no signal 99999999999999999999"),
        (["1", "undo"], 1, "no correction of signal 1 is in force"),
        (["1", "undo", "7"], 1, "signal 1 has no correction 7"),
        (["1", "domain", "cybr"], 1, "there is no domain 'cybr'; nearest: cyber"),
        (["1", "duplicate", "1"], 1, "signal 1 cannot repeat itself"),
        (["1", "severity", "C", "--by", "x@example.org"], 1, "'x@example.org' is no user here"),
        (["1", "severity", "C", "--note", "x" * 501], 1, "a note has at most 500 characters"),
    ],
)
def test_a_wrong_call_is_one_line(
    shell: Shell, leak: Signal, words: list[str], status: int, message: str
) -> None:
    code, _, err = shell("correct", *words)
    assert (code, len(err.strip().splitlines())) == (status, 1)
    assert message in err


def test_corrections_are_exported_as_lines_to_learn_from(shell: Shell, leak: Signal) -> None:
    told(shell, str(leak.pk), "severity", "none")
    status, out, _ = shell("correct", "--export")
    assert status == 0
    example = json.loads(out)
    assert (example["title"], example["kind"], example["value"]) == (LEAK["title"], "severity", "")
    assert "operator" not in out


def test_where_another_process_indexes_it_is_waited_for(shell: Shell, leak: Signal, engine: Embedded) -> None:
    shell("reindex")
    engine.close()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER], env=shell.environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        assert told(shell, str(leak.pk), "severity", "E")["searchable"] is True
        assert found(shell, "severity:E") == [leak.pk]
    finally:
        process.kill()
        process.wait()


def test_reclassify_judges_what_older_judges_judged(shell: Shell, leak: Signal) -> None:
    told(shell, str(leak.pk), "severity", "C")
    Judgement.objects.update(model="lexicon-of-long-ago", result={"domains": [], "candidates": []})
    Signal.objects.update(domains=[])
    assert told(shell, str(leak.pk))["outdated"] is True
    assert ", 2 to judge again" in shell("status")[1]
    status, out, _ = shell("reclassify", "--json")
    figures = json.loads(out.splitlines()[-1])
    assert (status, figures["judged"], figures["changed"], figures["failed"]) == (0, 2, 1, 0)
    assert found(shell, "domain:cyber severity:C") == [leak.pk]
    assert json.loads(shell("reclassify", "--json")[1])["judged"] == 0
    assert json.loads(shell("reclassify", "--all", "--json")[1])["judged"] == 2
