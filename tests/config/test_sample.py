"""The built-in sample shows what a real day shows, and nobody can take it for one."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from config import settings
from ingest import formats, recorded
from ingest.entries import FormatError, ParsedDocument
from ingest.judge.domains import judge
from ingest.judge.taxonomy import load
from ingest.text import times
from ingest.text.language import detect

FOLDER = Path(settings.CONFIG_DIR) / "sample"
FILES = sorted((FOLDER / "feeds").iterdir())
MANIFEST: dict[str, Any] = yaml.safe_load((FOLDER / "sample.yaml").read_text(encoding="utf-8"))
HTML = "verhuisde-bron"
_LOOSE_DATE = re.compile(
    r"\b(maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|januari|februari|december|kerst|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|december|christmas)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def documents() -> dict[str, list[ParsedDocument]]:
    """The documents of each source, oldest first."""
    found = defaultdict(list)
    for path in FILES:
        name, _ = recorded.named(path)
        if name != HTML:
            found[name].append(formats.parse(path.read_bytes()))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_says_that_it_is_invented(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert "invented" in text or "verzonnen" in text
    assert _named(path) in MANIFEST["feeds"]


def _named(path: Path) -> str:
    return recorded.named(path)[0]


def test_hosts_are_reserved_names(documents: dict[str, list[ParsedDocument]]) -> None:
    entries = [entry for each in documents.values() for document in each for entry in document.entries]
    hosts = {urlsplit(entry.url).hostname or "" for entry in entries if entry.url}
    assert hosts
    assert [host for host in hosts if not host.endswith(".example")] == []  # RFC 2606


def test_as_many_entries_in_both_languages_and_all_domains_as_a_look_around_needs(
    documents: dict[str, list[ParsedDocument]],
) -> None:
    entries = {
        (name, entry.id): entry
        for name, each in documents.items()
        for document in each
        for entry in document.entries
    }
    assert 110 <= len(entries) <= 200
    languages: dict[str | None, int] = defaultdict(int)
    domains: dict[str, int] = defaultdict(int)
    none = 0
    for (name, _), entry in entries.items():
        language = detect(f"{entry.title} {entry.summary}", MANIFEST["feeds"][name]["language"])
        languages[language] += 1
        judged = judge(entry.title, entry.summary, language, MANIFEST["feeds"][name]["domains"])
        for each in judged.asserted:
            domains[each.id] += 1
        none += not judged.asserted
    assert languages["nl"] >= 40
    assert languages["en"] >= 40
    wanted = {domain.id for domain in load().domains}
    assert {domain: domains[domain] for domain in wanted if domains[domain] < 3} == {}
    assert none >= 5, "noise is part of a day"


def test_formats_of_every_kind(documents: dict[str, list[ParsedDocument]]) -> None:
    kinds = {document.format for each in documents.values() for document in each}
    assert {"rss", "atom", "jsonfeed", "cap", "kev", "ncsc"} <= kinds


def test_one_source_is_empty_and_one_answers_with_a_page(documents: dict[str, list[ParsedDocument]]) -> None:
    assert [name for name, each in documents.items() if not any(d.entries for d in each)] == ["stille-bron"]
    page = next(path for path in FILES if _named(path) == HTML)
    with pytest.raises(FormatError):
        formats.parse(page.read_bytes())


def test_updates_sightings_and_copied_texts(documents: dict[str, list[ParsedDocument]]) -> None:
    edited = 0
    for each in documents.values():
        before: dict[str | None, tuple[str, str]] = {}
        for document in each:
            for entry in document.entries:
                text = (entry.title, str(entry.official.get("version", "")) + entry.summary)
                edited += entry.id in before and before[entry.id] != text
                before[entry.id] = text
    assert edited >= 10
    urls, texts = defaultdict(set), defaultdict(set)
    for name, each in documents.items():
        for document in each:
            for entry in document.entries:
                urls[entry.url].add(name)
                texts[entry.title, entry.summary].add((name, entry.url))
    assert [url for url, names in urls.items() if url and len(names) > 1], "one address, two sources"
    copied = [found for found in texts.values() if len({name for name, _ in found}) > 1]
    assert any(len({url for _, url in found}) > 1 for found in copied), "one text, two addresses"


def test_dates_can_be_moved(documents: dict[str, list[ParsedDocument]]) -> None:
    """Everything lies within days before the anchor, and no text names a day or month."""
    anchor = MANIFEST["anchor"].astimezone(UTC)
    for name, each in documents.items():
        for document in each:
            for entry in document.entries:
                published = times.read(entry.published)
                assert published is not None, (name, entry.id)
                assert anchor - timedelta(days=5) <= published <= anchor, (name, entry.id)
                assert not _LOOSE_DATE.search(f"{entry.title} {entry.summary}"), (name, entry.id)


def test_snapshots_stand_in_the_order_of_their_names() -> None:
    found: dict[str, list[datetime]] = defaultdict(list)
    for each in recorded.survey([FOLDER / "feeds"]):
        found[each.key].append(each.as_of)
        date = recorded.named(each.path)[1]
        assert date is not None
        assert abs(each.as_of - date) < timedelta(days=2), each.path.name
    assert len(found) == len(MANIFEST["feeds"])
    assert sum(len(times) > 1 for times in found.values()) >= 8
    assert all(sorted(set(times)) == times for times in found.values())
