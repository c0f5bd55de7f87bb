"""The match stage on both kinds of store: matches, alerts and ledger rows, whatever is killed or repeated."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from ingest.models import Signal, Work
from notify import matching, standing
from notify.models import Alert, Delivery, Match, Subscription, Webhook
from tests.conftest import Store
from tests.notify.made import NOW, changed, reader, sighted, signal, source, subscription


def alerts() -> list[tuple[str, str, str]]:
    return list(Alert.objects.order_by("pk").values_list("why", "severity", "held"))


def run(minutes: float = 0) -> matching.Matched:
    """A round, some minutes after noon."""
    return matching.match_some(200, NOW + timedelta(minutes=minutes))


def touch(found: Subscription, minutes: float = 0, **values: Any) -> None:
    for name, value in values.items():
        setattr(found, name, value)
    standing.touched(found)
    found.save()


def test_a_match_becomes_an_alert_with_its_rule_and_words_and_one_mail(store: Store) -> None:
    mine = subscription(query="ransomware", least="B")
    daily = subscription(mode="daily")
    subscription(reader("other@example.org"), domains=["health"])
    met = signal(severity="C")
    signal("Weather", domains=["climate"])
    done = run()
    assert (done.signals, done.alerts, done.deliveries) == (2, 1, 1)
    assert not Work.objects.exists()
    assert set(Match.objects.values_list("subscription", "signal")) == {(mine.pk, met.pk), (daily.pk, met.pk)}
    alert = Alert.objects.get()
    assert alert.rule == "domain:cyber severity:>=B (ransomware)"
    assert ["", "Ransomware"] in alert.words or ["title", "Ransomware"] in alert.words
    assert ["domain", "cyber"] in alert.words
    assert (alert.subscription, alert.signal, alert.group, alert.why) == (mine, met, met.pk, "first")
    mail = Delivery.objects.get()
    assert alert.delivery == mail
    assert (mail.kind, mail.state, mail.address, mail.text) == ("alert", "waiting", "reader@example.org", "")
    assert "@" in mail.message_id


def test_without_a_least_severity_none_passes_and_with_one_it_does_not(store: Store) -> None:
    every, graded = subscription(), subscription(least="A")
    signal()
    run()
    assert list(Match.objects.values_list("subscription", flat=True)) == [every.pk]
    assert graded.pk not in Alert.objects.values_list("subscription", flat=True)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_a_group_is_told_once_in_any_order(
    sqlite_store: Store, order: tuple[int, ...], together: bool
) -> None:
    subscription()
    first = signal(by="desk-a")
    rest = [signal(by="desk-b", repeats=first), signal(by="desk-a", repeats=first)]
    members = [first, *rest]
    Work.objects.all().delete()
    for minute, number in enumerate(order):
        changed(members[number])
        if not together:
            run(minute)
    run(9)
    assert alerts() == [("first", "", "")]
    assert Delivery.objects.count() == 1
    assert Match.objects.count() == 3, "digests see every one of them"


def test_a_signal_waits_until_it_is_related(store: Store) -> None:
    subscription()
    found = signal()
    Work.objects.create(signal=found, stage=Work.Stage.RELATE, revision=1)
    assert matching.match_waiting(10, NOW) == 0
    Work.objects.filter(stage=Work.Stage.RELATE).delete()
    assert matching.match_waiting(10, NOW) == 1
    assert len(alerts()) == 1


def test_again_when_severity_rises_above_what_was_told_and_only_then(store: Store) -> None:
    subscription()
    found = signal(severity="B")
    run()
    for minutes, level in ((400, "C"), (401, "A"), (402, "C"), (800, "D"), (1200, "C")):
        changed(found, severity=level)
        run(minutes)
    assert alerts() == [("first", "B", ""), ("severity", "C", ""), ("severity", "D", "")]


def test_again_when_three_times_as_many_owners_tell_it(store: Store) -> None:
    subscription()
    found = signal(by="desk-a")
    run()
    for number, minutes in enumerate((400, 401, 402, 800, 801, 802, 803, 804)):
        sighted(found, f"desk-{number}")
        run(minutes)
    told = list(Alert.objects.order_by("pk").values_list("why", "owners"))
    assert told == [("first", 1), ("owners", 3), ("owners", 9)]


def test_a_member_that_does_not_meet_the_rule_still_counts_for_its_group(store: Store) -> None:
    mine = subscription(query="port")
    root = signal("Ransomware at a port", by="a", severity="A")
    run()
    signal("Malware at a quay", by="b", repeats=root, at=NOW + timedelta(minutes=400))
    signal("Malware at a quay", by="c", repeats=root, at=NOW + timedelta(minutes=400))
    run(401)
    later = NOW + timedelta(minutes=402)
    signal("Malware at a quay", by="d", repeats=root, severity="E", domains=[], at=later)
    run(403)
    told = list(Alert.objects.order_by("pk").values_list("why", "severity", "owners", "signal"))
    assert told == [("first", "A", 1, root.pk), ("owners", "A", 3, root.pk), ("severity", "E", 4, root.pk)]
    assert list(Match.objects.values_list("subscription", "signal")) == [(mine.pk, root.pk)]


def test_cool_down_holds_the_story_not_the_domain_and_severe_news_breaks_through(store: Store) -> None:
    subscription()
    found = signal(severity="A", by="a")
    run()
    newer = signal("Ransomware at a port, update", update_of=found, by="a", at=NOW + timedelta(minutes=5))
    run(10)
    signal("Something else in the same domain", by="b", at=NOW + timedelta(minutes=5))
    run(20)
    changed(newer, severity="D")
    run(30)
    changed(newer, severity="D")
    run(40)
    assert alerts() == [
        ("first", "A", ""),
        ("first", "", "cooldown"),
        ("first", "", ""),
        ("severity", "D", ""),
    ]
    assert Delivery.objects.count() == 3


def test_the_cap_holds_the_rest_of_the_local_day_and_keeps_places_for_severe_news(store: Store) -> None:
    subscription()
    for number in range(9):
        signal(f"Ransomware {number}", by=f"desk-{number}")
    run()
    assert [held for *_, held in alerts()] == [""] * 6 + ["cap"] * 3, "two of eight are kept"
    for number in range(3):
        signal(f"Catastrophe {number}", by="desk-d", severity="D")
    run(1)
    assert alerts()[9:] == [("first", "D", ""), ("first", "D", ""), ("first", "D", "cap")]
    assert Delivery.objects.count() == 8
    tomorrow = 11 * 60 + 1  # in Amsterdam
    signal("Ransomware of tomorrow", by="desk-z")
    run(tomorrow)
    assert alerts()[-1] == ("first", "", "")


def test_one_source_gets_no_more_than_its_share_of_the_day(store: Store) -> None:
    subscription()
    for number in range(5):
        signal(f"Advisory {number}", by="bulletin")
    run()
    assert [held for *_, held in alerts()] == ["", "", "", "cap", "cap"]
    signal("Advisory of somebody else", by="desk-a")
    signal("Advisory 9", by="bulletin", severity="E")
    run(1)
    assert alerts()[-2:] == [("first", "E", ""), ("first", "", "")]


def test_one_message_where_several_rules_of_one_reader_meet_a_group(store: Store) -> None:
    hook = Webhook.objects.create(user=reader(), url="https://hook.example.org/", secret="s")
    subscription()
    subscription(query="ransomware", webhook=hook)
    subscription(reader("other@example.org"))
    signal()
    done = run()
    assert (done.alerts, done.deliveries) == (3, 3)
    assert Delivery.objects.filter(webhook=hook).get().message_id.startswith("msg_")
    mine = Delivery.objects.get(user=reader(), webhook=None)
    assert mine.alerts.count() == 2


def test_quiet_old_and_earlier_signals_match_but_never_alert(store: Store) -> None:
    subscription(since=NOW - timedelta(hours=80))
    signal(quiet="first-poll")
    signal("Older ransomware", at=NOW - timedelta(hours=73))
    signal("Ransomware before the subscription", at=NOW - timedelta(hours=81))
    run()
    assert alerts() == []
    assert Match.objects.count() == 3


def test_mutes_are_respected_and_do_not_silence_others(store: Store) -> None:
    first = signal(by="loud")
    told_by_others_too = signal("Ransomware elsewhere", by="desk-a")
    sighted(told_by_others_too, "loud")
    group = signal("Ransomware a third time", by="desk-b")
    member = signal("Ransomware a third time", by="desk-c", repeats=group)
    mine = subscription(muted_sources=["loud"], muted_groups=[member.pk])
    run()
    assert list(Match.objects.values_list("signal", flat=True)) == [told_by_others_too.pk]
    sighted(first, "desk-d")
    run(1)
    assert set(Match.objects.values_list("signal", flat=True)) == {told_by_others_too.pk, first.pk}
    touch(mine, muted_groups=[])
    changed(group)
    run(2)
    assert Alert.objects.count() == 3


def test_pause_change_and_delete_take_effect_with_the_next_round(store: Store) -> None:
    mine = subscription()
    signal("Ransomware 1", by="a")
    run()
    touch(mine, paused=NOW)
    signal("Ransomware 2", by="b")
    run(1)
    touch(mine, paused=None, query="worm")
    signal("Ransomware 3", by="c")
    signal("A worm", by="d")
    run(2)
    touch(mine, deleted=NOW)
    signal("Another worm", by="e")
    run(3)
    assert list(Alert.objects.order_by("pk").values_list("title", flat=True)) == ["Ransomware 1", "A worm"]


def test_what_a_signal_no_longer_meets_goes_and_what_stays_keeps_its_time(store: Store) -> None:
    mine, other = subscription(), subscription(domains=["crime"])
    found = signal(domains=["cyber", "crime"])
    run()
    changed(found, domains=["crime"])
    run(5)
    assert list(Match.objects.values_list("subscription", "at")) == [(other.pk, NOW)]
    assert Alert.objects.filter(subscription=mine).count() == 1


def test_killed_in_the_middle_it_did_nothing_and_again_it_does_it_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription()
    signal()

    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    for place in ("_done", "_write_matches"):
        with monkeypatch.context() as patched:
            patched.setattr(matching, place, dies)
            with pytest.raises(Killed):
                run()
        assert not Alert.objects.exists()
        assert not Delivery.objects.exists()
        assert not Match.objects.exists()
    run()
    before = list(Alert.objects.values_list("subscription", "group", "why", "delivery"))
    for found in Signal.objects.all():
        changed(found)
    run(1)
    assert list(Alert.objects.values_list("subscription", "group", "why", "delivery")) == before
    assert Delivery.objects.count() == Match.objects.count() == 1


def test_what_changes_while_it_is_matched_stays_in_the_queue(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription(least="C")
    found = signal()
    real = matching._percolated

    def meanwhile(*given: Any) -> Any:
        batch = real(*given)
        changed(found, severity="C")
        return batch

    with monkeypatch.context() as patched:
        patched.setattr(matching, "_percolated", meanwhile)
        matching.match_waiting(1, NOW)
    assert Work.objects.get().revision == 2
    assert not Alert.objects.exists()
    run(1)
    assert alerts() == [("first", "C", "")]


def test_a_signal_that_cannot_be_matched_is_quarantined_and_the_others_go_on(store: Store) -> None:
    subscription()
    bad, good = signal(severity="Q"), signal("Ransomware again", by="b")
    for _ in range(4):
        run()
    assert list(Match.objects.values_list("signal", flat=True)) == [good.pk]
    row = Work.objects.get()
    assert (row.signal_id, row.attempts, row.quarantined is not None) == (bad.pk, 3, True)
    assert "severity" in row.error


def test_a_subscription_that_can_be_read_no_longer_is_marked_and_said_once(store: Store) -> None:
    broken = subscription(query="severity:>=high", name="Ports")
    gone = subscription(domains=["alchemy"])
    fine = subscription()
    signal()
    run()
    signal("More ransomware", by="b")
    run(1)
    for found in (broken, gone):
        found.refresh_from_db()
        assert found.broken
    fine.refresh_from_db()
    assert not fine.broken
    notices = Delivery.objects.filter(kind="notice")
    assert notices.count() == 2
    assert notices.filter(subject__contains="Ports").exists()
    assert Alert.objects.filter(subscription=fine).count() == 2


def test_an_inactive_user_is_told_nothing(store: Store) -> None:
    found = reader()
    subscription(found)
    found.is_active = False
    found.save()
    signal()
    run()
    assert not Alert.objects.exists()
    assert not Work.objects.exists()


def test_owner_groups_and_not_sources_are_counted(store: Store) -> None:
    subscription()
    for slug in ("wire-1", "wire-2", "wire-3"):
        source(slug, owner="wire")
    found = signal(by="wire-1")
    run()
    for slug in ("wire-2", "wire-3"):
        sighted(found, slug)
    run(400)
    assert alerts() == [("first", "", "")]
