"""Corrections: a person's word stands at once, outranks whatever is judged later, and can be taken back."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from accounts.models import AuditEvent
from ingest.corrections import CorrectionError, correct, history, in_force, overlaid, training, undo
from ingest.entries import Domains, Judged, Kingdom, Severity
from ingest.models import Correction, Judgement, Signal, Work
from ingest.relate import relate_waiting
from tests.conftest import Store
from tests.ingest.documents import HOUR, MONDAY, ingested, rss, source

BY = "operator"

LEAK = {"guid": "1", "title": "Datalek bij gemeente na ransomware", "link": "https://krant.example/1"}


def leak(**more: str) -> Signal:
    """One stored signal that the judges call cyber."""
    ingested(source("krant", language="nl"), rss({**LEAK, **more}))
    signal = Signal.objects.get()
    assert signal.domains == ["cyber"]
    Work.objects.all().delete()
    return signal


def test_a_word_stands_at_once_is_audited_and_can_be_taken_back(store: Store) -> None:
    signal = leak()
    made = correct(signal.pk, "domain", "Cyberdreigingen", False, actor="a@example.org", note="een oefening")
    signal.refresh_from_db()
    assert (signal.domains, signal.threats, signal.revision) == ([], [], 2)
    assert (made.key, made.value, made.before, made.content_hash) == (
        "cyber",
        False,
        True,
        signal.content_hash,
    )
    assert set(Work.objects.values_list("stage", "revision")) == {("match", 2), ("index", 2)}
    event = AuditEvent.objects.get(action="correction.set")
    assert (event.actor, event.object, event.origin) == (
        "a@example.org",
        f"signal-{signal.pk}",
        "command line",
    )
    assert event.detail == {
        "correction": made.pk, "kind": "domain", "about": "cyber", "value": False, "before": True
    }  # fmt: skip

    undo(made.pk, actor="b@example.org", origin="pages")
    signal.refresh_from_db()
    assert (signal.domains, signal.revision) == (["cyber"], 3)
    assert in_force([signal.pk]) == {}
    [kept] = history(signal.pk)
    assert (kept.undone_by, kept.undone is not None) == ("b@example.org", True)
    assert AuditEvent.objects.get(action="correction.undo").origin == "pages"
    with pytest.raises(CorrectionError, match=r"in force no longer: undone .* by b@example.org"):
        undo(made.pk, actor=BY)
    with pytest.raises(CorrectionError, match="no correction 999"):
        undo(999, actor=BY)


def test_a_later_word_replaces_an_earlier_one_and_both_are_kept(store: Store) -> None:
    signal = leak()
    judged = signal.severity
    correct(signal.pk, "severity", "", "B", actor="a@example.org")
    correct(signal.pk, "severity", "", "ernstig", actor="b@example.org")
    signal.refresh_from_db()
    assert signal.severity == "C"
    later, earlier = history(signal.pk)
    assert (later.before, later.undone) == ("B", None)
    assert (earlier.before, earlier.undone_by) == (judged, "b@example.org")
    undo(later.pk, actor=BY)
    signal.refresh_from_db()
    assert signal.severity == judged, "the judges' word returns, not the first person's"


def test_saying_what_stands_already_is_a_persons_word_too(store: Store) -> None:
    signal = leak()
    correct(signal.pk, "domain", "cyber", True, actor=BY)
    signal.refresh_from_db()
    assert (signal.revision, Work.objects.count()) == (1, 0), "nothing to show anew"
    # Another judge would not see it any more: the person's word holds.
    nothing = Judged(Domains((), (), ""), Severity("", (), ""), (), Kingdom((), ""), ())
    assert overlaid(nothing, in_force([signal.pk])[signal.pk]).domains == ["cyber"]


def test_two_persons_at_the_same_time_leave_one_word_in_force(store: Store) -> None:
    signal = leak()
    start = threading.Barrier(2)

    def say(value: str) -> None:
        start.wait()
        correct(signal.pk, "severity", "", value, actor=f"{value}@example.org")
        connections.close_all()

    both = [threading.Thread(target=say, args=(value,)) for value in "DE"]
    for each in both:
        each.start()
    for each in both:
        each.join()
    later, earlier = history(signal.pk)
    assert (later.undone, earlier.undone is not None) == (None, True)
    assert earlier.undone_by == later.actor
    signal.refresh_from_db()
    assert (signal.severity, signal.revision) == (later.value, 3)


@pytest.mark.parametrize(
    ("kind", "key", "value", "message"),
    [
        ("domain", "klimaat", True, "there is no domain 'klimaat'; nearest: climate"),
        ("domain", "xyzzy", True, "there is no domain 'xyzzy'; there are geopolitics, military"),
        ("domain", "cyber", "ja", "a domain is true, false or primary"),
        ("severity", "", "F", "there is no severity 'F'; there are A, B, C, D, E"),
        ("severity", "", "zeer ernstg", "nearest: D"),
        ("part", "Curacou", "direct", "there is no part of the Kingdom 'Curacou'; nearest: CW"),
        ("part", "CW", "dichtbij", "there is no relevance 'dichtbij'; there are direct, near, indirect"),
        ("duplicate", "", "twee", "a duplicate is the id of a signal, or none, not 'twee'"),
        ("duplicate", "", 999, "there is no signal 999"),
        ("language", "", "nl", "'language' cannot be corrected"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_line(
    sqlite_store: Store, kind: str, key: str, value: Any, message: str
) -> None:
    signal = leak()
    with pytest.raises(CorrectionError, match=message.replace("(", r"\(")) as refused:
        correct(signal.pk, kind, key, value, actor=BY)
    assert "\n" not in str(refused.value)
    assert (Correction.objects.count(), AuditEvent.objects.filter(action="correction.set").count()) == (0, 0)


def test_names_of_both_languages_are_understood(sqlite_store: Store) -> None:
    signal = leak()
    for kind, key, value in (
        ("domain", "critical  INFRASTRUCTURE", True),
        ("domain", "Infectieziekten en pandemieen", "primary"),
        ("part", "Curaçao", "near"),
        ("part", "sint eustatius", "direct"),
        ("severity", "", "Catastrophic"),
    ):
        correct(signal.pk, kind, key, value, actor=BY)
    signal.refresh_from_db()
    assert signal.domains == ["health", "cyber", "infrastructure"]
    assert (signal.parts, signal.relevance) == (
        {"BQ-SE": "direct", "CW": "near", "NL": "indirect"},
        "direct",
    )
    assert signal.severity == "E"
    correct(signal.pk, "severity", "", "geen", actor=BY)
    signal.refresh_from_db()
    assert signal.severity == ""


def test_a_signal_that_was_never_judged_is_judged_before_a_word_is_laid_over_it(sqlite_store: Store) -> None:
    signal = leak()
    Judgement.objects.all().delete()
    correct(signal.pk, "severity", "", "C", actor=BY)
    signal.refresh_from_db()
    assert (signal.domains, signal.severity) == (["cyber"], "C")


def three(paper: Any) -> list[Signal]:
    words = (
        "Storing legt treinverkeer in het noorden urenlang stil",
        "Brand op zee bij een schip met auto's",
        "Minister opent nieuwe brug over de rivier de Waal",
    )
    ingested(paper, rss(*({"guid": str(n), "title": title} for n, title in enumerate(words))))
    while relate_waiting():
        pass
    Work.objects.all().delete()
    return list(Signal.objects.order_by("pk"))


def group() -> list[int | None]:
    return list(Signal.objects.order_by("pk").values_list("duplicate_of", flat=True))


def test_a_duplicate_link_points_to_the_root_and_members_go_along(store: Store) -> None:
    a, b, c = three(source("krant"))
    correct(b.pk, "duplicate", "", str(c.pk), actor=BY)
    assert group() == [None, c.pk, None]
    # c now repeats a: b, which a person says repeats c, points to the same root. No chain at any time.
    correct(c.pk, "duplicate", "", a.pk, actor=BY)
    assert group() == [None, a.pk, a.pk]
    waiting = set(Work.objects.values_list("signal", "stage"))
    assert waiting == {(signal.pk, stage) for signal in (b, c) for stage in Work.Stage.values}
    with pytest.raises(
        CorrectionError, match=f"signal {b.pk} repeats {a.pk} as it stands; .*{b.pk} duplicate none"
    ):
        correct(a.pk, "duplicate", "", b.pk, actor=BY)
    with pytest.raises(CorrectionError, match="cannot repeat itself"):
        correct(a.pk, "duplicate", "", a.pk, actor=BY)


def test_a_link_undone_is_for_the_machine_again(store: Store) -> None:
    paper = source("krant")
    text = {"title": "Dijkdoorbraak bij Venlo na dagen van zware regen in de Alpen"}
    ingested(paper, rss({"guid": "a", **text}))
    ingested(source("blad"), rss({"guid": "b", **text}))
    while relate_waiting():
        pass
    first, second = Signal.objects.order_by("pk")
    assert group() == [None, first.pk]
    made = correct(second.pk, "duplicate", "", "none", actor=BY)
    assert group() == [None, None]
    assert made.before == first.pk
    undo(made.pk, actor=BY)
    while relate_waiting():
        pass
    assert group() == [None, first.pk]


def test_a_word_about_a_signal_that_is_gone_counts_for_nothing(store: Store) -> None:
    a, b, _ = three(source("krant"))
    correct(b.pk, "duplicate", "", a.pk, actor=BY)
    a.delete()
    while relate_waiting():
        pass
    assert group() == [None, None]


def test_corrections_are_examples_to_learn_from_without_a_name(store: Store) -> None:
    signal = leak()
    correct(signal.pk, "domain", "crime", True, actor="a@example.org", note="van a@example.org")
    undo(correct(signal.pk, "severity", "", "E", actor="a@example.org").pk, actor=BY)
    # The text changes after the person saw it: what was seen is what was judged.
    ingested(signal.source, rss({**LEAK, "title": "Gemeente weer bereikbaar"}), MONDAY + HOUR)
    [example] = training()
    at = example.pop("at")
    assert example == {
        "title": LEAK["title"], "excerpt": "", "language": "nl",
        "kind": "domain", "key": "crime", "value": True, "before": False,
    }  # fmt: skip
    assert datetime.fromisoformat(at).tzinfo is not None


def test_a_link_that_a_person_made_holds_whatever_is_related_later(store: Store) -> None:
    paper = source("krant")
    text = {"title": "Dijkdoorbraak bij Venlo na dagen van zware regen in de Alpen"}
    ingested(
        paper, rss({"guid": "a", **text}, {"guid": "z", "title": "Iets heel anders van een andere plaats"})
    )
    ingested(source("blad"), rss({"guid": "b", **text}))
    first, other, second = Signal.objects.order_by("pk")
    correct(second.pk, "duplicate", "", "none", actor=BY)
    correct(first.pk, "duplicate", "", other.pk, actor=BY)
    while relate_waiting():
        pass
    assert group() == [other.pk, None, None], "nor is the first a root for the third"
    # A new version of what was linked is related again.
    ingested(paper, rss({"guid": "a", "title": text["title"] + " en de Ardennen"}), MONDAY + HOUR)
    while relate_waiting():
        pass
    assert group() == [other.pk, None, None]
    undo(history(second.pk)[0].pk, actor=BY)
    while relate_waiting():
        pass
    assert group() == [other.pk, None, None], "the machine finds no root: the first repeats another"


def test_a_new_version_keeps_what_a_person_said(store: Store) -> None:
    signal = leak()
    correct(signal.pk, "severity", "", "C", actor=BY)
    correct(signal.pk, "domain", "cyber", False, actor=BY)
    ingested(signal.source, rss({**LEAK, "title": "Datalek groter dan gedacht na phishing"}), MONDAY + HOUR)
    signal.refresh_from_db()
    assert signal.title == "Datalek groter dan gedacht na phishing"
    assert (signal.severity, signal.domains) == ("C", [])
    undo(history(signal.pk)[0].pk, actor=BY)
    signal.refresh_from_db()
    assert signal.domains == ["cyber"], "what the judges say of the new text"


def test_places_are_added_with_what_is_around_them_and_the_latest_word_counts(store: Store) -> None:
    signal = leak()

    def say(name: str, value: bool) -> tuple[list[str], list[str], dict[str, str], str]:
        correct(signal.pk, "place", name, value, actor=BY)
        signal.refresh_from_db()
        return signal.places, signal.countries, signal.parts, signal.relevance

    there = say("Rotterdam", True)
    assert there == (["rotterdam", "zuid-holland", "nl"], ["NL"], {"NL": "direct"}, "direct")
    # Rotterdam cannot be meant where the Netherlands are not.
    assert say("Nederland", False)[:3] == ([], [], {"NL": "indirect"}), "what the judges say stays"
    assert say("Bonaire", True)[2:] == ({"BQ-BO": "direct", "NL": "indirect"}, "direct")
    assert say("Rotterdam", True)[2] == {"BQ-BO": "direct", "NL": "direct"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Rotterdm", "there is no place 'Rotterdm'; nearest: rotterdam"),
        ("xyzzyq", "there is no place 'xyzzyq'"),
        ("Oranjestad", "the name of 2 places; give the id of one: "),
    ],
)
def test_a_place_that_is_none_or_several_is_refused_in_a_line(
    sqlite_store: Store, name: str, message: str
) -> None:
    with pytest.raises(CorrectionError, match=message):
        correct(leak().pk, "place", name, True, actor=BY)
