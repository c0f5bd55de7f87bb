"""The embedded engine: tantivy in the data folder, one process writing, any number reading.

A reader looks at every request which folder is in use and reloads it, so it sees what was committed before.
The writer notices before and after every commit that its folder is still there; a folder that somebody
deleted is IndexMissing, never a silent loss, and whoever holds the sequence builds it anew from SQL.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import tantivy

from ingest.text.analyzer import version
from search import tantivy_index
from search.document import SearchDocument
from search.engine import Answer, EngineUnavailable, IndexMissing, Request, WrittenElsewhere
from search.generations import Generations, signature

_HEAP = 32_000_000
_COMMITTED_BY_ANOTHER = "another process writes the search index; only one can"


def _signature() -> str:
    return signature(version(), *tantivy_index.described())


class _Open:
    """One folder of the index, open for reading and, from the first write on, for writing."""

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        self.folder = folder
        self.index = index
        self.identity = self.mark()
        index.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None

    def mark(self) -> int:
        """The folder's own number in the file system: another one under the same name is another folder."""
        try:
            return self.folder.stat().st_ino if (self.folder / "meta.json").exists() else 0
        except OSError:
            return 0

    def check(self) -> None:
        if self.mark() != self.identity:
            self.close()
            raise IndexMissing("the folder of the search index is gone")

    def searcher(self) -> tantivy.Searcher:
        self.check()
        try:
            self.index.reload()
            return self.index.searcher()
        except ValueError as error:
            self.check()
            raise IndexMissing(f"the search index is damaged: {str(error)[:120]}") from None

    def writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self.index.writer(_HEAP, 1)
                # A writer that was killed leaves files of a commit that never was; the next commit would
                # give its own the same names and be refused, again and again.
                self._writer.garbage_collect_files()
            except ValueError as error:
                if "LockBusy" in str(error):
                    raise WrittenElsewhere(_COMMITTED_BY_ANOTHER) from None
                raise IndexMissing(f"the search index cannot be written: {str(error)[:120]}") from None
        return self._writer

    def commit(self) -> None:
        """Makes all changes durable. On failure nothing of them stays waiting in the writer."""
        try:
            self.writer().commit()
        except ValueError as error:
            self.close()
            self.check()
            raise EngineUnavailable(f"the search index cannot be written: {str(error)[:160]}") from None
        self.check()

    def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
        newest: dict[int, SearchDocument] = {}
        for found in documents:
            if found.id not in newest or newest[found.id].revision <= found.revision:
                newest[found.id] = found
        there = tantivy_index.known(self.searcher(), list(newest))
        # All are converted before the first change, so that nothing half-done waits for the next commit.
        converted = {
            document.id: tantivy_index.document(document)
            for document in newest.values()
            if there.get(document.id, -1) <= document.revision
        }
        self._remove([number for number in converted if number in there])
        for made in converted.values():
            self.writer().add_document(made)
        self.commit()
        return {}

    def delete(self, ids: Sequence[int]) -> None:
        self.check()
        self._remove(ids)
        self.commit()

    def _remove(self, ids: Sequence[int]) -> None:
        """By query: removing by term silently matches nothing in an unsigned field (tantivy-py 0.27)."""
        if ids:
            query = tantivy.Query.term_set_query(tantivy_index.schema(), "id", list(ids))
            self.writer().delete_documents_by_query(query)

    def versions(self, above: int = -1) -> Iterator[tuple[int, int]]:
        return tantivy_index.versions(self.searcher(), above)

    def finish(self) -> None:
        """Waits for merges and lets the lock go; what is committed stays."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()

    def close(self) -> None:
        self._writer = None


class Embedded:
    """The engine on a folder. Reading needs nothing; the first write takes tantivy's own writer lock."""

    name = "embedded"

    def __init__(self, root: Path) -> None:
        self.generations = Generations(root, _signature())
        self._open: _Open | None = None
        self._building: _Open | None = None
        self._lock = threading.RLock()

    def _current(self) -> _Open:
        """The folder in use, opened; looked at again where another process swaps meanwhile."""
        with self._lock:
            for _ in range(5):
                folder = self.generations.current()
                if folder is None:
                    break
                opened = self._open
                if opened is not None and opened.folder == folder and opened.mark() == opened.identity:
                    return opened
                try:
                    self._open = _Open(folder, tantivy.Index.open(str(folder)))
                except ValueError as error:
                    if self.generations.current() == folder:
                        raise IndexMissing(f"the search index is damaged: {str(error)[:120]}") from None
                    continue
                return self._open
            self._open = None
            raise IndexMissing(
                f"the search index is missing: {self.generations.trouble() or 'just replaced'}"
            )

    def trouble(self) -> str | None:
        reason = self.generations.trouble()
        if reason:
            return reason
        try:
            self._current().searcher()
        except IndexMissing as error:
            return str(error)
        return None

    def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
        return self._current().write(documents)

    def delete(self, ids: Sequence[int]) -> None:
        self._current().delete(ids)

    def versions(self, above: int = -1) -> Iterator[tuple[int, int]]:
        return self._current().versions(above)

    def search(self, request: Request) -> Answer:
        return tantivy_index.answer(self._current().searcher(), request)

    def rebuilding(self) -> _Open:
        if self._building is not None and self._building.mark() == self._building.identity:
            return self._building
        folder = self.generations.unfinished()
        if folder is not None:
            try:
                self._building = _Open(folder, tantivy.Index.open(str(folder)))
            except ValueError:
                folder = None
        if folder is None:
            folder = self.generations.begin()
            index = tantivy_index.made(folder)
            self.generations.started(folder)
            self._building = _Open(folder, index)
        assert self._building is not None
        return self._building

    def swap(self) -> None:
        built = self.rebuilding()
        built.check()
        with self._lock:
            if self._open is not None:
                self._open.close()
            self.generations.use(built.folder)
            self._open, self._building = built, None

    def close(self) -> None:
        """Lets the writer lock go, after merges that run have ended."""
        for opened in (self._open, self._building):
            if opened is not None:
                opened.finish()
        self._open = self._building = None
