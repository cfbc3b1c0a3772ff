"""Writing columns as the files that offices send: two kinds of CSV, JSON lines, Parquet, workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np
import xlsxwriter

from tinhso.measure.streams import Field, FieldType, Stream
from tinhso.modules.simulation.days import Ints


@dataclass(frozen=True)
class Numbered:
    """Codes made of a number: written as prefix, digits, suffix. Negative numbers are no code."""

    prefix: str
    numbers: Ints
    width: int
    suffix: str = ""

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class Chosen:
    """Texts out of a few: positions in `texts`, -1 for nothing.

    Kept as numbers until DuckDB writes them: it takes minutes over arrays of Python texts.
    """

    texts: tuple[str, ...]
    index: Ints

    def __len__(self) -> int:
        return len(self.index)


#: Arrays hold times in seconds and dates in days from 1970, counts and booleans; -1 is nothing.
Column: TypeAlias = "np.ndarray[Any, Any] | Numbered | Chosen"
Columns: TypeAlias = dict[str, Column]
Row: TypeAlias = Mapping[str, "str | int | bool | date | None"]

NOTICE = "SỐ LIỆU MÔ PHỎNG"
SHEET = "SO LIEU MO PHONG"
_BOM = "\ufeff"


def connect() -> duckdb.DuckDBPyConnection:
    """A connection whose output does not depend on the machine: one thread, rows in order."""
    return duckdb.connect(config={"threads": 1, "preserve_insertion_order": True})


def length(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def take(columns: Columns, rows: np.ndarray[Any, Any]) -> Columns:
    """The rows at these positions (or under this mask)."""
    return {name: _like(column, _array(column)[rows]) for name, column in columns.items()}


def stack(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts, one after the other."""
    return {
        name: _like(first, np.concatenate([_array(part[name]) for part in parts]))
        for name, first in parts[0].items()
    }


def write_csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    stream: Stream,
    columns: Columns,
    *,
    office: bool,
    extra: Sequence[Mapping[str, str]] = (),
) -> None:
    """Write CSV: plain (field names, commas, ISO times), or `office`, as spreadsheets in
    Vietnamese save it (labels, semicolons, d/m/yyyy, a byte order mark).

    `extra` rows are written as they are, after all others: the way to put wrong ones in.
    """
    parts = []
    for position, field in enumerate(stream.fields):
        label = field.label.vi if office else field.name
        label = _BOM + label if office and position == 0 else label
        text = _as_text(field, columns[field.name], office)
        parts.append(f'{text} AS "{label}"')
    query = f"SELECT {', '.join(parts)} FROM sample"
    for row in extra:
        values = ", ".join(_written(row.get(field.name, "")) for field in stream.fields)
        query += f" UNION ALL SELECT {values}"
    delimiter = ";" if office else ","
    _copy(connection, query, columns, path, f"FORMAT csv, HEADER, DELIMITER '{delimiter}'")


def write_json_lines(
    connection: duckdb.DuckDBPyConnection, path: Path, stream: Stream, columns: Columns
) -> None:
    written = (FieldType.DATE, FieldType.DATETIME)  # JSON has no dates of its own
    parts = [
        f'{_as_text(f, c, False) if f.type in written else _typed(f, c)} AS "{f.name}"'
        for f, c in ((field, columns[field.name]) for field in stream.fields)
    ]
    _copy(connection, f"SELECT {', '.join(parts)} FROM sample", columns, path, "FORMAT json")


def write_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, stream: Stream, columns: Columns
) -> None:
    parts = [f'{_typed(f, columns[f.name])} AS "{f.name}"' for f in stream.fields]
    _copy(connection, f"SELECT {', '.join(parts)} FROM sample", columns, path, "FORMAT parquet")


def write_workbook(path: Path, stream: Stream, rows: Iterable[Row], maker: str, made: date) -> None:
    """One sheet: a line that says that the figures are simulated, the labels, the rows.

    `made` stands as the date of creation, so that the same sample is the same file to the byte.
    """
    book = xlsxwriter.Workbook(str(path))
    stamp = datetime(made.year, made.month, made.day)  # noqa: DTZ001 - a date in a file's properties
    book.set_properties({"created": stamp, "title": f"{NOTICE} ({maker})"})
    sheet = book.add_worksheet(SHEET)
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_string(0, 0, f"{NOTICE} - {stream.name.vi} - {maker}")
    for column, field in enumerate(stream.fields):
        sheet.write_string(2, column, field.label.vi)
    for line, row in enumerate(rows, start=3):
        for column, field in enumerate(stream.fields):
            value = row.get(field.name)
            if isinstance(value, bool):
                sheet.write_string(line, column, "Có" if value else "Không")
            elif isinstance(value, date):
                sheet.write_datetime(line, column, value, day_format)
            elif isinstance(value, int):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, value)
    book.close()


def _copy(
    connection: duckdb.DuckDBPyConnection, query: str, columns: Columns, path: Path, options: str
) -> None:
    arrays = {name: _plain(_array(column)) for name, column in columns.items()}
    connection.register("sample", arrays)
    try:
        connection.execute(f"COPY ({query}) TO {_literal(str(path))} ({options})")
    finally:
        connection.unregister("sample")


def _array(column: Column) -> np.ndarray[Any, Any]:
    if isinstance(column, Numbered):
        return column.numbers
    return column.index if isinstance(column, Chosen) else column


def _like(column: Column, array: np.ndarray[Any, Any]) -> Column:
    """The same kind of column with other rows."""
    if isinstance(column, Numbered):
        return replace(column, numbers=array)
    return replace(column, index=array) if isinstance(column, Chosen) else array


def _plain(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return column.astype(np.int8) if column.dtype == np.bool_ else column


def _typed(field: Field, column: Column) -> str:
    """SQL for the column in the field's own type."""
    name = f'"{field.name}"'
    if isinstance(column, Numbered):
        digits = f"lpad({name}::VARCHAR, {column.width}, '0')"
        code = f"{_literal(column.prefix)} || {digits} || {_literal(column.suffix)}"
        return f"CASE WHEN {name} >= 0 THEN {code} END"
    if isinstance(column, Chosen):
        texts = ", ".join(_literal(text) for text in column.texts)
        return f"list_extract([{texts}], {name} + 1)"  # position 0 is NULL
    if field.type is FieldType.DATETIME:
        return f"CASE WHEN {name} >= 0 THEN make_timestamp({name} * 1000000) END"
    if field.type is FieldType.DATE:
        return f"CASE WHEN {name} >= 0 THEN DATE '1970-01-01' + {name}::INTEGER END"
    if field.type is FieldType.BOOLEAN:
        return f"CASE {name} WHEN 1 THEN true WHEN 0 THEN false END"
    if field.type in (FieldType.INTEGER, FieldType.MONEY):
        return f"CASE WHEN {name} >= 0 THEN {name} END"
    raise TypeError(f"{field.name} needs Numbered or Chosen")


def _as_text(field: Field, column: Column, office: bool) -> str:
    """SQL for the column as it is written in text files."""
    typed = _typed(field, column)
    if office and field.type is FieldType.BOOLEAN:
        return f"""CASE "{field.name}" WHEN 1 THEN 'Có' WHEN 0 THEN 'Không' END"""
    if office and field.type is FieldType.DATETIME:
        return f"strftime({typed}, '%d/%m/%Y %H:%M:%S')"
    if office and field.type is FieldType.DATE:
        return f"strftime({typed}, '%d/%m/%Y')"
    return f"({typed})::VARCHAR"


def _written(text: str) -> str:
    return _literal(text) if text else "NULL"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
