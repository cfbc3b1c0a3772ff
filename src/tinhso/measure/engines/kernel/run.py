"""Running a plan's loop over the records, as the database hands them out in batches of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numba
import numpy as np
import numpy.typing as npt

from tinhso.measure.engines.kernel.batches import array_at, batches, shares, takers
from tinhso.measure.engines.kernel.code import BLOCK, EPOCH, Kind, Loop, loop_of
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Array, Plan
from tinhso.measure.sql import records_of
from tinhso.measure.tables import make_table

#: With fewer records than this, no count can pass 32 bits.
MOST = 2**31

_DATA: dict[Kind, npt.DTypeLike] = {
    Kind.NUMBER: np.int64,
    Kind.DAYS: np.int32,
    Kind.MICROSECONDS: np.int64,
    Kind.FLAG: np.uint8,
}


def changes(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    units: Sequence[str],
    *,
    interpreted: bool = False,
) -> Array | None:
    """What each slot adds to each quantity: [quantity][unit][slot].

    `interpreted` runs the loop as it is written, without compiling it.

    None where it cannot be told here: two units share a hash, or a sum might pass 64 bits.
    Raises LookupError for a record of a unit that is not among `units`.
    """
    loop = loop_of(plan)
    keys = hashes_of(connection, units)
    if keys is None:
        return None
    run = _interpreted(loop.source) if interpreted else _compiled(loop.source)
    counter = _Counter(plan, loop, run, open_table(keys), len(units), *slot_table(plan.grid))
    apart = shares(connection, plan.stream, plan.at) if isinstance(plan.at, int) else [""]
    with ThreadPoolExecutor(len(apart)) as pool:
        found = list(pool.map(counter.count, takers(connection, apart), apart))
    counts, sums, peaks, rows = zip(*found, strict=True)
    if sum(rows) >= MOST or (loop.sums and int(np.max(peaks)) * sum(rows) >= 2**62):
        return None
    changed = np.zeros((len(plan.quantities), len(units), plan.grid.count), dtype=np.int64)
    for steps, arrays in ((loop.counts, counts), (loop.sums, sums)):
        for place, step in enumerate(steps):
            for array in arrays:
                changed[plan.steps[step].quantity] += array[:, :, place].T
    return changed


@dataclass(frozen=True)
class _Counter:
    plan: Plan
    loop: Loop
    run: Callable[..., int]
    units: tuple[npt.NDArray[np.uint64], Array]
    breadth: int
    slots: npt.NDArray[np.int64]
    low: int

    def count(
        self, connection: duckdb.DuckDBPyConnection, share: str
    ) -> tuple[npt.NDArray[np.int32], Array, Array, int]:
        """Counts and sums by slot, unit and step, the greatest of what is summed, and the records."""
        loop = self.loop
        cells = (self.plan.grid.count, self.breadth)
        counts = np.zeros((*cells, len(loop.counts)), dtype=np.int32)
        sums = np.zeros((*cells, len(loop.sums)), dtype=np.int64)
        peaks = np.zeros(len(loop.sums), dtype=np.int64)
        room = (
            np.zeros((loop.flags, BLOCK), dtype=np.uint8),
            np.zeros((loop.numbers, BLOCK), dtype=np.int64),
        )
        rows = 0
        asked = records_of(self.plan, [column.sql for column in loop.columns], share)
        for batch in batches(connection, asked):
            rows += batch.length
            hashes, *children = batch.children
            columns = [
                one
                for column, child in zip(loop.columns, children, strict=True)
                for one in _buffers(child, _DATA[column.kind])
            ]
            unknown = self.run(
                batch.length,
                array_at(hashes.buffers[1], batch.length, np.uint64),
                *self.units,
                self.breadth,
                self.slots,
                self.low,
                *room,
                counts.reshape(-1),
                sums.reshape(-1),
                peaks,
                *columns,
            )
            if unknown >= 0:
                raise LookupError(
                    f"record {unknown} of a batch names a unit that was not looked up"
                )
        return counts, sums, peaks, rows


def _buffers(column: Any, kind: npt.DTypeLike) -> tuple[npt.NDArray[Any], npt.NDArray[np.uint8]]:
    """A column's data, and the bits that tell where there is any (an empty array: everywhere)."""
    assert column.offset == 0
    bits, data = column.buffers
    there = array_at(bits, (column.length + 7) // 8 if bits else 0, np.uint8)
    return array_at(data, column.length, kind), there


def _function(source: str) -> Callable[..., int]:
    space: dict[str, Any] = {"np": np}
    exec(compile(source, "<kernel>", "exec"), space)  # noqa: S102 (our own source; see `code`)
    function: Callable[..., int] = space["run"]
    return function


def _interpreted(source: str) -> Callable[..., int]:
    def run(*arguments: object) -> int:
        with np.errstate(over="ignore"):  # whole numbers wrap around, as compiled ones do
            return _function(source)(*arguments)

    return run


_COMPILED: dict[str, Callable[..., int]] = {}


def _compiled(source: str) -> Callable[..., int]:
    if source not in _COMPILED:
        _COMPILED[source] = numba.njit(nogil=True, error_model="numpy")(_function(source))
    return _COMPILED[source]


def is_ready(plan: Plan) -> bool:
    """Whether the plan's loop has been compiled in this process."""
    return loop_of(plan).source in _COMPILED


def hashes_of(
    connection: duckdb.DuckDBPyConnection, units: Sequence[str]
) -> npt.NDArray[np.uint64] | None:
    make_table(connection, "hashed", {"n": "INTEGER", "unit": "VARCHAR"}, enumerate(units))
    found = connection.execute("SELECT hash(unit) AS h FROM hashed ORDER BY n").fetchnumpy()["h"]
    return None if len(np.unique(found)) < len(units) else found.astype(np.uint64)


def open_table(hashes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], Array]:
    """An open table of hashes, at most a quarter full, and the unit at each place (-1: none)."""
    size = 1 << max(4, (4 * len(hashes)).bit_length())
    keys, places = np.zeros(size, dtype=np.uint64), np.full(size, -1, dtype=np.int64)
    for unit, one in enumerate(hashes.tolist()):
        place = one & (size - 1)
        while places[place] >= 0:
            place = (place + 1) & (size - 1)
        keys[place], places[place] = one, unit
    return keys, places


def slot_table(grid: Grid) -> tuple[npt.NDArray[np.int64], int]:
    """The slot of each day from the one before the grid to the first one after it, and the number of
    the first of these days, counted from 1970."""
    first, last = grid.start.toordinal() - 1, grid.end.toordinal()
    days = [grid.slot_of(date.fromordinal(day)) for day in range(first, last + 1)]
    return np.array(days, dtype=np.int64), first - EPOCH
