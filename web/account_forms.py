"""Forms of signing in, one's own settings and users. Each names the field and the remedy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import zones

LANGUAGES = (("nl", "Nederlands"), ("en", "English"))
THEMES = (("", _("as the system")), ("light", _("light")), ("dark", _("dark")))
ROLES = (("reader", _("reader")), ("analyst", _("analyst")), ("admin", _("administrator")))


#: What is wrong with a password, by the code of whichever validator found it.
_TOO = {
    "password_too_short": _("This is too short; use at least 12 characters."),
    "password_too_common": _("Many people use this one, so it is guessed first. Choose another."),
    "password_too_similar": _("This is too much like your e-mail address. Choose another."),
}


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in zones()]


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is no e-mail address; write it as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "size": 36}),
    )


class Form(forms.Form):
    """Puts the cursor where something is wrong, so that it is seen wherever on the page it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        for name in self.fields:
            self.fields[name].widget.attrs.pop("autofocus", None)
        first = next((name for name in self.fields if name in self.errors), None)
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True


class SignIn(Form):
    email = _email()
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        error_messages={"required": _("Enter the password, or ask for a link by mail.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "size": 36}),
    )


class Address(Form):
    email = _email()


class NewPassword(Form):
    """A new password, twice; the old one too where there is one."""

    old = forms.CharField(
        label=_("Current password"),
        max_length=1000,
        strip=False,
        error_messages={"required": _("Enter the password you have now.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "size": 36}),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=1000,
        strip=False,
        help_text=_("At least 12 characters. A few words in a row are easy to keep and hard to guess."),
        error_messages={"required": _("Enter a new password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 36}),
    )
    again = forms.CharField(
        label=_("New password, again"),
        max_length=1000,
        strip=False,
        error_messages={"required": _("Enter the new password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "size": 36}),
    )

    def __init__(self, user: User, *args: Any, old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not old:
            del self.fields["old"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, self.user)
        except ValidationError as found:
            # Django's own words are not all there in Dutch.
            raise ValidationError(
                [_TOO.get(error.code or "", error.messages[0]) for error in found.error_list]
            ) from None
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", ValidationError(_("The two are not the same; enter both once more.")))
        return found


class Settings(Form):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, required=False)
    digest = forms.BooleanField(label=_("Mail me the daily digest"), required=False)
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the digest"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        help_text=_("In your time zone."),
    )


class Person(Form):
    """An account as administrators see it."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address."),
            "invalid": _("This is no e-mail address; write it as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "size": 30}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial="analyst")
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="nl")
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones, initial="Europe/Amsterdam")


class Known(Person):
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Without this their sessions and links end at once."),
    )
