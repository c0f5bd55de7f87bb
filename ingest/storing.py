"""One document into the store: one short write transaction that decides, writes and moves the position.

Whatever is read inside the transaction is what is decided on, so any number of workers may try the
same fetch at the same time: one stores it, the others find it done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ingest import canary, intake
from ingest.corrections import in_force
from ingest.decide import Act, Known, decide, pruned
from ingest.entries import CleanEntry
from ingest.identity import Identified
from ingest.judge import whole
from ingest.models import Correction, Entry, Fetch, Judgement, Signal, Source, SourceState, Version, Work
from ingest.outbox import one_writer, queue
from ingest.overlay import overlaid
from ingest.reading import Judge, Read
from ingest.rows import insert
from ingest.signals import CONTENT, JUDGED, columns, fill, judgement, quiet_reason

#: Values in one SQL `IN (…)`; SQLite's default limit of parameters is 32,766.
_CHUNK = 5_000
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Stored:
    """What one document did, in entries; `created` holds signal ids."""

    new: int = 0
    updated: int = 0
    seen: int = 0
    sightings: int = 0
    rejected: int = 0
    created: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Held:
    """One identity while its document is stored: its rows, saved or about to be, and what is known of it."""

    known: Known
    entry: Entry
    signal: Signal | None
    fresh: bool = False
    dirty: bool = False


def store(source: Source, fetch: Fetch, found: Read, judge: Judge) -> Stored | None:
    """Stores one document. None when another worker stored it first.

    Judging takes most of the time, so what will be needed is judged before the transaction begins.
    """
    for item in _unknown_or_changed(source, found.entries):
        judge(item.entry)
    with transaction.atomic():
        one_writer()
        now = timezone.now()
        waiting = Fetch.objects.filter(pk=fetch.pk, state=Fetch.State.WAITING)
        if not waiting.update(state=Fetch.State.DONE, ended=now, error=""):
            return None
        state = SourceState.objects.select_for_update().get(source=source)
        document = _Document(source, fetch, judge, state, now)
        document.load(found.entries)
        for item in found.entries:
            document.take(item)
        stored = document.write()
        stored.rejected = len(found.rejected)
        _move(state, fetch, found, stored, now)
        if not canary.is_canary(source):
            intake.add(source, stored, now)
    return stored


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    whole = list(values)
    for start in range(0, len(whole), _CHUNK):
        yield whole[start : start + _CHUNK]


def _entries(source: Source, identities: Iterable[str]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for chunk in _chunks(identities):
        found.update((e.identity, e) for e in Entry.objects.filter(source=source, identity__in=chunk))
    return found


def _unknown_or_changed(source: Source, items: Sequence[Identified]) -> list[Identified]:
    held = _entries(source, {item.identity for item in items})
    return [
        i for i in items if i.identity not in held or held[i.identity].content_hash != i.entry.content_hash
    ]


class _Document:
    """One document being stored: loads what is known, takes entry after entry, then writes it all."""

    def __init__(self, source: Source, fetch: Fetch, judge: Judge, state: SourceState, now: datetime) -> None:
        self.source, self.fetch, self.judge, self.state, self.now = source, fetch, judge, state, now
        self.as_of = fetch.as_of
        self.held: dict[str, _Held] = {}
        self.said: Mapping[int, Sequence[Correction]] = {}
        self.newest: dict[str, Identified] = {}
        self.sharing: dict[str, Signal] = {}
        self.versions: list[tuple[Signal, CleanEntry]] = []
        self.redated: list[tuple[int, str]] = []
        self.sighted: set[int] = set()
        self.touched: list[int] = []
        self.stored = Stored()

    def load(self, items: Sequence[Identified]) -> None:
        """Reads what the store holds of these identities and URLs."""
        entries = _entries(self.source, {item.identity for item in items})
        # Content as it was, in a document that is not older: the entry's row is enough.
        plain = {i.identity: i.entry.content_hash for i in items}
        deep = {
            e.signal_id
            for e in entries.values()
            if e.signal_id and (e.content_hash != plain[e.identity] or self.as_of < e.last_seen)
        }
        repeated = len(plain) != len(items)
        if repeated:
            deep |= {e.signal_id for e in entries.values() if e.signal_id}
            self.newest = {i.identity: i for i in items}
        signals: dict[int, Signal] = {}
        for chunk in _chunks(deep):
            signals.update((s.pk, s) for s in Signal.objects.filter(pk__in=chunk, source=self.source))
        self.said = in_force(signals)
        versions: dict[int, dict[str, datetime]] = {}
        for chunk in _chunks(signals):
            for pk, content, as_of in Version.objects.filter(signal__in=chunk).values_list(
                "signal_id", "content_hash", "as_of"
            ):
                versions.setdefault(pk, {})[content] = as_of
        for identity, entry in entries.items():
            signal = signals.get(entry.signal_id or 0)
            self.held[identity] = _Held(
                Known(
                    last_seen=entry.last_seen,
                    owner=signal is not None or entry.signal_id not in deep,
                    removed=entry.removed is not None,
                    current=signal.content_hash if signal else entry.content_hash,
                    versions=versions.get(signal.pk, {}) if signal else {entry.content_hash: entry.last_seen},
                ),
                entry,
                signal,
            )
        keys = {i.url_key for i in items if i.url_key and i.identity not in self.held}
        for chunk in _chunks(keys):
            others = Signal.objects.filter(url_key__in=chunk).exclude(source=self.source)
            for signal in others.order_by("-pk").only("pk", "url_key"):
                self.sharing[signal.url_key] = signal  # the lowest id stays: whoever came first

    def take(self, item: Identified) -> None:
        """Decides about one entry and remembers what that changes."""
        held = self.held.get(item.identity)
        entry, content = item.entry, item.entry.content_hash
        shared = self.sharing.get(item.url_key) if item.url_key else None
        outdated = self.newest.get(item.identity, item) is not item
        act = decide(held.known if held else None, content, self.as_of, shared is not None, outdated=outdated)
        if held is None:
            self._first(item, shared, outdated)
            return
        if act in (Act.VERSION, Act.EARLIER) and held.signal is not None:
            self.versions.append((held.signal, entry))
            held.known.versions[content] = self.as_of
        if act in (Act.VERSION, Act.AGAIN) and held.signal is not None:
            self._make_current(held, item)
        if act is Act.REDATE and held.signal is not None:
            self.redated.append((held.signal.pk, content))
            held.known.versions[content] = self.as_of
        if act in (Act.VERSION, Act.AGAIN, Act.EARLIER):
            self.stored.updated += 1
        else:
            self.stored.seen += 1
            if (
                not held.known.owner
                and self.as_of >= held.known.last_seen
                and content != held.entry.content_hash
            ):
                held.entry.content_hash, held.dirty = content, True
        if self.as_of > held.known.last_seen and not outdated:
            held.known.last_seen = self.as_of
            if held.entry.pk:
                self.touched.append(held.entry.pk)

    def _first(self, item: Identified, shared: Signal | None, outdated: bool) -> None:
        entry = item.entry
        row = Entry(
            source=self.source,
            identity=item.identity,
            content_hash=entry.content_hash,
            url=entry.url or "",
            first_seen=self.now,
            last_seen=self.as_of,
            signal=shared,
        )
        # Outdated by its own document: what comes last there is to become current, whatever came before.
        last_seen = _NEVER if outdated else self.as_of
        known = Known(last_seen, shared is None, current=entry.content_hash)
        known.versions[entry.content_hash] = self.as_of
        if shared is not None:
            self.sighted.add(shared.pk)
            self.stored.sightings += 1
            self.held[item.identity] = _Held(known, row, None, fresh=True)
            return
        signal = Signal(source=self.source, identity=item.identity, seen=self.now, as_of=self.as_of)
        fill(signal, entry, item.url_key, columns(self.judge(entry)), self.now)
        signal.quiet = self._quiet(signal)
        self.versions.append((signal, entry))
        self.stored.new += 1
        self.held[item.identity] = _Held(known, row, signal, fresh=True)

    def _quiet(self, signal: Signal) -> str:
        """Why a new signal never alerts, if so."""
        if canary.is_canary(self.source):
            return ""
        return quiet_reason(signal, self.as_of, self.state.position)

    def _make_current(self, held: _Held, item: Identified) -> None:
        signal = held.signal
        assert signal is not None
        said = self.said.get(signal.pk, ())
        fill(signal, item.entry, item.url_key, overlaid(self.judge(item.entry), said), self.now)
        signal.as_of = held.known.versions[item.entry.content_hash]
        if held.fresh:
            signal.quiet = self._quiet(signal)
        else:
            signal.revision += 1
        held.known.current = held.entry.content_hash = item.entry.content_hash
        held.entry.url = item.entry.url or ""
        held.dirty = True

    def _version_row(self, signal: Signal, entry: CleanEntry) -> dict[str, Any]:
        return {
            "signal_id": signal.pk,
            "content_hash": entry.content_hash,
            "as_of": self.as_of,
            "title": entry.title,
            "excerpt": entry.excerpt,
            "url": (entry.url or "")[:2000],
            "official": dict(entry.official),
            "published": entry.published,
            "updated": entry.updated,
        }

    def _entry_row(self, held: _Held) -> dict[str, Any]:
        return {
            "source_id": self.source.pk,
            "identity": held.entry.identity,
            "content_hash": held.entry.content_hash,
            "signal_id": held.signal.pk if held.signal is not None else held.entry.signal_id,
            "url": held.entry.url,
            "first_seen": self.now,
            "last_seen": self.as_of,
            "removed": None,
        }

    def write(self) -> Stored:
        """Writes all rows, queues the changed signals for the next stages; returns the counts."""
        fresh = [h for h in self.held.values() if h.fresh]
        new = [h.signal for h in fresh if h.signal is not None]
        changed = [h for h in self.held.values() if h.dirty and not h.fresh]
        Signal.objects.bulk_create(new)
        insert(Entry, [self._entry_row(held) for held in fresh])
        # The ids of new signals are known only now.
        insert(Version, [self._version_row(signal, entry) for signal, entry in self.versions])
        for held in changed:
            held.entry.save(update_fields=["content_hash", "url"])
            if held.signal is not None:
                held.signal.save(update_fields=(*CONTENT, *JUDGED))
        for chunk in _chunks(self.touched):
            Entry.objects.filter(pk__in=chunk, last_seen__lt=self.as_of).update(last_seen=self.as_of)
        for pk, content in self.redated:
            Version.objects.filter(signal=pk, content_hash=content, as_of__gt=self.as_of).update(
                as_of=self.as_of
            )
            Signal.objects.filter(pk=pk, content_hash=content).update(as_of=self.as_of)
        self._prune()
        updated = [h.signal for h in changed if h.signal is not None]
        self._judgements(new, updated)
        sighted = self._count_sightings()
        stages = {*canary.stages(self.source), Work.Stage.MATCH}
        queue([*new, *updated], sorted(stages))
        queue(sighted, (Work.Stage.MATCH, Work.Stage.INDEX))
        self.stored.created = [s.pk for s in new]
        return self.stored

    def _judgements(self, new: Sequence[Signal], updated: Sequence[Signal]) -> None:
        Judgement.objects.filter(signal__in=updated).delete()
        model = whole.model()
        rows = [judgement(s, self.judge.made(s.content_hash), model, self.now) for s in (*new, *updated)]
        insert(Judgement, rows)

    def _count_sightings(self) -> list[Signal]:
        """The search document names every source that reported a signal, so a sighting changes it."""
        if not self.sighted:
            return []
        Signal.objects.filter(pk__in=self.sighted).update(revision=F("revision") + 1)
        return list(Signal.objects.filter(pk__in=self.sighted).only("pk", "revision"))

    def _prune(self) -> None:
        for held in self.held.values():
            if held.signal is None:
                continue
            surplus = pruned(held.known.versions, held.known.current)
            if surplus:
                Version.objects.filter(signal=held.signal, content_hash__in=surplus).delete()


def _move(state: SourceState, fetch: Fetch, found: Read, stored: Stored, now: datetime) -> None:
    """The source's position and what the newest document looked like; an older document moves neither."""
    state.signals += stored.new
    state.ingested = now
    if state.position is None or fetch.as_of >= state.position:
        state.position = fetch.as_of
        state.format = found.document.format
        state.refused = ""
        state.entries_last = len(found.entries) + len(found.rejected)
        dates = [d for i in found.entries for d in (i.entry.updated, i.entry.published) if d is not None]
        past = [d for d in dates if d <= max(now, fetch.as_of) + timedelta(hours=1)]
        state.entry_newest = max(past, default=None)
    state.save(
        update_fields=["signals", "ingested", "position", "format", "refused", "entries_last", "entry_newest"]
    )
