"""Entities of a text: identifiers, indicators and listed names, each with its words, and typed names."""

from __future__ import annotations

import pytest

from ingest.entries import Entity
from ingest.judge.entities import find, kind_of, model, name_of, resolve
from ingest.judge.entities.lists import load
from ingest.judge.text import Text


def found(title: str, excerpt: str = "", language: str | None = "nl") -> dict[str, Entity]:
    return {entity.id: entity for entity in find(Text(title, excerpt), language)}


def words(title: str, excerpt: str = "", language: str | None = "nl") -> dict[str, list[str]]:
    whole = f"{title}\n{excerpt}"
    entities = found(title, excerpt, language).values()
    return {e.id: [whole[each.start : each.end] for each in e.evidence] for e in entities}


# -- identifiers


def test_vulnerabilities_are_found_however_they_are_written() -> None:
    assert words("Lek CVE-2024-1234 misbruikt", "ook cve 2023-46805 en CVE‑2021‑44228 (Log4Shell)") == {
        "cve-2024-1234": ["CVE-2024-1234"],
        "cve-2023-46805": ["cve 2023-46805"],
        "cve-2021-44228": ["CVE‑2021‑44228"],
    }
    listed = words("Patches", "CVE-2024-1234, -1235 en -1236; CVE-2023-0001/2023-0002", "nl")
    assert list(listed) == [
        "cve-2024-1234",
        "cve-2024-1235",
        "cve-2024-1236",
        "cve-2023-0001",
        "cve-2023-0002",
    ]
    title = "CVE-2024-1234, 2025-2026 wordt zwaar; CVE-2024-12 is te kort, XCVE-2024-1234 een ander woord"
    assert list(found(title)) == ["cve-2024-1234"]


@pytest.mark.parametrize(
    ("text", "identity", "kind", "name"),
    [
        ("NCSC-2026-0012 [1.01] [M/H]", "ncsc-2026-0012", "advisory", "NCSC-2026-0012"),
        ("see GHSA-2cfg-4p5r-6hjq", "ghsa-2cfg-4p5r-6hjq", "advisory", "GHSA-2cfg-4p5r-6hjq"),
        ("RHSA-2024:1234 is out", "rhsa-2024-1234", "advisory", "RHSA-2024:1234"),
        ("ICSA-24-001-01 (Update A)", "icsa-24-001-01", "advisory", "ICSA-24-001-01"),
        ("CERT/CC VU#123456", "vu-123456", "advisory", "VU#123456"),
        ("joint advisory AA24-109A", "aa24-109a", "advisory", "AA24-109A"),
        ("DSA-5678-1 openssl", "dsa-5678-1", "advisory", "DSA-5678-1"),
        ("update KB5034441 fails", "kb5034441", "advisory", "KB5034441"),
        ("CERTFR-2024-AVI-0123", "certfr-2024-avi-0123", "advisory", "CERTFR-2024-AVI-0123"),
        ("weakness CWE-79", "cwe-79", "weakness", "CWE-79"),
        ("EUVD-2025-1234", "euvd-2025-1234", "vulnerability", "EUVD-2025-1234"),
        ("MITRE ATT&CK T1566.001 was used", "t1566.001", "technique", "T1566.001"),
        ("UN-nummer 1005 lekte", "un-1005", "substance", "UN 1005"),
        ("ammonia, CAS 7664-41-7", "cas-7664-41-7", "substance", "CAS 7664-41-7"),
        ("activity of UNC3886", "unc3886", "organisation", "UNC3886"),
        ("Storm-0558 stole a key", "storm-0558", "organisation", "Storm-0558"),
    ],
)
def test_each_identifier_has_its_grammar(text: str, identity: str, kind: str, name: str) -> None:
    entity = found(text, "", "en")[identity]
    assert (entity.kind, entity.name) == (kind, name)
    assert resolve(name) == identity and name_of(identity) == name and kind_of(identity) == kind


