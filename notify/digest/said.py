"""A digest's content as words, in the active language; moments as the reader's clock showed them then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, npgettext

from ingest.judge.parts import CARIBBEAN, PARTS, RELEVANCES
from notify.digest.changes import Change
from notify.digest.content import Content, Line, Section, Sight
from notify.digest.schedule import zone_of
from notify.mail import words
from search.values import name

_NAMED = 4
#: What met a subscription and stands on the line anyway.
_PLAIN = ("domain", "severity", "part", "near", "relevance", "source", "seen", "published")


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the mail shows it. `why`: why it is here; `facts`: grade, source, owners, first seen."""

    signal: int
    title: str
    language: str
    severity: str
    severity_words: str
    change: str
    why: str
    facts: str
    utc: str


def row(line: Line, content: Content, under: str = "") -> Row:
    """`under`: the domain whose name stands above it already."""
    return Row(
        signal=line.signal,
        title=line.title,
        language=line.language or "und",
        severity=line.severity,
        severity_words=words.severity(line.severity),
        change=change(line.change) if line.change is not None else "",
        why=why(line, under),
        facts=facts(line, content),
        utc=f"{line.seen:%Y-%m-%dT%H:%M:%SZ}",
    )


def why(line: Line, under: str = "") -> str:
    """`Cyber · the Netherlands (direct) · “ransomware”`."""
    domain = line.domains[0] if line.domains else ""
    plain = [f"“{value}”" for field, value in line.words if not field]
    others = [name(field, value, _language()) for field, value in line.words if field and field not in _PLAIN]
    met = ", ".join(list(dict.fromkeys([*plain, *others]))[:_NAMED])
    said = [*_touched(line.parts), *([met] if met else [])]
    if domain and (domain != under or not said):
        said.insert(0, words.domain(domain))
    return " · ".join(said)


def _touched(parts: Mapping[str, str]) -> list[str]:
    """The parts of the Kingdom it touches, those touched alike together, most closely first."""
    said = []
    for how in RELEVANCES:
        there = [part for part in PARTS if parts.get(part) == how]
        names = [words.part(part) for part in there]
        if set(CARIBBEAN) <= set(there):
            whole = gettext("all of the Caribbean part")
            names = [*(words.part(part) for part in there if part not in CARIBBEAN), whole]
        if names:
            said.append(f"{', '.join(names)} ({words.relevance(how)})")
    return said


def facts(line: Line, content: Content) -> str:
    """`B · NCSC, official · 7 owners · since 07:42`."""
    source = gettext("%(source)s, official") % {"source": line.source} if line.official else line.source
    owners = npgettext("digest", "%(count)s owner", "%(count)s owners", line.owners) % {"count": line.owners}
    since = gettext("since %(moment)s") % {"moment": moment(line.seen, content)}
    held = gettext("alert held back") if line.held else ""
    return " · ".join(each for each in (line.grade, source, owners, since, held) if each)


def change(found: Change) -> str:
    """`now also Sint Maarten; from B to C; 3 → 7 owners`."""
    said = []
    if found.update:
        said.append(gettext("a later report on what you were told before"))
    if found.parts:
        places = _and([words.part(part) for part in found.parts])
        said.append(gettext("now also %(places)s") % {"places": places})
    if found.severity is not None:
        was, now = (letter or gettext("no incident") for letter in found.severity)
        said.append(gettext("from %(was)s to %(now)s") % {"was": was, "now": now})
    if found.owners is not None:
        was_count, now_count = found.owners
        said.append(
            ngettext("%(was)s → %(now)s owner", "%(was)s → %(now)s owners", now_count)
            % {"was": was_count, "now": now_count}
        )
    return "; ".join(said)


def moment(at: datetime, content: Content) -> str:
    """The reader's clock; with the day where it was not the digest's own."""
    local, day = at.astimezone(zone_of(content.zone)), content.ends.astimezone(zone_of(content.zone)).date()
    clock = f"{local:%H:%M}"
    back = (day - local.date()).days
    if back == 0:
        return clock
    if back == 1:
        return gettext("yesterday %(clock)s") % {"clock": clock}
    return f"{short_date(local.date())} {clock}"


def short_date(day: date) -> str:
    return date_format(day, "j b" if _language() == "nl" else "j M")


def counts(content: Content) -> str:
    """`4 new, 7 developing`."""
    new = ngettext("%(count)s new", "%(count)s new", content.new) % {"count": content.new}
    more = ngettext("%(count)s development", "%(count)s developments", content.developing) % {
        "count": content.developing
    }
    return f"{new}, {more}"


def bottom(content: Content) -> tuple[str, ...]:
    """The bottom line: how much of what, the worst, and what could not be seen. On a quiet day two lines."""
    if content.quiet:
        since = gettext("Nothing new since %(moment)s, nor about the Caribbean part of the Kingdom.")
        return (since % {"moment": moment(content.begins, content)}, sight(content.sight, content))
    return (_much(content), _worst(content), sight(content.sight, content))


