"""Small documents of every format, invented for these tests: no such event, place or advisory exists."""

from __future__ import annotations

import json

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <atom:link href="https://nieuws.example/rss.xml" rel="self"/>
  <title>Verzonnen nieuws</title>
  <link>https://nieuws.example/</link>
  <language>nl-nl</language>
  <lastBuildDate>Tue, 03 Mar 2026 10:00:00 +0100</lastBuildDate>
  <item>
    <title>Dijk bij Waterdorp houdt stand</title>
    <link>https://nieuws.example/dijk</link>
    <guid isPermaLink="false">nieuws-1</guid>
    <description>De dijk bij het verzonnen Waterdorp hield stand in de storm van maandag.</description>
    <pubDate>Tue, 03 Mar 2026 09:30:00 +0100</pubDate>
  </item>
  <item>
    <title>Caf&#233; &amp; brug: &lt;em&gt;dicht&lt;/em&gt;</title>
    <link>/brug</link>
    <description><![CDATA[Lees meer]]></description>
    <content:encoded><![CDATA[<p>De brug blijft dicht tot <b>vrijdag</b>.
    </item> staat hier als tekst, </rss> ook.</p>]]></content:encoded>
  </item>
  <item>
    <title>Zonder link of nummer</title>
    <description>Derde bericht, verzonnen.</description>
    <pubDate>gisteren</pubDate>
  </item>
</channel>
</rss>
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://berichten.example/"><title>Berichten</title><link>https://berichten.example/</link>
<items><rdf:Seq><rdf:li rdf:resource="https://berichten.example/1"/></rdf:Seq></items></channel>
<item rdf:about="https://berichten.example/1"><title>Eerste</title><link>https://berichten.example/1</link>
<dc:date>2026-03-03T08:00:00Z</dc:date></item>
<item rdf:about="https://berichten.example/2"><title>Tweede</title><link>https://berichten.example/2</link></item>
</rdf:RDF>
"""

RSS_091 = """<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Oud</title><link>https://oud.example/</link>
<item><title>Een</title><link>https://oud.example/1</link><description>Verzonnen een</description></item>
<item><title>Twee</title><link>https://oud.example/2</link></item>
</channel></rss>
"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <id>urn:example:feed</id>
  <title>Invented notices</title>
  <link rel="self" href="https://notices.example/atom.xml"/>
  <link href="https://notices.example/"/>
  <updated>2026-03-03T10:00:00Z</updated>
  <entry>
    <id>urn:example:1</id>
    <title type="text">Ships a &lt; b metres may pass</title>
    <link href="https://notices.example/1"/>
    <published>2026-03-03T09:00:00Z</published>
    <updated>2026-03-03T09:30:00Z</updated>
    <summary>The invented lock at Northhaven opens again for small ships from Thursday morning.</summary>
  </entry>
  <entry xml:lang="nl" xml:base="https://notices.example/nl/">
    <id>urn:example:2</id>
    <title>Sluis open</title>
    <link href="2"/>
    <updated>2026-03-03T09:40:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>De sluis is open.</p></div></content>
  </entry>
</feed>
"""

_ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>urn:example:alert:{number}</identifier><sender>waarschuwing@weer.example</sender>
  <sent>2026-03-03T0{number}:00:00+01:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info><language>en-GB</language><category>Met</category><event>Gale</event><urgency>Future</urgency>
    <severity>Moderate</severity><certainty>Possible</certainty><headline>Gale warning {number}</headline>
    <area><areaDesc>Northhaven</areaDesc></area></info>
  <info><language>nl-NL</language><category>Met</category><event>Storm</event><urgency>Expected</urgency>
    <severity>Severe</severity><certainty>Likely</certainty><onset>2026-03-03T18:00:00+01:00</onset>
    <expires>2026-03-04T06:00:00+01:00</expires><headline>Stormwaarschuwing {number}</headline>
    <description>Verzonnen storm boven Waterdorp.</description><instruction>Blijf binnen.</instruction>
    <web>https://weer.example/{number}</web>
    <area><areaDesc>Waterdorp</areaDesc><polygon>52.0,4.0 52.1,4.0 52.1,4.1 52.0,4.0</polygon></area>
    <area><areaDesc>Dijkstad</areaDesc></area></info>
</alert>"""


