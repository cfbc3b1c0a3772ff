"""A second wall: the database itself refuses to change what the ledger has written.

An administrator of the database can take the wall down; then the signed heads tell. It is there for
mistakes, for faulty code and for injected SQL. A migration that remakes `ledger_entry` on SQLite
drops its triggers with the old table and must call `build` at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

#: What is never changed. `index` may go from null to a number; `details` and `salt` may be erased.
FIXED = (
    *("id", "uid", "at", "actor", "position", "channel", "act", "kind", "thing", "unit"),
    *("before", "after", "details_digest", "leaf", "seal"),
)

#: Each trigger with its table: the walls that must stand.
WALLS = {
    "ledger_entry_fixed": "ledger_entry",
    "ledger_entry_stays": "ledger_entry",
    "ledger_head_fixed": "ledger_treehead",
    "ledger_head_stays": "ledger_treehead",
    "ledger_node_fixed": "ledger_node",
    "ledger_node_stays": "ledger_node",
}

REFUSED = "the ledger is never changed"


def build(connection: BaseDatabaseWrapper) -> None:
    """Raise the walls, anew if they stand."""
    drop(connection)
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the walls down."""
    on = " ON {}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name, table in WALLS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on.format(table)}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The walls that do not stand, by name."""
    if connection.vendor == "postgresql":
        # 'O' and 'A': fires; 'D': disabled; 'R': fires on replicas only.
        asked = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        standing = {row[0] for row in cursor.fetchall()}
    return [name for name in WALLS if name not in standing]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Walls down for a while: for tests, which empty the database between them."""
    drop(connection)
    try:
        yield
    finally:
        build(connection)


def _changed(different: str) -> str:
    """The condition under which a change of an entry is refused."""
    fixed = [f'NEW."{name}" {different} OLD."{name}"' for name in FIXED]
    index = f'(OLD."index" IS NOT NULL AND NEW."index" {different} OLD."index")'
    details = (
        f"((NEW.details {different} OLD.details OR NEW.salt {different} OLD.salt)"
        " AND NOT (NEW.details IS NULL AND NEW.salt = ''))"
    )
    return " OR ".join([*fixed, index, details])


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    made = []
    for name, table in WALLS.items():
        does = "DELETE" if name.endswith("_stays") else "UPDATE"
        when = f"WHEN {_changed('IS NOT')}" if name == "ledger_entry_fixed" else ""
        made.append(f"CREATE TRIGGER {name} BEFORE {does} ON {table} {when} {refuse}")
    return made


def _postgresql() -> list[str]:
    code = "USING ERRCODE = 'integrity_constraint_violation'"
    body = f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' {code}; END $$"
    made = [
        f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS {body}"
    ]
    for name, table in WALLS.items():
        does = "DELETE OR TRUNCATE" if name.endswith("_stays") else "UPDATE"
        each = "STATEMENT" if name.endswith("_stays") else "ROW"
        when = f"WHEN ({_changed('IS DISTINCT FROM')})" if name == "ledger_entry_fixed" else ""
        made.append(
            f"CREATE TRIGGER {name} BEFORE {does} ON {table} FOR EACH {each} {when}"
            " EXECUTE FUNCTION ledger_refuse()"
        )
    return made
