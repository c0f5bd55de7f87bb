"""Real recorded feeds through the whole pipeline: nothing lost, nothing twice, everything found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.entries import FormatError, SourceRules
from ingest.models import Entry, Signal, Source, Version
from ingest.reading import read
from ingest.recorded import RecordedFile, survey
from search import finding
from search.embedded import Embedded
from tests import conftest, recorded


def horizonscan(data: Path, *words: str) -> dict[str, object]:
    """Runs the command in a process of its own and returns the JSON object on its last line."""
    env = {**os.environ, "HORIZONSCAN_DATA_DIR": str(data), "HORIZONSCAN_LOG_LEVEL": "error"}
    command = [sys.executable, "-P", "-m", "horizonscan", *words, "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, object]]]:
    """A data folder into which all recorded feeds were ingested, and the figures that said so."""
    feeds = recorded.folder("feeds")
    data = tmp_path_factory.mktemp("recorded")
    figures = horizonscan(data, "ingest", str(feeds))
    conftest.use(f"sqlite:///{data / 'horizonscan.sqlite3'}")
    yield data, figures


def documents() -> dict[str, list[tuple[RecordedFile, dict[str, list[str]]]]]:
    """Per source its readable files, oldest first, each with the contents of every identity in it."""
    found: dict[str, list[tuple[RecordedFile, dict[str, list[str]]]]] = defaultdict(list)
    for file in survey([recorded.folder("feeds")]):
        try:
            document = read(file.path.read_bytes(), "", SourceRules())
        except FormatError:
            continue
        contents: dict[str, list[str]] = defaultdict(list)
        for item in document.entries:
            contents[item.identity].append(item.entry.content_hash)
        found[file.key].append((file, contents))
    return found


def test_the_figures_add_up_and_nothing_is_rejected(ingested: tuple[Path, dict[str, object]]) -> None:
    _, figures = ingested
    parts = ("new", "updated", "seen", "sightings", "rejected")
    assert figures["entries"] == sum(int(str(figures[part])) for part in parts)
    assert figures["rejected"] == 0
    assert Signal.objects.count() == figures["new"]


def test_every_identity_is_a_signal_or_a_sighting_and_every_content_a_version(
    ingested: tuple[Path, dict[str, object]],
) -> None:
    stored: dict[int, set[str]] = defaultdict(set)
    for pk, content in Version.objects.values_list("signal_id", "content_hash"):
        stored[pk].add(content)
    for key, files in documents().items():
        source = Source.objects.get(feed_key=key)
        wanted: dict[str, set[str]] = defaultdict(set)
        for _, contents in files:
            for identity, hashes in contents.items():
                wanted[identity] |= set(hashes)
        entries = {e.identity: e for e in Entry.objects.filter(source=source).select_related("signal")}
        assert set(entries) == set(wanted), key
        for identity, all_of_it in wanted.items():
            signal = entries[identity].signal
            assert signal is not None
            if signal.source_id == source.pk:
                assert stored[signal.pk] == all_of_it, (key, signal)


def test_every_signal_is_found_by_the_words_of_its_title_else_of_its_excerpt(
    ingested: tuple[Path, dict[str, object]],
) -> None:
    engine = Embedded(ingested[0] / "index")
    missing = [signal.pk for signal in Signal.objects.order_by("pk") if not _found(signal, engine)]
    assert missing == []


def _found(signal: Signal, engine: Embedded) -> bool:
    """Whether a search for the plain words of the title (else of the excerpt) leads to the signal."""
    for text in (signal.title, signal.excerpt):
        # In lower case no word is an operator; letters and digits only, so none is syntax.
        words = "".join(c if c.isalnum() else " " for c in text.lower()).split()[:12]
        after = None
        while words:
            answer = finding.find(" ".join(words), limit=200, after=after, engine=engine)
            if any(hit.id == signal.pk for hit in answer.hits):
                return True
            after = answer.next
            if after is None:
                break
    return False


def test_a_second_run_changes_nothing(ingested: tuple[Path, dict[str, object]]) -> None:
    data, first = ingested
    again = horizonscan(data, "ingest", str(recorded.folder("feeds")))
    assert (again["new"], again["updated"], again["sightings"]) == (0, 0, 0)
    assert again["entries"] == first["entries"]


def test_the_newer_state_of_a_list_wins_whichever_is_read_first(tmp_path: Path) -> None:
    feeds = recorded.folder("feeds")
    pair = [f for f in survey([feeds]) if f.key == "file:cisa_kev"]
    assert len(pair) == 2, "two dated states of the KEV list"
    states = []
    for name, order in (("forth", pair), ("back", pair[::-1])):
        data = tmp_path / name
        for file in order:
            horizonscan(data, "ingest", str(file.path))
        conftest.use(f"sqlite:///{data / 'horizonscan.sqlite3'}")
        rows = Signal.objects.order_by("identity").values_list("identity", "content_hash", "as_of")
        versions = Version.objects.order_by("signal__identity", "as_of", "content_hash")
        states.append((set(rows), set(versions.values_list("signal__identity", "content_hash", "as_of"))))
    assert states[0][0] ^ states[1][0] == set()
    assert states[0][1] ^ states[1][1] == set()
