"""One signal's page: what it says, why, who told it, and what is left where it is no longer kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from ingest.corrections import correct
from ingest.models import Entry, Judgement, Signal, Source, SourceState
from ingest.relate import relate_waiting
from ingest.retention import Keep, retain
from ingest.standing import standing
from notify.models import Alert, Subscription
from tests.conftest import Store
from tests.ingest.documents import HOUR, MONDAY, ingested, rss, source
from tests.web.conftest import ClientFor, words
from web import history, reasons, versions
from web.versions import Piece
from web.whynot import why_not

LEAK = {
    "guid": "1",
    "title": "Datalek bij gemeente Rotterdam na ransomware",
    "link": "https://krant.example/1",
    "description": "Twaalf mensen raakten gewond bij <b>Breda</b> &amp; elders.",
}


def leak(**more: str) -> Signal:
    """One stored signal that the judges call cyber."""
    ingested(source("krant", language="nl", country="NL", reliability="B"), rss({**LEAK, **more}))
    signal = Signal.objects.get()
    assert signal.domains[0] == "cyber"
    return signal


def test_the_page_says_what_stands_who_says_so_and_why(client_for: ClientFor) -> None:
    signal = leak()
    page = client_for("reader", "nl").get(f"/signals/{signal.pk}")
    assert page.status_code == 200
    html = page.content.decode()
    shown = words(page.content)
    assert '<h1 lang="nl"><span class="why">Datalek</span>' in html
    assert "Cyberdreigingen" in shown
    assert "lexicon-" in shown and "severity-" in shown
    assert "Rotterdam" in shown and "Krant" in shown
    assert "1 eigenaar · 1 bericht" in shown
    # Exact UTC is read on hover and on focus.
    exact = re.search(r'<time class="exact" datetime="[^"]+Z" title="([^"]+ UTC)"[^>]* tabindex="0">', html)
    assert exact is not None
    assert 'href="https://krant.example/1" target="_blank" rel="noopener noreferrer"' in html
    assert "nieuw tabblad" in shown
    # A reader corrects nothing.
    assert "/correct" not in html and 'method="post"' not in html


def test_the_page_in_english_and_with_hostile_content(client_for: ClientFor) -> None:
    signal = leak()
    Signal.objects.filter(pk=signal.pk).update(
        title="<script>alert(1)</script> ransomware", url="javascript:alert(1)"
    )
    html = client_for("analyst", "en").get(f"/signals/{signal.pk}").content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html
    assert "javascript:" not in html
    assert "What is said of it, and why" in html
    assert "style=" not in html and " onclick" not in html


def test_offsets_of_a_judgement_of_other_content_mark_nothing(client_for: ClientFor) -> None:
    signal = leak()
    Judgement.objects.update(content_hash="another")
    html = client_for("reader").get(f"/signals/{signal.pk}").content.decode()
    assert '<h1 lang="nl">Datalek bij gemeente Rotterdam na ransomware</h1>' in html


def test_touching_reasons_are_one_stroke_and_are_cut_at_the_title() -> None:
    assert reasons._merged([(5, 9), (0, 3), (8, 12), (12, 14)]) == [(0, 3), (5, 14)]
    assert reasons.cut("abc", [(0, 2), (2, 6), (7, 9)], 0) == [(0, 2), (2, 3)]
    assert reasons.cut("defg", [(0, 2), (2, 6), (7, 9)], 4) == [(0, 2), (3, 4)]


def test_back_leads_only_to_a_page_of_ours(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("reader")
    here = client.get(f"/signals/{signal.pk}", {"from": "/search?q=domain:cyber"}).content.decode()
    assert 'href="/search?q=domain:cyber"' in here
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        html = client.get(f"/signals/{signal.pk}", {"from": elsewhere}).content.decode()
        assert "evil.example" not in html and "javascript:" not in html


def test_versions_are_told_with_what_changed(client_for: ClientFor) -> None:
    signal = leak()
    ingested(signal.source, rss({**LEAK, "title": "Datalek bij gemeente Rotterdam groter"}), MONDAY + HOUR)
    html = client_for("reader").get(f"/signals/{signal.pk}").content.decode()
    assert html.index("versie 2") < html.index("versie 1")
    assert "<del>na ransomware</del><ins>groter</ins>" in html


def test_a_difference_is_both_texts_in_one() -> None:
    before, after = "Drie doden  bij brand\nin Breda", "Vier doden bij brand in Breda"
    pieces = list(versions.words(before, after))
    assert "".join(text for how, text in pieces if how != "new") == before
    assert "".join(text for how, text in pieces if how != "gone") == after
    assert pieces[:2] == [Piece("gone", "Drie"), Piece("new", "Vier")]


def test_a_repeat_leads_to_its_group_and_owners_are_counted_once(client_for: ClientFor) -> None:
    text = "Bij de brand in het distributiecentrum aan de haven van Rotterdam raakten twaalf mensen gewond"
    told = {"guid": "1", "title": text, "description": f"{text}, meldt de brandweer na middernacht."}
    for number, slug in enumerate(("krant", "omroep", "bode")):
        ingested(
            source(slug, language="nl"),
            rss({**told, "link": f"https://{slug}.example/{number}"}),
            MONDAY + number * HOUR,
        )
    relate_waiting()
    root = Signal.objects.get(duplicate_of=None)
    repeat = Signal.objects.exclude(duplicate_of=None).first()
    assert repeat is not None and repeat.duplicate_of_id == root.pk
    client = client_for("reader")
    page = client.get(f"/signals/{repeat.pk}")
    assert f'href="/signals/{root.pk}"' in page.content.decode()
    assert "3 onafhankelijke eigenaren · 3 berichten" in words(page.content)
    group = history.group(root)
    assert (group.root, group.total) == (root.pk, 3)
    assert [each.owner for each in group.tellers] == ["krant", "omroep", "bode"]
    assert [each.reports[0].how for each in group.tellers] == ["owner", "repeat", "repeat"]


def test_the_source_is_told_with_its_health_and_since_when(client_for: ClientFor) -> None:
    signal = leak()
    SourceState.objects.update(
        health="frozen", health_since=MONDAY, health_evidence="the same 20 entries for 9 days"
    )
    page = client_for("reader").get(f"/signals/{signal.pk}")
    shown = words(page.content)
    assert "bevroren sinds 23 nov 2026 08:00 · the same 20 entries for 9 days" in shown
    assert "B, doorgaans betrouwbaar" in shown


class TestWhyNot:
    """Why a domain was not asserted: what the judge saw, asked again."""

    def test_of_a_domain_without_a_word_in_the_text(self, sqlite_store: Store) -> None:
        found = why_not(leak(), "climate")
        assert (found.verdict, found.score, found.terms) == ("nothing", 0.0, ())
        assert found.best == "cyber" and found.needed >= 3

    def test_of_a_domain_that_stands(self, sqlite_store: Store) -> None:
        found = why_not(leak(), "cyber")
        assert found.verdict == "asserted"
        assert {each.how for each in found.terms} & {"counts"}
        assert found.score >= found.needed

    def test_of_a_language_without_words(self, sqlite_store: Store) -> None:
        signal = leak()
        signal.language, signal.domains = "fi", []
        assert why_not(signal, "cyber").verdict == "no-lexicon"

    def test_of_words_that_mean_several_things(self, sqlite_store: Store) -> None:
        from ingest.judge import taxonomy

        lexicon = taxonomy.load().domain("crime").lexicons["nl"]
        rule = next(each for each in lexicon.ambiguous if "*" not in each.term and "=" not in each.term)
        signal = leak()
        signal.title, signal.excerpt, signal.domains = f"Over {rule.term} vandaag", "", []
        found = why_not(signal, "crime")
        assert found.verdict == "uncounted"
        [term] = [each for each in found.terms if each.word == rule.term]
        assert term.how == "alone" and set(term.beside) <= set(rule.contexts)

    def test_on_the_page(self, client_for: ClientFor) -> None:
        signal, client = leak(), client_for("reader")
        page = client.get(f"/signals/{signal.pk}", {"whynot": "climate"})
        assert "geen woord van dit domein komt voor in de bewaarde tekst" in words(page.content)
        assert client.get(f"/signals/{signal.pk}", {"whynot": "nonsense"}).status_code == 200

    def test_of_an_unknown_domain(self, sqlite_store: Store) -> None:
        with pytest.raises(KeyError):
            why_not(leak(), "nonsense")


def test_what_retention_removed_says_so_and_what_its_reader_was_told(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("reader")
    other = User.objects.create_user("other@example.org")
    for user in (client.user, other):  # type: ignore[attr-defined]
        Alert.objects.create(
            subscription=Subscription.objects.create(user=user),
            signal=signal, group=signal.pk, why="first", rule="", title=f"for {user.email}",
        )  # fmt: skip
    day = timedelta(days=1)
    retain(timezone.now() + 3 * day, Keep(day, day, day, day))
    assert not Signal.objects.exists() and Entry.objects.get().removed is not None
    page = client.get(f"/signals/{signal.pk}")
    assert page.status_code == 404
    shown = words(page.content)
    assert f"Signaal {signal.pk} wordt niet meer bewaard" in shown and "730 dagen" in shown
    assert "for reader@example.org" in shown and "other@example.org" not in shown


def test_a_number_that_no_signal_ever_had(client_for: ClientFor) -> None:
    page = client_for("reader").get("/signals/4711")
    assert page.status_code == 404
    assert "Er is geen signaal 4711" in words(page.content)


def test_the_canary_is_nobodys_news(client_for: ClientFor) -> None:
    ingested(source("canary", kind=Source.Kind.CANARY), rss(LEAK))
    page = client_for("analyst").get(f"/signals/{Signal.objects.get().pk}")
    assert page.status_code == 404
    assert "bewijst dat alles werkt" in words(page.content)


def test_a_stranger_signs_in_first(client_for: ClientFor) -> None:
    signal = leak()
    assert client_for("anyone").get(f"/signals/{signal.pk}").status_code == 302


def lines(signal: Signal, kind: str, language: str = "nl") -> dict[str, reasons.Line]:
    """The page's lines of one kind, by what they are about; those that stand come last."""
    [section] = [each for each in reasons.said(standing(signal.pk), language) if each.kind == kind]
    return {line.key: line for line in sorted(section.lines, key=lambda line: line.stands)}


