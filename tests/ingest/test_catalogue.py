"""The catalogue: what is wrong is named, what the operator changed stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.models import AuditEvent
from ingest.catalogue import CatalogueError, load
from ingest.models import Source, SourceState
from tests.conftest import Store

GOOD = """
sources:
  - slug: water
    name: Waterdienst
    url: https://water.example/rss
    domains: [climate]
    interval: 600
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text(text)
    return path


def test_sources_are_added_once_and_audited(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert (load(path).added, load(path).added) == (1, 0)
    water = Source.objects.get(slug="water")
    assert water.allowed_hosts == ["water.example"]
    assert water.reliability_note == "starter grade, unreviewed"
    assert AuditEvent.objects.filter(action="catalogue.load").count() == 1


def test_what_the_operator_changed_stays_and_the_rest_follows_the_catalogue(
    store: Store, tmp_path: Path
) -> None:
    load(written(tmp_path, GOOD))
    Source.objects.update(interval=120)
    load(written(tmp_path, GOOD.replace("600", "1200").replace("Waterdienst", "Waterdienst Zuid")))
    water = Source.objects.get()
    assert (water.interval, water.name) == (120, "Waterdienst Zuid")


def test_a_new_address_is_polled_afresh_and_a_new_name_is_not(store: Store, tmp_path: Path) -> None:
    load(written(tmp_path, GOOD))
    SourceState.objects.update(etag='"7"', last_status=410, failures=3)
    load(written(tmp_path, GOOD.replace("Waterdienst", "Waterdienst Zuid")))
    assert SourceState.objects.get().last_status == 410
    load(written(tmp_path, GOOD.replace("water.example/rss", "water.example/nieuws.rss")))
    state = SourceState.objects.get()
    assert (state.etag, state.last_status, state.failures) == ("", None, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sources: [", "no valid YAML at line"),
        ("feeds: []", "needs a list under `sources:`"),
        ("sources: [5]", "source number 1: must be a mapping"),
        (GOOD.replace("https://water.example/rss", "ftp://water.example"), "must start with https://"),
        (GOOD.replace("interval: 600", "interval: 5"), "60 or more"),
        (GOOD.replace("domains:", "domain:"), "unknown field 'domain'"),
        (GOOD + "    zone: Europe/Amsterdm\n", "no IANA time zone"),
        (GOOD + GOOD.split("sources:")[1], "its slug occurs twice"),
    ],
)
def test_a_wrong_catalogue_is_refused_whole_with_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CatalogueError) as refusal:
        load(written(tmp_path, text))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)
