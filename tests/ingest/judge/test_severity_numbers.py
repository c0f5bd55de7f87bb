"""Numbers as Dutch and English write them."""

from __future__ import annotations

import pytest

from ingest.judge.severity.numbers import Token, tokens


def numbers(text: str, dutch: bool) -> list[Token]:
    return [token for token in tokens(text, dutch) if token.value is not None]


@pytest.mark.parametrize(
    ("text", "dutch", "value"),
    [
        ("1.200 doden", True, 1_200), ("1,200 dead", False, 1_200), ("12,5 miljoen", True, 12_500_000),
        ("12.5 million", False, 12_500_000), ("1.234 million", False, 1_234_000), ("12.5", True, 12.5),
        ("1.234.567 accounts", True, 1_234_567), ("7", True, 7),
        ("drieentwintig", True, 23), ("honderdtwintig", True, 120), ("tweehonderd", True, 200),
        ("drieduizend", True, 3_000), ("twee dozijn", True, 24), ("tientallen", True, 30),
        ("tienduizenden", True, 20_000), ("2 mln", True, 2_000_000), ("anderhalf", True, None),
        ("thirty-six", False, 36), ("two hundred", False, 200), ("three million", False, 3_000_000),
        ("dozens", False, 30), ("two dozen", False, 24), ("tens of thousands", False, 20_000),
        ("hundreds of thousands", False, 200_000), ("a hundred", False, 100), ("several", False, 3),
    ],
)  # fmt: skip
def test_one_number(text: str, dutch: bool, value: float | None) -> None:
    found = numbers(text, dutch)
    assert [token.value for token in found] == ([] if value is None else [value])
    assert not any(token.other for token in found)


@pytest.mark.parametrize(
    "text",
    ["32-jarige", "24-year-old", "(41)", "in 2019", "80%", "3 km", "20 procent", "covid-19", "f-16",
     "112-storing", "10:30", "may 5 days", "12 juli", "july 12", "5 uur"],
)  # fmt: skip
def test_ages_years_shares_measures_times_and_names_are_marked(text: str) -> None:
    assert all(token.other for token in numbers(text, True)) and numbers(text, True)


@pytest.mark.parametrize("text", ["5 euro", "€ 12", "$3 billion", "2 miljoen dollar"])
def test_sums_are_marked_as_money(text: str) -> None:
    assert [token.money for token in numbers(text, True)] == [True]


def test_what_looks_like_a_number_is_none() -> None:
    assert not numbers("16th 5g 80e 1.2.3.4 ٣ ９ ½ 01.45 " + "9" * 40, True)
