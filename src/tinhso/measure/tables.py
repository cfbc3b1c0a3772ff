"""Small tables of Python values for DuckDB, passed as one JSON text.

DuckDB looks for pandas anew at every Python value that it is given, which takes minutes over tens
of thousands of parameters where pandas is not installed; one parameter costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import duckdb


def make_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[str | int | None]],
) -> None:
    """Make (or make anew) the temporary table `name` with `columns` (name -> SQL type).

    Dates are given as ISO text.
    """
    make_table_of(connection, name, columns, as_text(rows))


def as_text(rows: Iterable[Sequence[str | int | None]]) -> str:
    """What `make_table_of` reads, for tables that are made again and again."""
    return json.dumps([list(row) for row in rows], ensure_ascii=False)


def make_table_of(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], text: str
) -> None:
    picked = ", ".join(
        f'CAST(cells[{position}] AS {kind}) AS "{column}"'
        for position, (column, kind) in enumerate(columns.items(), start=1)
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {picked} "
        "FROM (SELECT unnest(from_json(?, '[[\"VARCHAR\"]]')) AS cells)",
        [text],
    )


class NameTable:
    """Names by number, for columns of many repeated names.

    DuckDB reads numbers from numpy at once, but asks for pandas again at every text.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.numbers = {name: number for number, name in enumerate(names)}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table `names` (number, name)."""
        columns = {"number": "BIGINT", "name": "VARCHAR"}
        rows = ((number, name) for name, number in self.numbers.items())
        make_table(connection, "names", columns, rows)
