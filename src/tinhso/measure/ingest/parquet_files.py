"""Parquet files as sources."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tinhso.measure.ingest import messages
from tinhso.measure.ingest.header import layout_of
from tinhso.measure.ingest.sources import ScannedSource, quoted
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError


def open_parquet(
    connection: duckdb.DuckDBPyConnection, link: Path, stream: Stream
) -> ScannedSource:
    """A Parquet file; typed columns are turned into the text that the checks read."""
    table = f"read_parquet({quoted(link)}, file_row_number = true)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
    except duckdb.Error as error:
        raise damaged(error) from error
    columns = [(str(row[0]), str(row[1])) for row in described if row[0] != "file_row_number"]
    layout = layout_of([name for name, _ in columns], stream, header_row=0)
    cells = ", ".join(
        f"{_text(name, kind)} AS r{index}" for index, (name, kind) in enumerate(columns)
    )
    return ScannedSource(
        kind="parquet",
        layout=layout,
        relation=f"(SELECT {cells}, file_row_number + 1 AS _i FROM {table})",
        first=1,
        numbered=True,
    )


def damaged(error: duckdb.Error) -> InputError:
    return InputError([messages.DAMAGED(kind="Parquet", reason=str(error).splitlines()[0][:200])])


def _text(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(CAST({column} AS TIMESTAMP) AS VARCHAR)"  # wall time of the session's zone
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        # Whole numbers may have become floats because some were missing. What is left has a
        # decimal comma, as Vietnamese write it: "123.456" would be read as thousands.
        whole = f"CAST(TRY_CAST({column} AS HUGEINT) AS VARCHAR)"
        return (
            f"CASE WHEN abs({column}) < 1e15 AND {column} = trunc({column}) THEN {whole}"
            f" ELSE replace(upper(CAST({column} AS VARCHAR)), '.', ',') END"
        )
    return f"CAST({column} AS VARCHAR)"
