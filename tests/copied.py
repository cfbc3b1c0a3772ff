"""Records of a snapshot as plain tables in memory, so that thousands of statements can be run over them.

A statement on the lake reads the catalog and opens files first, some milliseconds each time; here the
same statement, but for `AT (VERSION => n)`, reads the same rows. That the lake itself answers it alike is
shown where pages and commands open numbers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import duckdb

from tinhso.measure.cube import make_heirs
from tinhso.modules.plan.queries import PlanQueries

_VERSION = re.compile(r" AT \(VERSION => (\d+)\)")


class _Copied:
    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: int) -> None:
        self.connection, self.snapshot = connection, str(snapshot)

    def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        assert set(_VERSION.findall(sql)) <= {self.snapshot}
        return self.connection.execute(_VERSION.sub("", sql))


def copied(queries: PlanQueries, folder: Path) -> duckdb.DuckDBPyConnection:
    """What stands for a connection on which the statements that open a plan's numbers run."""
    snapshot = queries.figures.cube.manifest.snapshot
    memory = duckdb.connect(config={"threads": 1})
    memory.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
    memory.execute("ATTACH ':memory:' AS lake")
    lake = queries.workspace.connection()
    for code in queries.workspace.streams:
        file = folder / f"{code}.parquet"
        lake.execute(f"COPY (FROM lake.{code} AT (VERSION => {snapshot})) TO '{file}'")
        memory.execute(f"CREATE TABLE lake.{code} AS FROM read_parquet('{file}')")
    lake.close()
    make_heirs(memory, queries.figures.boundaries, queries.figures.cube.units)
    return cast("duckdb.DuckDBPyConnection", _Copied(memory, snapshot))
