"""Whatever a server answers ends in a state of its source and costs no other source anything."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Store
from tests.crawlers import besieged

#: Far below what the bombs hold, far above what a crawler of some hundred sources needs.
MOST_MEMORY = 350_000_000


def test_every_hostile_answer_ends_in_a_state_while_healthy_sources_go_on(
    sqlite_store: Store, tmp_path: Path
) -> None:
    found = besieged.crawl(sqlite_store.url, tmp_path)
    wrong = [
        f"{each.case.name}: {each.state} ({each.evidence}), not {each.case.state} ({each.case.words})"
        for each in found.outcomes
        if each.state not in each.case.state.split("|") or each.case.words not in each.evidence
    ]
    assert not wrong, "\n".join(wrong)
    assert found.asked == [], "a private address was reached"
    assert found.cookies == 0
    assert all(polls >= besieged.OFTEN for _, polls in found.healthy.values())
    assert len(found.first) == besieged.HEALTHY, "every healthy source was ingested while the siege went on"
    assert found.peak < MOST_MEMORY, f"{found.peak / 1e6:.0f} MB"
