"""One moment of the site's database and the lake's catalog, held while both are copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tinhso.measure.lake import Lake
from tinhso.measure.text import InputError
from tinhso.web.backup.place import Place, run_program
from tinhso.web.backup.words import ABSOLUTE


class Pinned(Protocol):
    """A database as it was when pinned, whatever is written to it since."""

    engine: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...

    def tables(self) -> dict[str, int]:
        """How many rows each table has."""
        ...

    def copy(self, path: Path) -> None: ...


class PinnedSqlite:
    """A reading transaction in WAL mode keeps seeing the moment of its first read; SQLite's online
    backup through the same connection copies just that."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30
        )
        self._connection.execute("BEGIN")
        self.rows("SELECT count(*) FROM sqlite_master")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()

    def tables(self) -> dict[str, int]:
        return count_sqlite(self._connection)

    def copy(self, path: Path) -> None:
        target = sqlite3.connect(path)
        try:
            self._connection.backup(target)
            # A file of its own: no WAL beside it to forget.
            target.execute("PRAGMA journal_mode=DELETE")
        finally:
            target.close()

    def close(self) -> None:
        self._connection.close()


class PinnedPostgres:
    """A repeatable-read transaction that exports its snapshot to pg_dump."""

    engine = "postgresql"

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection = psycopg.connect(conninfo)
        self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        self._snapshot = str(self.rows("SELECT pg_export_snapshot()")[0][0])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.encode()).fetchall()

    def tables(self) -> dict[str, int]:
        return count_postgres(self._connection)

    def copy(self, path: Path) -> None:
        arguments = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public"]
        arguments += [f"--snapshot={self._snapshot}", f"--file={path}"]
        run_program("pg_dump", self._conninfo, arguments)

    def close(self) -> None:
        self._connection.close()


def count_sqlite(connection: sqlite3.Connection) -> dict[str, int]:
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in names
    }


def count_postgres(connection: psycopg.Connection[Any]) -> dict[str, int]:
    names = connection.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    counts = {}
    for (name,) in names:
        row = connection.execute(f'SELECT count(*) FROM public."{name}"'.encode()).fetchone()
        assert row is not None
        counts[name] = int(row[0])
    return counts


@dataclass(frozen=True)
class Cut:
    """The moment. `together`: nothing was committed to the lake between the two pins."""

    at: datetime
    together: bool
    site: Pinned
    catalog: Pinned | None  # None: there is no lake yet


@contextmanager
def cut(place: Place, *, wait_seconds: float = 60.0) -> Iterator[Cut]:
    """Pin both databases; see the package. Work goes on while the `with` lasts."""
    lake = Lake(place.lake, [])
    with ExitStack() as stack:
        with ExitStack() as held:
            together = True
            if lake.exists:
                try:
                    held.enter_context(lake.still(wait_seconds))
                except InputError:
                    together = False
            site = _pin(place.site, place.site_file)
            stack.callback(site.close)
            catalog = None
            if lake.exists:
                catalog = _pin(place.lake.catalog, place.catalog_file)
                stack.callback(catalog.close)
            at = datetime.now(UTC)
        yield Cut(at, together, site, catalog)


def _pin(conninfo: str, path: Path) -> PinnedSqlite | PinnedPostgres:
    return PinnedPostgres(conninfo) if conninfo else PinnedSqlite(path)


def snapshot_of(catalog: Pinned) -> int:
    return int(catalog.rows("SELECT max(snapshot_id) FROM ducklake_snapshot")[0][0])


def lake_files(catalog: Pinned) -> list[str]:
    """Every Parquet file that the catalog names at any snapshot, relative to `records`.

    Raises InputError (`backup-absolute-path`) for one that lies elsewhere.
    """
    found = []
    for table in ("ducklake_data_file", "ducklake_delete_file"):
        for schema_path, table_path, path, relative in catalog.rows(
            f"SELECT s.path, t.path, f.path,"
            f" CASE WHEN s.path_is_relative AND t.path_is_relative AND f.path_is_relative"
            f" THEN 1 ELSE 0 END FROM {table} f"
            f" JOIN (SELECT DISTINCT table_id, schema_id, path, path_is_relative FROM ducklake_table)"
            f" t ON t.table_id = f.table_id JOIN ducklake_schema s ON s.schema_id = t.schema_id"
        ):
            if not relative:
                raise InputError([ABSOLUTE(path=path)])
            found.append(f"{schema_path}{table_path}{path}")
    return sorted(set(found))


def count_lake(lake: Lake, snapshot: int) -> dict[str, int]:
    """How many rows each of the lake's tables has at a snapshot."""
    connection = lake.reader()
    try:
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND NOT internal"
        ).fetchall()
        counts = {}
        for (name,) in names:
            row = connection.execute(
                f'SELECT count(*) FROM lake."{name}" AT (VERSION => {snapshot})'
            ).fetchone()
            assert row is not None
            counts[name] = int(row[0])
        return counts
    finally:
        connection.close()
