"""The Elasticsearch engine: the official client, versions kept by the server, aliases in front of indices.

`NAME` is the alias searches read, `NAME-write` the one documents go to; the indices behind them are
`NAME-000001`, `-000002` … A rebuild fills the next one and moves both aliases in one step. Only APIs of
the server's core are used: no scripts, no percolator, nothing by query.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

from config.options import ConfigError
from search.answers import days, facets, following
from search.compile_elastic import compiled, counting
from search.core import Phrase, open_ends
from search.document import SearchDocument
from search.elastic_mapping import mappings, settings, signature, source
from search.engine import (
    FACETS,
    MAX_OFFSET,
    OPEN_WORDS,
    Answer,
    EngineError,
    EngineUnavailable,
    Hit,
    IndexMissing,
    Request,
    TooBroad,
    scored,
)

# Our own exceptions say it, with what to do; the client's warning would be a second line.
logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)

SEARCH_SECONDS = 10.0
WRITE_SECONDS = 30.0
_BULK = 500
_BUCKETS = 10_000
_ALREADY_NEWER = 409
_BUSY = (408, 429)


def _address(url: str) -> str:
    """The URL with the port that the client insists on. Raises ConfigError where it is none."""
    try:
        parts = urlsplit(url.strip())
        named = parts.port
    except ValueError:
        parts, named = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError("ELASTICSEARCH_URL cannot be read; use https://user:password@host:9200")
    if named:
        return parts.geturl()
    port = 443 if parts.scheme == "https" else 9200
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl()


def _client(url: str, authorities: str) -> Elasticsearch:
    """The client for one server, or several with commas between. It never retries by itself."""
    options: dict[str, Any] = {}
    if authorities and "https://" in url:
        try:
            options["ssl_context"] = ssl.create_default_context()
            options["ssl_context"].load_verify_locations(authorities)
        except OSError as error:
            raise ConfigError(f"HORIZONSCAN_CA_BUNDLE={authorities} cannot be read: {error}") from None
    return Elasticsearch(
        [_address(each) for each in url.split(",")],
        request_timeout=SEARCH_SECONDS,
        max_retries=0,
        retry_on_timeout=False,
        **options,
    )


def _reason(error: ApiError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    detail = body.get("error", {})
    causes = detail.get("root_cause") or [detail] if isinstance(detail, dict) else [{"reason": detail}]
    return str(causes[0].get("reason") or error.message).splitlines()[0][:200]


@contextmanager
def _failures() -> Iterator[None]:
    """The client's failures as ours: waiting helps, the index is missing, or the request is refused."""
    try:
        yield
    except TransportError as error:
        raise EngineUnavailable(f"the search server does not answer: {str(error)[:160]}") from None
    except ApiError as error:
        status = error.meta.status
        if status == 404:
            raise IndexMissing(f"the search index is missing: {_reason(error)}") from None
        if status in (401, 403):
            raise EngineUnavailable("the search server refuses the user in ELASTICSEARCH_URL") from None
        if status >= 500 or status in _BUSY:
            raise EngineUnavailable(f"the search server is not able to answer: {_reason(error)}") from None
        raise EngineError(f"the search server refuses the request: {_reason(error)}") from None


