"""Inserting many rows whose ids nobody needs: one prepared statement for all of them.

`benchmarks.ingest` shows why: of an entry's six rows, bulk_create spends most of its time preparing
values one field at a time, and making the instances costs as much again. Defaults are the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from django.db import connection, models


def _same(value: Any) -> Any:
    return value


def _converter(field: Any) -> Callable[[Any], Any]:
    """How this kind of store takes a value of `field`."""
    if isinstance(field, models.DateTimeField):
        # Most rows of a document carry the same one or two moments.
        return lru_cache(maxsize=64)(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.JSONField):
        return partial(connection.ops.adapt_json_value, encoder=field.encoder)
    return _same


def insert(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], *, conflict: Sequence[str] = ()
) -> None:
    """Inserts rows given as attname to value, all with the same names in the same order.

    With `conflict`, the columns of a unique constraint, a row that is there already takes over the new
    one's other values. Raises django.db.IntegrityError as any insert does.
    """
    if not rows:
        return
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in rows[0]]
    converters = [_converter(field) for field in fields]
    values = [tuple(c(v) for c, v in zip(converters, row.values(), strict=True)) for row in rows]
    quote = connection.ops.quote_name
    names = [quote(str(field.column)) for field in fields]
    table = quote(model._meta.db_table)
    marks = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    if conflict:
        unique = [quote(name) for name in conflict]
        taken = ", ".join(f"{name} = EXCLUDED.{name}" for name in names if name not in unique)
        statement += f" ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {taken}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