def _much(content: Content) -> str:
    busy = sorted(
        (each for each in content.sections if each.new_total),
        key=lambda each: (-each.new_total, each.id),
    )
    by = ", ".join(f"{_inside(each)} {each.new_total}" for each in busy[:_NAMED])
    if len(busy) > _NAMED:
        rest = sum(each.new_total for each in busy[_NAMED:])
        by += ", " + gettext("elsewhere %(count)s") % {"count": rest}
    return f"{counts(content)}: {by}." if by else f"{counts(content)}."


def _inside(found: Section) -> str:
    """Its name inside a sentence."""
    return section(found).lower() if found.kind == "domain" else section(found)


def _worst(content: Content) -> str:
    found = content.worst
    if found is None:
        return gettext("Nothing of it has a severity.")
    where = [words.part(part) for part, how in found.parts.items() if how in ("direct", "near")][:2]
    place = f" ({', '.join(where)})" if where else ""
    return gettext("Worst: %(letter)s, %(words)s: %(title)s%(place)s.") % {
        "letter": found.severity,
        "words": words.severity(found.severity),
        "title": found.title.rstrip("."),
        "place": place,
    }


def sight(found: Sight, content: Content) -> str:
    """In one sentence what could not be seen, and the last proof."""
    if not found.sources:
        seen = gettext("Not seen: anything; there are no sources")
    elif found.down:
        seen = ngettext(
            "Not seen: %(down)s of %(count)s sources is down",
            "Not seen: %(down)s of %(count)s sources are down",
            found.down,
        ) % {"down": found.down, "count": found.sources}
    else:
        seen = ngettext(
            "No source of %(count)s is down", "None of %(count)s sources is down", found.sources
        ) % {"count": found.sources}
    if found.unread:
        seen += gettext(", %(count)s not read yet") % {"count": found.unread}
    return f"{seen}; {proof(found, content)}."


def proof(found: Sight, content: Content) -> str:
    """`last proof 06:58, 3.1 s`."""
    if found.proof_at is None:
        return gettext("the way to you has not been proved yet")
    seconds = f"{found.proof_seconds or 0:.1f}".replace(".", "," if _language() == "nl" else ".")
    said = gettext("last proof %(moment)s, %(seconds)s s") % {
        "moment": moment(found.proof_at, content),
        "seconds": seconds,
    }
    late = gettext("the next is late")
    return f"{said}, {late}" if found.proof_late else said


def section(found: Section) -> str:
    """The name above a section."""
    if found.kind == "domain":
        return words.domain(found.id)
    return found.name or gettext("Subscription %(number)s") % {"number": found.id}


def held(content: Content) -> str:
    """That alerts were held back, and why; empty where none were."""
    total = content.held_cap + content.held_cooldown
    if not total:
        return ""
    because = []
    if content.held_cap:
        because.append(gettext("%(count)s by your daily cap") % {"count": content.held_cap})
    if content.held_cooldown:
        because.append(
            gettext("%(count)s because the same story was mailed shortly before")
            % {"count": content.held_cooldown}
        )
    return ngettext(
        "%(count)s alert was not mailed at once (%(why)s) and is in this digest.",
        "%(count)s alerts were not mailed at once (%(why)s) and are in this digest.",
        total,
    ) % {"count": total, "why": ", ".join(because)}


def rest(content: Content) -> str:
    """What the flood guard rolled up; empty where nothing was."""
    if not content.rest:
        return ""
    named = [
        gettext("%(count)s of %(name)s") % {"count": each.count, "name": each.name}
        for each in content.rest[:_NAMED]
    ]
    others = sum(each.count for each in content.rest[_NAMED:])
    if others:
        named.append(gettext("%(count)s of other sources") % {"count": others})
    return gettext("Also %(named)s: no owner gets more than a quarter of your digest.") % {
        "named": _and(named)
    }


def lateness(content: Content) -> tuple[str, ...]:
    """That it is late, and which days it stands in for."""
    said = []
    zone = zone_of(content.zone)
    if content.late:
        said.append(
            gettext("This digest is late: it was due at %(due)s and made at %(made)s.")
            % {
                "due": f"{content.due.astimezone(zone):%H:%M}",
                "made": f"{content.ends.astimezone(zone):%H:%M}",
            }
        )
    if content.missed:
        days = _and([short_date(day) for day in content.missed])
        said.append(
            gettext("No digest was made for %(days)s; this one begins where the last one ended, %(begins)s.")
            % {"days": days, "begins": moment(content.begins, content)}
        )
    return tuple(said)


def _and(said: Sequence[str]) -> str:
    if len(said) < 2:
        return "".join(said)
    return gettext("%(some)s and %(last)s") % {"some": ", ".join(said[:-1]), "last": said[-1]}


def _language() -> str:
    return (get_language() or "nl")[:2]


def sentences(found: Sight, language: str) -> Iterable[str]:
    """A sentence of each gap, beginning with a capital and ending with a full stop."""
    for each in found.sentences:
        said = each.get(language) or each.get("en", "")
        if said:
            yield f"{said[0].upper()}{said[1:]}."
    if found.domains:
        named = ", ".join(words.domain(each).lower() for each in found.domains)
        yield gettext("No source is listed for: %(named)s.") % {"named": named}
    if found.parts:
        named = ", ".join(words.part(each) for each in found.parts)
        yield gettext("No source of its own is listed for: %(named)s.") % {"named": named}