class _Index:
    """Documents behind one name, an alias or an index. `visible`: searches see what was written at once."""

    def __init__(self, client: Elasticsearch, index: str, *, alias: bool, visible: bool) -> None:
        self.client = client
        self.index = index
        self.alias = alias
        self.visible = visible

    def _bulk(self, actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Sends one bulk request; the outcome of each action. A busy server fails the whole of it."""
        with _failures():
            found = self.client.options(request_timeout=WRITE_SECONDS).bulk(
                index=self.index, operations=actions, require_alias=self.alias, refresh=self.visible
            )
        outcomes = [next(iter(item.values())) for item in found["items"]]
        for outcome in outcomes:
            kind = str((outcome.get("error") or {}).get("type", ""))
            if kind == "index_not_found_exception":
                raise IndexMissing("the search index is missing")
            if outcome["status"] >= 500 or outcome["status"] in _BUSY:
                raise EngineUnavailable(f"the search server is busy: {kind}")
        return outcomes

    def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
        refused: dict[int, str] = {}
        for start in range(0, len(documents), _BULK):
            part = documents[start : start + _BULK]
            actions: list[dict[str, Any]] = []
            for document in part:
                # The server compares: an older version than the one there is refused with 409.
                versioned = {"version": document.revision, "version_type": "external_gte"}
                actions += [{"index": {"_id": str(document.id), **versioned}}, source(document)]
            try:
                outcomes = self._bulk(actions)
            except EngineError as error:
                # The request as a whole is refused (too large, unreadable): find out whose fault it is.
                alone = [self.write([document]) for document in part] if len(part) > 1 else []
                alone = alone or [{part[0].id: str(error)}]
                refused.update(item for each in alone for item in each.items())
                continue
            self._there([d.id for d, o in zip(part, outcomes, strict=True) if o["status"] == _ALREADY_NEWER])
            for document, outcome in zip(part, outcomes, strict=True):
                if outcome["status"] >= 300 and outcome["status"] != _ALREADY_NEWER:
                    reason = (outcome.get("error") or {}).get("reason", outcome["status"])
                    refused[document.id] = f"refused: {reason}"[:300]
        return refused

    def _there(self, ids: Sequence[int]) -> None:
        """A newer version of these was reported. Where only the memory of a removed one is newer (the store
        was put back to an earlier state), waiting helps: it lasts as long as `gc_deletes`."""
        if not ids:
            return
        with _failures():
            found = self.client.mget(index=self.index, ids=[str(number) for number in ids], source=False)
        if not all(each.get("found") for each in found["docs"]):
            raise EngineUnavailable("the search server still remembers newer versions that were removed")

    def delete(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), _BULK):
            self._bulk([{"delete": {"_id": str(number)}} for number in ids[start : start + _BULK]])

    def versions(self, above: int = -1) -> Iterator[tuple[int, int]]:
        size = 5_000
        with _failures():
            self.client.options(request_timeout=WRITE_SECONDS).indices.refresh(index=self.index)
        while True:
            with _failures():
                found = self.client.options(request_timeout=WRITE_SECONDS).search(
                    index=self.index,
                    size=size,
                    sort=[{"id": "asc"}],
                    search_after=[above],
                    source=False,
                    version=True,
                    track_total_hits=False,
                )
            hits = found["hits"]["hits"]
            for hit in hits:
                above = int(hit["sort"][0])
                yield above, int(hit["_version"])
            if len(hits) < size:
                return


class Elastic(_Index):
    """The engine on a server. Several processes may write at once, and share an unfinished rebuild."""

    name = "elasticsearch"

    def __init__(self, url: str, name: str, authorities: str = "") -> None:
        self.read = name
        super().__init__(_client(url, authorities), f"{name}-write", alias=True, visible=True)

    def _behind(self, alias: str) -> str | None:
        """The index an alias stands for, None where there is no such alias."""
        with _failures():
            if not self.client.indices.exists_alias(name=alias):
                return None
            return str(next(iter(self.client.indices.get_alias(name=alias))))

    def _signature(self, index: str) -> str:
        """What an index was made by; empty where there is no such index."""
        with _failures():
            if not self.client.indices.exists(index=index):
                return ""
            found = self.client.indices.get_mapping(index=index)
        return str(found[index]["mappings"].get("_meta", {}).get("signature") or "unknown")

    def trouble(self) -> str | None:
        reading, writing = self._behind(self.read), self._behind(self.index)
        if reading is None or writing is None:
            return "there is none yet"
        return None if self._signature(reading) == signature() else "it was made by another version"

    def _not_too_broad(self, phrase: Phrase) -> None:
        """Raises TooBroad. Counted a shard; words of removed documents count until segments are merged."""
        with _failures():
            found = self.client.search(
                index=self.read,
                query=counting(phrase, OPEN_WORDS + 1),
                profile=True,
                size=0,
                filter_path="profile.shards.searches.query.description",
            )
        shards = found.get("profile", {}).get("shards", [])
        said = (
            query["description"] for shard in shards for one in shard["searches"] for query in one["query"]
        )
        if any(text.count(f"{phrase.field}:") > OPEN_WORDS for text in said):
            raise TooBroad(phrase)

    def search(self, request: Request) -> Answer:
        for phrase in open_ends(request.core):
            self._not_too_broad(phrase)
        by_score = request.sort == "relevance" and scored(request.core)
        asked: dict[str, Any] = {"sort": [{"key": "desc"}]}
        if by_score:
            asked = {
                "sort": [{"_score": "desc"}, {"key": "desc"}],
                "from_": min(request.after or 0, MAX_OFFSET),
            }
        elif request.after is not None:
            asked["search_after"] = [request.after]
        with _failures():
            found = self.client.search(
                index=self.read,
                query=compiled(request.core),
                size=request.limit,
                source=False,
                track_total_hits=True,
                allow_partial_search_results=False,
                aggs=_aggregations(request),
                **asked,
            )
        hits = [
            Hit(int(hit["_id"]), int(hit["sort"][-1]), float(hit["_score"] or 0))
            for hit in found["hits"]["hits"]
        ]
        buckets = found.get("aggregations", {})
        counted = {name: {b["key"]: b["doc_count"] for b in buckets[name]["buckets"]} for name in buckets}
        return Answer(
            int(found["hits"]["total"]["value"]),
            hits,
            following(request, by_score, hits),
            facets(counted) if request.facets else {},
            days({key // 1000: count for key, count in counted["day"].items()}) if request.histogram else (),
        )

    def _next(self) -> str:
        """The name of the index that comes after the one in use."""
        numbered = re.fullmatch(rf"{re.escape(self.read)}-(\d{{6}})", self._behind(self.read) or "")
        return f"{self.read}-{(int(numbered[1]) if numbered else 0) + 1:06d}"

    def rebuilding(self) -> _Index:
        index = self._next()
        found = self._signature(index)
        with _failures():
            if found and found != signature():
                self.client.indices.delete(index=index, ignore_unavailable=True)
                found = ""
            if not found:
                # 400: another process made it in the meantime, and both fill it.
                self.client.options(request_timeout=WRITE_SECONDS, ignore_status=400).indices.create(
                    index=index, mappings=mappings(), settings=settings()
                )
        if self._signature(index) != signature():
            raise EngineError(f"the search server did not make the index {index}")
        return _Index(self.client, index, alias=False, visible=False)

    def swap(self) -> None:
        built, former = self._next(), {self._behind(self.read), self._behind(self.index)} - {None}
        if not self._signature(built):
            return  # another process has swapped already
        adding = [{"add": {"index": built, "alias": alias}} for alias in (self.read, self.index)]
        with _failures():
            self.client.indices.refresh(index=built)
            self.client.options(request_timeout=WRITE_SECONDS).indices.update_aliases(
                actions=[*adding, *({"remove_index": {"index": index}} for index in sorted(map(str, former)))]
            )

    def close(self) -> None:
        self.client.close()


def _aggregations(request: Request) -> dict[str, Any] | None:
    asked: dict[str, Any] = {}
    if request.facets:
        asked |= {name: {"terms": {"field": name, "size": _BUCKETS}} for name in FACETS}
    if request.histogram:
        asked["day"] = {"date_histogram": {"field": "published", "fixed_interval": "1d", "min_doc_count": 1}}
    return asked or None
