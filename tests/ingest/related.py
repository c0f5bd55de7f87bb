"""Invented signals to relate: wire copies, their leads, newer versions, advisories, standing texts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.models import Signal, Source, Work
from ingest.outbox import queue

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SOURCES = ("avondblad", "bode", "courant", "dagblad", "ncsc")
_STEMS = """
waterschap dijk gemeente brandweer storing netbeheer haven schip lading politie ziekenhuis patient
virus vaccin ministerie kabinet rechter bedrijf aanval netwerk server wachtwoord stroom kabel spoor
trein brug tunnel vliegveld droogte hitte regen storm boer oogst vee inspectie onderzoek rapport
advies waarschuwing evacuatie bewoner wijk school leraar staking vakbond bank fraude boete toezicht
grens douane drugs vondst wapen dreiging demonstratie
""".split()  # noqa: SIM905
_GLUE = ("de", "een", "in", "van", "met", "na", "bij", "door", "voor", "op")


@dataclass(frozen=True)
class Story:
    """One signal to be: `page` and `number` make its URL, so that versions may share either."""

    source: str
    identity: str
    title: str
    text: str
    at: datetime
    page: str = ""
    entry: str = ""

    @property
    def url(self) -> str:
        return f"https://{self.source}.example/nieuws/{self.page or self.identity}"


def sentence(chance: random.Random, words: int = 14) -> str:
    said = [w for _ in range(words // 2) for w in (chance.choice(_GLUE), _word(chance))]
    return " ".join(said).capitalize() + "."


def _headline(chance: random.Random, text: str) -> str:
    """The first words of one of its sentences."""
    return " ".join(chance.choice(text.split(". ")).split()[:8])


def _word(chance: random.Random) -> str:
    return chance.choice(_STEMS) + chance.choice(("", "en", "beheer", "dienst", "plan", "zaak"))


def stories(chance: random.Random, count: int) -> list[Story]:
    """About `count` signals over a week, half of them kin of others."""
    made: list[Story] = []
    while len(made) < count:
        at = START + timedelta(minutes=chance.randrange(7 * 24 * 60))
        text = [sentence(chance) for _ in range(4)]
        told = " ".join(text)
        first = Story(chance.choice(SOURCES), _id(made), _headline(chance, told), told, at)
        made.append(first)
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
            made.append(_kin(chance, chance.choice((first, made[-1])), _id(made)))
    return made


def _id(made: Sequence[Story]) -> str:
    return f"i{len(made):04}"


def _kin(chance: random.Random, of: Story, identity: str) -> Story:
    later = of.at + timedelta(minutes=chance.randrange(-200, 400))
    sentences = of.text.split(". ")
    match chance.randrange(6):
        case 0:  # the lead alone, elsewhere
            return Story(_other(chance, of), identity, sentence(chance, 6), f"{sentences[0]}.", later)
        case 1:  # the whole elsewhere, one sentence more
            text = f"{of.text} {sentence(chance)}"
            return Story(_other(chance, of), identity, of.title, text, later)
        case 2:  # its own newer version
            text = ". ".join([*sentences[:3], sentence(chance)])
            return Story(of.source, identity, _headline(chance, text), text, later)
        case 3:  # half of it: sometimes enough, sometimes not
            text = ". ".join([*sentences[:2], sentence(chance), sentence(chance)])
            return Story(_other(chance, of), identity, sentence(chance, 6), text, later)
        case 4:  # an advisory and its next version
            number = f"NCSC-2026-{chance.randrange(4):04}"
            title = f"{number} [1.0{chance.randrange(3)}] Kwetsbaarheden verholpen in een pakket"
            return Story("ncsc", identity, title, title[24:], later, entry=number)
    text = "Elke ochtend het weer van vandaag en morgen in het hele land, met kaarten en verwachting."
    return Story(of.source, identity, sentence(chance, 6), text, later)


def _other(chance: random.Random, of: Story) -> str:
    return chance.choice([source for source in SOURCES if source != of.source])


def edited(chance: random.Random, story: Story, among: Sequence[Story]) -> Story:
    """`story` as its source tells it later: another text, that of another signal, or another time."""
    match chance.randrange(3):
        case 0:
            return replace(story, text=" ".join(sentence(chance) for _ in range(4)))
        case 1:
            return replace(story, text=chance.choice(among).text)
    return replace(story, at=story.at + timedelta(hours=chance.randrange(-90, 90)))


def stored(story: Story) -> Signal:
    """Stores it, or what it says now, and queues it."""
    source, _ = Source.objects.get_or_create(slug=story.source, defaults={"name": story.source})
    signal, made = Signal.objects.update_or_create(
        source=source,
        identity=story.identity,
        defaults={
            "entry_id": story.entry, "title": story.title, "excerpt": story.text, "url": story.url,
            "url_key": story.identity, "content_hash": "c", "as_of": story.at, "seen": story.at,
            "published": story.at,
        },
    )  # fmt: skip
    if not made:
        signal.revision += 1
        signal.save(update_fields=["revision"])
    queue([signal], (Work.Stage.RELATE,))
    return signal


Links = dict[str, tuple[str | None, str | None]]


def links() -> Links:
    """By identity: the identity of what each stored signal repeats, and of what it updates."""
    rows = Signal.objects.values_list("identity", "duplicate_of__identity", "update_of__identity")
    return {identity: (root, head) for identity, root, head in rows}
