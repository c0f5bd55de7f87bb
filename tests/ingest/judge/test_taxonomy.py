"""The taxonomy that ships is whole; every mistake in one is a single line that names its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.judge.patterns import compile_term, lowered, spaced
from ingest.judge.taxonomy import TaxonomyError, load, read
from ingest.text.fold import fold


def test_twelve_domains_ship_with_their_sub_threats_in_two_languages() -> None:
    taxonomy = load()
    assert len(taxonomy.ids) == 12 and taxonomy.ids[0] == "geopolitics" and taxonomy.ids[-1] == "accidents"
    assert taxonomy.languages == ("nl", "en")
    assert sum(len(domain.threats) for domain in taxonomy.domains) == 111
    assert taxonomy.domain("cyber").names["nl"] == "Cyberdreigingen"
    with pytest.raises(KeyError):
        taxonomy.domain("weather")


def _small() -> dict[str, Any]:
    lexicon = {
        "strong": ["flood*"],
        "support": ["rain"],
        "ambiguous": [{"term": "dam", "with": ["river"], "not": []}],
    }
    return {
        "meta": {
            "taxonomy_version": "9",
            "weights": {
                "strong": 3, "support": 1, "ambiguous_in_context": 2, "ambiguous_with_two_contexts": 3,
                "title_multiplier": 2, "count_cap_per_term": 2, "domain_threshold": 3,
                "support_only_needs_distinct": 4, "secondary_min_share_of_top": 0.5, "source_prior": 2,
            },
        },
        "domains": [
            {
                "id": "water", "order": 1, "name": {"nl": "Water", "en": "Water"},
                "sub_threats": [{"id": "water.river", "nl": "Rivier", "en": "River", "terms": ["flood"]}],
                "lexicon": {"en": lexicon}, "exclude_phrases": {"en": ["flood light"]},
            }
        ],
    }  # fmt: skip


def _domain(data: dict[str, Any]) -> dict[str, Any]:
    domain: dict[str, Any] = data["domains"][0]
    return domain


MISTAKES: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda d: d.pop("meta"), "`meta` is missing"),
    (lambda d: d["meta"]["weights"].pop("strong"), "`strong` is missing"),
    (lambda d: d["meta"]["weights"].update(strong="three"), "meta.weights.strong: must be a number"),
    (
        lambda d: d["meta"]["weights"].update(count_cap_per_term=0),
        "count_cap_per_term: must be a whole number",
    ),
    (lambda d: d["meta"]["weights"].update(stronk=1), "stronk: unknown weight"),
    (lambda d: d.update(domains=[]), "needs at least one domain"),
    (lambda d: d["domains"].append(d["domains"][0]), "water occurs twice"),
    (lambda d: _domain(d).update(id="Wáter"), "must be lower-case letters"),
    (lambda d: _domain(d).update(name="Water"), "water.name: must be a mapping"),
    (lambda d: _domain(d)["sub_threats"][0].update(id="fire.river"), "must be water.something"),
    (lambda d: _domain(d)["sub_threats"].append(_domain(d)["sub_threats"][0]), "water.river occurs twice"),
    (lambda d: _domain(d)["sub_threats"][0].update(terms=["lava"]), "'lava' is in no lexicon term of water"),
    (lambda d: _domain(d)["lexicon"]["en"].update(strong=[]), "needs at least one term"),
    (
        lambda d: _domain(d)["lexicon"]["en"].update(strong=["flood*", ""]),
        "strong, number 2: '' has no letters",
    ),
    (lambda d: _domain(d)["lexicon"]["en"].update(support=[112]), "put it in quotes"),
    (lambda d: _domain(d)["lexicon"]["en"].update(support=["*"]), "has no letters or digits"),
    (
        lambda d: _domain(d)["lexicon"]["en"]["ambiguous"][0].update({"with": []}),
        "needs at least one context",
    ),
    (lambda d: _domain(d)["lexicon"]["en"]["ambiguous"][0].pop("not"), "`not` is missing"),
    (lambda d: _domain(d).update(exclude_phrases={}), "exclude_phrases: `en` is missing"),
]


@pytest.mark.parametrize(("spoil", "message"), MISTAKES)
def test_a_mistake_is_one_line(spoil: Callable[[dict[str, Any]], Any], message: str, tmp_path: Path) -> None:
    data = _small()
    spoil(data)
    path = tmp_path / "domains.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(TaxonomyError) as caught:
        read(path)
    assert message in str(caught.value) and "\n" not in str(caught.value) and str(path) in str(caught.value)


def test_the_small_one_is_right_without_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "domains.yaml"
    path.write_text(yaml.safe_dump(_small()), encoding="utf-8")
    assert read(path).domain("water").pointers == {"flood*": ("water.river",)}


def test_a_file_that_is_no_yaml_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "domains.yaml"
    with pytest.raises(TaxonomyError, match="cannot be read"):
        read(path)
    path.write_text("meta: [", encoding="utf-8")
    with pytest.raises(TaxonomyError, match="no valid YAML at line"):
        read(path)


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("supply-chain attack*", "Supply chain\nattacks", "supply chain\nattacks"),
        ("supply-chain attack*", "supplychain - attack", "supplychain - attack"),
        ("=Doel", "het Doel", "Doel"),
        ("=Doel", "het doel", None),
        ("WHO", "who", None),
        ("WHO", "de WHO.", "WHO"),
        ("'Ndrangheta", "de ’Ndrangheta", "'ndrangheta"),
        ("El Niño", "EL NINO", "el nino"),
        ("ramp", "rampen", None),
        ("windpark* gesaboteerd", "windparken gesaboteerd", "windparken gesaboteerd"),
        ("*kering", "de stormvloedkering", "stormvloedkering"),
        ("C2000", "c2000", None),
    ],
)
def test_the_notation(term: str, text: str, expected: str | None) -> None:
    pattern = compile_term(term)
    folded = fold(text)
    searched = folded if pattern.cased else lowered(folded)
    found = pattern.regex.search(searched)
    assert (found[0] if found else None) == expected
    if found:
        assert any(keyword in spaced(lowered(folded)) for keyword in pattern.keywords)
