"""What an HTTP answer means for the poll it ends or continues. Pure."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urldefrag, urljoin

from w3lib.url import safe_url_string

from crawlers.decide import hosts, walls
from crawlers.polls import Answer, Job, Poll
from crawlers.schedule import retry_after

MOST_HOPS = 5
LONGEST_VALIDATOR = 1000


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect to follow; `permanent` for 301 and 308."""

    url: str
    permanent: bool


def html_title(body: bytes) -> str | None:
    """The title of a web page ("" where it has none), None where the body is not one."""
    start = body[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    start = re.sub(r"\A(<\?xml[^>]*\?>\s*|<!--.*?-->\s*)+", "", start, flags=re.DOTALL)
    if not re.match(r"<(!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", start, re.IGNORECASE):
        return None
    # Looked for by `find`: an expression would try each of a thousand unclosed titles to the end.
    text = body[:65536].decode("utf-8", "replace")
    lowered = text.lower() if len(text.lower()) == len(text) else text
    begun = lowered.find("<title")
    begun = lowered.find(">", begun) + 1 if begun >= 0 else 0
    ended = lowered.find("</title", begun) if begun else -1
    return " ".join(html.unescape(text[begun:ended]).split())[:80] if ended > 0 else ""


def validators(job: Job) -> dict[str, bytes]:
    """Conditional request headers: both validators, echoed byte for byte."""
    sent = {}
    if job.etag:
        sent["If-None-Match"] = job.etag.encode("latin-1")
    if job.last_modified:
        sent["If-Modified-Since"] = job.last_modified.encode("latin-1")
    return sent


def _kept(value: str | None, longest: int) -> str:
    """A validator as it can be stored: exactly, or not at all."""
    return value if value and len(value) <= longest and "\x00" not in value else ""


def _location(value: str) -> str:
    """A Location header as text: servers put raw UTF-8 there; control characters have no place in it."""
    try:
        text = value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = value
    return "".join(character for character in text if character.isprintable()).strip()


def redirect(answer: Answer, chain: Sequence[str], job: Job) -> Hop | str | None:
    """A Hop to follow, a reason (text) not to, None where the answer is no redirect.

    A reason that begins with `blocked: ` or `consent: ` is an outcome of that name.
    `chain` holds the addresses asked so far, the last one being the answer's.
    """
    if answer.status not in (301, 302, 303, 307, 308):
        return None
    location = _location(answer.headers.get("location", ""))
    if not location:
        return f"answered {answer.status} without a Location"
    try:
        target = safe_url_string(urldefrag(urljoin(answer.url, location))[0])
    except ValueError:
        return f"answered {answer.status} with a Location that is not a URL"
    reason = hosts.fetchable(target)
    if reason:
        return f"redirects to {target[:120]}: {reason}"
    wall = walls.consent(target, answer.url) if job.kind != "recorded" else ""
    if wall:
        return f"consent: redirects to the consent wall of {wall}; nobody here consents for a reader"
    if not hosts.allowed(target, job.allowed_hosts, job.url):
        return f"blocked: redirects to {hosts.host_of(target)}, which is not an allowed host of this source"
    if target in chain:
        return f"redirects in a loop: {target[:120]}"
    if len(chain) > MOST_HOPS:
        return f"more than {MOST_HOPS} redirects"
    return Hop(target, answer.status in (301, 308))


def ended(answer: Answer, job: Job, now: datetime, *, conditional: bool = True) -> Poll:
    """The end of a poll whose last answer is no redirect to follow."""
    poll = Poll(
        job=job,
        at=now,
        outcome="failed",
        url=answer.url,
        status=answer.status,
        size=len(answer.body),
        ms=answer.ms,
        answer=answer,
        content_type=answer.content_type[:200].replace("\x00", ""),
    )
    if answer.status == 304:
        if conditional and (job.etag or job.last_modified):
            return replace(poll, outcome="unchanged", etag=job.etag, last_modified=job.last_modified)
        return replace(poll, note="answered 304 although nothing was asked conditionally")
    if answer.status == 410:
        return replace(poll, outcome="gone", note="answered 410 Gone")
    if answer.status != 200:
        later = retry_after(answer.headers.get("retry-after"), now) if answer.status in (429, 503) else None
        return replace(poll, note=_status_note(answer, later), retry_after=later)
    if job.kind == "recorded":
        # Whatever was recorded is handed on, so that the replay goes on; ingest says what is wrong with it.
        return stored(poll, job, answer)
    if not answer.body.strip():
        return replace(poll, note="answered 200 with an empty body")
    if job.kind != "page":
        title = html_title(answer.body)
        if title is not None:
            return _page(poll, title, answer)
    return stored(poll, job, answer)


#: What a wall is called in the note of a poll; other pages are a web page.
_PAGES = {
    "challenge": "a bot check: it wants a browser",
    "consent": "a consent wall",
    "login": "it wants somebody to sign in",
    "soft404": "it says that the page does not exist",
    "frontpage": "the site's front page",
}


def _page(poll: Poll, title: str, answer: Answer) -> Poll:
    """A web page in a feed's place; a consent wall is an outcome of its own."""
    found = walls.kind(title, answer.url, answer.body)
    named = f' titled "{title}"' if title else ""
    kind = f" ({_PAGES[found]})" if found in _PAGES else ""
    outcome = "consent" if found == "consent" else "failed"
    return replace(poll, outcome=outcome, note=f"answered a web page{named} instead of a feed{kind}")


def stored(poll: Poll, job: Job, answer: Answer, body: bytes | None = None) -> Poll:
    """A usable 200: changed or the same bytes. `body` stands in for a page's, as the feed made of it."""
    content = answer.body if body is None else body
    digest = hashlib.sha256(content).hexdigest()
    as_of = poll.at
    if job.kind == "recorded":
        as_of = recorded_as_of(answer) or as_of
    return replace(
        poll,
        outcome="same" if digest == job.body_hash else "changed",
        body=content,
        body_hash=digest,
        size=len(content),
        etag=_kept(answer.headers.get("etag"), LONGEST_VALIDATOR),
        last_modified=_kept(answer.headers.get("last-modified"), 200),
        as_of=as_of,
    )


def recorded_as_of(answer: Answer) -> datetime | None:
    """When a recorded body was current: the replay server says so in X-Recorded-As-Of (ISO 8601)."""
    try:
        moment = datetime.fromisoformat(answer.headers.get("x-recorded-as-of", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _status_note(answer: Answer, later: datetime | None) -> str:
    words = {
        202: "an answer that promises a later one (often a JavaScript challenge)",
        204: "no content",
        401: "sign-in required",
        403: "forbidden",
        404: "not found",
        406: "not acceptable",
        429: "too many requests",
        451: "unavailable for legal reasons",
        503: "unavailable",
    }
    text = f"answered {answer.status}"
    if answer.status in words:
        text += f" ({words[answer.status]})"
    if answer.status == 202 and not answer.body:
        text += " with an empty body"
    if later is not None:
        text += f"; asks to come back after {later:%Y-%m-%d %H:%M} UTC"
    return text
