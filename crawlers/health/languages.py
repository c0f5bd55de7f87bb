"""A feed that changed its language: its newest entries against those before them. Pure."""

from __future__ import annotations

from crawlers.health.facts import Facts, Fault

FEWEST_BEFORE, FEWEST_LATELY = 30, 12
#: Short headlines are taken for a neighbouring language now and then.
MOSTLY, HARDLY = 0.8, 0.2


def judge(facts: Facts) -> Fault | None:
    """language, or None."""
    if facts.languages is None:
        return None
    before, lately, kept = facts.languages
    if before.total < FEWEST_BEFORE or lately.total < FEWEST_LATELY or before.language == lately.language:
        return None
    if before.share < MOSTLY or lately.share < MOSTLY or kept > HARDLY * lately.total:
        return None
    return Fault(
        "language",
        f"{lately.count} of its newest {lately.total} entries are in {lately.language}; of the "
        f"{before.total} before them {before.count} were in {before.language}",
    )
