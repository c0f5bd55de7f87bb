"""Subscriptions: what readers want to be told.

subscriptions list [--user EMAIL]
subscriptions add --user EMAIL --domain cyber --part SX --least C --query "port OR harbour"
subscriptions test ID                 what it would have told in the last 14 days; without an ID
subscriptions test --domain cyber …   what a rule would have told that nobody has yet
subscriptions pause|resume|delete ID"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from accounts.models import User
    from notify.dry import DryRun
    from notify.models import Subscription

_ACTOR = "operator"
_ORIGIN = "command line"
_SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", metavar="list|add|test|pause|resume|delete", required=True)
    listing = actions.add_parser("list", help="every subscription: its owner, rule and state")
    listing.add_argument("--user", metavar="EMAIL", help="this user's only")
    adding = actions.add_parser("add", help="make one for a user")
    adding.add_argument("--user", metavar="EMAIL", required=True, help="who is told")
    _rule(adding)
    testing = actions.add_parser("test", help="dry run: what it would have told")
    testing.add_argument("id", nargs="?", type=int, metavar="ID", help="a stored one, as `list` shows it")
    testing.add_argument("--user", metavar="EMAIL", help="whose day and cap count for a rule not stored")
    testing.add_argument("--days", type=int, default=14, help="how far back (default 14)")
    _rule(testing)
    changing = [
        actions.add_parser("pause", help="stop one until it is resumed"),
        actions.add_parser("resume", help="go on; what came meanwhile is not told"),
        actions.add_parser("delete", help="end one for good"),
    ]
    for each in changing:
        each.add_argument("id", type=int, metavar="ID", help="as `list` shows it")
    for each in (listing, adding, testing, *changing):
        each.add_argument("--json", action="store_true", help="one JSON object")
        # The command's own --data-dir, also behind the action's name.
        each.add_argument(
            "--data-dir", metavar="DIR", default=argparse.SUPPRESS, help="folder with all state"
        )


def _rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--domain", action="append", default=[], metavar="ID", help="threat domain; any of them"
    )
    parser.add_argument("--threat", action="append", default=[], metavar="ID", help="sub-threat; any of them")
    parser.add_argument(
        "--part", action="append", default=[], metavar="CODE", help="part of the Kingdom (SX, BQ-BO …); any"
    )
    parser.add_argument("--query", default="", help="a query of the search language, besides")
    parser.add_argument("--least", default="", metavar="A-E", help="least severity (default: none as well)")
    parser.add_argument("--mode", choices=["instant", "daily"], default="instant", help="default: instant")
    parser.add_argument("--name", default="", help="what its owner calls it")


def run(args: argparse.Namespace) -> int:
    from django.utils import translation

    from horizonscan import store

    store.ready()
    actions = {"list": _list, "add": _add, "test": _test}
    with translation.override("en"):
        return actions.get(args.action, _change)(args)


def _user(email: str) -> User:
    from accounts.models import User

    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"{email!r} is no user here; `horizonscan users list` shows who is")
    return user


def _stored(number: int) -> Subscription:
    from notify.models import Subscription

    rows = Subscription.objects.select_related("user__reader", "webhook")
    found = rows.filter(pk=number, deleted=None).first()
    if found is None:
        raise CommandError(f"there is no subscription {number}; `horizonscan subscriptions list` shows them")
    return found


def _values(args: argparse.Namespace) -> dict[str, Any]:
    return {
        "name": args.name,
        "domains": args.domain,
        "threats": args.threat,
        "parts": [part.upper() for part in args.part],
        "query": args.query,
        "least": args.least.upper(),
        "mode": args.mode,
    }


def _object(subscription: Subscription) -> dict[str, Any]:
    from notify.rules import query_text

    state = "broken" if subscription.broken else "paused" if subscription.paused else "active"
    return {
        "id": subscription.pk,
        "user": subscription.user.email,
        "name": subscription.name,
        "mode": subscription.mode,
        "state": state,
        "why": subscription.broken,
        "rule": query_text(subscription),
        "muted_sources": subscription.muted_sources,
        "muted_groups": subscription.muted_groups,
        "since": subscription.since.isoformat(),
    }


def _line(subscription: Subscription) -> str:
    found = _object(subscription)
    why = f" ({found['why']})" if found["why"] else ""
    called = f" “{found['name']}”" if found["name"] else ""
    return f"{found['id']:>5} {found['state']}{why} {found['mode']} {found['user']}{called}: {found['rule']}"


def _list(args: argparse.Namespace) -> int:
    from notify.models import Subscription

    rows = Subscription.objects.filter(deleted=None).select_related("user")
    if args.user:
        rows = rows.filter(user=_user(args.user))
    if args.json:
        print(json.dumps({"subscriptions": [_object(row) for row in rows]}, ensure_ascii=False))
        return 0
    for row in rows:
        print(_line(row))
    if not rows:
        print("No subscriptions yet: `horizonscan subscriptions add --user EMAIL --domain ID`.")
    return 0


def _add(args: argparse.Namespace) -> int:
    from notify.changing import SubscriptionError, add

    try:
        made = add(_user(args.user), actor=_ACTOR, origin=_ORIGIN, **_values(args))
    except SubscriptionError as error:
        raise UsageError(f"{error.field}: {error}") from None
    print(json.dumps(_object(made), ensure_ascii=False) if args.json else _line(made))
    return 0


def _change(args: argparse.Namespace) -> int:
    from notify import changing

    found = _stored(args.id)
    change = {"pause": changing.pause, "resume": changing.resume, "delete": changing.delete}[args.action]
    done = change(found, actor=_ACTOR, origin=_ORIGIN)
    if args.json:
        print(json.dumps({"id": found.pk, "changed": done}))
    else:
        words = {"pause": "paused", "resume": "active", "delete": "deleted"}[args.action]
        said = f"is {words}" if done else f"was {words} already"
        print(f"subscription {found.pk} {said}")
    return 0


def _test(args: argparse.Namespace) -> int:
    from notify.changing import SubscriptionError, checked
    from notify.dry import dry_run
    from notify.models import Subscription
    from search.engine import EngineError, EngineUnavailable, IndexMissing
    from search.query import QueryError

    if args.days < 1:
        raise UsageError("--days is 1 or more")
    if args.id is not None:
        found = _stored(args.id)
    else:
        found = Subscription(**_values(args), **({"user": _user(args.user)} if args.user else {}))
        try:
            checked(found)
        except SubscriptionError as error:
            raise UsageError(f"{error.field}: {error}") from None
    try:
        ran = dry_run(found, days=args.days)
    except QueryError as error:
        raise UsageError(str(error)) from None
    except (EngineUnavailable, EngineError, IndexMissing) as error:
        raise CommandError(f"cannot be counted while the index does not answer: {error}") from None
    _show(ran, args.days, args.json)
    return 0


def _show(ran: DryRun, days: int, as_json: bool) -> None:
    if as_json:
        items = [
            {
                "at": item.at.isoformat(),
                "signal": item.signal,
                "title": item.title,
                "severity": item.severity or None,
                "owners": item.owners,
                "why": item.why,
                "held": item.held or None,
            }
            for item in ran.items
        ]
        figures = {"fired": ran.fired, "days_held": ran.days_held, "matched": ran.matched}
        print(json.dumps({**figures, "days": days, "items": items}, ensure_ascii=False))
        return
    held = len(ran.items) - ran.fired
    times = "time" if ran.fired == 1 else "times"
    print(
        f"would have fired {ran.fired} {times} in the last {days} days"
        f" (first seen; what would have been sent); {held} more would have gone into the digest"
    )
    print(
        f"{ran.matched} signals meet it (a source's first poll and old entries never alert);"
        f" {ran.days_held:g} days of history stand behind this"
    )
    for item in ran.items[:_SHOWN]:
        mark = f" [{item.held}]" if item.held else ""
        print(f"{item.at:%Y-%m-%d %H:%M} {item.severity or '-'} {item.why:<8} {item.title[:80]}{mark}")
    if len(ran.items) > _SHOWN:
        print(f"… and {len(ran.items) - _SHOWN} more")
