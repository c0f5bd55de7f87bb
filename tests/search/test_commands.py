"""`horizonscan search` and `reindex` as a person and as a script call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.models import SourceState
from search import holder
from search.embedded import Embedded
from search.indexing import index_waiting
from tests.conftest import Store
from tests.search.signals import source as publisher
from tests.search.signals import store as stored

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shell:
    """Calls `horizonscan` as a process of its own, on this test's store and data folder."""

    environment: dict[str, str]

    def __call__(self, *words: str, **more: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "horizonscan", *words],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            cwd=self.environment["HORIZONSCAN_DATA_DIR"],
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def shell(sqlite_store: Store, engine: Embedded, data_dir: Path) -> Shell:
    # The engine's fixture comes first: its writer lock must not be held by this process.
    return Shell(
        {
            "HORIZONSCAN_DATA_DIR": str(data_dir),
            "DATABASE_URL": sqlite_store.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
            "PATH": os.environ["PATH"],
        }
    )


def test_search_prints_hits_or_one_json_object(shell: Shell) -> None:
    judged = {"severity": "B", "countries": ["CW"], "places": ["curacao"], "entities": ["nato"]}
    concerned = {"parts": {"CW": "direct", "NL": "near"}, "relevance": "direct"}
    stored("Storm op komst", "Kust gewaarschuwd", domains=["climate"], **judged, **concerned)
    stored("Storm gaat \x1b[31mliggen", url="")
    status, out, _ = shell("search", "storm", "--json", "--facets")
    found = json.loads(out.splitlines()[-1])
    assert (status, found["total"]) == (0, 2)
    assert found["hits"][1] == {
        "id": 1,
        "title": "Storm op komst",
        "url": "https://www.example.org/artikel/0",
        "published": "2026-11-20T12:00:00Z",
        "domains": ["climate"],
        "severity": "B",
        "relevance": "direct",
        "parts": {"CW": "direct", "NL": "near"},
        "countries": ["CW"],
        "places": ["curacao"],
        "entities": ["nato"],
        "source": "invented-desk",
        "also": [],
        "duplicate_of": None,
        "update_of": None,
    }
    assert found["hits"][0]["url"] is None
    assert found["facets"]["domain"] == {"climate": 1}
    assert found["facets"]["part"] == {"cw": 1}
    assert found["notes"] == []
    status, out, err = shell("search", "storm", "OR", "--limit", "1")
    assert "2 found, 1 more" in out
    _, shown, err_meant = shell("search", "komst", "strom")
    assert shown == "nothing found\n" and err_meant.startswith("did you mean: komst storm\n")
    assert "coverage: 1 of 1 source not read yet" in err_meant, "nothing found may mean nothing seen"
    assert found["coverage"][0]["new"] == 1
    assert "[climate] severity B direct CW https" in shell("search", "komst")[1]
    assert "\x1b" not in out, "what a source wrote never steers the terminal"
    assert "note: at character 7: OR without anything after it" in err


def test_a_query_is_explained_without_searching(shell: Shell) -> None:
    status, out, _ = shell("search", "storm -domein:klimaat", "--explain", "--language", "nl")
    assert (status, out.splitlines()) == (
        0,
        [
            "al het volgende:",
            '  het woord "storm" in elke vorm of samenstelling',
            "  niet:",
            "    dreigingsdomein: Klimaat- en natuurrampen (climate)",
            "opmerking: bij teken 15: domain:klimaat gelezen als climate",
        ],
    )
    assert json.loads(shell("search", "*", "--explain", "--json")[1])["explanation"] == ["every signal"]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["severity:hoog"], 2, "severity: takes A to E"),
        (["a", "--limit", "-1"], 2, "--limit takes 0 to 1000"),
        ([], 2, "required: QUERY"),
    ],
)
def test_a_wrong_call_is_one_line(shell: Shell, words: list[str], status: int, message: str) -> None:
    found, _, err = shell("search", *words)
    assert found == status
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_a_search_server_that_does_not_answer_is_one_line(shell: Shell) -> None:
    status, _, err = shell("search", "storm", ELASTICSEARCH_URL="http://127.0.0.1:1")
    assert status == 1
    assert "does not answer" in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("url", ["localhost:9200", "ftp://search.example", "http://search.example:port"])
