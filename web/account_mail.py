"""Mails about somebody's account: a link to sign in, to choose a password, and that a password changed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import links
from accounts.models import OneTimeLink, User


def address(token: str) -> str:
    """A one-time link as it stands in a mail."""
    from notify.mail.frame import origin

    return f"{origin()}{links.path(token)}"


def send_link(user: User, purpose: str, token: str) -> None:
    """Puts the mail with the link into the ledger, in the language of whoever gets it."""
    from notify.mail.frame import reading

    with reading(user.language, user.time_zone):
        if purpose == OneTimeLink.Purpose.INVITE:
            subject = _("Your account on horizonscan")
            first = _("There is an account for you on horizonscan. Choose a password here:")
            last = _("The link works once, for 7 days.")
        elif purpose == OneTimeLink.Purpose.RESET:
            subject = _("Choose a new password for horizonscan")
            first = _("Somebody asked for a new password for this address. Choose one here:")
            last = _("The link works once, for an hour. If it was not you, do nothing: nothing changes.")
        else:
            subject = _("Your link to sign in to horizonscan")
            first = _("Sign in here:")
            last = _("The link works once, for an hour. If you did not ask for it, do nothing.")
        _send(user, subject, f"{first}\n\n{address(token)}\n\n{last}\n")


def tell_password(user: User) -> None:
    """That the password was changed, so that nobody's is changed behind their back."""
    from notify.mail.frame import origin, reading

    with reading(user.language, user.time_zone):
        _send(
            user,
            _("Your password for horizonscan was changed"),
            _("Your password was changed. All other sessions ended.")
            + "\n\n"
            + _("If it was not you, choose a new one now:")
            + f"\n\n{origin()}/password/reset\n",
        )


def _send(user: User, subject: str, text: str) -> None:
    from notify.mail.make import address_message

    address_message("account", user, subject, text)
