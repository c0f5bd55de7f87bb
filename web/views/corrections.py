"""Correcting a signal by a form, and taking a correction back. What was typed survives a refusal."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.celery import send
from ingest import corrections
from ingest.corrections import CorrectionError
from ingest.judge import gazetteer
from ingest.models import Correction, Signal
from web.access import role
from web.numbers import number as number_of
from web.views import signal as pages

_YES_NO: dict[str, Any] = {"yes": True, "no": False, "primary": "primary"}
_FIELDS = ("key", "value", "note")


@role("analyst")
@require_POST
def correct(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Sets what this person says: fields kind, key, value, note; `choice` stands for a key chosen instead."""
    user: Any = request.user
    values = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    if request.POST.get("choice"):
        values["key"] = request.POST["choice"]
    kind = request.POST.get("kind", "")
    if not Signal.objects.filter(pk=signal_id).exists():
        return pages.removed(request, signal_id)
    try:
        corrections.correct(
            signal_id,
            kind,
            values["key"],
            _value(kind, values["value"]),
            actor=user.email,
            note=values["note"],
            origin="page",
        )
    except CorrectionError as error:
        problem, choices = _refusal(signal_id, kind, values, error)
        return pages.shown(request, signal_id, pages.Typed(kind, problem, values, choices))
    _soon()
    messages.success(request, _("Your correction stands. “u” takes it back."))
    return _to(request, signal_id)


@role("analyst")
@require_POST
def undo(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Takes back the correction `correction` of this signal, else this person's latest one."""
    user: Any = request.user
    if not Signal.objects.filter(pk=signal_id).exists():
        return pages.removed(request, signal_id)
    standing = Correction.objects.filter(signal=signal_id, undone=None)
    named = request.POST.get("correction", "")
    if named.isdecimal():
        found = standing.filter(pk=number_of(named) or 0).first()
    else:
        found = standing.filter(actor=user.email).order_by("-at", "-pk").first()
    if found is None:
        messages.error(request, _("There is nothing to take back: that correction is in force no longer."))
        return _to(request, signal_id)
    try:
        corrections.undo(found.pk, actor=user.email, origin="page")
    except CorrectionError:  # somebody else was a moment earlier
        messages.error(request, _("There is nothing to take back: that correction is in force no longer."))
        return _to(request, signal_id)
    _soon()
    messages.success(request, _("The correction was taken back; what the judges say stands again."))
    return _to(request, signal_id)


def _soon() -> None:
    """Has the outbox looked at now; a broker that is away costs nothing, because the sweep finds it too."""
    send("tasks.sequence", once=True)


def _to(request: HttpRequest, signal_id: int) -> HttpResponse:
    """To the top of the page, where severity, domains and parts show what was changed."""
    back = pages.origin(request)
    address = reverse("signal", args=[signal_id])
    query = f"?{urlencode({'from': back})}" if back else ""
    return HttpResponseRedirect(f"{address}{query}")


def _value(kind: str, value: str) -> Any:
    if kind in (Correction.Kind.DOMAIN, Correction.Kind.PLACE):
        return _YES_NO.get(value, value)
    if kind == Correction.Kind.DUPLICATE:
        # A pasted address of a signal's page means its number.
        return value.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2].lstrip("#")
    return value


def _refusal(
    signal_id: int, kind: str, values: dict[str, str], error: CorrectionError
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What is wrong in the reader's language, and (id, name) of places that may have been meant."""
    if len(values["note"]) > corrections.LONGEST_NOTE:
        return _("The note is too long: at most 500 characters."), ()
    if kind == Correction.Kind.PLACE:
        name = values["key"]
        if not name:
            return _("Name a place, for example Rotterdam."), ()
        several = gazetteer.place_ids(name)
        if len(several) > 1:
            said = _("“%(name)s” is the name of several places. Choose the one that is meant.")
            return said % {"name": name}, _places(several)
        if not several:
            nearest = str(error).partition("; nearest: ")[2]
            near = _places(nearest.split(", ")) if nearest else ()
            if near:
                return _("There is no place “%(name)s” in the gazetteer. Is it one of these?") % {
                    "name": name
                }, near
            said = _("There is no place “%(name)s” in the gazetteer; name the municipality or country.")
            return said % {"name": name}, ()
    if kind == Correction.Kind.DUPLICATE:
        number = number_of(str(_value(kind, values["value"])))
        if number is None:
            return _("Give the number of a signal, or paste the address of its page."), ()
        if number == signal_id:
            return _("A signal cannot repeat itself. Give the number of another one."), ()
        if not Signal.objects.filter(pk=number).exists():
            return _("There is no signal %(number)s. Its page shows the number.") % {"number": number}, ()
        said = _("Signal %(number)s repeats this one. First say there that it repeats none.")
        return said % {"number": number}, ()
    if kind not in Correction.Kind.values:
        return _("This cannot be corrected."), ()
    return _("Choose one of the values of the list."), ()


def _places(ids: Any) -> tuple[tuple[str, str], ...]:
    """(id, `Name (around, around)`) of places."""
    from web.reasons import place_name
    from web.templatetags.signal_tags import language

    found = []
    for each in ids:
        place = gazetteer.place(each)
        if place is not None:
            around = ", ".join(place_name(outer, language()) for outer in place.within[:2])
            name = place_name(each, language())
            found.append((each, f"{name} ({around})" if around else name))
    return tuple(found)
