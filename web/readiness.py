"""Whether what the pages need answers: the store, the broker, the index. For probes and for the operator."""

from __future__ import annotations

from django.db import Error as DatabaseError
from django.db import connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.celery import waiting
from search import engines
from search.core import Everything
from search.engine import EngineError, EngineUnavailable, IndexMissing, Request


def troubles() -> dict[str, str]:
    """By part what is wrong with it, in one line; empty where it answers."""
    return {"store": store(), "broker": broker(), "index": index()}


def store() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        connection.close()  # the next request connects afresh
        return _line(error)
    return ""


def broker() -> str:
    try:
        waiting("ingest")
    except (OperationalError, RedisError, OSError) as error:
        return _line(error)
    return ""


def index() -> str:
    engine = engines.reader()
    try:
        trouble = engine.trouble()
        if trouble is None:
            engine.search(Request(Everything(), limit=1))
    except (EngineUnavailable, IndexMissing, EngineError) as error:
        return _line(error)
    return trouble or ""


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
