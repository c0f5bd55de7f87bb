"""The gazetteer knows places by any of their names; a wrong table is refused in one line."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from ingest.judge import context, reach, spellings
from ingest.judge.gazetteer import (
    FILES,
    HEADER,
    GazetteerError,
    countries,
    country_code,
    load,
    name_of,
    place,
    place_ids,
)
from ingest.judge.kingdom import PARTS


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Iran", "IR"), ("nederland", "NL"), ("The Netherlands", "NL"), ("Curacao", "CW"), ("CURAÇAO", "CW"),
        ("Sint-Maarten", "SX"), ("St. Maarten", "SX"), ("Saint Martin", "MF"), ("VS", "US"), ("us", "US"),
        ("Wit-Rusland", "BY"), ("Ivory Coast", "CI"), ("Turkije", "TR"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_in_two_languages(name: str, code: str | None) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Den Haag", ("den-haag",)), ("the hague", ("den-haag",)), ("'s-Gravenhage", ("den-haag",)),
        ("den bosch", ("s-hertogenbosch",)), ("Súdwest Fryslân", ("sudwest-fryslan",)),
        ("Parijs", ("parijs",)), ("Paris", ("parijs",)),
        ("Oranjestad", ("oranjestad", "oranjestad-sint-eustatius")), ("den-haag", ("den-haag",)),
        ("provincie Groningen", ("groningen-provincie",)), ("groningen-provincie", ("groningen-provincie",)),
        ("Strait of Hormuz", ("straat-van-hormuz",)), ("Oostzee", ("oostzee",)), ("Nergenshuizen", ()),
    ],
)  # fmt: skip
def test_a_place_is_known_by_its_names_and_its_id(name: str, ids: tuple[str, ...]) -> None:
    assert place_ids(name) == ids


def test_the_province_and_its_town_are_two_places_and_what_is_around_is_known() -> None:
    town, province = place("utrecht"), place("utrecht-provincie")
    assert town is not None
    assert province is not None
    assert (town.kind, province.kind) == ("municipality", "province")
    assert list(town.within) == ["utrecht-provincie", "nl"]
    assert list(province.within) == ["nl"]
    harbour = place("maasvlakte")
    assert harbour is not None
    assert list(harbour.within) == ["rotterdam", "zuid-holland", "nl"]
    assert place("nowhere") is None


def test_names_come_in_the_language_asked_for() -> None:
    assert (name_of("de", "nl"), name_of("de", "en")) == ("Duitsland", "Germany")
    assert (name_of("den-haag", None), name_of("den-haag", "en")) == ("Den Haag", "The Hague")
    assert name_of("nowhere", "nl") is None
    assert countries()["NL"] == ("Nederland", "Netherlands")


def test_all_provinces_municipalities_and_parts_of_the_kingdom_are_there() -> None:
    entries = load().entries.values()
    kinds = Counter(entry.kind for entry in entries if entry.country == "NL")
    assert (kinds["province"], kinds["municipality"]) == (12, 342)
    assert {entry.part for entry in entries if entry.part} == set(PARTS)
    assert all(entry.part for entry in entries if entry.country in ("AW", "CW", "SX", "NL"))
    assert len(countries()) == 250


def test_every_municipality_lies_in_a_province() -> None:
    entries = load().entries
    for entry in entries.values():
        if entry.kind == "municipality":
            assert entries[entry.within[0]].kind == "province"


def _tables(folder: Path, **changed: str) -> Path:
    """A small gazetteer with some of its files replaced."""
    rows = {"countries": "aa\tcountry\tAA\t\tAaland\t\t\t"}
    for name in FILES:
        body = changed.get(name, rows.get(name, ""))
        (folder / f"{name}.tsv").write_text(f"{HEADER}\n{body}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("ab\ttown\tAA", "has 3 columns"),
        ("Ab\ttown\tAA\t\tAbdorp\t\t\t", "id 'Ab' must be"),
        ("ab\tvillage\tAA\t\tAbdorp\t\t\t", "kind 'village' must be one of"),
        ("ab\ttown\tAA\t\t\t\t\t", "ab needs a name in column nl"),
        ("ab\ttown\taa\t\tAbdorp\t\t\t", "country 'aa' must be two capitals"),
        ("ab\ttown\tAA\t\tAbdorp\t\t\tmaybe", "care 'maybe' must be"),
        ("ab\ttown\tAA\t\tAbdorp; Abstad\t\t\t", "' Abstad' is no name"),
        ("ab\ttown\tAA\t\tAbdorp;\t\t\t", "'' is no name"),
        ("ab\ttown\tAA\tac\tAbdorp\t\t\t", "is within ac, which is in no file"),
        ("ab\t\t\t\tAbdorp\t\t\t", "ab is in no file"),
        ("aa\ttown\tAA\t\tAbdorp\t\t\t", "aa is listed twice"),
    ],
)
def test_a_wrong_row_is_refused_in_one_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(GazetteerError, match=says) as caught:
        load(_tables(tmp_path, world=f"# A remark.\n{row}"))
    assert "\n" not in str(caught.value)


def test_a_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match=r"world\.tsv, line 3: "):
        load(_tables(tmp_path, world="# A remark.\nab"))


def test_a_missing_or_headless_file_is_refused_in_one_line(tmp_path: Path) -> None:
    _tables(tmp_path)
    (tmp_path / "cities.tsv").write_text("id\tname\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"cities\.tsv, line 1: must name the columns"):
        load.__wrapped__(tmp_path)
    (tmp_path / "cities.tsv").unlink()
    with pytest.raises(GazetteerError, match=r"cities\.tsv: cannot be read .* put the file back"):
        load.__wrapped__(tmp_path)


def test_the_lists_beside_it_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "others.tsv"
    path.write_text("Tour of Aaland\n\t\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"others\.tsv, line 2"):
        list(spellings.others(path))
    path = tmp_path / "context.yaml"
    path.write_text("signs: in\nclubs: [", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"context\.yaml: no valid YAML at line 2; restore the file"):
        context.read(path)
    path.write_text("signs: in te\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"must hold signs, .* look at .*before_of"):
        context.read(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("region: [ht", "region: [atlantis", "no place 'atlantis'"),
        ("countries: [US, CN, RU, IR, KP, IL", "countries: [XX, CN, RU, IR, KP, IL", "'XX' is no country"),
        ('"NO", DK, PL, CH', "NO, DK, PL, CH", "False is no word; put it in quotes"),
        ("  climate:\n    words:", "  climate:\n    word:", "'word' is none of countries"),
        ("everywhere: true", "everywhere: often", "must be true or false"),
        ("signs:\n", "hints:\n", "must hold bodies"),
        ("bodies:\n", "bodies: [\n", "no valid YAML"),
        ("bodies:\n", f"bodies: {'[' * 3000}\n", "no valid YAML"),
    ],
)
def test_the_table_of_relevance_is_checked(tmp_path: Path, old: str, new: str, says: str) -> None:
    whole = (files("config") / "kingdom.yaml").read_text(encoding="utf-8")
    assert old in whole
    path = tmp_path / "kingdom.yaml"
    path.write_text(whole.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GazetteerError, match=says) as caught:
        reach.read(path)
    assert "\n" not in str(caught.value)
