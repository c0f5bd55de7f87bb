"""The frame all mail shares: one template, its styles written into the elements, a folded text part."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

WIDTH = 76
#: Only what stands in the template is read: nothing is fetched, no file is opened.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def origin() -> str:
    """What links in mail begin with, without a slash at the end.

    Without HORIZONSCAN_URL the processes of `up` are told; a command asks the state file that `up` wrote.
    """
    if settings.ORIGIN:
        return str(settings.ORIGIN)
    try:
        return str(json.loads((settings.DATA_DIR / "up.json").read_text())["pages"])
    except (OSError, ValueError, KeyError, TypeError):
        return "http://127.0.0.1:8000"  # none runs: where it would listen


@contextmanager
def reading(language: str, zone: str = "UTC") -> Iterator[None]:
    """The language and time zone of whoever will read it."""
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        yield


def frame(language: str, subject: str, preview: str = "") -> dict[str, Any]:
    """The context that `notify/mail.html` needs."""
    label = settings.HORIZONSCAN_TLP
    return {
        "language": language,
        "subject": subject,
        "preview": preview,
        "tlp": label,
        "tlp_class": f"tlp-{label.partition('+')[0].lower()}",
        "origin": origin(),
    }


def inlined(html: str) -> str:
    """`html` with its styles in the elements, as Outlook-class clients need; at-rules stay a sheet."""
    return _INLINER.inline(html)


def render(template: str, context: Mapping[str, Any]) -> str:
    """A mail's HTML part, ready to send. `context` holds what `frame` gives."""
    return inlined(render_to_string(template, dict(context)))


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """A mail's text part. The template stands in `{% autoescape off %}`; its lines are folded here."""
    return folded(render_to_string(template, dict(context)))


def folded(text: str, width: int = WIDTH) -> str:
    """Lines of at most `width`, continued under their first word; a link is never broken."""
    lines: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            if lines and lines[-1]:
                lines.append("")
            continue
        indent = line[: len(line) - len(line.lstrip())]
        item = re.match(r"(?:[-*•]|\d+\.) ", stripped)
        lines += textwrap.wrap(
            stripped,
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * (len(item.group()) if item else 0),
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines).strip() + "\n"