def alert(number: int = 1) -> str:
    return _ALERT.format(number=number)


CAP = f'<?xml version="1.0" encoding="UTF-8"?>\n{alert()}\n'

_OBJECTS = "".join(
    f"<contentObject><xmlContent><embeddedXMLContent>{alert(n)}</embeddedXMLContent></xmlContent></contentObject>"
    for n in (1, 2, 3)
)
EDXL = f"""<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">
<senderID>post@weer.example</senderID>
<dateTimeSent>2026-03-03T08:00:00+01:00</dateTimeSent>{_OBJECTS}</EDXLDistribution>"""

CAP_ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.1">
<id>urn:example:alerts</id><title>Alerts</title><updated>2026-03-03T10:00:00Z</updated>
<entry><id>urn:example:a1</id><title>Whole alert inside</title><updated>2026-03-03T10:00:00Z</updated>
<content type="text/xml">{alert(1)}</content></entry>
<entry><id>urn:example:a2</id><title>Loose fields</title><updated>2026-03-03T10:01:00Z</updated>
<summary>Invented flood.</summary><cap:event>Flood</cap:event><cap:severity>Extreme</cap:severity>
<cap:urgency>Immediate</cap:urgency><cap:certainty>Observed</cap:certainty>
<cap:expires>2026-03-04T00:00:00Z</cap:expires><cap:areaDesc>Dijkstad</cap:areaDesc></entry>
<entry><id>urn:example:a3</id><title>No alert</title><updated>2026-03-03T10:02:00Z</updated></entry>
</feed>"""

CAP_RSS = f"""<rss version="2.0" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><channel>
<title>Alerts</title><item><title>Storm</title><guid>g1</guid><cap:severity>Severe</cap:severity>
<cap:areaDesc>Waterdorp</cap:areaDesc></item>
<item><guid>g2</guid>{alert(2)}</item>
</channel></rss>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Invented feed",
        "home_page_url": "https://json.example/",
        "feed_url": "https://json.example/feed.json",
        "language": "en",
        "items": [
            {
                "id": 17,
                "url": "https://json.example/17",
                "title": "First & only",
                "content_html": "<p>Text “one” of the invented feed</p>",
                "date_published": "2026-03-03T08:00:00+01:00",
                "date_modified": "2026-03-03T09:00:00+01:00",
            },
            {"id": "b", "external_url": "https://elsewhere.example/b", "content_text": "if a < b, text"},
            {"id": "c", "title": "Third", "summary": "Sum", "content_html": "<p>long</p>", "language": "nl"},
        ],
    },
    indent=1,
    ensure_ascii=False,
)

KEV = json.dumps(
    {
        "title": "Catalogue (invented)",
        "catalogVersion": "2026.03.03",
        "dateReleased": "2026-03-03T15:00:00.0000Z",
        "count": 2,
        "vulnerabilities": [
            {
                "cveID": f"CVE-2026-9000{number}",
                "vendorProject": "Voorbeeld",
                "product": "Router",
                "vulnerabilityName": f"Voorbeeld Router Injection Vulnerability {number}",
                "dateAdded": "2026-03-02",
                "shortDescription": "Invented weakness.",
                "requiredAction": "Apply updates.",
                "dueDate": "2026-03-23",
                "knownRansomwareCampaignUse": "Unknown",
                "notes": f"https://voorbeeld.example/a ; https://nvd.nist.gov/vuln/detail/CVE-2026-9000{number}",
                "cwes": ["CWE-77"],
            }
            for number in (1, 2)
        ],
    },
    indent=1,
)

