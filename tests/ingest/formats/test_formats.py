"""Each format, on small invented documents: what it is recognised by, and what becomes of its fields."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from ingest.formats import parse
from tests.ingest.formats import samples


@pytest.mark.parametrize("name", samples.ALL)
def test_every_sample_is_recognised_by_its_content_alone(name: str) -> None:
    expected, text, count = samples.ALL[name]
    for content_type in (None, "text/html; charset=utf-8", "application/octet-stream"):
        document = parse(text.encode(), content_type=content_type)
        assert (document.format, len(document.entries)) == (expected, count)
        assert not document.truncated and not document.problems


def test_rss_gives_what_the_feed_says() -> None:
    document = parse(samples.RSS.encode())
    assert document.feed_id == "https://nieuws.example/rss.xml"
    assert document.title == "Verzonnen nieuws" and document.language == "nl-nl"
    assert document.dated == datetime(2026, 3, 3, 9, tzinfo=UTC)
    first, second, third = document.entries
    assert (first.id, first.url) == ("nieuws-1", "https://nieuws.example/dijk")
    assert first.published == "Tue, 03 Mar 2026 09:30:00 +0100" and first.updated is None
    assert first.summary.startswith("De dijk bij het verzonnen Waterdorp")
    # No guid: no id is invented. The link stays relative, its base is the channel's link.
    assert (second.id, second.url, second.base) == (None, "/brug", "https://nieuws.example/")
    assert second.title == "Café & brug: <em>dicht</em>"
    assert "tot <b>vrijdag</b>" in second.summary, "“Lees meer” is no summary where there is content"
    assert (third.id, third.url, third.published) == (None, None, "gisteren")


def test_a_guid_is_a_link_only_where_it_is_an_address() -> None:
    items = "<item><guid>n-17</guid></item><item><guid>https://a.example/17</guid></item>"
    number, address = parse(f"<rss version='2.0'><channel>{items}</channel></rss>".encode()).entries
    assert (number.id, number.url) == ("n-17", None)
    assert (address.id, address.url) == ("https://a.example/17", "https://a.example/17")


def test_rss_1_takes_its_id_and_its_date_from_rdf_and_dublin_core() -> None:
    first, second = parse(samples.RDF.encode()).entries
    assert first.id == "https://berichten.example/1"
    assert first.published == "2026-03-03T08:00:00Z"
    assert second.published is None


def test_atom_keeps_plain_text_plain_and_languages_and_bases_apart() -> None:
    document = parse(samples.ATOM.encode())
    assert document.feed_id == "urn:example:feed"
    first, second = document.entries
    assert first.title == "Ships a &lt; b metres may pass", "text, not a tag"
    assert (first.published, first.updated) == ("2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z")
    assert first.language == "en" and second.language == "nl"
    assert second.published is None and second.updated == "2026-03-03T09:40:00Z"
    assert second.url == "https://notices.example/nl/2"
    assert "De sluis is open." in second.summary


def test_a_cap_alert_keeps_area_severity_urgency_certainty_and_expiry() -> None:
    document = parse(samples.CAP.encode())
    assert document.feed_id == "waarschuwing@weer.example"
    assert document.dated == datetime(2026, 3, 3, 0, tzinfo=UTC)
    (entry,) = document.entries
    assert entry.id == "urn:example:alert:1" and entry.url == "https://weer.example/1"
    assert entry.title == "Stormwaarschuwing 1" and entry.language == "nl-NL", "Dutch before English"
    assert entry.summary == "Verzonnen storm boven Waterdorp.\nBlijf binnen."
    official = entry.official
    assert (official["severity"], official["urgency"], official["certainty"]) == (
        "Severe",
        "Expected",
        "Likely",
    )
    assert official["expires"] == "2026-03-04T06:00:00+01:00"
    assert official["areas"] == ["Waterdorp", "Dijkstad"]
    assert [info["language"] for info in official["info"]] == ["en-GB", "nl-NL"], (
        "nothing of the record is lost"
    )
    assert official["info"][1]["area"][0]["polygon"] == ["52.0,4.0 52.1,4.0 52.1,4.1 52.0,4.0"]


def test_cap_inside_atom_rss_and_an_edxl_envelope() -> None:
    whole, loose, none = parse(samples.CAP_ATOM.encode()).entries
    assert whole.id == "urn:example:a1" and whole.official["identifier"] == "urn:example:alert:1"
    assert whole.official["severity"] == "Severe" and whole.summary.startswith("Verzonnen storm")
    assert loose.official["severity"] == "Extreme" and loose.official["areas"] == ["Dijkstad"]
    assert loose.official["expires"] == "2026-03-04T00:00:00Z" and loose.summary == "Invented flood."
    assert none.official == {}
    item, inner = parse(samples.CAP_RSS.encode()).entries
    assert item.official["areas"] == ["Waterdorp"]
    assert inner.title == "Stormwaarschuwing 2" and inner.official["certainty"] == "Likely"
    envelope = parse(samples.EDXL.encode())
    assert envelope.feed_id == "post@weer.example"
    assert [entry.id for entry in envelope.entries] == [f"urn:example:alert:{n}" for n in (1, 2, 3)]


def test_a_file_carried_inside_an_alert_is_not_kept() -> None:
    carried = (
        "<resource><resourceDesc>map</resourceDesc><derefUri>"
        + "QUJD" * 1000
        + "</derefUri></resource></info>"
    )
    head, _, tail = samples.CAP.rpartition("</info>")
    (entry,) = parse((head + carried + tail).encode()).entries
    assert entry.official["info"][1]["resource"] == [{"resourceDesc": "map", "derefUriLength": 4000}]


def test_json_feed() -> None:
    document = parse(samples.JSON_FEED.encode())
    assert document.feed_id == "https://json.example/feed.json"
    first, second, third = document.entries
    assert first.id == "17" and first.published == "2026-03-03T08:00:00+01:00"
    assert first.updated == "2026-03-03T09:00:00+01:00"
    assert second.url == "https://elsewhere.example/b" and second.summary == "if a &lt; b, text"
    assert third.summary == "Sum" and third.language == "nl"


def test_kev_keeps_the_whole_record_and_says_when_it_was_released() -> None:
    document = parse(samples.KEV.encode())
    assert document.dated == datetime(2026, 3, 3, 15, tzinfo=UTC)
    first = document.entries[0]
    assert first.id == "CVE-2026-90001" and first.published == "2026-03-02"
    assert first.url == "https://nvd.nist.gov/vuln/detail/CVE-2026-90001"
    assert first.official["dueDate"] == "2026-03-23" and first.official["cwes"] == ["CWE-77"]


def test_official_records_hold_only_what_every_store_takes() -> None:
    odd = '"a": 1e999, "b": NaN, "c": 123456789012345678901, "d": "x\\u0000\\ud800y", "e": null, "dueDate":'
    first = parse(samples.KEV.replace('"dueDate":', odd).encode()).entries[0]
    assert first.official["c"] == "123456789012345678901" and first.official["d"] == "xy"
    assert {"a", "b", "e"}.isdisjoint(first.official)
    (entry,) = parse(samples.CSAF.replace("9.8", "1e999").encode()).entries
    assert json.loads(json.dumps(entry.official, allow_nan=False)) == entry.official


def test_csaf_keeps_what_decides_and_notices_every_change() -> None:
    document = parse(samples.CSAF.encode())
    assert document.feed_id == "https://cert.example/"
    assert document.dated == datetime(2026, 3, 3, tzinfo=UTC)
    (entry,) = document.entries
    assert entry.id == "EX-26-001" and entry.url == "https://cert.example/advisories/ex-26-001"
    assert entry.summary == "An invented flaw lets anyone stop the pump."
    assert (entry.published, entry.updated) == ("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")
    official = entry.official
    assert official["version"] == "2" and official["revision"] == "fix added"
    assert official["aggregate_severity"] == "critical" and official["products"] == ["Pump 1.0"]
    assert official["vulnerabilities"][0]["score"] == 9.8
    (other,) = parse(samples.CSAF.replace("As is.", "As it was.").encode()).entries
    assert other.official["digest"] != official["digest"]


def test_ncsc_lists_give_one_identity_with_versions_and_both_kinds_of_level() -> None:
    first, second, third = parse(samples.NCSC_CSV.encode()).entries
    assert first.id == third.id == "NCSC-2026-9001"
    assert (first.official["version"], third.official["version"]) == ("1.00", "1.01")
    assert (first.official["likelihood"], first.official["damage"]) == ("high", "high")
    assert second.official["urgency"] == "normal" and third.official["urgency"] == "urgent"
    assert second.title == "Kwetsbaarheden verholpen in A, B en C"
    older, newer = parse(samples.NCSC_RSS.encode()).entries
    assert older.id == newer.id == "NCSC-2026-9001", "whatever the guid says"
    assert (older.official["version"], newer.official["version"]) == ("1.00", "1.01")
    assert (older.official["likelihood"], older.official["damage"]) == ("medium", "high")
    assert newer.official["urgency"] == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "NCSC-2026-9001;[1.00];[M/M];Titel;https://advisories.example/1;2026-03-01\n",
        "Kenmerk;Versie;Inschaling;Titel;URL;Datum\nNCSC-2026-9001;1.00;M/M;Titel;https://a.example/1;2026-03-01\n",
        "\ufeffAdvisoryID\tVersion\tSeverity\tDescription\r\nNCSC-2026-9001\t[1.00]\t[M/M]\tTitel\r\n",
    ],
)
def test_ncsc_lists_with_other_separators_names_or_no_header(text: str) -> None:
    (entry,) = parse(text.encode()).entries
    assert entry.id == "NCSC-2026-9001" and entry.title == "Titel"
    assert entry.official["likelihood"] == "medium"


def _titled(title: str, declaration: str = "") -> str:
    return f"{declaration}<rss><channel><item><title>{title}</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (_titled("Café", "<?xml version='1.0' encoding='ISO-8859-1'?>").encode("latin-1"), "Café"),
        (_titled("Café €").encode("cp1252"), "Café €"),
        (
            _titled("Ön cafX", "<?xml version='1.0' encoding='utf-8'?>").encode().replace(b"X", b"\xe9"),
            "Ön café",
        ),
        (_titled("Café", "<?xml version='1.0' encoding='utf-16'?>").encode("utf-16"), "Café"),
        (_titled("Café", "<?xml version='1.0' encoding='utf-16'?>").encode(), "Café"),
        (_titled("Café", "<?xml version='1.0' encoding='nonsense'?>").encode(), "Café"),
        (_titled("Café", "<?xml version='1.0' encoding='base64'?>").encode(), "Café"),
        (_titled("Café", "\ufeff\n ").encode(), "Café"),
        (_titled("a\x00b\x08c").encode(), "abc"),
        (_titled("a&#0;b&#xD800;c&#99999999999;d&#x41;").encode(), "abcdA"),
        (_titled("a", "<br />\n<b>Warning</b>: on line 3<br />\n<?xml version='1.0'?>\n").encode(), "a"),
    ],
)
def test_encodings_that_lie_and_characters_no_store_takes(body: bytes, title: str) -> None:
    (entry,) = parse(body, content_type="text/xml; charset=iso-8859-1").entries
    assert entry.title == title


def test_broken_xml_is_repaired() -> None:
    body = (
        b"<rss version='2.0'><channel><title>x</title>"
        b"<item><title>Vis & chips &nbsp; caf&eacute;</title><link>https://a.example/?a=1&b=2</link></item>"
        b"<item><title>Twee<br></title><foo:bar>geen naamruimte</foo:bar></item></channel></rss>"
    )
    first, second = parse(body).entries
    assert first.url == "https://a.example/?a=1&b=2" and first.title.startswith("Vis &")
    assert second.title.startswith("Twee")


def test_gzip_is_unpacked() -> None:
    assert len(parse(gzip.compress(samples.RSS.encode())).entries) == 3


def test_nothing_is_ever_opened_or_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is a file's name or an address is text, never a place to read from."""
    import builtins
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("parsing reached outside")

    from ingest.entries import FormatError

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    for body in (b"/etc/hostname", b"https://example.org/feed", samples.RSS_091.encode()):
        try:
            parse(body)
        except FormatError:
            continue
