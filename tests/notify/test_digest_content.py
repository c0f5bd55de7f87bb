"""What a digest says: what is new, what developed and how, what could not be seen; once each, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from crawlers.models import Vitals
from ingest.models import Source, SourceState
from notify.digest import content as contents
from notify.digest import make_due, preview, render
from notify.digest.changes import Change, State, changed
from notify.digest.content import Content
from notify.digest.rank import DEVELOPING, rank
from notify.digest.render import render_content
from notify.models import Alert, Canary, Delivery, Digest, Told
from tests.conftest import Store
from tests.notify.digested import DAY, HOUR, MORNING, digest_at, early, follows, lines, matched, titles
from tests.notify.made import changed as change
from tests.notify.made import sighted, signal, source


def text(content: Content, language: str = "nl") -> str:
    """The text part on one line."""
    return " ".join(render_content(content, language, number=1, user=1).text.split())


def test_new_signals_stand_under_their_domain_with_grade_owners_and_first_seen(store: Store) -> None:
    cyber = follows(domains=["cyber"])
    desk = source("desk-a", reliability="B", official=True)
    desk.name = "Desk A"
    desk.save()
    found = matched(signal("Ransomware at a port", at=MORNING - 3 * HOUR), cyber, words=("ransomware",))
    sighted(found, "desk-b", MORNING - 2 * HOUR)
    content = digest_at(MORNING)
    assert (content.new, content.developing) == (1, 0)
    (section,) = content.sections
    (line,) = section.new
    assert (line.title, line.grade, line.owners) == ("Ransomware at a port", "B", 2)
    assert "B · Desk A, officieel · 2 eigenaren · sinds 04:00" in text(content)
    assert "“ransomware”" in text(content)
    assert "B · Desk A, official · 2 owners · since 04:00" in text(content, "en")


def test_the_subject_names_label_date_and_numbers(sqlite_store: Store, settings: LazySettings) -> None:
    settings.HORIZONSCAN_TLP = "AMBER"
    cyber = follows()
    for number in range(4):
        matched(signal(f"News {number}", by=f"desk-{number}", at=MORNING - HOUR), cyber)
    digest_at(MORNING)
    row = Digest.objects.get()
    assert render(row, "nl").subject == "[TLP:AMBER] Dreigingsdigest 2026-11-24 - 4 nieuw, 0 ontwikkelingen"
    assert render(row, "en").subject == "[TLP:AMBER] Threat digest 2026-11-24 - 4 new, 0 developments"


def test_what_was_told_is_never_new_again_and_develops_only_when_it_changed(store: Store) -> None:
    cyber = follows()
    found = signal("Port closed", severity="B", parts={"NL": "direct"}, relevance="direct", at=MORNING - HOUR)
    matched(found, cyber)
    assert digest_at(MORNING).new == 1
    # A copy of another owner joins the group and meets the subscription too: no news of its own.
    matched(signal("Port closed!", by="desk-b", repeats=found, at=MORNING + HOUR), cyber)
    change(found, severity="C", parts={"NL": "direct", "SX": "direct"})
    second = digest_at(MORNING + DAY)
    assert (second.new, second.developing) == (0, 1)
    said = text(second)
    assert "nu ook Sint Maarten; van B naar C; 1 → 2 eigenaren" in said
    third = digest_at(MORNING + 2 * DAY)
    assert third.quiet and not lines(third)


def test_a_group_under_another_root_is_still_the_one_that_was_told(store: Store) -> None:
    cyber = follows()
    first = matched(signal("Port closed", severity="C", at=MORNING - HOUR), cyber)
    digest_at(MORNING)
    # An earlier report turns up later: it leads the group now.
    root = matched(signal("Port closed early", by="desk-b", at=MORNING + HOUR), cyber)
    change(first, duplicate_of=root)
    content = digest_at(MORNING + DAY)
    assert content.new == 0
    assert [line.change for line in lines(content)] == [Change(owners=(1, 2))]
    # Corrected down, that is told once as well, against what was told last.
    change(first, severity="")
    assert [line.change for line in lines(digest_at(MORNING + 2 * DAY))] == [Change(severity=("C", ""))]
    assert digest_at(MORNING + 3 * DAY).quiet


def test_a_later_report_of_a_told_story_is_a_development(sqlite_store: Store) -> None:
    cyber = follows()
    first = matched(signal("Advisory 1.00", at=MORNING - HOUR), cyber)
    digest_at(MORNING)
    matched(signal("Advisory 1.01", update_of=first, at=MORNING + HOUR), cyber)
    content = digest_at(MORNING + DAY)
    assert (content.new, content.developing) == (0, 1)
    assert "een later bericht over wat u eerder zag" in text(content)


def test_one_line_for_a_group_and_for_a_story(store: Store) -> None:
    cyber = follows()
    first = matched(signal("Advisory 1.00", at=MORNING - 3 * HOUR), cyber)
    matched(signal("Advisory 1.00 again", by="desk-b", repeats=first, at=MORNING - HOUR), cyber)
    matched(signal("Advisory 1.01", update_of=first, at=MORNING - HOUR), cyber)
    content = digest_at(MORNING)
    assert content.new == 1 and len(lines(content)) == 1
    assert Told.objects.count() == 2  # both groups of the story


def test_five_a_section_then_a_count_and_a_link(sqlite_store: Store) -> None:
    cyber = follows()
    for number in range(9):
        matched(signal(f"News {number}", by=f"desk-{number}", at=MORNING - HOUR), cyber)
    content = digest_at(MORNING)
    (section,) = content.sections
    assert (len(section.new), section.new_total) == (5, 9)
    said = render_content(content, "nl", number=1).text
    assert "En nog 4." in said and "/search?q=domain%3Acyber" in said


def test_no_owner_fills_the_day_and_what_is_rolled_up_is_named(sqlite_store: Store) -> None:
    cyber = follows()
    for number in range(40):
        matched(signal(f"CVE {number}", by="desk-cve", severity="C", at=MORNING - HOUR), cyber)
    for number in range(6):
        matched(signal(f"Other {number}", by=f"desk-{number}", at=MORNING - HOUR), cyber)
    content = digest_at(MORNING)
    assert content.new == 46
    shown = [line for line in lines(content) if line.source == "desk-cve"]
    assert 0 < len(shown) <= 3
    assert [(each.owner, each.count) for each in content.rest] == [("desk-cve", 37)]
    assert "37 van desk-cve" in text(content)
    # They were counted, so they are told: tomorrow they are not new.
    assert digest_at(MORNING + DAY).new == 0


def test_the_top_five_looks_at_all_domains_by_rank(sqlite_store: Store) -> None:
    follows(domains=["cyber"])
    bad = signal("Flood", by="met", domains=["climate"], severity="D", at=MORNING - HOUR)
    near = signal(
        "Leak", by="desk-b", domains=["health"], severity="B", parts={"NL": "direct"}, relevance="direct",
        at=MORNING - HOUR,
    )  # fmt: skip
    signal("Gossip", by="desk-c", domains=["health"], at=MORNING - HOUR)
    content = digest_at(MORNING)
    assert [line.signal for line in content.top] == [bad.pk, near.pk]
    assert content.worst is not None and content.worst.signal == bad.pk
    assert content.new == 2


def test_rank_multiplies_and_owners_count_by_their_logarithm() -> None:
    assert rank("D", "direct", 1) == 3 * rank("D", "", 1)
    assert rank("C", "", 4) == 3 * rank("C", "", 1)
    assert rank("E", "", 1, DEVELOPING) == rank("D", "", 1)
    assert rank("", "", 1) < rank("A", "", 1)


def test_what_changed_is_what_a_reader_would_want_to_know() -> None:
    was = State("B", 3, {"NL": "near"})
    assert not changed(was, State("B", 4, {"NL": "near"}))
    assert changed(was, State("C", 7, {"NL": "direct", "SX": "near"})) == Change(
        ("B", "C"), (3, 7), ("NL", "SX")
    )
    # Corrected down is a change; owners that fall are not, nor is a part touched less.
    assert changed(was, State("A", 1, {"NL": "indirect"})) == Change(("B", "A"))


def test_quiet_and_old_signals_stay_out_and_the_canary_is_nobodys_news(sqlite_store: Store) -> None:
    cyber = follows()
    matched(signal("Old", quiet="first-poll", published=MORNING - 2 * DAY, at=MORNING - HOUR), cyber)
    matched(signal("Fresh", quiet="first-poll", published=MORNING - 5 * HOUR, at=MORNING - HOUR), cyber)
    bird = Source.objects.create(slug="canary", name="canary", kind=Source.Kind.CANARY)
    matched(signal("Canary", source=bird, severity="E", at=MORNING - HOUR), cyber)
    content = digest_at(MORNING)
    assert titles(content) == ["Fresh"]


def test_what_was_first_seen_before_the_subscription_is_not_told(sqlite_store: Store) -> None:
    cyber = follows(since=MORNING - HOUR)
    matched(signal("Before", at=MORNING - 2 * HOUR), cyber)
    matched(signal("After", by="desk-b", at=MORNING - HOUR / 2), cyber)
    assert titles(digest_at(MORNING)) == ["After"]


def test_paused_deleted_and_other_readers_subscriptions_are_not_read(sqlite_store: Store) -> None:
    other = early("other@example.org")
    rules = [follows(paused=MORNING), follows(deleted=MORNING), follows(other)]
    matched(signal("News", at=MORNING - HOUR), *rules)
    make_due(MORNING)
    mine = contents.read(Digest.objects.get(user=early()).content)
    assert mine.quiet and not mine.subscribed
    assert contents.read(Digest.objects.get(user=other).content).new == 1


def test_a_daily_subscription_with_a_query_has_a_section_of_its_own(sqlite_store: Store) -> None:
    cyber = follows()
    ports = follows(domains=[], query="port", mode="daily", name="Havens")
    matched(signal("Port closed", at=MORNING - HOUR), cyber, ports, words=("port",))
    matched(signal("Worm", by="desk-b", at=MORNING - HOUR), cyber)
    content = digest_at(MORNING)
    assert [(each.kind, [line.title for line in each.new]) for each in content.sections] == [
        ("domain", ["Worm"]),
        ("subscription", ["Port closed"]),
    ]
    assert "== Havens" in render_content(content, "nl").text


def test_a_subscription_without_a_name_is_called_by_what_it_asks(sqlite_store: Store) -> None:
    ports = follows(domains=[], query="port", mode="daily")
    matched(signal("Port closed", at=MORNING - HOUR), ports, words=("port",))
    text = render_content(digest_at(MORNING), "nl").text
    assert "== Met “port”" in text and "Abonnement" not in text


def test_held_alerts_are_rolled_in_once_and_said_so(store: Store) -> None:
    cyber = follows()
    known = matched(signal("Told before", at=MORNING - DAY - HOUR), cyber)
    digest_at(MORNING - DAY)
    found = matched(signal("Worm", by="desk-b", at=MORNING - HOUR), cyber)
    for each, why in ((known, "cooldown"), (found, "cap")):
        Alert.objects.create(
            subscription=cyber, signal=each, group=each.pk, why="first", rule="*", title=each.title,
            held=why, at=MORNING - HOUR,
        )  # fmt: skip
    content = digest_at(MORNING)
    assert (content.held_cap, content.held_cooldown) == (1, 1)
    assert [line.title for line in content.held] == ["Told before"]
    assert content.new == 1
    assert "2 meldingen zijn niet direct gemaild (1 door uw dagmaximum" in text(content)
    assert set(Alert.objects.values_list("digest__date", flat=True)) == {date(2026, 11, 24)}
    assert digest_at(MORNING + DAY).held_cap == 0


def test_the_caribbean_part_is_always_there(sqlite_store: Store) -> None:
    cyber = follows()
    matched(signal("Worm", at=MORNING - HOUR), cyber)
    first = digest_at(MORNING)
    assert "Geen nieuwe signalen over het Caribische deel van het Koninkrijk." in text(first)
    at = MORNING + HOUR
    for number in range(7):
        signal(
            f"Storm {number}", by=f"met-{number}", domains=["climate"], parts={"SX": "direct"},
            relevance="direct", at=at,
        )  # fmt: skip
    second = digest_at(MORNING + DAY)
    assert second.caribbean_total == 7
    assert len([line for line in (*second.top, *second.caribbean) if "SX" in line.parts]) == 7


def test_a_quiet_day_is_said_in_two_lines_and_that_is_all(sqlite_store: Store) -> None:
    follows()
    source("desk-a")
    content = digest_at(MORNING)
    assert content.quiet
    made = render_content(content, "nl", number=1, user=1)
    assert made.subject.endswith("- niets nieuws")
    body = made.text.partition("\n--")[0].splitlines()
    assert "Caribisch deel" not in made.text and len([line for line in body if line]) <= 6
    assert "Niets nieuws sinds gisteren 07:00, ook niet over het Caribische deel" in " ".join(body)


def test_sources_that_are_down_and_the_last_proof_stand_in_it(store: Store) -> None:
    cyber = follows()
    matched(signal("Worm", at=MORNING - HOUR), cyber)
    down = source("desk-down", domain_prior=["cyber"])
    SourceState.objects.create(source=down, health="error", health_since=MORNING - 2 * DAY)
    Canary.objects.create(
        nonce="n1", started=MORNING - timedelta(minutes=5), arrived=MORNING - timedelta(seconds=297)
    )
    said = text(digest_at(MORNING))
    assert (
        "Niet te zien: 1 van de 2 bronnen ligt stil, 1 nog niet gelezen; laatste bewijs 06:55, 3,0 s." in said
    )
    assert "bron over cyberdreigingen ligt stil: desk-down (fout sinds 2026-11-22)." in said
    assert "Geen eigen bron op de lijst voor: Aruba, Curaçao" in said
    assert Vitals.objects.count() == 0


def test_content_is_the_same_after_a_round_through_the_store(store: Store) -> None:
    cyber = follows()
    found = matched(signal("Worm", severity="B", parts={"SX": "near"}, at=MORNING - HOUR), cyber)
    digest_at(MORNING)
    change(found, severity="D")
    content = digest_at(MORNING + DAY)
    assert content.developing == 1 and contents.read(content.json()) == content
    odd = replace(content, missed=(date(2026, 11, 24),), late=True)
    assert contents.read(odd.json()) == odd


def test_a_preview_says_what_the_digest_would_and_writes_nothing(store: Store) -> None:
    cyber = follows()
    matched(signal("Worm", at=MORNING - HOUR), cyber)
    before = preview(early(), MORNING)
    assert not Digest.objects.exists() and not Told.objects.exists() and not Delivery.objects.exists()
    assert digest_at(MORNING) == replace(before, due=MORNING)
    # After today's it is tomorrow's.
    assert preview(early(), MORNING + HOUR).date == date(2026, 11, 25)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_mail_loads_nothing_and_escapes_what_feeds_say(sqlite_store: Store, language: str) -> None:
    cyber = follows()
    matched(signal("<img src=https://evil.example/x> & co", severity="E", at=MORNING - HOUR), cyber)
    made = render_content(digest_at(MORNING), language, number=7, user=3)
    assert "<img" not in made.html and "&lt;img" in made.html
    assert not re.search(r"(?i)<(script|link|iframe|img)|url\(|@import|\bsrc=[\"']", made.html)
    assert "<img src=https://evil.example/x> & co" in made.text
    assert "/digests/7#signal-" in made.html and "/unsubscribe/" in made.text
    assert f'lang="{language}"' in made.html
