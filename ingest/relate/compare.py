"""Two signals compared: the same text again, a newer version of it, or something else; and why.

Containment, not likeness: of a wire story one publisher brings the whole and another the first two
sentences. What looks alike but is not the same is kept apart by guards: other identifiers, another date
in the title, the same frame round another name or number, a text that is repeated daily.
The verdict does not depend on which of the two comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from ingest.relate.guards import filled, framed, generic, numbered, retold
from ingest.relate.marks import apart
from ingest.relate.text import Text


class Verdict(StrEnum):
    DUPLICATE = "duplicate"
    UPDATE = "update"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`reason` is for people: "the same 41 of 43 words"."""

    verdict: Verdict
    reason: str = ""


#: Hours between two publications at most: copies of a text, versions of a page, versions of a record.
COPIES, PAGES, RECORDS = 72.0, 24.0 * 30, 24.0 * 366 * 3
#: A source that says the same again after so many hours repeats itself daily; longer texts are not templates.
DAILY, NO_TEMPLATE = 20.0, 60
#: How much of the shorter text stands in the longer: a copy of another's text, a version of one's own.
COPIED, REWORKED = 0.77, 0.65
#: Likeness of two texts with only small edits between them, and of their titles.
EDITED, TITLED = 0.88, 0.6
#: Share of one page's telling words that its next content must keep to be about the same.
KEPT, KEPT_SERIES = 0.12, 0.3

_NO = Comparison(Verdict.DIFFERENT)


def compare(one: Text, other: Text) -> Comparison:
    """What two signals are to each other."""
    hours = apart(one.published, other.published)
    if one.ids and other.ids:
        if not one.ids & other.ids:
            return Comparison(Verdict.DIFFERENT, "other identifiers")
        if one.publisher == other.publisher and _one_record(one, other):
            return _records(one, other) if hours <= RECORDS else _NO
    if one.url and one.url == other.url and one.paged:
        return _same_page(one, other, "the same page") if hours <= PAGES else _NO
    if hours > COPIES:
        return _NO
    if one.article and one.article == other.article:
        if _dated_apart(one, other) or one.roundup != other.roundup:
            return _NO
        return _same_page(one, other, "the same article number in the address")
    if one.bare or other.bare:
        return _headlines(one, other, hours)
    share = _share(one, other)
    own = one.publisher == other.publisher
    if share < (REWORKED if own else COPIED) or _dated_apart(one, other):
        return _NO
    if one.roundup != other.roundup or (one.roundup and hours > DAILY / 2):
        return Comparison(Verdict.DIFFERENT, "a round-up")
    return _own(one, other, hours) if own else _copies(one, other)


def _one_record(one: Text, other: Text) -> bool:
    return one.record and other.record and one.ids == other.ids


def _records(one: Text, other: Text) -> Comparison:
    name = min(one.ids & other.ids)
    versions = one.version, other.version
    if versions[0] != versions[1]:
        return Comparison(Verdict.UPDATE, f"another version of {name}: {_either(versions)}")
    if one.title == other.title and one.whole == other.whole:
        return Comparison(Verdict.DUPLICATE, f"the same text of {name}")
    if all(versions) and one.source != other.source:
        return Comparison(Verdict.DUPLICATE, f"{name} version {versions[0]}, as another source gives it")
    return Comparison(Verdict.UPDATE, f"{name} with another text")


def _either(versions: tuple[str, str]) -> str:
    return " and ".join(version or "none" for version in sorted(versions))


def _dated_apart(one: Text, other: Text) -> bool:
    """Whether two titles name other days of the month, or other days of the week."""
    return any(a and b and not a & b for a, b in zip(one.dates, other.dates, strict=True))


def _live(one: Text, other: Text) -> bool:
    """Whether another title means that a live report went on; one that is retitled at once did not."""
    if one.live_text or other.live_text:
        return True
    titles = [set(text.title) - {"live"} for text in (one, other)]
    if titles[0] <= titles[1] or titles[1] <= titles[0]:
        return False
    if one.live_title != other.live_title:
        return True
    return one.live_title and apart(one.published, other.published) > 0.1


def _parts(one: Text, other: Text) -> bool:
    """Whether two titles name other parts of a series."""
    parts = one.parts, other.parts
    return bool(parts[0] and parts[1]) and parts[0] != parts[1]


