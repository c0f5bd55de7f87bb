"""Every way our sources write a time is read as the same moment; garbage is none, and nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.times import read

AMSTERDAM = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        # ISO 8601 and RFC 3339.
        ("2026-11-24T10:15:00Z", "UTC", "2026-11-24 10:15"),
        ("2026-11-24T10:15:00.123456789+01:00", "UTC", "2026-11-24 09:15"),
        ("2026-11-24 10:15", AMSTERDAM, "2026-11-24 09:15"),
        ("2026-11-24T10:15", "America/Curacao", "2026-11-24 14:15"),
        ("2026-11-24t10:15z", AMSTERDAM, "2026-11-24 10:15"),
        ("20261124T101500Z", AMSTERDAM, "2026-11-24 10:15"),
        ("2026-11", "UTC", "2026-11-01 00:00"),
        ("2026-11-24T24:00:00Z", "UTC", "2026-11-25 00:00"),
        # RFC 2822 with its obsolete zones and years.
        ("Tue, 24 Nov 2026 10:15:00 +0100", "UTC", "2026-11-24 09:15"),
        ("Tue, 24 Nov 26 10:15 GMT", "UTC", "2026-11-24 10:15"),
        ("24 Nov 2026 10:15:00 EST", AMSTERDAM, "2026-11-24 15:15"),
        ("Tue, 24 Nov 2026 10:15:00 +0100 (CET)", "UTC", "2026-11-24 09:15"),
        ("Tue, 24 Nov 2026 10:15:00 CEST", "UTC", "2026-11-24 08:15"),
        ("Tue, 24 Nov 2026 10:15:00 A", AMSTERDAM, "2026-11-24 09:15"),
        ("Tue Nov 24 10:15:00 2026", "UTC", "2026-11-24 10:15"),
        # Dutch and other months.
        ("di 24 nov. 2026 10:15", AMSTERDAM, "2026-11-24 09:15"),
        ("dinsdag 24 november 2026 om 10.15 uur", AMSTERDAM, "2026-11-24 09:15"),
        ("24 mrt 2026", AMSTERDAM, "2026-03-23 23:00"),
        ("mer, 24 févr. 2027 10:15:00 +0100", "UTC", "2027-02-24 09:15"),
        ("24. März 2026, 10:15 Uhr", "Europe/Berlin", "2026-03-24 09:15"),
        ("November 24, 2026 10:15 PM", "UTC", "2026-11-24 22:15"),
        ("Nov 24, 2026 12:05 a.m.", "UTC", "2026-11-24 00:05"),
        # Numbers only: two-digit years first, as a nuclear agency writes them; else the day first in Europe.
        ("26-10-02  10:45", "Europe/Vienna", "2026-10-02 08:45"),
        ("02-10-2026 10:45", AMSTERDAM, "2026-10-02 08:45"),
        ("02/10/2026 10:45", AMSTERDAM, "2026-10-02 08:45"),
        ("02/10/2026 10:45", "America/New_York", "2026-02-10 15:45"),
        ("02/10/2026 10:45", "America/Curacao", "2026-10-02 14:45"),
        ("24/11/2026 - 10:15", AMSTERDAM, "2026-11-24 09:15"),
        # Since 1970.
        ("1790000000", AMSTERDAM, "2026-09-21 14:13"),
        ("1790000000123", AMSTERDAM, "2026-09-21 14:13"),
        ("20261124", AMSTERDAM, "2026-11-23 23:00"),
        # Daylight saving of the source: summer, the hour that occurs twice, the hour that does not exist.
        ("2026-07-01 12:00", AMSTERDAM, "2026-07-01 10:00"),
        ("2026-10-25 02:30", AMSTERDAM, "2026-10-25 00:30"),
        ("2026-03-29 02:30", AMSTERDAM, "2026-03-29 01:30"),
    ],
)
def test_the_ways_sources_write_a_time(text: str, zone: str, expected: str) -> None:
    moment = read(text, zone)
    assert moment is not None and moment.tzinfo is UTC
    assert moment.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  ",
        "yesterday",
        "soon 12",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30",
        "24 foo 2026",
        "2026-11-24T10:15:00+24:00",
        "2026-11-24T25:00:00Z",
        "1e9",
        "-5",
        "12 3 45",
        "٢٠٢٦-١١-٢٤",
        "1969-12-31",
        "2102-01-01",
        "99999999999999999999",
        "2026-11-24 10:15 and so on and on",
        "x" * 5000 + "1",
    ],
)
def test_what_is_no_time(text: str | None) -> None:
    assert read(text, AMSTERDAM) is None


def test_an_unknown_zone_is_utc() -> None:
    assert read("2026-11-24 10:15", "Mars/Olympus") == datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}[T ]?[0-9:+Z]{0,14}"),
    )
)
def test_never_raises_and_stays_in_range(text: str) -> None:
    moment = read(text, "America/Curacao")
    assert moment is None or (moment.tzinfo is UTC and 1970 <= moment.year <= 2100)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)))
def test_what_python_writes_is_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    for form in (
        "%Y-%m-%dT%H:%M:%S%z",
        "%a, %d %b %Y %H:%M:%S %z",
        "%d %B %Y %H:%M:%S GMT",
        "%Y%m%dT%H%M%SZ",
    ):
        assert read(moment.strftime(form), AMSTERDAM) == moment
