"""The table that ships is whole; every mistake in one is a single line that names its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.entries import Reason
from ingest.judge.severity import SeverityError, load, model, say
from ingest.judge.severity.official import RULES
from ingest.judge.severity.table import read
from ingest.judge.severity.words import table
from ingest.judge.taxonomy import load as taxonomy


def test_the_installed_table_has_words_and_texts_in_two_languages() -> None:
    load()
    found = table()
    assert model() == f"severity-{found.version}"
    rules = {f"counts.{n}" for n in found.counts} | {f"events.{n}" for n in found.events} | set(RULES)
    assert set(found.say) == rules
    for rule in sorted(rules):
        for language in ("nl", "en"):
            assert say(Reason(rule, "12", "B"), language).strip()
    known = set(taxonomy().ids)
    for name, domains in (
        *((each.name, each.domains) for each in found.counts.values()),
        *((each.name, each.domains) for each in found.events.values()),
    ):
        assert domains <= known, name


def test_reasons_are_told_in_words() -> None:
    assert say(Reason("counts.dead", "12", "C"), "en") == "dead 12"
    assert say(Reason("counts.dead", "", "B"), "nl") == "doden"
    assert say(Reason("text.magnitude", "M 6.4", "B"), "fr") == "earthquake, M 6.4"
    assert say(Reason("counts.unheard_of", "7", "B"), "nl") == "counts.unheard_of: 7"


def _small() -> dict[str, Any]:
    return {
        "version": 7,
        "counts": {"dead": {"levels": {1: "B", 10: "C"}, "nl": {"before": ["doden"]}, "en": {}}},
        "events": {"flood": {"level": "B", "nl": ["overstroming*"], "en": ["flood"], "alone": True}},
        "guards": {"hard": {"court": {"nl": ["rechtbank"]}}, "soft": {}},
        "people": {"nl": ["mensen"], "en": [], "none": {"nl": ["geen"]}, "part": {}},
        "epidemic": {},
        "things": {},
        "say": {
            "counts.dead": {"nl": "doden {value}", "en": "dead {value}"},
            "events.flood": {"nl": "water", "en": "water"},
        },
    }


def _written(path: Path, data: Any) -> Path:
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_a_table_of_ones_own_can_be_small(tmp_path: Path) -> None:
    found = read(_written(tmp_path / "severity.yaml", _small()))
    assert found.version == "7" and found.counts["dead"].level(12) == "C"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d.pop("counts"), "the file: `counts` is missing"),
        (lambda d: d.update(extra=1), "the file: unknown entry `extra`"),
        (lambda d: d["counts"]["dead"].update(levels={}), "counts.dead.levels: must say"),
        (lambda d: d["counts"]["dead"].update(levels={1: "C", 5: "B"}), "a higher number has a lower level"),
        (lambda d: d["counts"]["dead"].update(levels={"one": "C"}), "counts.dead.levels: must be a number"),
        (lambda d: d["counts"]["dead"].update(alone=-1), "counts.dead.alone: must be a number, 0 or more"),
        (lambda d: d["counts"]["dead"].update(people="yes"), "counts.dead.people: must be true or false"),
        (lambda d: d["counts"]["dead"].update(nl={"left": []}), "counts.dead.nl: unknown entry `left`"),
        (lambda d: d["events"]["flood"].update(level="F"), "events.flood.level: 'F' is no level"),
        (
            lambda d: d["events"]["flood"].update(nl="overstroming"),
            "events.flood.nl: must be a list of terms",
        ),
        (lambda d: d["events"]["flood"].update(en=["ok", "--"]), "events.flood.en, number 2: '--' has no"),
        (lambda d: d["events"]["flood"].update(en=[False]), "number 1: False is no text; put it in quotes"),
        (lambda d: d["events"]["flood"].update(domains="climate"), "events.flood.domains: must be a list"),
        (lambda d: d["events"]["flood"].update(unless="rain"), "unless: there is no event 'rain'; name one"),
        (lambda d: d["events"]["flood"].update(unless=["flood"]), "unless: there is no event"),
        (lambda d: d["guards"].update(medium={}), "guards: unknown entry `medium`"),
        (lambda d: d["say"].pop("events.flood"), "say: `events.flood` is missing"),
        (lambda d: d["say"]["events.flood"].update(nl=" "), "say.events.flood.nl: needs a text"),
        (lambda d: d["say"]["events.flood"].update(en="{x}"), "only {value} can be filled in"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], Any], message: str
) -> None:
    data = _small()
    spoil(data)
    path = _written(tmp_path / "severity.yaml", data)
    with pytest.raises(SeverityError) as raised:
        read(path)
    text = str(raised.value)
    assert message in text and text.startswith(str(path)) and "\n" not in text


def test_a_file_that_is_no_yaml_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "severity.yaml"
    with pytest.raises(SeverityError, match="cannot be read"):
        read(path)
    path.write_text("counts: [1\nx: {", encoding="utf-8")
    with pytest.raises(SeverityError, match="no valid YAML at line"):
        read(path)
    path.write_text("- a list", encoding="utf-8")
    with pytest.raises(SeverityError, match="must be a mapping of names"):
        read(path)
