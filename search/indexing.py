"""SQL to index: draining the outbox, building an index anew, and putting right what differs.

Everything here may be killed at any moment and run again. A Work row goes only after its document is
durable, and only if its revision is not newer than the one indexed. Rows that another transaction holds
are left for the next round: whoever holds them is about to change them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from ingest import canary
from ingest.models import Entry, Signal, Work
from ingest.quarantine import failed
from ingest.text.dutch import vocabulary
from search import engines, holder
from search.document import SearchDocument, build, facts_of
from search.engine import Engine, EngineError, EngineUnavailable, IndexMissing, Target

__all__ = ["EngineUnavailable", "IndexMissing", "ensure", "index_waiting", "rebuild", "sweep"]

_BATCH = 500
_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
Progress = Callable[[int, int], None]
log = structlog.get_logger(__name__)


def _silent(done: int, total: int) -> None:
    """The progress of a rebuild that nobody watches."""


#: What a document is made of.
_COLUMNS = (
    *("revision", "title", "excerpt", "published", "seen", "url", "language", "domains", "threats"),
    *("severity", "countries", "places", "parts", "relevance", "entities"),
    *("source__slug", "source__country"),
)


def _signals(ids: Sequence[int]) -> tuple[list[Signal], dict[int, str]]:
    """The rows of `ids` that there are, and the reasons why some cannot even be read."""
    rows = Signal.objects.select_related("source").only(*_COLUMNS).order_by("pk")
    try:
        return list(rows.filter(pk__in=ids)), {}
    except _BROKEN:
        found: list[Signal] = []
        unreadable: dict[int, str] = {}
        for number in ids:
            try:
                found.extend(rows.filter(pk=number))
            except _BROKEN as error:
                unreadable[number] = f"cannot be read: {error}"
        return found, unreadable


def _sightings(ids: Sequence[int]) -> dict[int, list[str]]:
    """By signal the slugs of the sources that reported it besides its owner."""
    found: dict[int, list[str]] = {}
    others = Entry.objects.filter(signal__in=ids).exclude(source=F("signal__source"))
    pairs = others.order_by("signal", "source__slug").values_list("signal", "source__slug").distinct()
    for signal, slug in pairs:
        if signal is not None:
            found.setdefault(signal, []).append(slug)
    return found


def documents_of(ids: Sequence[int]) -> tuple[list[SearchDocument], dict[int, str]]:
    """The documents of `ids` as SQL has them now, and for the others why they cannot be built."""
    rows, broken = _signals(ids)
    sightings = _sightings(ids)
    documents = []
    for row in rows:
        try:
            documents.append(build(facts_of(row, sightings.get(row.pk, ()))))
        except _BROKEN as error:
            broken[row.pk] = str(error) or type(error).__name__
    return documents, broken


def _indexed(revisions: Mapping[int, int]) -> None:
    """Removes the Work rows of what is indexed by now, and notes when."""
    by_revision: dict[int, list[int]] = {}
    for signal, revision in revisions.items():
        by_revision.setdefault(revision, []).append(signal)
    with transaction.atomic():
        rows = Signal.objects.filter(pk__in=list(revisions)).order_by("pk")
        free = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Signal.objects.filter(pk__in=free).update(indexed_at=timezone.now())
        for revision, signals in by_revision.items():
            waiting = Work.objects.filter(stage=Work.Stage.INDEX, signal__in=signals, revision__lte=revision)
            mine = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
            Work.objects.filter(pk__in=mine, revision__lte=revision).delete()


def _failed(reasons: Mapping[int, str]) -> None:
    """Counts a failure for each signal; the third takes it out of the queue, visible with its reason."""
    for row in Work.objects.filter(stage=Work.Stage.INDEX, signal__in=list(reasons), quarantined=None):
        failed(row, reasons[row.signal_id])


def ensure(engine: Engine, progress: Progress | None = None) -> bool:
    """Builds the index anew where it is missing, damaged or outdated, or where a rebuild was asked for.

    For the holder of the sequence. True where it did. Raises EngineUnavailable.
    """
    asked = holder.rebuild_requested()
    reason = "asked for" if asked else engine.trouble()
    if reason is None:
        return False
    log.info("index is built anew", engine=engine.name, reason=reason)
    rebuild(engine, progress or (holder.report if asked else None))
    if asked:
        holder.rebuild_done(asked)
    return True


def _written(engine: Engine, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
    try:
        return engine.write(documents)
    except IndexMissing as error:
        raise EngineUnavailable(str(error)) from None


def _readable() -> None:
    """A broken vocabulary is nobody's document's fault: nothing is analysed until it is mended."""
    try:
        vocabulary.load()
    except vocabulary.VocabularyError as error:
        raise EngineUnavailable(str(error)) from None


def index_waiting(engine: Engine | None = None, limit: int = 200) -> int:
    """Indexes up to `limit` waiting signals, oldest Work first; returns how many it dealt with.

    For the holder of the sequence: a missing index is built first. A signal whose document cannot be
    built or is refused counts a failure and the others go on. Raises EngineUnavailable when the engine
    does not answer; nothing is lost or counted then, try again later.
    """
    engine = engine or engines.writer()
    _readable()
    ensure(engine)
    waiting = Work.objects.filter(stage=Work.Stage.INDEX, quarantined__isnull=True).order_by("pk")
    ids = list(waiting.values_list("signal", flat=True)[:limit])
    if not ids:
        return 0
    documents, broken = documents_of(ids)
    try:
        refused = engine.write(documents)
    except IndexMissing:
        # It went since it was looked at; the new one is made of everything SQL has.
        ensure(engine)
        refused = _written(engine, documents)
    _failed({**broken, **refused})
    _indexed({document.id: document.revision for document in documents if document.id not in refused})
    return len(ids)


def _queue(revisions: Mapping[int, int]) -> None:
    """Work rows for these signals; a row that already waits, or is in quarantine, stays as it is."""
    rows = [
        Work(signal_id=signal, stage=Work.Stage.INDEX, revision=revision)
        for signal, revision in revisions.items()
    ]
    try:
        with transaction.atomic():
            Work.objects.bulk_create(rows, ignore_conflicts=True)
    except IntegrityError:
        # A signal was deleted meanwhile: it needs no index, the others do.
        for row in rows:
            with transaction.atomic():
                if Signal.objects.select_for_update().filter(pk=row.signal_id).exists():
                    Work.objects.bulk_create([row], ignore_conflicts=True)


def _indexable() -> QuerySet[Signal]:
    """The signals that an index holds: all but the canary's."""
    return Signal.objects.exclude(source__in=canary.sources())


