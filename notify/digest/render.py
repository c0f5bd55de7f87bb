"""A digest as a mail: subject, text and HTML, in Dutch or English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext, ngettext

from notify.digest import content as contents
from notify.digest import said
from notify.digest.content import Content, Line, Section
from notify.mail import unsubscribe
from notify.mail.frame import frame, origin, reading, render_text
from notify.mail.frame import render as render_html
from notify.models import Digest


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section as the mail shows it; `elsewhere` and `more` are sentences, `url` shows all of it."""

    name: str
    url: str
    new: tuple[said.Row, ...]
    developing: tuple[said.Row, ...]
    new_total: int
    developing_total: int
    elsewhere: str
    more: str


def render(digest: Digest, language: str) -> Rendered:
    """The mail of a stored digest. Raises ValueError for one of a missed day, which says nothing."""
    if digest.state == Digest.State.ROLLED:
        raise ValueError(f"the digest of {digest.date} was rolled over into a later one")
    return render_content(contents.read(digest.content), language, number=digest.pk, user=digest.user_id)


def render_content(
    content: Content, language: str, *, number: int | None = None, user: int | None = None
) -> Rendered:
    """The same of content that may not be stored (a preview): without `number` it links to no permalink."""
    language = "nl" if language[:2] == "nl" else "en"
    with reading(language, content.zone):
        subject = subject_of(content)
        context = frame(language, subject, said.bottom(content)[0]) | shown(content, language, number)
        context["stop"] = unsubscribe.link(unsubscribe.DIGEST, user) if user is not None else ""
        return Rendered(
            subject,
            render_text("notify/digest.txt", context),
            render_html("notify/digest.html", context),
        )


def subject_of(content: Content) -> str:
    """`[TLP:GREEN] Threat digest 2026-11-21 - 4 new, 7 developments`, in the active language."""
    late = gettext("late")
    marked = f" ({late})" if content.late else ""
    what = gettext("nothing new") if content.quiet else said.counts(content)
    named = gettext("Threat digest")
    return f"[TLP:{settings.HORIZONSCAN_TLP}] {named} {content.date.isoformat()}{marked} - {what}"


def shown(content: Content, language: str, number: int | None = None) -> dict[str, Any]:
    """What templates show of a digest, in the active language; the permalink page uses the same."""
    permalink = f"{origin()}/digests/{number}" if number is not None else ""
    shown_islands = len(content.caribbean)
    return {
        "content": content,
        "permalink": permalink,
        "day": content.date.isoformat(),
        "bottom": said.bottom(content),
        "lateness": said.lateness(content),
        "quiet": content.quiet,
        "top": _rows(content.top, content),
        "parts": tuple(_part(each, content) for each in content.sections if _shows(each)),
        "elsewhere": ", ".join(
            said.section(each) for each in content.sections if _speaks(each) and not _shows(each)
        ),
        "still": ", ".join(said.section(each) for each in content.sections if not _speaks(each)),
        "held_said": said.held(content),
        "held": _rows(content.held, content),
        "caribbean": _rows(content.caribbean, content),
        "caribbean_said": _islands(content, shown_islands),
        "rest_said": said.rest(content),
        "gaps": tuple(said.sentences(content.sight, language)),
        "proof": said.proof(content.sight, content),
        "proof_said": content.sight.proof_said if content.sight.proof_late else "",
        "subscribed": content.subscribed,
        "zone": content.zone,
    }


def _rows(lines: tuple[Line, ...], content: Content, under: str = "") -> tuple[said.Row, ...]:
    return tuple(said.row(line, content, under) for line in lines)


def _speaks(section: Section) -> bool:
    return bool(section.new_total or section.developing_total)


def _shows(section: Section) -> bool:
    """Whether it has anything that does not stand elsewhere."""
    return section.new_total + section.developing_total > section.above


def _part(section: Section, content: Content) -> Part:
    left = section.new_total + section.developing_total
    left -= section.above + len(section.new) + len(section.developing)
    above = ngettext(
        "%(count)s of these stands elsewhere in this digest.",
        "%(count)s of these stand elsewhere in this digest.",
        section.above,
    ) % {"count": section.above}
    more = gettext("And %(count)s more.") % {"count": left}
    under = section.id if section.kind == "domain" else ""
    return Part(
        name=said.section(section),
        url=_url(section, content),
        new=_rows(section.new, content, under),
        developing=_rows(section.developing, content, under),
        new_total=section.new_total,
        developing_total=section.developing_total,
        elsewhere=above if section.above else "",
        more=more if left > 0 else "",
    )


def _url(section: Section, content: Content) -> str:
    if section.kind == "subscription":
        return f"{origin()}/subscriptions/{section.id}"
    asked = f"{section.query} seen:>={content.begins:%Y-%m-%d}"
    return f"{origin()}/search?q={quote(asked, safe='')}"


def _islands(content: Content, shown: int) -> str:
    """What is said of the Caribbean part where lines do not say it all."""
    if not content.caribbean_total:
        return gettext("No new signals about the Caribbean part of the Kingdom.")
    elsewhere = content.caribbean_total - shown
    if elsewhere <= 0:
        return ""
    if not shown:
        return gettext("All %(count)s stand in the top five or in what was rolled up.") % {"count": elsewhere}
    return gettext("%(count)s more stand in the top five or in the sections above.") % {"count": elsewhere}