def _share(one: Text, other: Text) -> float:
    """How much of the shorter text the longer has, 0 to 1: the mean over word triples and telling words.

    Triples alone would let one sentence in common decide; words alone, one subject in common.
    """
    shorter, longer = (one, other) if len(one.body) <= len(other.body) else (other, one)
    told = len(shorter.told & longer.told) / len(shorter.told) if shorter.told else 0.0
    if told < 2 * REWORKED - 1:
        return 0.0  # Not even all triples would make it enough.
    triples = len(shorter.shingles & longer.shingles) / len(shorter.shingles) if shorter.shingles else 0.0
    return (triples + told) / 2


def _alike(one: list[str], other: list[str]) -> float:
    """0 to 1: how much of two lists of words stands in both, in order."""
    if one == other:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _titles(one: Text, other: Text) -> float:
    """Share of the shorter title's words that the longer has."""
    words = set(one.title), set(other.title)
    return len(words[0] & words[1]) / max(1, min(map(len, words)))


def _edited(one: Text, other: Text) -> bool:
    """Whether only small edits lie between two texts: no other number, and hardly another telling word."""
    if one.numbers != other.numbers or _alike(one.body, other.body) < EDITED:
        return False
    news = max(len(one.told - other.told), len(other.told - one.told))
    return _titles(one, other) >= TITLED or news <= max(1, len(one.told) // 50)


def _words(one: Text, other: Text, words: str = "words") -> str:
    """How much is the same, for people."""
    shorter, longer = sorted((one.body, other.body), key=len)
    same = SequenceMatcher(None, shorter, longer, autojunk=False).get_matching_blocks()
    count = sum(block.size for block in same)
    if count == len(shorter) == len(longer):
        return f"the same {count} words"
    return f"the same {count} of {len(shorter)} {words}"


def _same_page(one: Text, other: Text, what: str) -> Comparison:
    least = min(len(one.content), len(other.content))
    kept = len(one.content & other.content) / least if least else 1.0
    series = one.roundup or other.roundup
    if kept < (KEPT_SERIES if series else KEPT):
        return Comparison(Verdict.DIFFERENT, f"{what}, but another content")
    if one.body == other.body and one.body:
        if one.title != other.title and _live(one, other):
            return Comparison(Verdict.UPDATE, f"{what}: a live report with another title")
        return Comparison(Verdict.DUPLICATE, f"{what}, {_words(one, other)}")
    if _edited(one, other) and not retold(one, other):
        return Comparison(Verdict.DUPLICATE, f"{what}, {_words(one, other)}")
    return Comparison(Verdict.UPDATE, f"{what}, {_words(one, other)}")


def _headlines(one: Text, other: Text, hours: float) -> Comparison:
    """Little or no text: only the same headline is the same."""
    words = one.title if one.bare and other.bare else []
    if not words or words != other.title or one.body != other.body or hours > 24:
        return _NO
    if len(one.title) + len(one.body) < 6 or (one.publisher == other.publisher and hours > DAILY):
        return _NO
    return Comparison(Verdict.DUPLICATE, f"the same {len(one.title)} words in the title")


def _own(one: Text, other: Text, hours: float) -> Comparison:
    """Two articles of one publisher with much the same text."""
    titles = _titles(one, other)
    alike = _alike(one.body, other.body)
    template = min(len(one.body), len(other.body)) < NO_TEMPLATE or titles < TITLED or alike < EDITED
    if hours > DAILY and (template or one.live_title or other.live_title):
        return Comparison(Verdict.DIFFERENT, "its text recurs")
    if alike >= EDITED and one.title != other.title and _live(one, other):
        if titles < TITLED:
            return Comparison(Verdict.DIFFERENT, "the same standing text")
        return Comparison(Verdict.UPDATE, "a live report with another title")
    guards = (framed, generic, numbered, filled, _parts)
    if any(guard(one, other) for guard in guards):
        return Comparison(Verdict.DIFFERENT, "the same frame round something else")
    if one.body == other.body or _edited(one, other):
        return Comparison(Verdict.DUPLICATE, _words(one, other))
    return Comparison(Verdict.UPDATE, f"a newer version, {_words(one, other)}")


def _copies(one: Text, other: Text) -> Comparison:
    """Articles of two publishers with much the same text."""
    if framed(one, other):
        return Comparison(Verdict.DIFFERENT, "the same frame round something else")
    return Comparison(Verdict.DUPLICATE, _words(one, other))
