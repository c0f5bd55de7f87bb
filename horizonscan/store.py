"""Making the store ready: schema and starter catalogue, once, whoever comes first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError

from horizonscan.errors import CommandError

log = structlog.get_logger()


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this installation at a time: flock beside SQLite, an advisory lock on PostgreSQL."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('horizonscan.schema'))")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('horizonscan.schema'))")
        return
    with (settings.DATA_DIR / "schema.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    ours = {app for app, _ in executor.loader.graph.nodes}
    newer = sorted(
        f"{app} {name}"
        for app, name in set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
        if app in ours
    )
    if newer:
        raise CommandError(
            f"{_where()} was made by a newer version of horizonscan (it has {newer[-1]}): use that version, "
            "or another data folder (--data-dir)"
        )
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _where() -> str:
    return "the store of DATABASE_URL" if settings.DATABASE_URL else f"the database in {settings.DATA_DIR}"


def trouble(error: DatabaseError) -> str:
    """One line for a database error: what is wrong and what to do. Holds no address and no password."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    if "not a database" in said or "malformed" in said:
        return (
            f"{_where()} is damaged ({said}): put a copy of it back, or begin in another folder (--data-dir)"
        )
    if "readonly" in said or "unable to open" in said:
        return (
            f"{_where()} cannot be written ({said}): see who owns the folder, and what may be written there"
        )
    if "disk is full" in said:
        return f"{_where()} cannot grow: the disk is full; make room, nothing that was stored is lost"
    return f"{_where()} does not answer: {said}"


def ready() -> None:
    """Brings the schema up to date. Raises CommandError when the store does not answer."""
    try:
        if not _pending():
            return
        with _alone():
            if _pending():
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise CommandError(trouble(error)) from None
    except OSError as error:
        raise CommandError(f"the data folder {settings.DATA_DIR} cannot be used: {error.strerror}") from None


def load_catalogue() -> None:
    """Merges the starter (or the operator's) catalogue into the store. Raises CommandError."""
    from ingest import catalogue

    path = Path(settings.HORIZONSCAN_SOURCES or settings.CONFIG_DIR / "sources.yaml")
    try:
        loaded = catalogue.load(path)
    except catalogue.CatalogueError as error:
        raise CommandError(str(error)) from None
    log.info("catalogue", sources=loaded.total, added=loaded.added, changed=loaded.changed)
