"""Engines: each computes a plan from the records, and all give the same whole numbers.

`duckdb` runs the plan as one readable statement: the referee, and right for a province's records.
`kernel` runs it as a compiled loop over columns, several times faster over very many records, once
it has been compiled (seconds). `auto` takes the kernel where that pays. `spark` and `clickhouse`
run the same statements, in their own dialects, over the same files of the lake; what has only
changed since is brought in by `auto` all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

import duckdb

from tinhso.measure.engines import statements
from tinhso.measure.engines.runners import Here, Runner
from tinhso.measure.plan import Array, Plan
from tinhso.measure.streams import Stream

__all__ = ["Engine", "Here", "Runner", "changes", "in_loops", "runner"]

#: From so many records on, compiling a loop costs less than it saves.
KERNEL_FROM = 5_000_000

#: The same for a loop that this process has compiled before.
READY_FROM = 200_000


class Engine(StrEnum):
    AUTO = "auto"
    DUCKDB = "duckdb"
    KERNEL = "kernel"
    SPARK = "spark"
    CLICKHOUSE = "clickhouse"


@contextmanager
def runner(
    engine: Engine,
    connection: duckdb.DuckDBPyConnection,
    streams: Sequence[Stream],
    snapshot: int,
) -> Iterator[Runner]:
    """What runs statements over the streams' records at a snapshot.

    Raises InputError where the engine is not installed or cannot be started.
    """
    if engine is Engine.SPARK:
        from tinhso.measure.engines import spark  # noqa: PLC0415 (takes long to load)

        with spark.running(connection, streams, snapshot) as found:
            yield found
    elif engine is Engine.CLICKHOUSE:
        from tinhso.measure.engines import clickhouse  # noqa: PLC0415 (takes long to load)

        with clickhouse.running(connection, streams, snapshot) as found:
            yield found
    else:
        yield Here(connection)


def _is_ready(plan: Plan) -> bool:
    """Whether the plan's loop has been compiled in this process, which costs nothing to ask."""
    loaded = sys.modules.get("tinhso.measure.engines.kernel")
    return loaded is not None and loaded.is_ready(plan)


def in_loops(run: Runner, engine: Engine, rows: int) -> bool:
    """Whether so many records are counted by compiled loops."""
    many = rows >= KERNEL_FROM and engine is not Engine.DUCKDB
    return isinstance(run, Here) and (engine is Engine.KERNEL or many)


def changes(run: Runner, plan: Plan, units: Sequence[str], engine: Engine, rows: int) -> Array:
    """What each slot adds to each quantity at each unit: [quantity][unit][slot].

    `units` are all that the records name; `rows` says about how many records there are.
    """
    ready = isinstance(run, Here) and engine is Engine.AUTO and rows >= READY_FROM
    if in_loops(run, engine, rows) or (ready and _is_ready(plan)):
        from tinhso.measure.engines import kernel  # noqa: PLC0415 (the compiler takes long to load)

        found = kernel.changes(run.connection, plan, units)
        if found is not None:
            return found
    return statements.changes(run, plan, units)
