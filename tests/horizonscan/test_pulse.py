"""When a worker is taken for stuck."""

from __future__ import annotations

from horizonscan.pulse import Idleness


def test_a_worker_is_stuck_when_messages_wait_and_it_does_nothing_at_three_looks() -> None:
    idleness = Idleness()
    assert [idleness.stuck(5, False, 7) for _ in range(4)] == [False, False, False, True]


def test_a_busy_or_quick_worker_and_an_empty_queue_are_no_sign() -> None:
    busy, quick, empty = Idleness(), Idleness(), Idleness()
    for number in range(10):
        assert not busy.stuck(5, True, 7)
        assert not quick.stuck(5, False, number)
        assert not empty.stuck(0, False, 7)
