"""List, show or retry what failed three times."""

from __future__ import annotations

import argparse
import json

from horizonscan.errors import CommandError, UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=["list", "show", "retry"], nargs="?", default="list", help="list, if left out"
    )
    parser.add_argument(
        "key", nargs="*", help="as `list` names it (fetch-12, index-34); retry also takes `all`"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    from horizonscan import store
    from ingest.quarantine import listing, retry

    if args.action != "list" and not args.key:
        raise UsageError(f"quarantine {args.action} needs a key; `horizonscan quarantine list` shows them")
    store.ready()
    held = listing()
    if args.action == "retry":
        keys = [q.key for q in held] if args.key == ["all"] else args.key
        missing = [key for key in keys if not retry(key, actor="command line")]
        done = len(keys) - len(missing)
        print(
            json.dumps({"retried": done, "missing": missing}) if args.json else f"{done} will be tried again"
        )
        if missing:
            raise CommandError(f"not in quarantine (or its body is gone): {', '.join(missing)}")
        return 0
    chosen = [q for q in held if args.action == "list" or q.key in args.key]
    absent = [key for key in args.key if key not in {q.key for q in held}] if args.action == "show" else []
    if absent:
        raise CommandError(
            f"not in quarantine: {', '.join(absent)}; `horizonscan quarantine list` shows what is"
        )
    if args.json:
        rows = [
            {
                "key": q.key,
                "subject": q.subject,
                "reason": q.reason,
                "since": q.since.isoformat(),
                "attempts": q.attempts,
            }
            for q in chosen
        ]
        print(json.dumps({"quarantined": rows}, ensure_ascii=False))
    elif not chosen:
        print("Nothing is in quarantine.")
    for q in chosen if not args.json else ():
        print(f"{q.key:<12} since {q.since:%Y-%m-%d %H:%M} UTC  {q.subject}\n{'':<12} {q.reason}")
    return 0
