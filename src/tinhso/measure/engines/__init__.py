"""Engines: each computes a plan from the records, and all give the same whole numbers.

`duckdb` runs the plan as one readable statement: the referee, and right for a province's records.
`kernel` runs it as a compiled loop over columns, several times faster over very many records, once
it has been compiled (seconds). `auto` takes the kernel where that pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import duckdb

from tinhso.measure.engines import statements
from tinhso.measure.plan import Array, Plan

#: From so many records on, compiling a loop costs less than it saves.
KERNEL_FROM = 5_000_000


class Engine(StrEnum):
    AUTO = "auto"
    DUCKDB = "duckdb"
    KERNEL = "kernel"


def changes(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    units: Sequence[str],
    engine: Engine,
    rows: int,
) -> Array:
    """What each slot adds to each quantity at each unit: [quantity][unit][slot].

    `units` are all that the records name; `rows` says about how many records there are.
    """
    if engine is Engine.KERNEL or (engine is Engine.AUTO and rows >= KERNEL_FROM):
        from tinhso.measure.engines import kernel  # noqa: PLC0415 (the compiler takes long to load)

        found = kernel.changes(connection, plan, units)
        if found is not None:
            return found
    return statements.changes(connection, plan, units)
