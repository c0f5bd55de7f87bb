"""Tries one source now: the crawler's own check in a process of its own, because its reactor runs once.

The process is this interpreter with this module; it reads a job on stdin and says findings on stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the other side sets Django up first
    from ingest.models import Source

#: A source that takes longer is said to; the page does not wait for ever.
SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found. `trouble`: why nothing was, in one line."""

    works: bool = False
    findings: tuple[tuple[str, str], ...] = ()
    trouble: str = ""


def tried(source: Source) -> Tried:
    """Fetches it once, politely, and judges the answer. Stores nothing."""
    names = ("slug", "url", "kind", "language", "allowed_hosts", "spider")
    job = {"source_id": source.pk} | {name: getattr(source, name) for name in names}
    command = [sys.executable, "-P", "-m", "web.trying"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=os.environ.copy(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Tried(trouble=f"no end within {SECONDS:.0f} s")
    said = (done.stdout.strip().splitlines() or [""])[-1]
    if done.returncode or not said.startswith("{"):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Tried(trouble=reason[:300])
    found = json.loads(said)
    return Tried(found["works"], tuple((each[0], each[1]) for each in found["findings"]))


def main() -> None:
    """The other side."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from crawlers import checking
    from crawlers.check import judge, works
    from crawlers.polls import Job, Poll

    given = json.loads(sys.stdin.read())
    given["allowed_hosts"] = tuple(given["allowed_hosts"])
    job = Job(**given)
    polls: list[Poll] = []
    checking.fetch([job], polls.append)
    if not polls:
        sys.exit("the crawler's check ended without an answer")
    findings = [each for poll in polls for each in judge(job, poll, timezone.now())]
    told = [[each.level, each.text] for each in findings]
    print(json.dumps({"works": works(findings), "findings": told}))


if __name__ == "__main__":
    main()
