"""The lake: records in Parquet under a catalog that numbers every committed batch.

DuckLake keeps the catalog (SQLite in the lake's folder, or a PostgreSQL database) and gives atomic
commits, numbered snapshots over all streams at once, and time travel; see docs/decisions. A
table holds exactly one version of each key: a correction deletes the earlier version and adds
its own in one transaction, so reading needs no search for the latest, and every earlier state
stays readable at its snapshot.

One process writes at a time (a lock file sees to it: the catalog's own counters are not safe
against two writers); any number read.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from threading import get_ident
from uuid import uuid4

import duckdb

from tinhso.measure.store import Bucket
from tinhso.measure.streams import Stream
from tinhso.measure.troubles import BUSY, NEWER, RETYPED, LakeTroubleError, telling_troubles

#: The file that says that there is a lake, and in it the form of the lake's own tables. A form that
#: is not known here is not touched.
MARKER = "created"
FORM = 1

#: Columns that the lake adds to every stream's own: the unit that the record's code meant on its
#: date (and, after ">", the heir that the record itself names) and that unit's level, the batch that brought the record, and its row in the file.
OWN_COLUMNS = {
    "_unit": "VARCHAR",
    "_level": "VARCHAR",
    "_batch": "BIGINT",
    "_row": "BIGINT",
}


@dataclass(frozen=True)
class LakeSettings:
    """Where the lake is. `catalog` is "" for SQLite in the folder, or a libpq connection string.

    Records are Parquet files in the folder, or in a `bucket`. The folder is needed all the same: for
    the writers' lock and for what engines spill.
    """

    folder: Path
    catalog: str = field(default="", repr=False)  # it may hold a password
    bucket: Bucket | None = None
    threads: int = 0  # 0: as many as the machine has
    memory_limit: str = "1GB"
    wait_seconds: float = 60.0

    @property
    def records(self) -> str:
        """Where the Parquet files lie, with a slash at the end."""
        return self.bucket.uri if self.bucket else f"{self.folder / 'records'}/"


#: How long a store may take to answer one request before it is asked again (three times at most).
STORE_SECONDS = 20


class Lake:
    """A lake folder with its catalog. Cheap to make; connections are opened as needed."""

    def __init__(self, settings: LakeSettings, streams: Sequence[Stream]) -> None:
        self.settings = settings
        self.streams = {stream.code: stream for stream in streams}
        self._writing: tuple[int, duckdb.DuckDBPyConnection] | None = None

    @property
    def exists(self) -> bool:
        return self._marker.exists()

    @property
    def _marker(self) -> Path:
        return self.settings.folder / MARKER

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A connection that can read any snapshot as `lake.<stream>`, and change nothing.

        Raises LakeTroubleError (`lake-newer`, `lake-retyped`, `lake-store-away`, …).
        """
        if self.exists:
            connection = self._connect(read_only=True)
            if not self._missing(connection):
                return connection
            connection.close()
        with self.writer():
            pass  # tables of new streams are made: readers find empty tables, not an error
        return self._connect(read_only=True)

    @contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The one writing connection, with every stream's table in place.

        The caller begins and commits its own transaction; one transaction is one snapshot. Inside
        a `with` of the same thread it gives the same connection, so that many small files are
        written under one lock. Raises LakeTroubleError: `lake-busy` when another process keeps the
        lock too long, `lake-disk-full` and the like for what goes wrong inside the `with`.
        """
        if self._writing is not None and self._writing[0] == get_ident():
            yield self._writing[1]
            return
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        with _lock(self.settings.folder / "writer.lock", self.settings.wait_seconds):
            connection = self._connect(read_only=False)
            try:
                with telling_troubles():
                    self._ensure_tables(connection)
                    self._writing = (get_ident(), connection)
                    yield connection
            finally:
                self._writing = None
                connection.close()

    @contextmanager
    def still(self, wait_seconds: float | None = None) -> Iterator[None]:
        """Nothing is committed meanwhile, by any process. Raises LakeTroubleError (`lake-busy`)."""
        wait = self.settings.wait_seconds if wait_seconds is None else wait_seconds
        with _lock(self.settings.folder / "writer.lock", wait):
            yield

    def snapshot(self, connection: duckdb.DuckDBPyConnection) -> int:
        """The number of the newest committed snapshot."""
        row = connection.execute("SELECT max(snapshot_id) FROM lake.snapshots()").fetchone()
        assert row is not None
        return int(row[0])

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        form = self._marker.read_text(encoding="ascii").strip() if self.exists else ""
        if form and form != str(FORM):
            raise LakeTroubleError([NEWER(found=form, known=FORM)])
        with telling_troubles():
            return self._attached(read_only=read_only)

    def _attached(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        settings = self.settings
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": settings.memory_limit,
            "temp_directory": str(_spill_folder(settings.folder / "spill")),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if settings.threads:
            config["threads"] = settings.threads
        catalog = "postgres_scanner" if settings.catalog else "sqlite_scanner"
        remote = ["httpfs"] if settings.bucket else []
        connection = _connect_with(config, "ducklake", catalog, *remote)
        connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        if settings.bucket:
            connection.execute(settings.bucket.secret_sql)
            connection.execute(f"SET http_timeout = {STORE_SECONDS}")
        options = [f"DATA_PATH '{_quoted(settings.records)}'"]
        if settings.catalog:
            source = f"ducklake:postgres:{_quoted(settings.catalog)}"
        else:
            source = f"ducklake:sqlite:{_quoted(str(settings.folder / 'catalog.sqlite'))}"
            options += ["META_JOURNAL_MODE 'WAL'", "META_BUSY_TIMEOUT 10000"]
        if self.exists:
            # Files are named relative to the folder: a lake that was moved or restored opens too.
            options.append("OVERRIDE_DATA_PATH true")
        if read_only:
            options.append("READ_ONLY")
        connection.execute(f"ATTACH '{source}' AS lake ({', '.join(options)})")
        return connection

    def _ensure_tables(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make what is missing: tables of new streams, columns of grown ones. Drops nothing."""
        statements = self._missing(connection)
        if statements:
            connection.execute("BEGIN")
            for statement in statements:
                connection.execute(statement)
            connection.execute("COMMIT")
        if not self.exists:
            self._marker.write_text(f"{FORM}\n", encoding="ascii")

    def _missing(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """The statements that make what the declared streams have and the lake has not yet.

        Raises LakeTroubleError (`lake-retyped`) for a field that the lake holds as another type.
        """
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = 'lake'"
        ).fetchall():
            found.setdefault(table, {})[column] = kind
        wanted = {code: _columns(stream) for code, stream in self.streams.items()}
        wanted |= {
            "_batches": BATCH_COLUMNS,
            "_quarantine": QUARANTINE_COLUMNS,
            "_keys": KEY_COLUMNS,
        }
        retyped = [
            RETYPED(stream=table, field=name, declared=kind, found=found[table][name])
            for table, columns in wanted.items()
            for name, kind in columns.items()
            if found.get(table, {}).get(name, kind) != kind
        ]
        if retyped:
            raise LakeTroubleError(retyped)
        statements = []
        for table, columns in wanted.items():
            if table not in found:
                body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
                statements.append(f'CREATE TABLE lake."{table}" ({body})')
            else:
                statements += [
                    f'ALTER TABLE lake."{table}" ADD COLUMN "{name}" {kind}'
                    for name, kind in columns.items()
                    if name not in found[table]
                ]
        return statements


