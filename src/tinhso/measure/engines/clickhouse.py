"""ClickHouse, inside this process (chdb): statements over the lake's files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from tinhso.measure.engines.runners import Exchange, check_records, exchange, quoted
from tinhso.measure.expressions import CLICKHOUSE, Dialect
from tinhso.measure.lake_files import RecordFiles, files_of
from tinhso.measure.sql import table_of
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, message

if TYPE_CHECKING:
    from chdb.session import Session

NOT_INSTALLED = message(
    "clickhouse-not-installed",
    vi="Chưa cài ClickHouse (chdb). Cài bằng: pip install 'tinhso[clickhouse]', hoặc đặt TINHSO_ENGINE=auto.",
    en="ClickHouse (chdb) is not installed. Install it with: pip install 'tinhso[clickhouse]', or set TINHSO_ENGINE=auto.",
)
REMOTE_LAKE = message(
    "clickhouse-remote-lake",
    vi="ClickHouse trong tiến trình này chỉ đọc tệp trên đĩa, kho bản ghi có tệp ở {path}. Đặt TINHSO_ENGINE=auto hoặc spark.",
    en="ClickHouse inside this process reads files on disks only, and the lake has files at {path}. Set TINHSO_ENGINE=auto or spark.",
)

TYPES = {
    "VARCHAR": "String",
    "BIGINT": "Int64",
    "BOOLEAN": "Bool",
    "DATE": "Date32",
    "TIMESTAMP": "DateTime64(6)",
}

#: What statements rely on. Without these ClickHouse fills in 0 and '' where SQL has NULL, gives days
#: before 1970 as others, and takes `sum(n) AS n` for a sum of itself.
SETTINGS: dict[str, int | str] = {
    "session_timezone": "UTC",
    "join_use_nulls": 1,
    "cast_keep_nullable": 1,
    "prefer_column_name_to_alias": 1,
    "enable_extended_results_for_datetime_functions": 1,
    "date_time_overflow_behavior": "throw",
    "max_query_size": 100_000_000,
}


class ClickHouseRunner:
    """Statements over views of the lake's files, in a database of the session's own."""

    dialect: Dialect = CLICKHOUSE

    def __init__(self, session: Session, through: Exchange) -> None:
        self.session = session
        self.through = through
        for name, value in SETTINGS.items():
            self.session.query(f"SET {name} = {CLICKHOUSE.literal(value)}")

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.through.connection

    def show(self, name: str, files: RecordFiles) -> None:
        """Make the view `name` of a stream's records."""
        columns = ", ".join(f"`{column}`" for column in files.columns)
        schema = ", ".join(f"`{c}` Nullable({TYPES[kind]})" for c, kind in files.columns.items())

        def read(pattern: str) -> str:
            literal = CLICKHOUSE.literal
            return f"SELECT {columns} FROM file({literal(pattern)}, Parquet, {literal(schema)})"

        parts = [read(pattern) for pattern in _patterns(files.whole)]
        if files.loose:
            parts.append(read(str(files.loose)))
        if files.partial:
            gone = CLICKHOUSE.literal(str(files.gone))
            parts += [
                f"{read(pattern)} WHERE (_file, _row_number) NOT IN "
                f"(SELECT assumeNotNull(name), assumeNotNull(row) FROM file({gone}, Parquet))"
                for pattern in _patterns(files.partial)
            ]
        nothing = f"SELECT {columns} FROM null({CLICKHOUSE.literal(schema)})"
        self.session.query(f"CREATE VIEW {name} AS {' UNION ALL '.join(parts) or nothing}")

    def share(self, table: str) -> None:
        path = self.through.write(table)
        source = f"file({CLICKHOUSE.literal(str(path))}, Parquet)"
        self.session.query(f"CREATE VIEW {table} AS SELECT * FROM {source}")

    def rows(self, sql: str) -> str:
        path = self.through.result()
        target = f"file({CLICKHOUSE.literal(str(path))}, Parquet)"
        self.session.query(f"INSERT INTO FUNCTION {target} {sql}")
        return f"read_parquet('{quoted(path)}')"


def _patterns(paths: Sequence[str]) -> Iterator[str]:
    """The paths as `file` takes them, one pattern a folder: in the names of folders it finds no
    alternatives, and then reads nothing without a word.

    Raises InputError (`clickhouse-remote-lake`) for files that are on no disk.
    """
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if "://" in path:
            raise InputError([REMOTE_LAKE(path=path)])
        folder, _, name = path.rpartition("/")
        folders[folder].append(name)
    for folder, names in folders.items():
        if len(names) == 1:
            yield f"{folder}/{names[0]}"
        else:
            # Signs that would make a pattern of a folder stand for any one sign.
            yield re.sub(r"[\[\]{}*?]", "?", folder) + "/{" + ",".join(names) + "}"


@contextmanager
def running(
    connection: duckdb.DuckDBPyConnection, streams: Sequence[Stream], snapshot: int
) -> Iterator[ClickHouseRunner]:
    """A runner over the streams at a snapshot. Raises InputError where ClickHouse cannot be had."""
    try:
        from chdb.session import Session  # noqa: PLC0415 (not installed everywhere)
    except ImportError:
        raise InputError([NOT_INSTALLED()]) from None
    with exchange(connection) as through, Session() as session:
        runner = ClickHouseRunner(session, through)
        for stream in streams:
            files = files_of(connection, stream, snapshot, through.folder)
            table = table_of(stream.code, snapshot, CLICKHOUSE)
            runner.show(table, files)
            check_records(runner, table, files.rows)
        yield runner
