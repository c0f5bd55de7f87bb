"""A document that breaks off gives the entries that are whole, wherever the break is, never half a one."""

from __future__ import annotations

import pytest

from ingest.entries import FormatError
from ingest.formats import parse
from tests.ingest.formats import samples


@pytest.mark.parametrize("name", samples.ALL)
def test_cut_at_any_byte_the_entries_are_a_prefix_of_the_whole(name: str) -> None:
    expected, text, _ = samples.ALL[name]
    body = text.encode()
    whole = list(parse(body).entries)
    most = 0
    for cut in range(1, len(body)):
        try:
            part = parse(body[:cut])
        except FormatError:
            # Nothing can be told of a few bytes; once entries have been seen, they stay seen.
            assert most == 0, f"refused at byte {cut}"
            continue
        assert part.format == expected
        assert list(part.entries) == whole[: len(part.entries)], f"another entry at byte {cut}"
        assert len(part.entries) >= most, f"an entry lost at byte {cut}"
        assert part.truncated or len(part.entries) == len(whole) or name == "ncsc", (
            f"not noticed at byte {cut}"
        )
        most = len(part.entries)


def test_the_entries_before_the_break_are_all_there() -> None:
    body = samples.RSS.encode()
    first, second = body.index(b"</item>") + 7, body.rindex(b"</item>") + 7
    assert len(parse(body[:first]).entries) == 1
    assert len(parse(body[: second - 1]).entries) == 2
    assert len(parse(body[:second]).entries) == 3


def test_cut_in_two_inside_a_character() -> None:
    body = samples.ATOM.replace("Sluis open", "Sluis één open").encode()
    part = parse(body[: body.index("é".encode()) + 1])
    assert part.truncated and [entry.id for entry in part.entries] == ["urn:example:1"]


def test_broken_xml_that_breaks_off_keeps_its_whole_entries() -> None:
    item = b"<item><title>Vis & chips %d</title><link>https://a.example/?a=1&b=%d</link></item>"
    body = b"<rss><channel><title>x</title>" + b"".join(item % (n, n) for n in range(50))
    for cut in (4096, 2048, 1000):
        part = parse(body[:cut])
        assert part.truncated and len(part.entries) == body[:cut].count(b"</item>")


def test_json_cut_inside_a_number_or_a_string_does_not_give_it() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "a"}, {"id": 12'
    assert [entry.id for entry in parse(body).entries] == ["1"]
    assert parse(body[:-1]).truncated


def test_a_document_with_something_after_its_end_is_whole() -> None:
    for after in ("\n\n", "<!-- served in 3 ms -->", "<!-- cut com", "<script>x</script>", "junk"):
        document = parse((samples.RSS + after).encode())
        assert len(document.entries) == 3 and not document.truncated
