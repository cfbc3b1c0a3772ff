"""From a number back: the SQL that counts it from the records, and the records themselves.

The statements here are plain and stand alone. They share with the cube the filters, but not its
way of counting, so running them (`recount`) is a check of every figure that anybody can make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from tinhso.measure.boundaries import Map
from tinhso.measure.definitions import Aggregate, Kind, Part
from tinhso.measure.expressions import to_sql
from tinhso.measure.figures import Cell, Figures, Value, exact_sum
from tinhso.measure.periods import Period
from tinhso.measure.places import Place, View
from tinhso.measure.quantities import CompiledCheck, Measured, Quantity
from tinhso.measure.sql import LEVEL_SQL, source
from tinhso.measure.streams import Sensitivity, Stream


@dataclass(frozen=True)
class PartExplanation:
    """One part of a value: what was counted, and how to count and list it again."""

    measured: Measured
    cell: Cell
    stream: Stream
    sql: str  # one row, one column: the amount
    rows_sql: str  # the records that make the amount, without a limit
    fields: tuple[str, ...]  # of rows_sql
    units: tuple[str, ...]  # whose records count
    first_day: date | None  # None: since the beginning of the records
    last_day: date


@dataclass(frozen=True)
class Explanation:
    """Everything that opens behind a value. `denominator` is None where the kind has none."""

    value: Value
    numerator: PartExplanation | None
    denominator: PartExplanation | None
    known: PartExplanation | None


def explain(
    figures: Figures,
    streams: Mapping[str, Stream],
    value: Value,
    sensitivity: Sequence[Sensitivity] = (Sensitivity.PUBLIC,),
) -> Explanation:
    """Open a value. Records show the fields of the named sensitivities, never more."""
    compiled = figures.indicators[value.indicator.code]
    place = figures.places.place(value.unit, value.period, value.view)
    if place is None or figures.cube.grid.slots(value.period) is None:
        return Explanation(value, None, None, None)
    own = value.indicator.kind is Kind.MEASURE

    def open_part(measured: Measured | None, cell: Cell | None) -> PartExplanation | None:
        if measured is None or cell is None:
            return None
        stream = streams[measured.quantity.stream]
        at = Asked(value.unit, value.period, value.view, value.snapshot)
        return _Part(figures, stream, measured, at, place, sensitivity, own).explain(cell)

    return Explanation(
        value,
        open_part(compiled.numerator, value.numerator),
        open_part(compiled.denominator, value.denominator),
        open_part(compiled.known, value.known),
    )


def explain_check(
    figures: Figures,
    streams: Mapping[str, Stream],
    compiled: CompiledCheck,
    unit: str,
    period: Period,
    view: View,
    sensitivity: Sequence[Sensitivity] = (Sensitivity.PUBLIC,),
) -> tuple[PartExplanation, PartExplanation] | None:
    """Open a check for a unit: its records in question, and those that they are among.

    None where the unit does not exist in the view, or records do not cover the period.
    """
    place = figures.places.place(unit, period, view)
    if place is None or figures.cube.grid.slots(period) is None:
        return None
    at = Asked(unit, period, view, figures.cube.manifest.snapshot)

    def open_part(part: Part, quantity: Quantity) -> PartExplanation:
        measured = Measured(part, quantity, quantity, None, None, part.window)
        amounts, loose = figures.amounts(quantity, unit, period, place)
        one = _Part(figures, streams[part.stream], measured, at, place, sensitivity, own=False)
        return one.explain(Cell(exact_sum(amounts), loose))

    check = compiled.check
    return open_part(check.records, compiled.records), open_part(check.over, compiled.over)


@dataclass(frozen=True)
class Asked:
    """Whose records are opened, and how they are looked at."""

    unit: str
    period: Period
    view: View
    snapshot: int


@dataclass(frozen=True)
class Run:
    """Whose records count from when to when. `first_day` None: since the beginning."""

    first_day: date | None
    last_day: date
    units: tuple[str, ...]


def reach(
    figures: Figures, streams: Mapping[str, Stream], value: Value, measured: Measured
) -> list[Run]:
    """Which records' units count for a value's part, and when; nothing for a unit not there."""
    place = figures.places.place(value.unit, value.period, value.view)
    if place is None or figures.cube.grid.slots(value.period) is None:
        return []
    own, stream = value.indicator.kind is Kind.MEASURE, streams[measured.quantity.stream]
    at = Asked(value.unit, value.period, value.view, value.snapshot)
    return _Part(figures, stream, measured, at, place, (), own).runs()


def recount(connection: duckdb.DuckDBPyConnection, part: PartExplanation) -> int | None:
    """The part's amount counted from the records again; None where there are none to add."""
    row = connection.execute(part.sql).fetchone()
    assert row is not None
    return None if row[0] is None else int(row[0])