CSAF = json.dumps(
    {
        "document": {
            "category": "csaf_security_advisory",
            "csaf_version": "2.0",
            "lang": "en",
            "title": "Voorbeeld Pump Controller (invented)",
            "aggregate_severity": {"text": "critical"},
            "publisher": {
                "category": "coordinator",
                "name": "Example CERT",
                "namespace": "https://cert.example/",
            },
            "notes": [
                {"category": "legal_disclaimer", "text": "As is."},
                {"category": "summary", "text": "An invented flaw lets anyone stop the pump."},
            ],
            "references": [
                {"category": "self", "url": "https://cert.example/csaf/ex-26-001.json"},
                {"category": "self", "url": "https://cert.example/advisories/ex-26-001"},
            ],
            "tracking": {
                "id": "EX-26-001",
                "version": "2",
                "status": "final",
                "initial_release_date": "2026-03-01T00:00:00Z",
                "current_release_date": "2026-03-03T00:00:00Z",
                "revision_history": [
                    {"number": "1", "summary": "first"},
                    {"number": "2", "summary": "fix added"},
                ],
            },
        },
        "product_tree": {"branches": [{"branches": [{"product": {"name": "Pump 1.0", "product_id": "P1"}}]}]},
        "vulnerabilities": [
            {
                "cve": "CVE-2026-90009",
                "cwe": {"id": "CWE-306"},
                "scores": [
                    {"cvss_v3": {"baseScore": 5.0, "baseSeverity": "MEDIUM", "vectorString": "CVSS:3.1/x"}},
                    {"cvss_v3": {"baseScore": 9.8, "baseSeverity": "CRITICAL", "vectorString": "CVSS:3.1/y"}},
                ],
                "product_status": {"known_affected": ["P1"]},
            }
        ],
    }
)

NCSC_CSV = """AdvisoryID,Version,Severity,Description,Link,SeenOn
NCSC-2026-9001,[1.00],[H/H],Kwetsbaarheid verholpen in Voorbeeld,https://advisories.example/NCSC-2026-9001,2026-03-01
NCSC-2026-9002,[1.00],[Normaal],"Kwetsbaarheden verholpen in A, B en C",https://advisories.example/NCSC-2026-9002,2026-03-02
AdvisoryID,Version,Severity,Description,Link,SeenOn
NCSC-2026-9001,[1.01],[Urgent],Kwetsbaarheid verholpen in Voorbeeld,https://advisories.example/NCSC-2026-9001,2026-03-03
"""

NCSC_RSS = """<rss version="2.0"><channel><title>Adviezen (verzonnen)</title>
<item><title>NCSC-2026-9001 [1.00] [M/H] Kwetsbaarheid verholpen in Voorbeeld</title>
<link>https://advisories.example/NCSC-2026-9001</link><guid>https://advisories.example/9001-1.00</guid></item>
<item><title>NCSC-2026-9001 [1.01] Urgent Kwetsbaarheid verholpen in Voorbeeld</title>
<link>https://advisories.example/NCSC-2026-9001</link><guid>https://advisories.example/9001-1.01</guid></item>
</channel></rss>"""

#: Every sample by name: format, document, how many entries it has.
ALL = {
    "rss": ("rss", RSS, 3),
    "rdf": ("rss", RDF, 2),
    "rss-0.91": ("rss", RSS_091, 2),
    "atom": ("atom", ATOM, 2),
    "cap": ("cap", CAP, 1),
    "edxl": ("cap", EDXL, 3),
    "cap-atom": ("atom", CAP_ATOM, 3),
    "cap-rss": ("rss", CAP_RSS, 2),
    "jsonfeed": ("jsonfeed", JSON_FEED, 3),
    "kev": ("kev", KEV, 2),
    "csaf": ("csaf", CSAF, 1),
    "ncsc": ("ncsc", NCSC_CSV, 3),
    "ncsc-rss": ("rss", NCSC_RSS, 2),
}