def test_an_address_that_is_none_is_one_line(shell: Shell, url: str) -> None:
    status, _, err = shell("search", "storm", ELASTICSEARCH_URL=url)
    assert status == 2
    assert err.startswith("horizonscan: ELASTICSEARCH_URL cannot be read")


def test_reindex_does_it_itself_where_nobody_sequences(shell: Shell) -> None:
    for number in range(3):
        stored(f"Bericht {number}")
    status, out, _ = shell("reindex", "--json")
    assert status == 0
    found = json.loads(out.splitlines()[-1])
    assert (found["indexed"], found["by"]) == (3, "here")


HOLDER = """
import sys, time
import django
django.setup()
from search import engines, holder
from search.indexing import index_waiting
with holder.holding():
    print("holding", flush=True)
    for _ in range(400):
        index_waiting(engines.writer())
        time.sleep(0.05)
"""


def test_reindex_asks_the_process_that_sequences(shell: Shell, engine: Embedded) -> None:
    stored("Bericht")
    index_waiting(engine)
    engine.close()
    before = engine.generations.current()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=shell.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        status, out, _ = shell("reindex", "--json")
        found = json.loads(out.splitlines()[-1])
        assert (status, found["by"], found["indexed"]) == (0, "holder", 1)
        assert engine.generations.current() != before
        assert holder.rebuild_requested() is None
    finally:
        process.kill()
        process.wait()
    assert not holder.held(), "the kernel lets a killed holder's lock go"


def test_a_search_that_finds_nothing_says_what_may_be_why(shell: Shell) -> None:
    status, out, err = shell("search", "storm")
    assert (status, out) == (0, "nothing found\n")
    assert "nothing is stored here yet: `horizonscan up` gathers" in err
    stored("Storm op komst", domains=["climate"])
    shell("reindex")
    asked = "domein:xyzzy OR lang:engels", "source:nobody severity:>=C NOT part:saba"
    _, out, _ = shell("search", *asked, "--json")
    notes = json.loads(out)["notes"]
    assert notes[0].startswith("at character 8: domain:xyzzy: no such domain; there are geopolitics, ")
    assert notes[1] == "no signal has lang:en; there are nl"
    assert notes[2] == "there is no source 'nobody'; `horizonscan sources list` shows them"
    assert notes[3] == "no indexed signal has severity: yet"
    assert len(notes) == 4, "what follows NOT is no reason"
    assert json.loads(shell("search", "orkaan domain:climate", "--json")[1])["notes"] == []


def test_a_hit_shows_where_it_was_found_and_whether_it_was_dated(shell: Shell) -> None:
    long = "Volgens de dienst was er eerder al veel regen gevallen en stond het water hoog. "
    signal = stored("Kust gewaarschuwd", long + "Een storm trekt over zee en komt nader. " + long)
    signal.published_flag = "missing"
    signal.save()
    _, out, _ = shell("search", "storm")
    _, second, third, last = out.splitlines()
    assert "(undated, first seen then)" in second
    assert third.strip().startswith("… ")
    assert " storm trekt over zee" in third
    assert third.endswith(" …")
    assert len(third) <= 80
    assert last == "1 found; times are UTC"
    _, out, _ = shell("search", "kust")
    assert len(out.splitlines()) == 3, "the title says it"


def test_status_says_once_what_many_sources_share(shell: Shell) -> None:
    for number in range(3):
        source = stored(f"Bericht {number}", source=publisher(f"bron-{number}")).source
        SourceState.objects.update_or_create(
            source=source, defaults={"health": "error", "health_evidence": "the name cannot be resolved"}
        )
    _, out, _ = shell("status")
    assert "  error     3 sources: the name cannot be resolved: bron-0, bron-1, bron-2\n" in out
