"""From SQL to the index and back: draining, changes, failures, loss of the index, rebuilds, sweeps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from ingest.models import Signal, Work
from ingest.text.dutch import vocabulary
from search import holder, indexing
from search.document import SearchDocument, build, facts_of
from search.embedded import Embedded
from search.engine import EngineUnavailable
from search.finding import find
from search.indexing import index_waiting, rebuild, sweep
from tests.conftest import Store
from tests.search.signals import change
from tests.search.signals import store as stored


def titles(query: str) -> list[str]:
    return [hit.title for hit in find(query).hits]


def test_a_stored_signal_is_found_and_its_work_is_done(store: Store, engine: Embedded) -> None:
    signal = stored("Overstromingen in Zeeland", "Dijken bij Vlissingen hielden stand.", domains=["climate"])
    assert index_waiting(engine) == 1
    assert index_waiting(engine) == 0
    assert not Work.objects.exists()
    found = find("overstroming", facets=True, histogram=True)
    assert [hit.id for hit in found.hits] == [signal.pk]
    hit = found.hits[0]
    assert hit.title[slice(*hit.title_highlights[0])] == "Overstromingen"
    assert found.facets["domain"] == [("climate", 1)]
    assert found.histogram == [("2026-11-20", 1)]
    signal.refresh_from_db()
    assert signal.indexed_at is not None


def test_a_new_version_replaces_the_old_one(store: Store, engine: Embedded) -> None:
    signal = stored("Lek ontdekt")
    index_waiting(engine)
    change(signal, title="Lek gedicht")
    index_waiting(engine)
    assert titles("ontdekt") == []
    assert titles("gedicht") == ["Lek gedicht"]
    assert find("").total == 1


def test_work_that_changes_while_it_is_indexed_stays(store: Store, engine: Embedded) -> None:
    signal = stored("Eerste tekst")

    class Interrupted(Embedded):
        """Stands for a pipeline that stores a new version between reading and the end of writing."""

        def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
            done = super().write(documents)
            change(signal, title="Tweede tekst")
            return done

    engine.close()
    slow = Interrupted(engine.generations.root)
    index_waiting(slow)
    slow.close()
    assert Work.objects.get().revision == 2
    index_waiting(engine)
    assert titles("tweede") == ["Tweede tekst"]
    assert not Work.objects.exists()


def test_one_unusable_signal_is_quarantined_and_the_others_go_on(store: Store, engine: Embedded) -> None:
    bad = stored("Kapot", domains={"no": "list"})
    worse = stored("Onleesbaar")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_signal SET threats = %s WHERE id = %s", ['"text"', worse.pk])
    stored("Heel")
    rounds = 0
    while index_waiting(engine):
        rounds += 1
    assert rounds == 3
    assert titles("heel") == ["Heel"]
    left = {work.signal_id: work for work in Work.objects.all()}
    assert set(left) == {bad.pk, worse.pk}
    assert all(work.quarantined and work.attempts == 3 for work in left.values())
    assert "domain is not a list" in left[bad.pk].error


def test_an_outage_counts_no_failure(store: Store, engine: Embedded) -> None:
    class Away(Embedded):
        def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
            raise EngineUnavailable("away")

    stored("Wacht")
    engine.close()
    with pytest.raises(EngineUnavailable):
        index_waiting(Away(engine.generations.root))
    assert Work.objects.get().attempts == 0
    assert index_waiting(engine) == 1
    assert titles("wacht") == ["Wacht"]


def test_a_deleted_index_folder_is_built_anew_from_sql(store: Store, engine: Embedded) -> None:
    for number in range(5):
        stored(f"Bericht {number}")
    index_waiting(engine)
    shutil.rmtree(engine.generations.root)
    assert index_waiting(engine) == 0
    assert find("bericht").total == 5


def test_a_folder_deleted_between_two_writes_loses_nothing(store: Store, engine: Embedded) -> None:
    class Robbed(Embedded):
        robbed = False

        def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
            if not self.robbed:
                self.robbed = True
                shutil.rmtree(self.generations.root)
            return super().write(documents)

    stored("Eerder")
    index_waiting(engine)
    engine.close()
    stored("Later")
    robbed = Robbed(engine.generations.root)
    assert index_waiting(robbed) == 1
    robbed.close()
    assert sorted(titles("")) == ["Eerder", "Later"]
    assert not Work.objects.exists()


@pytest.mark.parametrize("damage", ["meta", "segment", "signature"])
def test_a_damaged_or_outdated_index_is_built_anew(store: Store, engine: Embedded, damage: str) -> None:
    stored("Blijft vindbaar")
    index_waiting(engine)
    engine.close()
    folder = engine.generations.current()
    assert folder is not None
    if damage == "meta":
        (folder / "meta.json").write_text("{}")
    elif damage == "segment":
        next(folder.glob("*.idx")).unlink()
    else:
        (folder / "SIGNATURE").write_text("made by an older version")
    assert engine.trouble()
    index_waiting(engine)
    assert titles("vindbaar") == ["Blijft vindbaar"]
    assert engine.trouble() is None
    assert engine.generations.current() != folder
    assert not folder.exists()


def test_a_broken_off_rebuild_goes_on_and_takes_in_what_changed(
    store: Store, engine: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.indexing._BATCH", 4)
    signals = [stored(f"Bericht {number}") for number in range(10)]
    while index_waiting(engine):
        pass

    def stop(done: int, total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(engine, stop)
    assert find("bericht").total == 10, "searches go on in the old index"
    change(signals[0], title="Gewijzigd")
    signals[1].delete()
    seen: list[int] = []
    rebuild(engine, lambda done, total: seen.append(done))
    assert seen[0] == 4, "the first batch is kept"
    assert sorted(titles("")) == ["Bericht 2", *[f"Bericht {n}" for n in range(3, 10)], "Gewijzigd"]
    assert len(list(engine.generations.root.glob("g-*"))) == 1


def test_the_sweep_removes_what_sql_lost_and_queues_what_the_index_lacks(
    store: Store, engine: Embedded
) -> None:
    keep, gone, stale, missing = (stored(name) for name in ("Blijft", "Verdwijnt", "Verouderd", "Ontbreekt"))
    index_waiting(engine)
    gone.delete()
    Signal.objects.filter(pk=stale.pk).update(title="Vernieuwd", revision=2)
    engine.delete([missing.pk])
    assert sweep(engine) == (1, 2)
    index_waiting(engine)
    assert sorted(titles("")) == ["Blijft", "Ontbreekt", "Vernieuwd"]
    assert sweep(engine) == (0, 0)
    assert keep.pk in [hit.id for hit in find("").hits]


def test_an_index_that_is_ahead_of_a_restored_store_is_put_back(store: Store, engine: Embedded) -> None:
    signal = stored("Nieuwste")
    change(signal, title="Nog nieuwer")
    index_waiting(engine)
    Signal.objects.filter(pk=signal.pk).update(title="Nieuwste", revision=1)
    sweep(engine)
    index_waiting(engine)
    assert titles("") == ["Nieuwste"]


def test_queueing_leaves_waiting_and_quarantined_work_and_skips_the_deleted(store: Store) -> None:
    waits, held, lacks = (stored(name) for name in ("Wacht", "Vast", "Ontbreekt"))
    Work.objects.filter(signal=held).update(quarantined=held.seen, attempts=3)
    Work.objects.filter(signal=lacks).delete()
    indexing._queue({waits.pk: 1, held.pk: 1, lacks.pk: 1, 999_999: 1})
    rows = {work.signal_id: (work.attempts, work.quarantined is not None) for work in Work.objects.all()}
    assert rows == {waits.pk: (0, False), held.pk: (3, True), lacks.pk: (0, False)}


def test_a_signal_deleted_from_sql_is_never_shown(store: Store, engine: Embedded) -> None:
    signal = stored("Weg ermee")
    index_waiting(engine)
    signal.delete()
    assert find("weg").hits == []


def test_a_requested_rebuild_is_done_by_whoever_holds_the_sequence(
    store: Store, engine: Embedded, data_dir: Path
) -> None:
    stored("Tekst")
    index_waiting(engine)
    before = engine.generations.current()
    holder.request_rebuild()
    with holder.holding():
        assert holder.held()
        with pytest.raises(holder.Held), holder.holding():
            pass
        index_waiting(engine)
    assert holder.rebuild_requested() is None
    assert not holder.held()
    assert engine.generations.current() != before
    assert titles("tekst") == ["Tekst"]


def test_searches_go_on_while_the_index_is_rebuilt_again_and_again(store: Store, engine: Embedded) -> None:
    for number in range(30):
        stored(f"Bericht {number}")
    index_waiting(engine)
    reading = Embedded(engine.generations.root)

    def rebuilding() -> None:
        try:
            for _ in range(15):
                rebuild(engine)
        finally:
            connections.close_all()

    searches = 0
    with ThreadPoolExecutor(1) as pool:
        rebuilt = pool.submit(rebuilding)
        while not rebuilt.done():
            assert find("bericht", engine=reading).total == 30
            searches += 1
        rebuilt.result()
    reading.close()
    assert searches > 15


def test_a_broken_vocabulary_stops_indexing_and_blames_no_signal(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> None:
        raise vocabulary.VocabularyError("dutch.txt line 3: 'Phishing' must be letters a-z and digits")

    made = stored("Datalek bij gemeente")
    monkeypatch.setattr(vocabulary, "load", broken)
    with pytest.raises(EngineUnavailable, match="line 3"):
        index_waiting(Embedded(tmp_path / "index"))
    waiting = Work.objects.get(signal=made, stage=Work.Stage.INDEX)
    assert (waiting.attempts, waiting.quarantined) == (0, None)


def test_what_a_killed_commit_left_behind_does_not_stop_the_next(store: Store, engine: Embedded) -> None:
    signals = [stored(f"Bericht {number}") for number in range(5)]
    index_waiting(engine)
    engine.close()
    folder = engine.generations.current()
    assert folder is not None
    # What the next commit writes is learnt from a copy, and put there as if that commit had been killed.
    change(signals[0], title="Gewijzigd bericht")
    before = {path.name for path in folder.iterdir()}
    root = engine.generations.root.with_name("copy")
    shutil.copytree(engine.generations.root, root)
    copy = Embedded(root)
    copy.write([build(facts_of(Signal.objects.select_related("source").get(pk=signals[0].pk)))])
    copy.close()
    left = [path for path in (root / folder.name).iterdir() if path.name not in before]
    assert any(path.suffix == ".del" for path in left)
    managed = json.loads((folder / ".managed.json").read_text())
    for path in left:
        shutil.copy(path, folder)
        managed.append(path.name)
    (folder / ".managed.json").write_text(json.dumps(managed))
    assert index_waiting(engine) == 1
    assert titles("gewijzigd") == ["Gewijzigd bericht"]