def test_lines_tell_the_judges_and_persons_apart(store: Store) -> None:
    signal = leak()
    judged = lines(signal, "place")["rotterdam"]
    assert (judged.stands, judged.person, judged.words) == (True, None, ("Rotterdam",))
    made = correct(signal.pk, "place", "rotterdam", False, actor="a@example.org")
    denied = lines(signal, "place")["rotterdam"]
    assert (denied.stands, denied.person) == (False, made)
    # A place that a person adds makes its part direct, and the part says why.
    correct(signal.pk, "place", "Aruba", True, actor="a")
    part = lines(signal, "part")["AW"]
    assert (part.level, part.person) == ("direct", None)
    assert part.because == ("gebeurt in of rond Aruba",)
    assert lines(signal, "part", "en")["AW"].because == ("happens in or around Aruba",)


def test_what_a_person_overruled_is_shown_with_its_reasons_and_marks_nothing(store: Store) -> None:
    signal = leak(description="Bij de aanval vielen twaalf doden.")
    before = standing(signal.pk)
    level = before.judged["severity"]
    assert level and reasons.spans(before)
    correct(signal.pk, "severity", "", "A", actor="a@example.org")
    correct(signal.pk, "domain", "cyber", False, actor="a@example.org")
    found = lines(signal, "severity")
    assert found["A"].person is not None and found["A"].because == ()
    assert (found[level].stands, found[level].person) == (False, None) and found[level].because
    marked = {f"{signal.title}\n{signal.excerpt}"[a:b] for a, b in reasons.spans(standing(signal.pk))}
    assert not any("doden" in each or "ransomware" in each for each in marked)


def test_sentences_are_in_the_readers_language(sqlite_store: Store) -> None:
    signal = leak(description="Bij de aanval vielen twaalf doden.")
    level = signal.severity
    assert lines(signal, "severity", "nl")[level].because[0].startswith("doden")
    assert lines(signal, "severity", "en")[level].because[0].startswith("dead")
