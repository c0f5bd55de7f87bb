"""The `horizonscan` command: finds the subcommand's module, sets up Django, turns errors into one line."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import NoReturn

from config.options import ConfigError
from horizonscan.errors import CommandError, UsageError

COMMANDS = {
    "up": "gather, classify and index until Ctrl-C (embedded: starts all it needs)",
    "search": "find signals",
    "ingest": "take in recorded files or folders, in the foreground",
    "parse": "show the entries of files, as JSON lines",
    "classify": "judge JSON lines by threat domain",
    "correct": "say what a signal is where the judges are wrong; undo that",
    "reclassify": "judge stored signals again, after an upgrade or a change of the word lists",
    "cluster": "tell repeats and updates among JSON lines",
    "sources": "list, check or add sources",
    "digest": "show or make one reader's digest",
    "subscriptions": "list, add, try, pause or delete alert subscriptions",
    "users": "list or add people; a one-time link to sign in",
    "status": "what runs, what waits, which sources are silent and why",
    "quarantine": "list, show or retry what failed three times",
    "reindex": "rebuild the search index from the store",
    "config": "settings in force, secrets hidden",
}


class _Parser(argparse.ArgumentParser):
    """Argument errors are one line that says what to do, exit 2."""

    def error(self, message: str) -> NoReturn:
        dashed = message.startswith("unrecognized arguments: -") or "required: QUERY" in message
        hint = "; a query that holds a leading - goes behind --" if dashed and "search" in self.prog else ""
        sys.stderr.write(f"{self.prog}: {message}{hint} (see {self.prog} --help)\n")
        raise SystemExit(2)


def _overview() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<13} {text}" for name, text in COMMANDS.items())
    parser = _Parser(
        prog="horizonscan",
        usage="horizonscan COMMAND [--data-dir DIR] …",
        description=f"Horizon scanning for an analyst network.\n\ncommands:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"horizonscan {version('horizonscan')}")
    parser.add_argument("command", metavar="COMMAND", help="one of the above; COMMAND --help tells more")
    return parser


def _setup(data_dir: str | None) -> None:
    """Django and logging, from the environment; `--data-dir` wins over HORIZONSCAN_DATA_DIR."""
    if data_dir:
        os.environ["HORIZONSCAN_DATA_DIR"] = data_dir
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config.logs import configure

    configure(least=logging.ERROR)


def _run(module: ModuleType, args: argparse.Namespace) -> int:
    """Runs the command. What the machine refuses it, and what we did not foresee, is one line too."""
    from django.conf import settings
    from django.db.utils import Error as DatabaseError

    from horizonscan import store

    try:
        return int(module.run(args) or 0)
    except (CommandError, UsageError, ConfigError, BrokenPipeError):
        raise
    except DatabaseError as error:
        raise CommandError(store.trouble(error)) from error
    except OSError as error:
        what = error.strerror or words_of(error)
        raise CommandError(f"{error.filename}: {what}" if error.filename else what) from error
    except Exception as error:
        if settings.HORIZONSCAN_LOG_LEVEL.lower() == "debug":
            raise
        raise CommandError(
            f"unforeseen, please report it: {words_of(error)} (HORIZONSCAN_LOG_LEVEL=debug shows where)"
        ) from error


def words_of(error: Exception) -> str:
    """The error's kind and the first line of what it says."""
    said = str(error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0][:200]}" if said else type(error).__name__


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit status: 0 done, 1 failed, 2 called wrongly, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if not words or words[0] not in COMMANDS:
            found = _overview().parse_args(words[:1] or ["--help"])
            _overview().error(f"no command {found.command!r}")
        module = import_module(f"horizonscan.commands.{words[0]}")
        parser = _Parser(prog=f"horizonscan {words[0]}", description=module.__doc__)
        parser.add_argument("--data-dir", metavar="DIR", help="folder with all state (HORIZONSCAN_DATA_DIR)")
        module.arguments(parser)
        args = parser.parse_args(words[1:])
        _setup(args.data_dir)
        return _run(module, args)
    except SystemExit as stop:
        return int(stop.code or 0) if isinstance(stop.code, int | None) else 1
    except (UsageError, ConfigError) as error:
        sys.stderr.write(f"horizonscan: {error}\n")
        return 2
    except CommandError as error:
        sys.stderr.write(f"horizonscan: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("horizonscan: interrupted; what was stored stays, run it again to go on\n")
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
