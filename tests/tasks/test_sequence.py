"""The sequence: order, the lock, an outage of the search server, and what is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from ingest.models import Signal, Source, SourceState, Work
from ingest.outbox import queue
from search import engines, holder
from search.embedded import Embedded
from tasks import sequence
from tasks.sequence import Backoff, run_sequence, take_turn
from tasks.telling import line
from tests.conftest import Store


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """An index of the test's own."""
    engine = Embedded(tmp_path / "index")
    monkeypatch.setattr(engines, "writer", lambda: engine)
    monkeypatch.setattr(sequence, "_process", sequence._Process())
    return engine


def _signals(count: int) -> list[Signal]:
    source = Source.objects.create(slug="bron", name="Bron")
    SourceState.objects.create(source=source)
    now = timezone.now()
    made = [
        Signal(
            source=source, identity=f"i{n}", title=f"Storing nummer {n // 2} in het netwerk van de stad",
            content_hash="c", as_of=now, seen=now, published=now - timedelta(minutes=n),
        )
        for n in range(count)
    ]  # fmt: skip
    Signal.objects.bulk_create(made)
    for stage in Work.Stage.values:
        Work.objects.bulk_create([Work(signal=s, stage=stage, revision=1) for s in made])
    return made


def test_everything_that_waits_is_related_and_indexed(store: Store, index: Embedded) -> None:
    _signals(5)
    rounds: list[int] = []
    done = take_turn(told=lambda ids, _since: rounds.append(len(ids)))
    assert done.indexed >= 5
    assert not Work.objects.exists()
    # Two of a kind joined one group, which raised their revision: the index has the newest.
    assert Signal.objects.exclude(duplicate_of=None).count() == 2
    assert dict(index.versions()) == dict(Signal.objects.values_list("pk", "revision"))
    assert rounds[0] == 5


def test_a_second_holder_is_refused_and_a_foreground_command_waits_for_the_first(
    sqlite_store: Store, index: Embedded
) -> None:
    with holder.holding():
        with pytest.raises(holder.Held):
            take_turn()
        # Nothing waits, so there is nothing for the foreground to wait for.
        assert run_sequence().indexed == 0


def test_an_outage_of_the_search_server_costs_no_signal_an_attempt(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.elastic import Elastic

    # Nobody listens on port 9 (discard) of the loopback interface.
    monkeypatch.setattr(engines, "writer", lambda: Elastic("http://127.0.0.1:9", "t", ""))
    monkeypatch.setattr(sequence, "_process", sequence._Process())
    _signals(2)
    first = run_sequence()
    assert first.unavailable
    assert first.related == 2
    waiting = Work.objects.filter(stage="index")
    assert set(waiting.values_list("attempts", "quarantined")) == {(0, None)}
    # While it rests the server is not asked again.
    assert run_sequence().unavailable == ""
    assert waiting.count() == 2


def test_rests_double_up_to_a_minute_and_end_with_an_answer() -> None:
    backoff = Backoff()
    assert [backoff.failed(0.0) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff.resting(59.0)
    assert not backoff.resting(60.0)
    backoff.answered()
    assert not backoff.resting(0.0)
    assert backoff.failed(0.0) == 1


def test_what_was_indexed_is_told_by_primary_domain() -> None:
    assert (
        line([["cyber", "crime"], ["cyber"], ["health"], []], "Lek in router", "Bron")
        == "indexed 4 signals: 2 cyber, 1 health, 1 of no domain; newest: Lek in router — Bron"
    )
    assert line([[]], "x" * 100, "B").endswith(f"{'x' * 79}… — B")
    many = [[domain] for domain in "abcdefg"]
    assert "1 e, 2 of other domains; newest" in line(many, "t", "B")


def test_an_index_that_another_process_has_open_is_left_to_that_process(
    sqlite_store: Store, index: Embedded
) -> None:
    _signals(2)
    take_turn()
    index.close()
    other = Embedded(index.generations.root)
    other.write([])
    other.delete([0])
    changed = Signal.objects.earliest("pk")
    queue([changed], (Work.Stage.INDEX,))
    try:
        with pytest.raises(holder.Held, match="another process writes the search index"):
            take_turn()
        assert Work.objects.filter(stage=Work.Stage.INDEX, attempts=0, quarantined=None).exists()
    finally:
        other.close()
    assert take_turn().indexed == 1
