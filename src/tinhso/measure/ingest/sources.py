"""Sources: a file opened as a table of text, whatever its format (nguồn).

A source hands DuckDB one relation after another (`Part`) with the columns `r0`, `r1` ... as
VARCHAR. What DuckDB reads well itself (CSV that keeps to the rules, Parquet) is one part that it
scans with all threads; everything else is read in Python and handed over a few thousand rows at a
time, in memory only, because cells may hold identity numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import duckdb

from tinhso.measure.ingest.header import Layout
from tinhso.measure.text import Problem

#: Rows of one part that is read in Python, and rows looked at to learn how dates are written.
PART_ROWS = 20_000
SAMPLE_ROWS = 2_000

Cells = list[str | None]


class Row(NamedTuple):
    """One row read in Python. `fault` says why it is no row of the table; `raw` is its text."""

    number: int
    cells: Cells
    fault: Problem | None = None
    raw: str | None = None


@dataclass(frozen=True)
class Part:
    """A relation in SQL: `r0` ... and `_fault`, `_raw`.

    When `numbered` it has the file's row numbers as `_i`; else its rows come in the file's order
    and the first has the number `first`.
    """

    sql: str
    numbered: bool
    first: int = 1


class Source(Protocol):
    """A file as a table of text."""

    @property
    def kind(self) -> str: ...

    @property
    def layout(self) -> Layout: ...

    @property
    def fallback(self) -> Source | None:
        """Another way to read the same file when DuckDB refuses it."""

    @property
    def delimiter(self) -> str:
        """What stands between the cells of a CSV file."""

    @property
    def sheet(self) -> str:
        """The name of a workbook's sheet."""

    def sample(self, connection: duckdb.DuckDBPyConnection) -> list[Cells]: ...

    def parts(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Part]: ...


@dataclass(frozen=True)
class ScannedSource:
    """A file that DuckDB scans itself; `relation` is SQL for it with `r0` ... ."""

    kind: str
    layout: Layout
    relation: str
    first: int
    numbered: bool = False
    fallback: Source | None = None
    delimiter: str = ","
    sheet: str = ""

    def sample(self, connection: duckdb.DuckDBPyConnection) -> list[Cells]:
        columns = ", ".join(f"r{i}" for i in range(self.layout.width))
        found = connection.execute(f"SELECT {columns} FROM {self.relation} LIMIT {SAMPLE_ROWS}")
        return [list(row) for row in found.fetchall()]

    def parts(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Part]:  # noqa: ARG002
        sql = f"(SELECT *, NULL::VARCHAR AS _fault, NULL::VARCHAR AS _raw FROM {self.relation})"
        yield Part(sql, self.numbered, self.first)


@dataclass(frozen=True)
class RowSource:
    """A file read in Python; `read` starts over at each call."""

    kind: str
    layout: Layout
    read: Callable[[], Iterator[Row]]
    fallback: Source | None = None
    delimiter: str = ","
    sheet: str = ""

    def sample(self, connection: duckdb.DuckDBPyConnection) -> list[Cells]:  # noqa: ARG002
        return [row.cells for row in islice(self.read(), SAMPLE_ROWS) if row.fault is None]

    def parts(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Part]:
        width = self.layout.width
        picked = ", ".join(f"r[{i + 1}] AS r{i}" for i in range(width))
        sql = (
            f"(SELECT {picked}, r[{width + 1}]::BIGINT AS _i, r[{width + 2}] AS _fault,"
            f" r[{width + 3}] AS _raw FROM (SELECT unnest(from_json("
            "getvariable('rows')::VARCHAR, '[[\"VARCHAR\"]]')) AS r))"
        )
        rows = self.read()
        chunk = [_packed(row, width) for row in islice(rows, PART_ROWS)]
        while True:
            # One JSON text crosses into DuckDB some 20 times faster than a list of lists.
            connection.execute("SET VARIABLE rows = ?", [json.dumps(chunk)])
            yield Part(sql, numbered=True)  # a file without rows is one part without rows
            chunk = [_packed(row, width) for row in islice(rows, PART_ROWS)]
            if not chunk:
                break
        connection.execute("RESET VARIABLE rows")


def _packed(row: Row, width: int) -> Cells:
    cells: Cells = [*row.cells[:width], *[None] * (width - len(row.cells))]
    fault = None
    if row.fault is not None:
        fault = json.dumps([row.fault.code, row.fault.params], ensure_ascii=False)
    return [*cells, str(row.number), fault, row.raw]


def quoted(path: Path | str) -> str:
    """A string literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
