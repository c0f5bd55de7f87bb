"""The starter catalogue keeps what it promises: loadable, evidenced, broad, and nothing guessed is polled."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from config import settings
from ingest import catalogue

PATH = Path(settings.CONFIG_DIR) / "sources.yaml"
KINGDOM = {"AW", "CW", "SX", "BQ"}
#: Hosts whose terms or robots rules exclude this use, and those that name suspects.
FORBIDDEN = (
    "aljazeera.com",
    "bbc.co.uk",
    "bbci.co.uk",
    "cnbc.com",
    "crimesite.nl",
    "elaad.nl",
    "energeia.nl",
    "fd.nl",
    "ft.com",
    "news.google.com",
    "news.un.org",
    "nytimes.com",
    "repository.overheid.nl",
    "rss.politie.nl",
    "solarmagazine.nl",
    "tennet.eu",
    "understandingwar.org",
    "who.int",
)


@pytest.fixture(scope="module")
def sources() -> list[dict[str, Any]]:
    return catalogue.read(PATH)


def _domains() -> set[str]:
    taxonomy = yaml.safe_load((Path(settings.CONFIG_DIR) / "domains.yaml").read_text(encoding="utf-8"))
    return {domain["id"] for domain in taxonomy["domains"]}


def test_every_source_says_what_an_analyst_must_know_of_it(sources: list[dict[str, Any]]) -> None:
    for source in sources:
        slug = source["slug"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), slug
        assert source["url"].startswith("https://"), slug
        assert source["evidence"].strip(), slug
        assert source["tier"] in ("A", "B", "C"), slug
        assert source["owner"].strip(), slug
        assert re.fullmatch(r"[A-Z]{2,3}(-[A-Z]{2})?", source["country"]), slug
        assert re.fullmatch(r"[a-z]{2,3}", source["language"]), slug
        assert isinstance(source["official"], bool), slug
        assert isinstance(source["enabled"], bool), slug
        assert urlsplit(source["url"]).hostname in source["allowed_hosts"], slug


def test_addresses_are_polled_once(sources: list[dict[str, Any]]) -> None:
    addresses = Counter(source["url"] for source in sources)
    assert [url for url, times in addresses.items() if times > 1] == []


def test_a_guessed_address_is_not_polled(sources: list[dict[str, Any]]) -> None:
    assert [s["slug"] for s in sources if s["tier"] == "C" and s["enabled"]] == []


def test_the_whole_text_is_kept_only_where_a_licence_is_named(sources: list[dict[str, Any]]) -> None:
    licence = re.compile(r"CC0|CC BY|Open Government Licence|Work of the United States government")
    full = [s for s in sources if s["rights"] == "full"]
    assert full
    assert [s["slug"] for s in full if not (s["official"] and licence.search(s.get("note", "")))] == []


def test_nothing_whose_terms_forbid_it(sources: list[dict[str, Any]]) -> None:
    hosts = {host for s in sources for host in [urlsplit(s["url"]).hostname or "", *s["allowed_hosts"]]}
    found = [h for h in hosts for no in FORBIDDEN if h == no or h.endswith("." + no)]
    assert found == []


def test_every_domain_has_three_sources_that_are_polled(sources: list[dict[str, Any]]) -> None:
    domains = _domains()
    assert len(domains) == 12
    polled = Counter(domain for s in sources if s["enabled"] for domain in s["domains"])
    assert set(polled) <= domains
    assert {domain: polled[domain] for domain in domains if polled[domain] < 3} == {}


def test_the_caribbean_parts_of_the_kingdom_are_there(sources: list[dict[str, Any]]) -> None:
    caribbean = [s for s in sources if s["country"][:2] in KINGDOM]
    assert {s["country"][:2] for s in caribbean} == KINGDOM
    assert sum(s["enabled"] for s in caribbean) >= 5


@pytest.mark.parametrize("language", ["nl", "en"])
def test_both_languages_of_the_network(sources: list[dict[str, Any]], language: str) -> None:
    assert sum(s["language"] == language and s["enabled"] for s in sources) >= 15
