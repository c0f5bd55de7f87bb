"""The lists of entities: a mistake is one line that names its place, and no entry is a person."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from ingest.judge.entities.lists import KINDS, SORTS, ListError, load, read

#: Reviewed: what an entity can be. A new kind or sort is looked at by whoever changes this.
KINDS_REVIEWED = {"organisation", "disease", "process"}
SORTS_REVIEWED = {
    "organisations": {"aid", "armed", "authority", "company", "criminal", "hackers", "institute"}
    | {"international", "movement", "operator"},
    "diseases": {"animal", "human", "plant", "resistance", "zoonosis"},
    "processes": {"chemistry", "defence", "energy", "finance", "food", "government", "health", "nuclear"}
    | {"order", "space", "telecom", "transport", "waste", "water"},
}
#: Given names, none of them anybody's in particular.
GIVEN = """
    abdul abu adam ahmed albert alex alexander ali andre andrew anna anton arthur ben bernard bill boris
    charles chris daan daniel david dirk donald edward elena elia elmar emma eric erik eva fatima frank frans
    gates geert george gerard hans harry hassan hendrik henk henry hugo hussein ibrahim igor ingrid ivan jaap
    jack jacob jan jane jean jeroen jim johan john johns jose joseph juan juliana karel karin kees kevin kim
    laura leonardo linda louis luis maarten marc maria mark martin mary michael mike mohamed mohammed mustafa
    nicolas olaf oleg olga pablo patrick paul pedro peter philip piet pieter richard robert rosa ruben sam
    sandra sara sergei simon sofia stefan steven sven thomas tim tom trump vladimir volodymyr walter wilhelm
    willem william xi yusuf
"""
#: Entries with a given name in them that are no person, each looked at.
NO_PERSON = {
    "olaf", "kpsm", "cbcs", "elmar", "pji-airport", "ahold-delhaize", "rki", "elia", "lockheed-martin",
    "leonardo-company", "gates-foundation", "trump-organization", "johns-hopkins", "jaish-e-mohammed",
    "abu-sayyaf-group", "kozp",
}  # fmt: skip
#: Named after somebody: each name must hold one of these words (or a part of a longer word).
NAMED_AFTER = {
    "wagner-group": "groep group huurling mercenaries pmc troops fighters forces",
    "clinton-foundation": "foundation",
    "gates-foundation": "foundation stichting",
    "trump-organization": "organization",
    "kaspersky": "lab software antivirus bedrijf",
    "kinahan-cartel": "kartel cartel crime",
    "gulen-movement": "beweging movement gulenist",
    "haqqani-network": "netwerk network",
    "abu-sayyaf-group": "groep group beweging militants rebellen strijders",
    "elmar": "n.v. aruba bedrijf company",
    "cleo": "software harmony vltrader lexicom",
    "leonardo-company": "s.p.a. bedrijf company",
    "van-oord": "koninklijke royal bagger aannemer offshore dredging",
    "ahold-delhaize": "ahold supermarkt supermarket winkel filia distributie",
    "gunvor": "group handelaar trader raffinaderij",
    "rki": "institu rki",
    "johns-hopkins": "universit",
    "pji-airport": "airport luchthaven",
    "horacio-oduber": "hospita",
    "dupont": "nemours giant concern fabriek",
    "damen": "shipyards naval bouwer builder",
    "akhmat": "bataljon forces",
    "elia": "transmission beheerder operator group",
    "creutzfeldt-jakob": "ziekte disease vcjd",
    "lyme": "ziekte disease borrelios lymepatient",
    "chagas": "ziekte disease",
    "newcastle-disease": "ziekte disease pseudo ncd",
}
#: Surnames that stand alone as a company's name: the matcher looks at what is before them.
SURNAMES = {"siemens", "philips", "boeing", "bayer", "tesla", "shell", "honeywell", "maersk", "orsted"}


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A copy of the installed lists."""
    with as_file(files("config") / "entities") as installed:
        shutil.copytree(installed, tmp_path / "entities")
    return tmp_path / "entities"


def add(path: Path, line: str) -> int:
    """Adds a line; its number."""
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{line}\n", encoding="utf-8")
    return len(text.splitlines()) + 1


