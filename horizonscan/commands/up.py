"""Everything, embedded, until Ctrl-C: pages, broker, workers, deliverer, beat and crawler as its children."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from django.conf import settings

from horizonscan.errors import CommandError, UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="port of the pages; 0: any (default 8000, else the next free one)",
    )
    parser.add_argument("--bind", metavar="ADDR", help="address of the pages (default 127.0.0.1)")
    parser.add_argument(
        "--sample", action="store_true", help="show the invented sample, in a data folder of its own"
    )
    parser.add_argument(
        "--replay", metavar="DIR", type=Path, help="poll a folder of recorded files as if it were live"
    )
    parser.add_argument("--no-live", action="store_true", help="poll no source of the catalogue")
    parser.add_argument("--sample-if-offline", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--sample-here", action="store_true", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    if args.port is not None and not 0 <= args.port < 65_536:
        raise UsageError("--port takes 0 to 65535")
    if args.replay and (args.sample or args.sample_here):
        raise UsageError("--sample is a replay of its own: leave --replay or --sample out")
    if args.replay and not args.replay.is_dir():
        raise UsageError(f"--replay {args.replay}: no such folder")
    if args.sample:
        return show_sample(args)
    from horizonscan import installation

    with installation.alone() as alone:
        if not alone:
            raise CommandError(
                f"`up` runs already in {settings.DATA_DIR}; `horizonscan status` tells about it"
            )
        offline = installation.run(
            replay=args.replay,
            sample=args.sample_here,
            live=not args.no_live,
            leave_offline=args.sample_if_offline,
            bind=args.bind,
            port=args.port,
        )
    if offline:
        return show_sample(args)
    return 0


def show_sample(args: argparse.Namespace) -> int:
    """Becomes `up` on the sample, in a data folder and with a store, broker and index of its own."""
    environ = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL")
    }
    environ["HORIZONSCAN_DATA_DIR"] = str(settings.DATA_DIR / "sample")
    sys.stdout.flush()
    sys.stderr.flush()
    words = [sys.executable, "-P", "-m", "horizonscan", "up", "--sample-here", "--no-live"]
    words += ["--port", str(args.port)] if args.port is not None else []
    words += ["--bind", args.bind] if args.bind else []
    os.execve(sys.executable, words, environ)  # noqa: S606 - this very program
