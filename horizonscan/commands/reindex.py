"""Build the search index anew from the store, while searches go on in the old one.

Interrupted, the next run goes on where this one stopped."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from horizonscan.errors import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")


@contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar as the callback that a rebuild reports to; silent where there is no terminal."""
    from tqdm import tqdm

    with tqdm(desc="indexing", unit=" signals", disable=None, delay=0.5) as shown:

        def report(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield report


def run(args: argparse.Namespace) -> int:
    from horizonscan import store
    from search import engines, holder, indexing
    from search.engine import EngineError, EngineUnavailable
    from search.finding import find

    store.ready()
    started = time.monotonic()
    try:
        with bar() as report:
            try:
                with holder.holding():
                    indexing.rebuild(engines.writer(), report)
                    while indexing.index_waiting(engines.writer()):
                        pass
                by = "here"
            except holder.Held:
                by = _by_holder(report)
        total = find("", limit=0).total
    except (EngineUnavailable, EngineError, indexing.IndexMissing) as error:
        raise CommandError(f"{error}; what was indexed stays, run it again to go on") from None
    seconds = round(time.monotonic() - started, 1)
    if args.json:
        print(json.dumps({"indexed": total, "seconds": seconds, "by": by}))
    else:
        where = "by the process that indexes" if by == "holder" else "here"
        print(f"{total} signals indexed in {seconds} s, {where}")
    return 0


def _by_holder(report: Callable[[int, int], None]) -> str:
    """Asks the process that holds the sequence, and waits until it has answered or is gone."""
    from search import engines, holder, indexing

    number = holder.request_rebuild()
    while holder.rebuild_requested() == number:
        progress = holder.reported()
        if progress:
            report(*progress)
        try:
            with holder.holding():
                # The holder ended before it came to it: then it is ours to do.
                indexing.ensure(engines.writer(), report)
                return "here"
        except holder.Held:
            time.sleep(0.2)
    return "holder"