@pytest.mark.parametrize(
    "text",
    [
        "model T1566 of the tractor",
        "T-1325 on women and peace",
        "CAS 7664-41-8 has a wrong check digit",
        "storm-2024 season",
        "tel. 06-12345678, KB is de Koninklijke Bibliotheek",
        "kaart 123-45-6",
        "version 10.0.0.1 and 1.2.3.4",
        "http://plain.example and plain.example and 198.51.100.7",
        "invoice[.]zip and script[.]sh",
        "Jan[.]Jansen zei dat",
        "mail to jan[@]evil[.]example or jan@evil[.]example or jan(at)evil(.)example",
        "router at 192[.]168[.]1[.]1",
        "https://plain.example/?id=d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert found(text, "", "en") == {}


def test_indicators_count_when_somebody_made_them_harmless() -> None:
    text = (
        "hxxps://evil[.]example/a/b?x=1, 198[.]51[.]100[.]7:8080 (c2(.)example) and bad[dot]example",
        "2001[:]db8[:]:1 203[.]0[.]113[.]0/24 d41d8cd98f00b204e9800998ecf8427e.",
    )
    assert words(*text, "en") == {
        "https://evil.example/a/b?x=1": ["hxxps://evil[.]example/a/b?x=1"],
        "evil.example": ["hxxps://evil[.]example/a/b?x=1"],
        "198.51.100.7": ["198[.]51[.]100[.]7:8080"],
        "c2.example": ["c2(.)example"],
        "bad.example": ["bad[dot]example"],
        "2001:db8::1": ["2001[:]db8[:]:1"],
        "203.0.113.0/24": ["203[.]0[.]113[.]0/24"],
        "d41d8cd98f00b204e9800998ecf8427e": ["d41d8cd98f00b204e9800998ecf8427e"],
    }
    shown = found(*text, "en")
    assert shown["evil.example"].name == "evil[.]example", "nobody shall follow one by accident"
    assert shown["https://evil.example/a/b?x=1"].name == "hxxps://evil[.]example/a/b?x=1"


def test_an_official_record_names_entities_without_words() -> None:
    kev = {"record": "kev", "cveID": "CVE-2021-44228", "cwes": ["CWE-20"], "notes": "see CVE-1999-0001"}
    entities = find(Text("Log4j", ""), "en", kev)
    assert [(e.id, bool(e.evidence)) for e in entities] == [
        ("apache-foundation", True),
        ("cve-2021-44228", False),
        ("cwe-20", False),
    ]
    csaf = {"id": "ICSA-24-001-01", "vulnerabilities": [{"cve": "CVE-2024-1234", "cwe": "CWE-79"}, None]}
    assert [e.id for e in find(Text("x", ""), "en", csaf)] == ["icsa-24-001-01", "cve-2024-1234", "cwe-79"]
    many = {"vulnerabilities": [{"cve": f"CVE-2024-{number}"} for number in range(1000, 3000)]}
    assert len(find(Text("x", ""), "en", many)) == 100


# -- lists


def test_dutch_and_english_names_and_abbreviations_are_one_entity() -> None:
    for text, language in [
        ("NAVO-top", "nl"),
        ("NATO summit", "en"),
        ("Noord-Atlantische verdragsorganisatie", "nl"),
    ]:
        assert list(found(text, "", language)) == ["nato"]
    assert found("NAVO-top", "", "nl")["nato"].name == "NAVO"
    assert found("NATO summit", "", "en")["nato"].name == "NATO"
    assert (
        list(found("Mazelenuitbraak op school")) == list(found("Measles at school", "", "en")) == ["measles"]
    )


def test_ordinary_words_are_no_names() -> None:
    assert list(found("UN 1325 on women and peace", "", "en")) == ["un"], "a resolution, no UN number"
    assert found("Who is it?", "It is what it is. Un homme. Eu não.", "en") == {}
    assert found("WHO IS NEXT: THIS IS THE QUESTION FOR EVERYONE", "", "en") == {}
    assert list(found("WHO warns of cholera", "", "en")) == ["who", "cholera"]
    assert found("Vn en un", "nam om ns ret", "nl") == {}
    assert "un" not in found("Nieuwe VN-resolutie", "", "en"), "VN is Dutch"
    assert list(found("VN-resolutie", "", "nl")) == ["un"]
    assert found("Dit is een plaag en een pest", "", "nl") == {}
    assert found("Pest control company", "", "en") == {}


def test_a_doubtful_name_needs_company() -> None:
    assert found("Hive in the garden", "", "en") == {}
    assert list(found("Ransomwaregroep Hive", "", "nl")) == ["hive-ransomware"]
    assert found("IS dit de oplossing?") == {}
    assert list(found("Strijders van IS in Syrië")) == ["islamic-state"]
    assert words("Islamic State", "fighters of IS", "en") == {"islamic-state": ["Islamic State", "IS"]}


def test_the_longest_name_counts() -> None:
    assert list(found("NCSC-2026-0012 [1.00]")) == ["ncsc-2026-0012"], "no word about the NCSC itself"
    assert list(found("EU-agentschap voor cyberbeveiliging waarschuwt")) == ["enisa"]
    assert list(found("VN-Veiligheidsraad bijeen")) == ["un-security-council"]
    assert list(found("Amazon rainforest burns", "", "en")) == []


def test_a_group_named_after_somebody_needs_its_word() -> None:
    assert list(found("Wagner-groep verlaat Mali")) == ["wagner-group"]
    assert list(found("Wagner Group leaves Mali", "", "en")) == ["wagner-group"]
    assert found("Wagner in het Concertgebouw; mevrouw Wagner; Wagner said", "", "nl") == {}
    assert found("Clinton gives a speech; Kaspersky said; Trump and Gates", "", "en") == {}
    assert list(found("Siemens levert turbines")) == ["siemens"]
    assert found("Volgens Eugene Siemens, dhr. Philips en J. Bayer") == {}
    assert found("Akira Voorbeeld gehackt, ransomware") == {}


def test_names_in_addresses_and_accounts_are_not_read() -> None:
    assert found("info@Huawei.com @KPN https://www.voorbeeld.example/Hamas/mazelen Microsoft.com") == {}


def test_accents_hyphens_and_capitals() -> None:
    assert list(found("Médecins Sans Frontières", "", "en")) == ["msf"]
    assert list(found("mond- en klauwzeer; MOND-EN-KLAUWZEER")) == ["foot-and-mouth"]
    assert list(found("Al‑Qaida en al Qaida")) == ["al-qaida"]
    assert list(found("HUAWEI ONDER VUUR")) == ["huawei"]
    text = Text("½ Curaçao", "Aqualectra waarschuwt")
    (evidence,) = find(text, "nl")[0].evidence
    assert text.whole[evidence.start : evidence.end] == "Aqualectra"


def test_letters_that_do_not_fold_are_letters() -> None:
    assert found("ŁNAVO NAVOß øEU Жeu") == {}
    assert list(found("Ørsted bouwt")) == ["orsted"]


def test_evidence_is_limited_and_in_order() -> None:
    entity = found("NAVO " * 50)["nato"]
    assert len(entity.evidence) == 5
    assert [e.start for e in entity.evidence] == sorted(e.start for e in entity.evidence)


# -- typed names


@pytest.mark.parametrize(
    ("typed", "identity"),
    [
        ("NAVO", "nato"),
        ("nato", "nato"),
        ("  Noord Atlantische Verdragsorganisatie ", "nato"),
        ("CVE 2024-1234", "cve-2024-1234"),
        ("cve-2024-1234", "cve-2024-1234"),
        ("hxxp://evil[.]example/X", "http://evil.example/x"),
        ("evil[.]example", "evil.example"),
        ("evil.example", "evil.example"),
        ("198[.]51[.]100[.]7", "198.51.100.7"),
        ("UN 1005", "un-1005"),
        ("T1566", "t1566"),
        ("vogelgriep", "avian-influenza"),
        ("H5N1", "avian-influenza"),
        ("NCSC", "ncsc-nl"),
        ("web bonaire", "web-bonaire"),
        ("Betalingsverkeer", "payments"),
        ("Wagner Group", "wagner-group"),
        ("Wagner", ""),
        ("Jan Jansen", ""),
        ("jan@evil.example", ""),
        ("", ""),
        ("-", ""),
    ],
)
def test_a_typed_name_is_its_entity(typed: str, identity: str) -> None:
    assert resolve(typed) == identity


def test_an_entity_nobody_knows_keeps_its_id_as_name() -> None:
    assert name_of("gone-from-the-list") == "gone-from-the-list" and kind_of("gone-from-the-list") == ""
    assert name_of("un", "nl") == "Verenigde Naties" and name_of("un", "en") == "United Nations"
    assert name_of("un", None) == "United Nations"


def test_the_model_names_the_code_and_the_lists() -> None:
    code, _, lists = model().partition(".")
    assert code == "entities-1" and len(lists) == 8


def test_every_listed_name_is_its_entity_when_typed() -> None:
    wrong = {}
    for listed in load().entities.values():
        for name in (listed.id, *listed.names.values(), *(form.text for form in listed.forms)):
            if resolve(name) != listed.id:
                wrong[name] = (listed.id, resolve(name))
    assert wrong == {"NCSC": ("ncsc-uk", "ncsc-nl"), "DJI": ("dji-drones", "dji-nl")}
