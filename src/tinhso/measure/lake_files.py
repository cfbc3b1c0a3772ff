"""A stream's records at a snapshot as plain Parquet files, for engines that do not know the lake.

What counts at a snapshot is not to be read from the list of its files alone: rows of a file may have
been taken back, in a file of positions or, when few, in the catalog; a file joined from others
holds rows of later snapshots; few rows stand in the catalog and in no file. The lake's own reader
knows all of that, and tells of each record that counts which file and row it is. So the lake is
asked which rows count, never how it remembers it, and other engines read the bulk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tinhso.measure.lake import OWN_COLUMNS
from tinhso.measure.sql import table_of
from tinhso.measure.streams import Stream


@dataclass(frozen=True)
class RecordFiles:
    """Where a stream's records at a snapshot are.

    Every row counts of the files in `whole` and of `loose`; of the files in `partial` all but those
    listed in `gone`, by the file's name and the row's number from 0. Columns that a file does not
    have are empty: they were added to the stream later. Paths are the lake's own (`s3://` too).
    """

    columns: dict[str, str]  # name -> SQL type of DuckDB
    rows: int  # how many count
    whole: tuple[str, ...]
    partial: tuple[str, ...]
    gone: Path | None
    loose: Path | None


def files_of(
    connection: duckdb.DuckDBPyConnection, stream: Stream, snapshot: int, folder: Path
) -> RecordFiles:
    """Find them; what stands in no file of its own is written into `folder`."""
    source = table_of(stream.code, snapshot)
    columns = {one.name: one.sql_type for one in stream.fields} | OWN_COLUMNS
    listed = {
        path
        for (path,) in connection.execute(
            "SELECT data_file FROM ducklake_list_files('lake', ?, snapshot_version => ?)",
            [stream.code, snapshot],
        ).fetchall()
    }
    counting = dict(
        connection.execute(f"SELECT filename, count(*) FROM {source} GROUP BY filename").fetchall()
    )
    held = _rows_held(connection, sorted(listed & counting.keys()))
    partial = tuple(path for path, rows in held.items() if rows != counting[path])
    loose = gone = None
    if counting.keys() - listed:
        loose = folder / f"{stream.code}-loose.parquet"
        names = ", ".join(f'"{name}"' for name in columns)
        _write(connection, f"SELECT {names} FROM {source} WHERE {_in_none(listed)}", loose)
    if partial:
        gone = folder / f"{stream.code}-gone.parquet"
        _write(connection, _gone(source, {path: held[path] for path in partial}), gone)
    whole = tuple(path for path in held if path not in partial)
    return RecordFiles(columns, sum(counting.values()), whole, partial, gone, loose)


def _rows_held(connection: duckdb.DuckDBPyConnection, paths: list[str]) -> dict[str, int]:
    """How many rows each file has, counting or not: what its own foot says."""
    if not paths:
        return {}
    return dict(
        connection.execute(
            f"SELECT file_name, num_rows FROM parquet_file_metadata([{_listed(paths)}])"
        ).fetchall()
    )


def _gone(source: str, held: dict[str, int]) -> str:
    """The rows of files that do not count: those of which the lake does not tell."""
    there = ", ".join(f"({_text(path)}, {rows})" for path, rows in held.items())
    return (
        f"SELECT parse_filename(path) AS name, row\n"
        f"FROM (SELECT path, unnest(range(rows)) AS row FROM (VALUES {there}) v(path, rows))\n"
        f"ANTI JOIN (SELECT filename AS path, file_row_number AS row FROM {source})\n"
        f"USING (path, row)"
    )


def _in_none(paths: Iterable[str]) -> str:
    listed = _listed(sorted(paths))
    return f"filename NOT IN ({listed})" if listed else "true"


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {_text(str(path))} (FORMAT parquet)")


def _listed(paths: Iterable[str]) -> str:
    return ", ".join(map(_text, paths))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
