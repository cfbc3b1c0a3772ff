"""Running statements over records, wherever that is; what they give comes back to DuckDB."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from tinhso.measure.expressions import DUCKDB, Dialect
from tinhso.measure.text import InputError, message


class Runner(Protocol):
    """Runs statements in its dialect over streams' records, which `sql.table_of` names.

    `connection` is DuckDB's, over the same lake, in which results are worked on further.
    """

    @property
    def dialect(self) -> Dialect: ...

    @property
    def connection(self) -> duckdb.DuckDBPyConnection: ...

    def share(self, table: str) -> None:
        """Let statements read a table that `connection` has."""

    def rows(self, sql: str) -> str:
        """What to put after FROM to read a statement's rows in `connection`, as often as one likes."""


@dataclass(frozen=True)
class Here:
    """DuckDB itself."""

    connection: duckdb.DuckDBPyConnection
    dialect: Dialect = DUCKDB

    def share(self, table: str) -> None:
        """It has the table already."""

    def rows(self, sql: str) -> str:
        return f"({sql})"


OTHER_RECORDS = message(
    "engine-other-records",
    vi="Bộ máy {engine} thấy {found} bản ghi trong {table}, kho có {rows}. Không tính gì từ đó. Kiểm tra để nó đọc được mọi tệp của kho theo cùng đường dẫn, hoặc đặt TINHSO_ENGINE=auto.",
    en="Engine {engine} sees {found} records in {table}, the lake has {rows}. Nothing is computed from them. See that it can read every file of the lake under the same path, or set TINHSO_ENGINE=auto.",
)


def check_records(run: Runner, table: str, rows: int) -> None:
    """Refuse an engine that reads more or less than the lake has. Raises InputError.

    A file that an engine does not find is passed over in silence by some.
    """
    counted = run.connection.execute(
        f"SELECT n FROM {run.rows(f'SELECT count(*) AS n FROM {table}')}"
    ).fetchone()
    found = counted[0] if counted else 0
    if found != rows:
        raise InputError(
            [OTHER_RECORDS(engine=run.dialect.name, table=table, found=found, rows=rows)]
        )


class Exchange:
    """A folder through which tables and results go between DuckDB and another engine.

    It lies in the lake's spill folder: an engine on other machines must see the lake's folder under
    the same path.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self.folder = folder
        self._results = 0

    def write(self, table: str) -> Path:
        """A table of DuckDB as one Parquet file."""
        path = self.folder / f"{table}.parquet"
        self.connection.execute(f"COPY {table} TO '{quoted(path)}' (FORMAT parquet)")
        return path

    def result(self) -> Path:
        """Where the next result goes: nothing is there yet."""
        self._results += 1
        return self.folder / f"result-{self._results}.parquet"


@contextmanager
def exchange(connection: duckdb.DuckDBPyConnection) -> Iterator[Exchange]:
    """An exchange that is taken away at the end. Named as spill folders are, so that what a killed
    process leaves goes with its spills."""
    spill = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert spill is not None
    folder = Path(f"{spill[0]}-exchange").absolute()
    folder.mkdir(parents=True)
    try:
        yield Exchange(connection, folder)
    finally:
        shutil.rmtree(folder)


def quoted(path: Path) -> str:
    """A path inside single quotes of DuckDB's SQL."""
    return str(path).replace("'", "''")
