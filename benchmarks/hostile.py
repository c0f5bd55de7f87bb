"""Hostile and broken answers, all at once: the state each ends in, why, how long it held on and what it sent.

    python -m benchmarks.hostile

The sources, servers and crawl are the tests' own (`tests/sites/hostile.py`); the floor is the same run's
healthy sources: how soon they were ingested and how often they were asked while the others went on.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import tests.environment  # noqa: F401 - sets Django up on a data folder of its own


def main() -> None:
    from django.core.management import call_command

    from config.logs import configure
    from tests.conftest import use
    from tests.crawlers import besieged

    configure("benchmark")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'store.sqlite3'}"
        use(url)
        call_command("migrate", verbosity=0)
        found = besieged.crawl(url, folder)
    print(f"{'answer':<24} {'state':<8} {'seconds':>7} {'bytes sent':>10}  evidence")
    for each in found.outcomes:
        seconds = f"{each.seconds:.1f}" if each.seconds is not None else "-"
        sent = f"{each.sent:,}" if each.sent is not None else "-"
        print(f"{each.case.name:<24} {each.state:<8} {seconds:>7} {sent:>10}  {each.evidence[:110]}")
    ended = sum(each.state != "new" for each in found.outcomes)
    print(f"{ended} of {len(found.outcomes)} ended in a state; private addresses reached: {len(found.asked)}")
    first = sorted(found.first.values())
    polls = min(polls for _, polls in found.healthy.values())
    print(
        f"{len(first)} of {besieged.HEALTHY} healthy sources ingested meanwhile, after {median(first):.1f} s"
    )
    print(f"(median; the last {first[-1]:.1f} s), each asked {polls} times or more in {found.slowest:.1f} s")
    print(f"the crawler's memory at most: {found.peak / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