def test_the_lists_are_broad() -> None:
    entities = load().entities.values()
    counted = {kind: sum(entity.kind == kind for entity in entities) for kind in KINDS_REVIEWED}
    assert counted["organisation"] >= 400 and counted["disease"] >= 120 and counted["process"] >= 30


def test_only_reviewed_kinds_and_sorts_exist() -> None:
    assert set(KINDS.values()) == KINDS_REVIEWED
    assert {name: set(sorts) for name, sorts in SORTS.items()} == SORTS_REVIEWED
    assert {entity.kind for entity in load().entities.values()} == KINDS_REVIEWED


def test_no_entry_is_shaped_like_a_person() -> None:
    given, suspects = set(GIVEN.split()), set()
    for entity in load().entities.values():
        for form in entity.forms:
            if given & set(form.text.lower().replace("'", " ").split()):
                suspects.add(entity.id)
    assert suspects <= NO_PERSON, "look at these; a person is never listed"


def test_what_is_named_after_somebody_is_listed_with_its_word_only() -> None:
    for identity, words in NAMED_AFTER.items():
        for form in load().entities[identity].forms:
            assert any(word in form.text.lower() for word in words.split()), (identity, form.text)


def test_a_surname_alone_is_marked_as_one() -> None:
    entities = load().entities
    for identity in SURNAMES:
        alone = [form for form in entities[identity].forms if " " not in form.text and not form.open]
        assert all(form.surname for form in alone if form.text.lower() in (identity, "ørsted", "mærsk")), (
            identity
        )


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("organisations.tsv", "Bad Id\tcompany\tVoorbeeld", "id 'Bad Id' must be lower-case"),
        ("organisations.tsv", "jan-jansen\tperson\tJan Jansen", "sort 'person' is none of aid, armed"),
        ("organisations.tsv", "voorbeeld\tcompany\t", "voorbeeld has no name"),
        ("organisations.tsv", "nato\tcompany\tVoorbeeld", "id nato is taken"),
        (
            "organisations.tsv",
            "voorbeeld\tcompany\tVoorbeeld\t\tNAVO",
            "'NAVO' is a name or id of nato already",
        ),
        (
            "organisations.tsv",
            "voorbeeld\tcompany\tVoorbeeld\t\tICJ-2; Hells-Angels",
            "or id of hells-angels already",
        ),
        ("organisations.tsv", "voorbeeld\tcompany\tV\t\tx", "must have 2 to 80 letters"),
        ("organisations.tsv", "voorbeeld\tcompany\tEen  Twee", "begins or ends with a blank"),
        ("organisations.tsv", "voorbeeld\tcompany\tVoorbeeld\t\t?=Voorbeeld", "doubtful names only"),
        ("organisations.tsv", "voorbeeld\tcompany\tVoorbeeld\t\t\tnergens", "context 'nergens' is not in"),
        ("organisations.tsv", "a\tcompany\tb\tc\td\te\tf", "has 7 cells"),
        ("contexts.tsv", "zonder", "write a lower-case id, a tab"),
        ("diseases.tsv", "voorbeeld\tcompany\tVoorbeeldziekte", "sort 'company' is none of animal"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(lists: Path, name: str, line: str, said: str) -> None:
    number = add(lists / name, line)
    with pytest.raises(ListError) as caught:
        read(lists)
    message = str(caught.value)
    assert said in message and "\n" not in message
    assert f"{name}, line {number}: " in message


def test_a_missing_or_unreadable_file_is_named(lists: Path) -> None:
    (lists / "not.tsv").unlink()
    with pytest.raises(ListError, match=r"not\.tsv: cannot be read .* restore the file"):
        read(lists)
    (lists / "not.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(ListError, match="cannot be read"):
        read(lists)


def test_two_languages_may_share_letters(lists: Path) -> None:
    add(lists / "organisations.tsv", "one\tcompany\tEerste Voorbeeld\t\ten:XYZ")
    add(lists / "organisations.tsv", "two\tcompany\tTweede Voorbeeld\t\tnl:XYZ")
    assert read(lists).keys["xyz"] == "two", "typed alone it is the Dutch one"


def test_the_version_goes_with_what_the_lists_say(lists: Path) -> None:
    assert read(lists).version == load().version
    add(lists / "diseases.tsv", "voorbeeldziekte\thuman\tVoorbeeldziekte")
    assert read(lists).version != load().version
