"""What the law asks to be said stands on pages that anyone can read, in both languages, and is honest."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.models import Source
from tests.web.conftest import ClientFor, words

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("address", ["/accessibility", "/toegankelijkheid"])
def test_anyone_reads_what_was_tested_and_what_was_not(client_for: ClientFor, address: str) -> None:
    page = words(client_for("anyone", "en").get(address).content)
    assert "What was not tested" in page
    assert "No independent audit was made" in page


def test_every_list_that_needs_attribution_has_it(client_for: ClientFor) -> None:
    page = words(client_for("anyone", "en").get("/attribution").content)
    for name, terms in (
        ("GeoNames", "CC BY 4.0"),
        ("Unicode CLDR", "Unicode License V3"),
        ("OpenTaal", "BSD"),
    ):
        assert name in page
        assert terms in page


def test_strangers_are_not_told_which_sources_are_read(client_for: ClientFor) -> None:
    Source.objects.create(slug="open", name="Open bulletin", rights="full")
    assert "Open bulletin" not in words(client_for("anyone", "en").get("/attribution").content)
    assert "Open bulletin" in words(client_for("reader", "en").get("/attribution").content)


@pytest.mark.parametrize("name", ["docs/processing-register.md", "docs/dpia.md", "SECURITY.md"])
def test_drafts_say_that_they_are_drafts(name: str) -> None:
    assert "draft" in (ROOT / name).read_text(encoding="utf-8").lower()