def _stored(above: int = 0) -> Iterator[tuple[int, int]]:
    """(id, revision) of every signal in SQL by rising id, in short queries."""
    while True:
        rows = _indexable().filter(pk__gt=above).order_by("pk").values_list("pk", "revision")
        page = list(rows[:5_000])
        yield from page
        if len(page) < 5_000:
            return
        above = page[-1][0]


def _differences(target: Target) -> tuple[list[int], dict[int, int]]:
    """(ids that the index should not have, or not in that version; id → revision of what it lacks)."""
    gone: list[int] = []
    lacking: dict[int, int] = {}
    stored = _stored()
    row = next(stored, None)
    for number, version in target.versions():
        while row is not None and row[0] < number:
            lacking[row[0]] = row[1]
            row = next(stored, None)
        if row is None or row[0] > number:
            gone.append(number)
            continue
        if version != row[1]:
            lacking[row[0]] = row[1]
        if version > row[1]:
            gone.append(number)
        row = next(stored, None)
    while row is not None:
        lacking[row[0]] = row[1]
        row = next(stored, None)
    return _certainly(gone, target), lacking


def _certainly(gone: Sequence[int], target: Target) -> list[int]:
    """Those of `gone` that SQL still lacks: a signal may have been stored and indexed while we compared."""
    if not gone:
        return []
    now: dict[int, int] = {}
    for start in range(0, len(gone), _BATCH):
        rows = _indexable().filter(pk__in=gone[start : start + _BATCH]).values_list("pk", "revision")
        now |= dict(rows)
    wanted = set(gone)
    there = {number: version for number, version in target.versions(min(gone) - 1) if number in wanted}
    return [number for number in gone if there.get(number, -1) > now.get(number, -1)]


def sweep(engine: Engine | None = None) -> tuple[int, int]:
    """Removes from the index what SQL no longer has and queues what the index lacks or has older.

    Returns (removed, queued). Reads all ids of both sides, no text. Raises EngineUnavailable, also where
    the index is missing: whoever indexes next builds it.
    """
    engine = engine or engines.writer()
    try:
        gone, lacking = _differences(engine)
        for start in range(0, len(gone), _BATCH):
            engine.delete(gone[start : start + _BATCH])
    except IndexMissing as error:
        raise EngineUnavailable(str(error)) from None
    items = list(lacking.items())
    for start in range(0, len(items), _BATCH):
        _queue(dict(items[start : start + _BATCH]))
    if gone or lacking:
        log.info("index swept", engine=engine.name, removed=len(gone), queued=len(lacking))
    return len(gone), len(lacking)


def _write_all(target: Target, ids: Sequence[int]) -> None:
    """Writes these signals into an index being built; those that cannot be are left to the queue."""
    documents, broken = documents_of(ids)
    broken |= target.write(documents)
    if broken:
        _queue(dict(Signal.objects.filter(pk__in=list(broken)).values_list("pk", "revision")))


def rebuild(engine: Engine | None = None, progress: Progress | None = None) -> int:
    """Builds the whole index from SQL beside the one in use, then swaps; searches go on meanwhile.

    Interrupted or killed, the next call goes on where it stopped. Returns the number of signals in SQL.
    `progress(done, total)` is called after every batch. Raises EngineUnavailable.
    """
    engine = engine or engines.writer()
    _readable()
    try:
        return _rebuilt(engine, progress or _silent)
    except (EngineError, IndexMissing) as error:
        # Refused as things stand (a name is taken, a right is missing), or removed while being built.
        raise EngineUnavailable(str(error)) from None


def _rebuilt(engine: Engine, progress: Progress) -> int:
    target = engine.rebuilding()
    if not Signal.objects.exclude(indexed_at=None).exists():
        # A first start: everything still waits in the queue, which fills an index that begins empty.
        engine.swap()
        return 0
    last = done = 0
    for last, _ in target.versions():  # noqa: B007 - the last one is what we want
        done += 1
    total = _indexable().count()
    progress(done, total)
    while True:
        ids = list(_indexable().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH])
        if not ids:
            break
        _write_all(target, ids)
        last, done = ids[-1], done + len(ids)
        progress(min(done, total), total)
    # What changed or went while we built, or since a build was broken off.
    gone, lacking = _differences(target)
    for start in range(0, len(gone), _BATCH):
        target.delete(gone[start : start + _BATCH])
    missed = list(lacking)
    for start in range(0, len(missed), _BATCH):
        _write_all(target, missed[start : start + _BATCH])
    engine.swap()
    sweep(engine)
    progress(total, total)
    return total