@dataclass(frozen=True)
class Rows:
    """Some of the records behind a part, in the order of their dates and keys."""

    fields: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int


def rows(
    connection: duckdb.DuckDBPyConnection, part: PartExplanation, *, limit: int, offset: int = 0
) -> Rows:
    """Up to `limit` of the records behind a part, and how many there are in all."""
    # A counted part has as many records as it counts; they need not be counted twice.
    if part.measured.quantity.aggregate is Aggregate.COUNT:
        total = connection.execute(part.sql).fetchone()
    else:
        total = connection.execute(f"SELECT count(*) FROM ({part.rows_sql})").fetchone()
    found = connection.execute(f"{part.rows_sql}\nLIMIT {int(limit)} OFFSET {int(offset)}")
    assert total is not None
    return Rows(part.fields, tuple(tuple(row) for row in found.fetchall()), int(total[0]))


class _Part:
    """Writes the statements of one part of one value."""

    def __init__(
        self,
        figures: Figures,
        stream: Stream,
        measured: Measured,
        asked: Asked,
        place: Place,
        sensitivity: Sequence[Sensitivity],
        own: bool,
    ) -> None:
        self.figures = figures
        self.stream = stream
        self.measured = measured
        self.quantity: Quantity = measured.quantity
        self.asked = asked
        self.place = place
        self.own = own
        self.fields = tuple(f.name for f in stream.fields if f.sensitivity in sensitivity)

    def explain(self, cell: Cell) -> PartExplanation:
        runs = self.runs()
        where = "\n  AND ".join(
            [_bracketed(to_sql(self.quantity.where)), _any([self._run(run) for run in runs])]
        )
        level = f", {LEVEL_SQL} AS unit_level" if "unit_level" in self.quantity.key else ""
        if self.stream.thing == self.stream.key:
            table = f"lake.{self.stream.code} AT (VERSION => {self.asked.snapshot})"
            head, records = "", table if not level else f"(SELECT *{level} FROM {table})"
        else:
            head = f"WITH {source(self.stream, self.asked.snapshot)}\n"
            records = "records" if not level else f"(SELECT *{level} FROM records)"
        units = tuple(sorted({unit for run in runs for unit in run.units}))
        return PartExplanation(
            self.measured,
            cell,
            self.stream,
            f"{head}SELECT {self._aggregate()} AS amount\nFROM {self._counted(records, where)}",
            f"{head}SELECT {', '.join(self.fields)}\nFROM {records}\nWHERE {where}"
            f"{self._one_each()}\nORDER BY {', '.join(self._order())}",
            self.fields,
            units,
            min((run.first_day for run in runs if run.first_day), default=None)
            if all(run.first_day for run in runs)
            else None,
            max((run.last_day for run in runs), default=self.asked.period.last_day),
        )

    def _counted(self, records: str, where: str) -> str:
        """What is counted; of a crowd only what the window lets through, which comes after counting."""
        if not self.quantity.by:
            return f"{records}\nWHERE {where}"
        return f"(\nSELECT 1 FROM {records}\nWHERE {where}{self._one_each()}\n)"

    def _aggregate(self) -> str:
        match self.quantity.aggregate:
            case Aggregate.COUNT:
                return "count(*)"
            case Aggregate.SUM:
                return f"CAST(sum({self.quantity.field}) AS BIGINT)"
            case Aggregate.DISTINCT:
                return f"count(DISTINCT {self.quantity.field})"

    def _one_each(self) -> str:
        """One record for each person or thing, its first; every record that adds to a sum; those of
        a source that has enough of them at one unit in one slot."""
        field = self.quantity.field
        if self.quantity.by:
            slot = self.figures.cube.grid.sql(self.quantity.date)
            return (
                f"\n  AND {self.quantity.by} IS NOT NULL\nQUALIFY count(*) OVER "
                f"(PARTITION BY _unit, {slot}, {self.quantity.by}) >= {self.quantity.at_least}"
            )
        match self.quantity.aggregate:
            case Aggregate.COUNT:
                return ""
            case Aggregate.SUM:
                return f"\n  AND {field} IS NOT NULL"
            case Aggregate.DISTINCT:
                return (
                    f"\n  AND {field} IS NOT NULL\nQUALIFY row_number() OVER "
                    f"(PARTITION BY {field} ORDER BY {', '.join(self._order())}) = 1"
                )

    def _order(self) -> list[str]:
        return list(dict.fromkeys([self.quantity.date, *self.stream.key]))

    def runs(self) -> list[Run]:
        figures, period, place = self.figures, self.asked.period, self.place
        if self.quantity.is_stock:
            the_map = place.map or figures.boundaries.map(place.last_day)
            return [Run(None, place.last_day, self._leaves(the_map))]
        begin, end = figures.window(self.measured, period)
        grid = figures.cube.grid
        if place.map is not None:
            first = None if begin == 0 else grid.first_day(begin)
            return [Run(first, grid.last_day(end - 1), self._leaves(place.map))]
        return [
            Run(None if first == 0 else grid.first_day(first), grid.last_day(last - 1), leaves)
            for first, last, the_map in figures.places.segments(begin, end)
            if (leaves := self._leaves(the_map))
        ]

    def _leaves(self, the_map: Map) -> tuple[str, ...]:
        node = self.figures.places.node(self.asked.unit, self.place, the_map)
        if node is None:
            return ()
        inside = self.figures.places.below(the_map, node).inside
        leaves = tuple(self.figures.cube.units[position] for position in inside)
        if not self.own:
            return leaves
        return tuple(
            leaf
            for leaf in leaves
            if (carried := the_map.carry(leaf)).attributed and carried.uid == node
        )

    def _run(self, run: Run) -> str:
        quantity, day = self.quantity, self.quantity.date
        first, last, units = run.first_day, run.last_day, run.units
        if not units:
            return "false"
        named = ", ".join(f"'{unit}'" for unit in units)
        after = last + timedelta(days=1)
        if quantity.register:
            when = f"{day} < DATE '{after}' AND (_until IS NULL OR _until >= DATE '{after}')"
        elif quantity.until:
            when = (
                f"{day} < DATE '{last}' AND "
                f"({quantity.until} IS NULL OR {quantity.until} >= DATE '{after}')"
            )
        else:
            since = "" if first is None else f"{day} >= DATE '{first}' AND "
            when = f"{since}{day} < DATE '{after}'"
        return f"{when}\n  AND _unit IN ({named})"


def _bracketed(condition: str) -> str:
    return f"({condition})" if " OR " in condition else condition


def _any(conditions: Sequence[str]) -> str:
    if not conditions:
        return "false"
    return (
        conditions[0]
        if len(conditions) == 1
        else "(" + "\n  OR ".join(f"({c})" for c in conditions) + ")"
    )
