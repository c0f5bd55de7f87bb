"""Have stored signals judged again, where that was done by judges of an earlier version or other data files.

A running installation does so by itself, a little at a time. Corrections stay in force. Interrupted, the
next run goes on where this one stopped."""

from __future__ import annotations

import argparse
import json
import time

from horizonscan.errors import CommandError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also what the present judges judged already")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")


def run(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from horizonscan import store
    from ingest.judge.whole import Unready
    from ingest.models import Judgement
    from ingest.rejudge import outdated, rejudge
    from tasks.sequence import run_sequence

    store.ready()
    started = time.monotonic()
    try:
        waiting = Judgement.objects.count() if args.all else outdated()
        with tqdm(total=waiting, desc="judging", unit=" signals", disable=None) as bar:
            done = rejudge(
                progress=lambda d: bar.update(d.judged + d.failed + d.left - bar.n), everything=args.all
            )
    except Unready as error:
        raise CommandError(str(error)) from None
    unavailable = run_sequence().unavailable
    seconds = round(time.monotonic() - started, 1)
    figures = {"judged": done.judged, "changed": done.changed, "failed": done.failed, "seconds": seconds}
    if args.json:
        print(json.dumps(figures | {"unavailable": unavailable or None}))
    else:
        print("{judged} signals judged again in {seconds} s, {changed} of them changed".format(**figures))
        if unavailable:
            print(f"searches show it once the index answers again: {unavailable}")
    if done.failed:
        raise CommandError(f"{done.failed} signals could not be judged and keep what they had; see the log")
    return 0
