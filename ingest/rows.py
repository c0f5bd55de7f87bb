"""Inserting many rows whose ids nobody needs: one prepared statement for all of them.

`benchmarks.ingest` shows why: of an entry's six rows, bulk_create spends most of its time preparing
values one field at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection, models


def _same(value: Any) -> Any:
    return value


def _converter(field: Any) -> Callable[[Any], Any]:
    """How this kind of store takes a value of `field`."""
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.JSONField):
        return partial(connection.ops.adapt_json_value, encoder=field.encoder)
    return _same


def insert(rows: Sequence[models.Model], *, conflict: Sequence[str] = ()) -> None:
    """Inserts unsaved instances of one model; they do not learn their ids.

    With `conflict`, the columns of a unique constraint, a row that is there already takes over the new
    one's other values. Raises django.db.IntegrityError as any insert does.
    """
    if not rows:
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    columns = [(field.attname, _converter(field)) for field in fields]
    values = [tuple(convert(getattr(row, name)) for name, convert in columns) for row in rows]
    quote = connection.ops.quote_name
    names = [quote(str(field.column)) for field in fields]
    marks = ", ".join(["%s"] * len(names))
    table = quote(rows[0]._meta.db_table)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    if conflict:
        unique = [quote(name) for name in conflict]
        taken = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in unique)
        statement += f" ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {taken}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
