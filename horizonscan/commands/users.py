"""Who may sign in: list users, add one, make a one-time link or one for a new password.

Links are printed once and stored hashed; give them by a way only the user reads. An invitation works for
7 days, the others for an hour."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from accounts.models import User


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    actions = parser.add_subparsers(dest="action", metavar="list|add|link|reset-password", required=True)
    listing = actions.add_parser("list", help="every user: role, language, zone, last sign-in")
    adding = actions.add_parser("add", help="make a user; prints a link to choose a password")
    adding.add_argument("email", metavar="EMAIL")
    adding.add_argument("--role", default="analyst", help="reader, analyst or admin (default analyst)")
    adding.add_argument("--language", default="nl", help="nl or en (default nl)")
    adding.add_argument(
        "--zone", default="Europe/Amsterdam", help="IANA time zone (default Europe/Amsterdam)"
    )
    resetting = actions.add_parser("reset-password", help="prints a link to choose a new password")
    resetting.add_argument("email", metavar="EMAIL")
    linking = actions.add_parser("link", help="prints a link that signs in once")
    linking.add_argument("email", metavar="EMAIL")
    for action in (listing, adding, resetting, linking):
        action.add_argument("--json", action="store_true", help="one JSON object on the last line")


def run(args: argparse.Namespace) -> int:
    from horizonscan import store

    store.ready()
    return {"list": _list, "add": _add, "reset-password": _link, "link": _link}[args.action](args)


def _row(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "role": user.role,
        "language": user.language,
        "time_zone": user.time_zone,
        "active": user.is_active,
        "last_signed_in": user.last_login.isoformat() if user.last_login else None,
    }


def _list(args: argparse.Namespace) -> int:
    from accounts.models import User

    rows = [_row(user) for user in User.objects.order_by("email")]
    if args.json:
        print(json.dumps({"users": rows}))
        return 0
    if not rows:
        print("No users yet: `horizonscan users add EMAIL --role admin`.")
    for row in rows:
        seen = (row["last_signed_in"] or "never")[:16].replace("T", " ")
        state = "" if row["active"] else "  [may not sign in]"
        print(
            f"{row['role']:<8} {row['language']}  signed in {seen:<16}  {row['email']}  "
            f"{row['time_zone']}{state}"
        )
    return 0


def _add(args: argparse.Namespace) -> int:
    from accounts.people import PeopleError, invite

    try:
        user, token = invite(
            args.email, "command line", role=args.role, language=args.language, time_zone=args.zone
        )
    except PeopleError as error:
        if error.code == "taken":
            raise CommandError(f"{error}; `horizonscan users reset-password {args.email}`") from None
        raise UsageError(f"users add: {error}") from None
    return _tell(args, user, token)


def _link(args: argparse.Namespace) -> int:
    from django.db import transaction

    from accounts import links, people
    from accounts.audit import record

    user = people.find(args.email)
    if user is None:
        raise CommandError(f"no user {args.email!r}; `horizonscan users list` shows them")
    purpose = links.Purpose.SIGN_IN if args.action == "link" else links.Purpose.RESET
    try:
        with transaction.atomic():
            token = links.make(user, purpose)
            record("command line", "user.link", user.email, purpose=purpose.value)
    except ValueError as error:
        raise CommandError(f"{error}; an administrator can allow it on the users page") from None
    return _tell(args, user, token)


def _tell(args: argparse.Namespace, user: User, token: str) -> int:
    """Prints the link, this once."""
    from accounts.links import find, path
    from notify.mail.frame import origin

    link = find(token)
    expires = link.expires.isoformat(timespec="seconds") if link is not None else None
    address = f"{origin()}{path(token)}"
    if args.json:
        print(json.dumps({**_row(user), "link": address, "expires": expires}))
    else:
        print(f"{address}\nworks once, until {(expires or '')[:16].replace('T', ' ')} UTC, for {user.email}")
    return 0
