"""Buffered text changes nothing in what is read, whatever breaks the text up."""

from __future__ import annotations

import feedparser.api
import pytest

from ingest import formats
from ingest.formats import sax

DOCUMENT = """<?xml version="1.0"?><rss version="2.0"><channel><title>A &amp; B</title><item>
<guid>1</guid><title>Dijk &lt;b&gt;breekt&lt;/b&gt; &#233;&eacute;n <![CDATA[en <i>meer</i>]]></title>
<description>regel een
regel twee<!-- weg --> slot</description></item></channel></rss>"""


def test_text_in_one_piece_reads_as_text_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [sax.__name__] == feedparser.api.PREFERRED_XML_PARSERS
    buffered = formats.parse(DOCUMENT.encode())
    monkeypatch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", [])
    assert formats.parse(DOCUMENT.encode()) == buffered
    assert buffered.entries[0].summary.split() == ["regel", "een", "regel", "twee", "slot"]
