"""New rows of several tables, written in one exchange with the database where it takes that."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery


def insert(*rows: Model) -> None:
    """Write new rows, in this order; keys that the database makes up are told to them.

    For acts that many do at once, such as reports in a storm: a row costs less than `save` does, and
    PostgreSQL is asked once for all of them. No signals are sent and `save` is not called: who has a
    `save` of its own sees to what that does. Raises what `save` would, about whichever row it was.
    """
    at_once = connection.vendor == "postgresql"
    made = [_statement(row, told=at_once) for row in rows]
    with connection.cursor() as cursor:
        if at_once:
            values = [one for _, own in made for one in own]
            cursor.execute("; ".join(statement for statement, _ in made), values)
            for row in rows:
                if row.pk is None:
                    [row.pk] = cursor.fetchone()
                cursor.nextset()
        else:
            for row, (statement, own) in zip(rows, made, strict=True):
                cursor.execute(statement, own)
                if row.pk is None:
                    table = row._meta.db_table
                    row.pk = connection.ops.last_insert_id(cursor, table, row._meta.pk.attname)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _statement(row: Model, *, told: bool) -> tuple[str, tuple[Any, ...]]:
    """The INSERT of a row, and its values; `told`: it answers with the key that the database makes up."""
    own = type(row)._meta
    made_up = own.auto_field if row.pk is None else None
    query = InsertQuery(type(row))
    query.insert_values([one for one in own.local_concrete_fields if one is not made_up], [row])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = [made_up] if made_up and told else []
    [(statement, values)] = compiler.as_sql()
    return statement, values
