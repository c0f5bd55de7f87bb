"""Say what a signal is, where the judges are wrong: a person's word outranks theirs until it is undone.

correct 12                            what stands, who says so and why, and what was said before
correct 12 domain cyber               it is about cyber (--no: it is not, --primary: first of all)
correct 12 severity C | none
correct 12 place rotterdam            it is about that place (--no: it is not)
correct 12 part CW direct|near|indirect|none
correct 12 duplicate 7 | none         it repeats signal 7, or none
correct 12 undo [NUMBER]              the latest correction, or that one, is taken back
correct --export                      all corrections in force, as JSON lines to learn from"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING, Any

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from ingest.models import Correction

_WAIT_SECONDS = 60.0
#: What follows each kind.
_SHAPES = {
    "domain": ("NAME",),
    "severity": ("LEVEL",),
    "place": ("NAME",),
    "part": ("PART", "RELEVANCE"),
    "duplicate": ("SIGNAL",),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("signal", nargs="?", metavar="SIGNAL", help="its id, as `search --json` shows it")
    parser.add_argument("words", nargs="*", metavar="WHAT", help="what is said of it; see above")
    parser.add_argument("--no", action="store_true", help="the domain or place is denied")
    parser.add_argument("--primary", action="store_true", help="the domain is the first of all")
    parser.add_argument("--by", metavar="EMAIL", help="the user whose word it is (default: the operator)")
    parser.add_argument("--note", default="", help="why, for whoever reads the history")
    parser.add_argument("--export", action="store_true", help="corrections in force as JSON lines")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")


def run(args: argparse.Namespace) -> int:
    from horizonscan import store
    from ingest.judge.gazetteer import GazetteerError
    from ingest.judge.taxonomy import TaxonomyError
    from ingest.vocabulary import CorrectionError

    if args.export:
        if args.signal:
            raise UsageError("correct --export takes no signal: it tells all corrections")
        store.ready()
        return _export()
    if not args.signal:
        raise UsageError("correct needs a SIGNAL (its id), or --export (see horizonscan correct --help)")
    if not args.signal.isdecimal():
        raise UsageError(f"{args.signal!r} is no signal's id; `horizonscan search … --json` shows ids")
    change = _change(args)
    store.ready()
    try:
        searchable = _make(int(args.signal), change, args) if change else True
        _show(int(args.signal), args.json, searchable)
    except (CorrectionError, TaxonomyError, GazetteerError) as error:
        raise CommandError(str(error)) from None
    return 0


def _change(args: argparse.Namespace) -> tuple[str, ...]:
    """("undo", number or ""), or (kind, key, value) as written. Empty: nothing is said. Raises UsageError."""
    words = list(args.words)
    if not words:
        if args.no or args.primary:
            raise UsageError("--no and --primary say something of a domain or a place: name it")
        return ()
    kind, rest = words[0].lower(), words[1:]
    if (args.no and kind not in ("domain", "place")) or (args.primary and (kind != "domain" or args.no)):
        raise UsageError("--no goes with a domain or a place, --primary with a domain that is not denied")
    if kind == "undo":
        if len(rest) > 1 or not all(each.lstrip("#").isdecimal() for each in rest):
            raise UsageError("undo takes at most the number of one correction")
        return "undo", rest[0].lstrip("#") if rest else ""
    if kind not in _SHAPES:
        raise UsageError(f"{words[0]!r} cannot be corrected; {', '.join((*_SHAPES, 'undo'))} can")
    shape = _SHAPES[kind]
    # A name may be of several words: quotes are not needed.
    if kind == "part" and len(rest) > 2:
        rest = [" ".join(rest[:-1]), rest[-1]]
    elif kind != "part" and len(rest) > 1:
        rest = [" ".join(rest)]
    if len(rest) != len(shape):
        raise UsageError(f"write: horizonscan correct {args.signal} {kind} {' '.join(shape)}")
    return (kind, *rest)


def _make(signal_id: int, change: tuple[str, ...], args: argparse.Namespace) -> bool:
    """Sets or undoes, then has the signal indexed; False where that has to wait."""
    from ingest.corrections import CorrectionError, correct, undo

    actor = _actor(args.by)
    kind = change[0]
    if kind == "undo":
        undo(_which(signal_id, change[1]).pk, actor=actor)
        return _searchable(signal_id)
    key, value = "", ""
    said: Any = None
    if kind in ("domain", "place"):
        key, said = change[1], "primary" if args.primary else not args.no
    elif kind == "part":
        key, said = change[1:]
    else:
        value = said = change[1]
    if kind == "duplicate" and value.isdecimal() and int(value) >= 2**63:
        raise CorrectionError(f"there is no signal {value}; `horizonscan search … --json` shows ids")
    correct(signal_id, kind, key, said, actor=actor, note=args.note)
    return _searchable(signal_id)


def _which(signal_id: int, number: str) -> Correction:
    """The correction to undo. Raises CorrectionError."""
    from ingest.corrections import CorrectionError, history

    rows = history(signal_id)
    if number:
        chosen = next((row for row in rows if row.pk == int(number)), None)
        if chosen is None:
            raise CorrectionError(f"signal {signal_id} has no correction {number}")
        return chosen
    standing = next((row for row in rows if row.undone is None), None)
    if standing is None:
        raise CorrectionError(f"no correction of signal {signal_id} is in force")
    return standing


def _actor(email: str | None) -> str:
    """Whose word it is. Raises CommandError for an address that is no user's."""
    from accounts.models import User

    if email is None:
        return "operator"
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"{email!r} is no user here; without --by it is the operator's word")
    return user.email


def _searchable(signal_id: int) -> bool:
    """Sequences here, or waits until whoever does so has dealt with the signal."""
    from config.celery import send
    from ingest.models import Work
    from search.holder import Held
    from tasks.sequence import take_turn

    until = time.monotonic() + _WAIT_SECONDS
    waiting = Work.objects.filter(signal=signal_id, quarantined=None)
    asked = False
    while waiting.exists():
        try:
            if take_turn().unavailable:
                return False
        except Held:
            if not asked:
                send("tasks.sequence", once=True)
                asked = True
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
    return True


def _export() -> int:
    from ingest.corrections import training

    for example in training():
        print(json.dumps(example, ensure_ascii=False))
    return 0


def _show(signal_id: int, as_json: bool, searchable: bool) -> None:
    from horizonscan.standing import lines
    from ingest.standing import as_object, standing

    found = standing(signal_id)
    if as_json:
        print(json.dumps(as_object(found) | {"searchable": searchable}, ensure_ascii=False))
        return
    for line in lines(found):
        print(line)
    if not searchable:
        print("stored; searches show it once the index answers again")
