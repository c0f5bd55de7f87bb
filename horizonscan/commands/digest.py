"""One reader's daily digest: made and put into the ledger as beat does in the morning, or only shown.

digest --user EMAIL                            make today's now, if it is not made yet
digest --user EMAIL --dry-run FILE.eml         write the mail to a file (- for its text here); nothing changes
digest --user EMAIL --date 2026-11-23 --dry-run FILE.eml
                                               a stored digest again, or what that day's would say"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from accounts.models import User
    from notify.digest.content import Content
    from notify.digest.render import Rendered
    from notify.models import Digest


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--user", metavar="EMAIL", required=True, help="whose digest")
    parser.add_argument("--date", metavar="D", help="YYYY-MM-DD where the reader lives (default: today)")
    parser.add_argument(
        "--dry-run", metavar="FILE.eml", help="write the message there; store and send nothing"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")


def run(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from horizonscan import store
    from notify.digest.schedule import zone_of
    from notify.models import Digest

    day = _day(args.date)
    store.ready()
    user, now = _user(args.user), timezone.now()
    today = now.astimezone(zone_of(user.time_zone)).date()
    if day is not None and day > today:
        raise UsageError(f"{day} has not come yet where {user.email} lives; it is {today} there")
    wanted = day or today
    stored = Digest.objects.filter(user=user, date=wanted).exclude(state=Digest.State.ROLLED).first()
    if args.dry_run is None:
        return _made(args, user, wanted, today, stored, now)
    content = _content(user, wanted, today, stored, now)
    rendered = _rendered(user, content, stored)
    _write(args.dry_run, user, rendered, content.ends)
    figures = _figures(content, rendered.subject)
    if args.json:
        print(json.dumps({**figures, "file": args.dry_run, "stored": stored is not None}))
    elif args.dry_run != "-":
        print(f"{rendered.subject}\nwritten to {args.dry_run}; nothing was stored or sent")
    return 0


def _made(
    args: argparse.Namespace, user: User, wanted: date, today: date, stored: Digest | None, now: datetime
) -> int:
    from notify.digest import content as contents
    from notify.digest.making import make

    if wanted != today:
        raise UsageError(
            f"only today's digest can be made ({today}); add --dry-run FILE.eml to see {wanted}'s"
        )
    if stored is not None:
        raise CommandError(
            f"the digest of {wanted} exists: /digests/{stored.pk}; --dry-run FILE.eml shows it"
        )
    made = make(user, now, wanted)
    if made is None:
        raise CommandError(f"the digest of {wanted} was rolled over or made by another process")
    content = contents.read(made.content)
    rendered = _rendered(user, content, made)
    if args.json:
        figures = _figures(content, rendered.subject)
        print(json.dumps({**figures, "digest": made.pk, "delivery": made.delivery_id}))
    else:
        print(f"{rendered.subject}\n/digests/{made.pk}; the mail waits in the ledger")
    return 0


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text!r} is not a date; write YYYY-MM-DD") from None


def _user(email: str) -> User:
    from accounts.models import User

    found = User.objects.filter(email=email.strip().lower()).select_related("reader").first()
    if found is None:
        raise CommandError(f"there is no user {email}; `horizonscan users list` shows them")
    return found


def _content(user: User, wanted: date, today: date, stored: Digest | None, now: datetime) -> Content:
    """What is stored of that day; else what it would say now, of a day that is over at its own hour."""
    from notify.digest import content as contents
    from notify.digest.making import hour, preview
    from notify.digest.schedule import moment

    if stored is not None:
        return contents.read(stored.content)
    at = now if wanted == today else moment(wanted, hour(user), user.time_zone)
    return preview(user, at, wanted)


def _rendered(user: User, content: Content, stored: Digest | None) -> Rendered:
    from notify.digest.render import render_content

    number = stored.pk if stored is not None else None
    return render_content(content, user.language, number=number, user=user.pk)


def _figures(content: Content, subject: str) -> dict[str, object]:
    return {
        "date": content.date.isoformat(),
        "subject": subject,
        "new": content.new,
        "developing": content.developing,
        "begins": content.begins.isoformat(),
        "ends": content.ends.isoformat(),
    }


def _write(path: str, user: User, rendered: Rendered, at: datetime) -> None:
    from notify.mail import unsubscribe
    from notify.mail.make import mail_row
    from notify.mail.message import build, unsubscribing
    from notify.models import Delivery

    if path == "-":
        sys.stdout.write(f"{rendered.subject}\n\n{rendered.text}")
        return
    row = mail_row(Delivery.Kind.DIGEST, user)
    row.subject, row.text, row.html, row.made = rendered.subject, rendered.text, rendered.html, at
    row.headers = unsubscribing(unsubscribe.link(unsubscribe.DIGEST, user.pk))
    try:
        Path(path).write_bytes(build(row).as_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from None