#: One row an event of a batch; `event` is "accepted", "refused" or "withdrawn". Rows are only ever
#: added. Of a withdrawal, `rows_read` counts the records that disappeared and `rows_corrected`
#: those of them whose earlier version came back.
BATCH_COLUMNS = {
    "batch": "BIGINT",
    "event": "VARCHAR",
    "at": "TIMESTAMP",  # wall time in Asia/Ho_Chi_Minh
    "stream": "VARCHAR",
    "file": "VARCHAR",
    "digest": "VARCHAR",  # SHA-256 of the file
    "mode": "VARCHAR",  # all-or-nothing | accept-good
    "rows_read": "BIGINT",
    "rows_added": "BIGINT",
    "rows_corrected": "BIGINT",
    "rows_same": "BIGINT",
    "rows_bad": "BIGINT",
    "simulated": "VARCHAR",  # "" for real records, else what made them
    "note": "VARCHAR",
    "before_snapshot": "BIGINT",  # the snapshot that the batch was applied to
}

#: The keys that pseudonyms went through, the newest last; `number` says how many lines the key has,
#: `before_snapshot` the last snapshot without it. Of a key only a fingerprint.
KEY_COLUMNS = {
    "number": "BIGINT",
    "fingerprint": "VARCHAR",
    "at": "TIMESTAMP",
    "before_snapshot": "BIGINT",
}

#: Rows that were not taken. `raw` is the row as JSON with personal fields masked, `problems` a
#: list in JSON of {code, field, vi, en}, `unit` the uid of the row's unit where it can be told.
QUARANTINE_COLUMNS = {
    "batch": "BIGINT",
    "stream": "VARCHAR",
    "row": "BIGINT",
    "unit": "VARCHAR",
    "raw": "VARCHAR",
    "problems": "VARCHAR",
    "at": "TIMESTAMP",
}


def _spill_folder(parent: Path) -> Path:
    """A folder of this connection's own: two engines that spill into one overwrite each other.

    Takes away what killed processes have left.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.iterdir():
        if not _is_alive(int(old.name.partition("-")[0])):
            shutil.rmtree(old, ignore_errors=True)
    return parent / f"{os.getpid()}-{uuid4().hex[:8]}"  # DuckDB makes it when it needs it


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _columns(stream: Stream) -> dict[str, str]:
    return {field.name: field.sql_type for field in stream.fields} | OWN_COLUMNS


#: Extensions whose signature DuckDB has verified in this process.
_VERIFIED: set[str] = set()


def _connect_with(
    config: dict[str, str | bool | int | float | list[str]], *extensions: str
) -> duckdb.DuckDBPyConnection:
    """A connection with these extensions, their signatures verified once in each process.

    DuckDB would verify them for every connection, which takes a quarter of a second, nine tenths of
    opening a lake. Before the connection is given away nothing unsigned can be loaded any more.
    """
    verified = _VERIFIED.issuperset(extensions)
    connection = duckdb.connect(config=config | {"allow_unsigned_extensions": verified})
    for name in extensions:
        load_extension(connection, name)
    _VERIFIED.update(extensions)
    if verified:
        connection.execute("SET allow_unsigned_extensions = false")  # cannot be taken back
    return connection


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load a DuckDB extension from its own Python package: nothing is fetched at run time."""
    package = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    connection.execute(f"LOAD '{_quoted(str(package / f'{name}.duckdb_extension'))}'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")


@contextmanager
def _lock(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold an exclusive lock that the system releases even when this process is killed."""
    deadline = time.monotonic() + wait_seconds
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise LakeTroubleError([BUSY(seconds=round(wait_seconds))]) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)
