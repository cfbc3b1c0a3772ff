"""A part counted from the records for many units at once, by one plain statement.

`explain` writes a statement for one figure. Here which unit's figure takes which records, from when
to when, is a small table beside the statement (`cells`), so that a whole publication can be counted
again, and what changed since can be laid at the doors of its batches (`causes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tinhso.measure.cube import Cube
from tinhso.measure.definitions import Aggregate
from tinhso.measure.explain import reach
from tinhso.measure.expressions import to_sql
from tinhso.measure.figures import Figures, Value
from tinhso.measure.quantities import Measured, Quantity
from tinhso.measure.sql import LEVEL_SQL, source
from tinhso.measure.streams import Stream

#: The columns of `cells` and their types. `leaf` is a unit as records name it (`_unit`).
CELL_COLUMNS = {"unit": "VARCHAR", "first_day": "DATE", "last_day": "DATE", "leaf": "VARCHAR"}


@dataclass(frozen=True)
class CellRow:
    """Records of `leaf` count for the figure of `unit` from `first_day` (None: ever) to `last_day`."""

    unit: str
    first_day: date | None
    last_day: date
    leaf: str

    @property
    def texts(self) -> tuple[str, str | None, str, str]:
        first = None if self.first_day is None else self.first_day.isoformat()
        return self.unit, first, self.last_day.isoformat(), self.leaf


def cells_of(
    figures: Figures, streams: Mapping[str, Stream], values: Iterable[Value], measured: Measured
) -> Iterator[CellRow]:
    """Which records count for this part of each value. The values are of one indicator."""
    for value in values:
        for run in reach(figures, streams, value, measured):
            for leaf in run.units:
                yield CellRow(value.unit, run.first_day, run.last_day, leaf)


def widened(figures: Figures, units: Iterable[str]) -> Figures:
    """Figures that know which records count where, and no amounts; for records of `units` too."""
    known = sorted({*figures.cube.units, *units})
    cube = Cube(figures.cube.manifest, known, {}, {})
    return Figures(cube, figures.boundaries, figures.indicators.values(), figures.places.followed)


def statement(stream: Stream, quantity: Quantity, snapshot: int, cells: str) -> str:
    """One row for each unit with records: (unit, amount). `cells` is a table, or a table function.

    A unit without a row has 0, or nothing to add up.
    """
    level = f", {LEVEL_SQL} AS unit_level" if "unit_level" in quantity.key else ""
    records = f"(SELECT *{level} FROM records)" if level else "records"
    return (
        f"WITH {source(stream, snapshot)},\n{cells_cte(cells)}\n"
        f"SELECT _cell AS unit, {_aggregate(quantity)} AS amount\n"
        f"FROM {records} JOIN cells ON _unit = _leaf\n"
        f"WHERE {condition(quantity)}\nGROUP BY _cell\nORDER BY _cell"
    )


def cells_cte(cells: str) -> str:
    """`cells` under names that no stream's field bears."""
    return (
        "cells AS (\n  SELECT unit AS _cell, first_day AS _first, last_day AS _last, leaf AS _leaf\n"
        f"  FROM {cells}\n)"
    )


def condition(quantity: Quantity) -> str:
    """Which records count, of those joined with their `cells`."""
    conditions = [] if to_sql(quantity.where) == "true" else [f"({to_sql(quantity.where)})"]
    day, after = quantity.date, "_last + 1"
    if quantity.register:
        conditions += [f"{day} < {after}", f"(_until IS NULL OR _until >= {after})"]
    elif quantity.until:
        until = quantity.until
        conditions += [f"{day} < _last", f"({until} IS NULL OR {until} >= {after})"]
    else:
        conditions += [f"(_first IS NULL OR {day} >= _first)", f"{day} < {after}"]
    if quantity.field:
        conditions.append(f"{quantity.field} IS NOT NULL")
    return "\n  AND ".join(conditions)


def _aggregate(quantity: Quantity) -> str:
    match quantity.aggregate:
        case Aggregate.COUNT:
            return "count(*)"
        case Aggregate.SUM:
            return f"CAST(sum({quantity.field}) AS BIGINT)"
        case Aggregate.DISTINCT:
            return f"count(DISTINCT {quantity.field})"
