"""The plan of a stream: what one reading of its records must yield, as values and not yet as code.

Engines take it from here: `sql` writes it as one statement for DuckDB, `kernel` as a loop over
columns. Both must give the same whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tinhso.measure.definitions import Aggregate
from tinhso.measure.expressions import FIELD_TYPES, Apply, Constant, Expression, Ref, Type
from tinhso.measure.periods import Grid
from tinhso.measure.quantities import DAY_NUMBER, Quantity
from tinhso.measure.streams import Stream

#: What engines give and cubes hold.
Array = npt.NDArray[np.int64]

#: The day on which a register's state ends, a column that `sql.source` adds.
UNTIL = "_until"


@dataclass(frozen=True)
class Day:
    """What puts a record into a slot: the day in a field, or the day `after` it."""

    field: str
    after: int = 0


@dataclass(frozen=True)
class Step:
    """How the records for which `when` holds add to (+1) or take from (-1) a quantity."""

    quantity: int  # position in the plan
    day: Day
    sign: int
    when: Expression


@dataclass(frozen=True)
class Change:
    """The records that were added after one snapshot and up to another, or those that were removed.

    A correction removes a record and adds another; one that was added and removed since is in both.
    `copied` names a table of this connection that holds what of them is asked for.
    """

    after: int
    snapshot: int
    added: bool
    copied: str = ""


@dataclass(frozen=True)
class Plan:
    """All additive quantities of one stream, of its records at a snapshot or of a change of them."""

    stream: Stream
    quantities: tuple[Quantity, ...]
    steps: tuple[Step, ...]
    grid: Grid
    at: int | Change

    @property
    def days(self) -> tuple[Day, ...]:
        """The different days of the steps, in the order of their first use."""
        return tuple(dict.fromkeys(step.day for step in self.steps))

    @property
    def fields(self) -> tuple[str, ...]:
        """The stream's own fields that are read, in alphabetical order."""
        names = {name for quantity in self.quantities for name in quantity.fields}
        return tuple(sorted(names - {DAY_NUMBER}))

    @property
    def levels(self) -> bool:
        """Whether a condition asks for the unit's level."""
        return any("unit_level" in quantity.key for quantity in self.quantities)

    @property
    def ages(self) -> bool:
        """Whether a quantity adds up the days that states date from."""
        return any(quantity.field == DAY_NUMBER for quantity in self.quantities)


def plan_of(stream: Stream, quantities: Sequence[Quantity], grid: Grid, at: int | Change) -> Plan:
    """The plan for `quantities`, all of `stream`, none of them distinct or of crowds."""
    assert all(q.aggregate is not Aggregate.DISTINCT and not q.by for q in quantities)
    steps = tuple(
        Step(position, day, sign, when)
        for position, quantity in enumerate(quantities)
        for day, sign, when in _steps(stream, quantity)
    )
    return Plan(stream, tuple(quantities), steps, grid, at)


def _steps(stream: Stream, quantity: Quantity) -> Iterator[tuple[Day, int, Expression]]:
    """Each way in which a record touches the quantity.

    A record of an interval stands from the day after its `date` up to the day before `until`: one
    whose `until` comes no later than that first day never stands.
    """
    where, day, until = quantity.where, quantity.date, quantity.until
    if quantity.register:
        yield Day(day), 1, where
        yield Day(UNTIL), -1, _both(where, _told(_ref(stream, UNTIL)))
    elif until:
        begin, end = _ref(stream, day), _ref(stream, until)
        days = Apply("days_between", (begin, end), Type.NUMBER)
        stood = Apply(">", (days, Constant(1, Type.NUMBER)), Type.BOOLEAN)
        open_or_stood = Apply("or", (_not_told(end), stood), Type.BOOLEAN)
        yield Day(day, after=1), 1, _both(where, open_or_stood)
        yield Day(until), -1, _both(where, stood)
    else:
        yield Day(day), 1, where


def _ref(stream: Stream, name: str) -> Ref:
    field = stream.field(stream.default_date if name == UNTIL else name)
    assert field is not None
    return Ref(name, FIELD_TYPES[field.type])


def _not_told(field: Ref) -> Expression:
    return Apply("is null", (field,), Type.BOOLEAN)


def _told(field: Ref) -> Expression:
    return Apply("not", (_not_told(field),), Type.BOOLEAN)


def _both(left: Expression, right: Expression) -> Expression:
    return (
        right if left == Constant(True, Type.BOOLEAN) else Apply("and", (left, right), Type.BOOLEAN)
    )
