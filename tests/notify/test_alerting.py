"""The decider of alerts, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from notify.alerting import Candidate, Decision, Desk, Recipient, day_began, may_alert

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def candidate(signal: int, *, group: int = 0, recipient: Recipient | None = None, **more: Any) -> Candidate:
    values: dict[str, Any] = {
        "subscription": 1,
        "recipient": recipient or Recipient(1),
        "signal": signal,
        "group": group or signal,
        "story": group or signal,
        "severity": "",
        "owners": 1,
        "owner": f"owner-{signal}",
        "members": frozenset({signal, group or signal}),
        **more,
    }
    return Candidate(**values)


def test_a_group_is_told_once_by_whichever_member() -> None:
    desk = Desk()
    assert desk.decide(candidate(5, group=3), NOON) == Decision("first", "")
    assert desk.decide(candidate(3, members=frozenset({3, 5})), NOON) is None
    # The group got another root meanwhile: who was told of 5 was told of it.
    assert desk.decide(candidate(2, group=2, members=frozenset({2, 3, 5})), NOON) is None
    assert desk.decide(candidate(9), NOON) == Decision("first", "")


def test_what_an_earlier_alert_told_counts_for_its_subscription_alone() -> None:
    desk = Desk()
    desk.remember(1, {7}, "B", 2)
    assert desk.decide(candidate(7, severity="B", owners=5), NOON) is None
    assert desk.decide(candidate(7, severity="B", owners=6), NOON) == Decision("owners", "")
    assert desk.decide(candidate(7, subscription=2), NOON) == Decision("first", "")


def test_again_only_above_all_that_was_told() -> None:
    desk, at, told = Desk(), NOON, []
    for level in ("A", "", "B", "A", "B", "D", "C", "E", "E"):
        at += timedelta(hours=7)
        found = desk.decide(candidate(1, severity=level), at)
        told.append(found.why if found else "")
    assert told == ["first", "", "severity", "", "", "severity", "", "severity", ""]


def test_cool_down_is_of_a_story_and_ends() -> None:
    desk = Desk()
    assert desk.decide(candidate(1, story=1), NOON) == Decision("first", "")
    soon, late = NOON + timedelta(hours=5, minutes=59), NOON + timedelta(hours=6)
    assert desk.decide(candidate(2, story=1), soon) == Decision("first", "cooldown")
    assert desk.decide(candidate(3, story=3), soon) == Decision("first", "")
    assert desk.decide(candidate(4, story=1), late) == Decision("first", "")


def test_severe_news_breaks_through_the_cool_down_but_not_for_owners_alone() -> None:
    desk = Desk()
    desk.decide(candidate(1, severity="D"), NOON)
    soon = NOON + timedelta(hours=1)
    assert desk.decide(candidate(1, severity="D", owners=3), soon) == Decision("owners", "cooldown")
    assert desk.decide(candidate(1, severity="E", owners=3), soon) == Decision("severity", "")


def test_what_is_held_counts_as_told() -> None:
    desk = Desk()
    desk.decide(candidate(1, story=1), NOON)
    desk.decide(candidate(2, story=1), NOON)
    assert desk.decide(candidate(2, story=1), NOON + timedelta(hours=8)) is None


@pytest.mark.parametrize(("cap", "ordinary"), [(8, 6), (4, 3), (3, 3), (1, 1), (0, 0)])
def test_places_of_the_cap_are_kept_for_severe_news(cap: int, ordinary: int) -> None:
    desk, who = Desk(), Recipient(1, cap=cap)
    plain = [desk.decide(candidate(n, recipient=who), NOON) for n in range(1, 12)]
    assert [d.held for d in plain if d] == [""] * ordinary + ["cap"] * (11 - ordinary)
    severe = [desk.decide(candidate(n, recipient=who, severity="E"), NOON) for n in range(21, 32)]
    assert [d.held for d in severe if d] == [""] * (cap - ordinary) + ["cap"] * (11 - cap + ordinary)


def test_the_day_is_the_readers_own() -> None:
    desk, who = Desk(), Recipient(1, "America/Curacao", cap=1)
    night = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # 23:30 of the 23rd there
    assert desk.decide(candidate(1, recipient=who), night) == Decision("first", "")
    assert desk.decide(candidate(2, recipient=who), night + timedelta(minutes=29)) == Decision("first", "cap")
    assert desk.decide(candidate(3, recipient=who), night + timedelta(minutes=30)) == Decision("first", "")
    assert day_began(night, "America/Curacao") == datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert day_began(datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/Amsterdam") == datetime(
        2026, 10, 24, 22, tzinfo=UTC
    ), "before the clock went back"


def test_one_message_for_several_rules_counts_once() -> None:
    desk, who = Desk(), Recipient(1, cap=1)
    assert desk.decide(candidate(1, recipient=who), NOON) == Decision("first", "")
    assert desk.decide(candidate(1, recipient=who, subscription=2), NOON) == Decision("first", "")
    assert desk.decide(candidate(2, recipient=who, subscription=2), NOON) == Decision("first", "cap")


def test_one_owner_has_a_share_and_severe_news_is_not_held_by_it() -> None:
    desk = Desk()
    held = [desk.decide(candidate(n, owner="wire"), NOON) for n in range(1, 6)]
    assert [d.held for d in held if d] == ["", "", "", "cap", "cap"]
    assert desk.decide(candidate(8, owner="wire", severity="D"), NOON) == Decision("first", "")
    assert desk.decide(candidate(9, owner="other"), NOON) == Decision("first", "")


def test_who_may_alert_at_all() -> None:
    ago = NOON - timedelta(hours=72)
    assert may_alert("", ago, None, NOON)
    assert not may_alert("", ago - timedelta(seconds=1), None, NOON)
    assert not may_alert("first-poll", NOON, None, NOON)
    assert may_alert("", NOON, NOON, NOON)
    assert not may_alert("", NOON - timedelta(seconds=1), NOON, NOON)
