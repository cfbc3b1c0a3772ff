"""Figures: an indicator's value for a unit, a period and a boundary view, from the cube.

Nothing here reads records; nothing is rounded. A value is the ratio of sums, kept as an exact
fraction; "unknown" and "not applicable" are statuses of their own, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

import numpy as np

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.cube import Cube
from tinhso.measure.definitions import Aggregate, Indicator, Kind, Window
from tinhso.measure.distinct import THEN
from tinhso.measure.periods import Period
from tinhso.measure.places import Place, Places, View
from tinhso.measure.plan import Array
from tinhso.measure.quantities import CompiledIndicator, Measured, Quantity

EPOCH = date(1970, 1, 1)

#: How many values are remembered once asked for: some 30 MB.
KEPT_VALUES = 30_000


class Status(StrEnum):
    MEASURED = "measured"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Reason(StrEnum):
    """Why a value is unknown or not applicable."""

    NO_RECORDS = "no-records"  # nobody has told anything
    NO_NUMERATOR = "no-numerator"
    ZERO_DENOMINATOR = "zero-denominator"
    NO_DENOMINATOR = "no-denominator"
    NOT_IN_EXISTENCE = "not-in-existence"  # the unit, in that period, in that view
    OUT_OF_RANGE = "out-of-range"  # the period leaves the time that records cover


@dataclass(frozen=True)
class Cell:
    """A part's amount; None where nobody has told anything to add up.

    `unattributed` is how much of it stands at this unit because no single unit below can claim it
    on the view's map. `state_day` is the mean day that a register's states date from.
    """

    amount: int | None
    unattributed: int = 0
    state_day: date | None = None


NOTHING = Cell(None)


@dataclass(frozen=True)
class Value:
    """One figure. `value` is an exact fraction: 3/4 for 75 %, or the number itself of a measure."""

    indicator: Indicator
    unit: str
    period: Period
    view: View
    snapshot: int
    status: Status = Status.NOT_APPLICABLE
    reason: Reason | None = None
    value: Fraction | None = None
    numerator: Cell = NOTHING
    denominator: Cell = NOTHING
    known: Cell | None = None
    former: bool = False  # the view does not know the unit: shown as the territory it had
    partly: bool = False  # the unit existed in part of the period only
    followed_by: str = ""  # the unit that took over, whose figures these are from then on
    expected_units: int = 0  # that should have records, by the indicator's `reported_by`
    reported_units: int = 0  # of them, how many have

    @property
    def missing_units(self) -> int:
        return self.expected_units - self.reported_units

    @property
    def is_measured(self) -> bool:
        return self.status is Status.MEASURED


@dataclass(frozen=True)
class Table:
    """A unit's value with those of the units below it, and what of it none of them holds."""

    parent: Value
    rows: tuple[Value, ...]
    rest_numerator: int | None
    rest_denominator: int | None


class Figures:
    """All figures of one cube. Cheap to ask: a value is a few sums over small arrays."""

    def __init__(
        self,
        cube: Cube,
        boundaries: Boundaries,
        indicators: Iterable[CompiledIndicator],
        followed: Iterable[str] = (),
    ) -> None:
        self.cube = cube
        self.boundaries = boundaries
        self.indicators: Mapping[str, CompiledIndicator] = {c.indicator.code: c for c in indicators}
        self.places = Places(boundaries, cube.units, cube.grid, followed)
        # A cube never changes, and pages ask for the same months and units again and again.
        self._kept = lru_cache(maxsize=KEPT_VALUES)(self._asked)

    def value(self, code: str, unit: str, period: Period, view: View) -> Value:
        """The value of indicator `code`. Raises KeyError for an indicator or unit unknown."""
        return self._kept(code, unit, period, view)

    def _asked(self, code: str, unit: str, period: Period, view: View) -> Value:
        return self._value(code, unit, period, view, self.places.place(unit, period, view))

    def _value(
        self, code: str, unit: str, period: Period, view: View, place: Place | None
    ) -> Value:
        compiled = self.indicators[code]
        kind = compiled.indicator.kind
        value = Value(compiled.indicator, unit, period, view, self.cube.manifest.snapshot)
        if self.cube.grid.slots(period) is None:
            return replace(value, status=Status.UNKNOWN, reason=Reason.OUT_OF_RANGE)
        if place is None:
            return replace(value, reason=Reason.NOT_IN_EXISTENCE)
        own = kind is Kind.MEASURE  # a rank of a province is no sum over its units
        numerator, denominator, known = (
            None if measured is None else self.cell(measured, unit, period, place, own=own)
            for measured in (compiled.numerator, compiled.denominator, compiled.known)
        )
        assert numerator is not None
        denominator = denominator or NOTHING
        status, reason = _judge(kind, numerator, denominator, known)
        expected, reported = self._completeness(compiled, unit, period, view, place)
        return replace(
            value,
            status=status,
            reason=reason,
            value=None if reason else _amount(kind, numerator, denominator),
            numerator=numerator,
            denominator=denominator,
            known=known,
            former=place.former,
            partly=place.partly,
            followed_by=self._follower(unit, place),
            expected_units=expected,
            reported_units=reported,
        )

    def _follower(self, unit: str, place: Place) -> str:
        if not place.follows:
            return ""
        the_map = place.map or self.boundaries.map(place.last_day)
        return self.places.node(unit, place, the_map) or ""

    def series(self, code: str, unit: str, periods: Iterable[Period], view: View) -> list[Value]:
        return [self.value(code, unit, period, view) for period in periods]

    def table(self, code: str, unit: str, period: Period, view: View) -> Table:
        """The unit and those below it; what they do not hold is the rest, so that all adds up.

        A row has what its unit had while it stood below this one. In the view "then" that may be
        less than the unit's own value: a commune that came from a district to the province in July
        has its July to December in the province's table, and the district has the rest. Distinct
        persons do not add up, so their rest is None.
        """
        compiled = self.indicators[code]
        parent = self.value(code, unit, period, view)
        rows = tuple(
            self._value(
                code,
                child,
                period,
                view,
                self.places.place(child, period, view)
                if compiled.indicator.kind is Kind.MEASURE
                else self.places.row(child, period, view, unit),
            )
            for child in self._listed(compiled, unit, period, view)
        )

        def rest(measured: Measured | None, whole: Cell, parts: Iterable[Cell]) -> int | None:
            if measured is None or measured.quantity.aggregate is Aggregate.DISTINCT:
                return None
            if whole.amount is None or compiled.indicator.kind is Kind.MEASURE:
                return None
            return whole.amount - sum(part.amount or 0 for part in parts)

        return Table(
            parent,
            rows,
            rest(compiled.numerator, parent.numerator, (row.numerator for row in rows)),
            rest(compiled.denominator, parent.denominator, (row.denominator for row in rows)),
        )

    def _listed(
        self, compiled: CompiledIndicator, unit: str, period: Period, view: View
    ) -> list[str]:
        """The rows of a table; of states alone, only those that stand at the period's end."""
        children = self.places.children(unit, period, view)
        place = self.places.place(unit, period, view)
        measured = (compiled.numerator, compiled.denominator, compiled.known)
        if view.day is not None or place is None:
            return children
        if not all(one is None or one.quantity.is_stock for one in measured):
            return children
        the_map = self.boundaries.map(place.last_day)
        last = self.places.listed(unit, place, the_map)
        return [child for child in children if child in last]

    # -- parts ---------------------------------------------------------------------------------

    def cell(
        self, measured: Measured, unit: str, period: Period, place: Place, *, own: bool = False
    ) -> Cell:
        """A part's amount; with `own`, only what the unit itself has told: all of it is the unit's."""
        distinct = measured.quantity.aggregate is Aggregate.DISTINCT
        slots = self.window(measured, period) if distinct else None
        presence, _ = self.amounts(measured.presence, unit, period, place, slots)
        if own:
            presence = presence * self._is_own(unit, place)
            if np.count_nonzero(presence) != 1:
                return NOTHING
        if not presence.any():
            return NOTHING
        if distinct:
            return Cell(self._distinct(measured, unit, period, place))
        amounts, loose = self.amounts(measured.quantity, unit, period, place)
        if own:
            amounts, loose = amounts * (presence != 0), 0
        state_day = None
        if measured.states is not None and measured.age is not None:
            told = presence != 0 if own else True
            states = int((self.amounts(measured.states, unit, period, place)[0] * told).sum())
            days = int((self.amounts(measured.age, unit, period, place)[0] * told).sum())
            state_day = EPOCH + timedelta(days=days // states) if states else None
        return Cell(exact_sum(amounts), loose, state_day)

    def _is_own(self, unit: str, place: Place) -> Array:
        """1 for the leaves whose records stand, attributed, at the unit itself."""
        the_map = place.map or self.boundaries.map(place.last_day)
        node = self.places.node(unit, place, the_map)
        carried = [the_map.carry(leaf) for leaf in self.places.leaves]
        return np.array([c.attributed and c.uid == node for c in carried], dtype=np.int64)

    def amounts(
        self,
        quantity: Quantity,
        unit: str,
        period: Period,
        place: Place,
        slots: tuple[int, int] | None = None,
    ) -> tuple[Array, int]:
        """The quantity by leaf (zero for leaves not of the unit), and how much is unattributed.

        A flow is summed over `slots` where they are given, else over those of the period.
        """
        slots = slots or self.cube.grid.slots(period)
        assert slots is not None
        begin, end = slots
        if quantity.is_stock:
            the_map = place.map or self.boundaries.map(place.last_day)
            end = self.cube.grid.slot_of(place.last_day) + 1
            runs = [(self.cube.stock(quantity, end), the_map)]
        elif place.map is not None:
            runs = [(self.cube.flow(quantity, begin, end), place.map)]
        else:
            runs = [
                (self.cube.flow(quantity, first, last), the_map)
                for first, last, the_map in self.places.segments(begin, end)
            ]
        total, loose = np.zeros(len(self.cube.units), dtype=np.int64), 0
        for amounts, the_map in runs:
            node = self.places.node(unit, place, the_map)
            if node is not None and self.places.counts(unit, place, the_map):
                below = self.places.below(the_map, node)
                total[below.inside] += amounts[below.inside]
                loose += exact_sum(amounts[below.loose])
        return total, loose

    def window(self, measured: Measured, period: Period) -> tuple[int, int]:
        """The slots over which distinct persons or things of a period are counted."""
        slots = self.cube.grid.slots(period)
        assert slots is not None
        begin, end = slots
        if measured.window is Window.YEAR:
            year = self.cube.grid.slots(period.to_date())
            begin = year[0] if year else 1
        elif measured.window is Window.EVER:
            begin = 0
        return begin, end

    def _distinct(self, measured: Measured, unit: str, period: Period, place: Place) -> int:
        name, node = THEN, unit  # the cube follows units by itself in view "then"
        if place.map is not None:
            name = self._map_name(place.map.day)
            node = self.places.node(unit, place, place.map) or unit
        found = self.cube.sightings.get((measured.quantity.key, name, node))
        return found.distinct(*self.window(measured, period)) if found else 0

    def _map_name(self, day: date) -> str:
        """The name under which the cube keeps distinct persons for the map of `day`."""
        names = self.cube.manifest.maps
        return max((name for name in names if name <= day.isoformat()), default=names[0])

    def _completeness(
        self, compiled: CompiledIndicator, unit: str, period: Period, view: View, place: Place
    ) -> tuple[int, int]:
        """(units that should have records, of them units that have), with and below `unit`.

        For a former unit these are the view's units that lie in the territory it had.
        """
        levels = compiled.indicator.reported_by
        if place.under:  # a row's unit is asked for all its records, not only for those of the row
            place = self.places.place(unit, period, View()) or place
        own = place.map or self.boundaries.map(place.last_day)
        node = self.places.node(unit, place, own)
        if not levels or node is None:
            return 0, 0
        shown = self.boundaries.map(view.day or place.last_day)
        should = {
            uid
            for uid in self.places.inside(node, own, shown if place.former else own)
            if self.boundaries.spans[uid][0].level in levels
        }
        amounts, _ = self.amounts(compiled.numerator.presence, unit, period, place)
        have = {
            (shown if place.former else own).carry(self.cube.units[position]).uid
            for position in np.flatnonzero(amounts)
        }
        return len(should), len(should & have)


def exact_sum(amounts: Array) -> int:
    """The sum to the last digit, beyond 64 bits as well, where numpy would start anew below zero."""
    if not amounts.size:
        return 0
    largest = max(int(amounts.max()), -int(amounts.min()))
    small = largest * amounts.size < 2**63
    return int(amounts.sum()) if small else sum(amounts.tolist())


def _judge(
    kind: Kind, numerator: Cell, denominator: Cell, known: Cell | None
) -> tuple[Status, Reason | None]:
    """Measured, unknown or not applicable; the order of the questions is rule 3 of measure."""
    if kind is Kind.MEASURE:
        if numerator.amount is None:
            return Status.UNKNOWN, Reason.NO_RECORDS
        return Status.MEASURED, None
    if numerator.amount is None and denominator.amount is None:
        return Status.UNKNOWN, Reason.NO_RECORDS
    if denominator.amount == 0:
        return Status.NOT_APPLICABLE, Reason.ZERO_DENOMINATOR
    if denominator.amount is None:
        return Status.NOT_APPLICABLE, Reason.NO_DENOMINATOR
    if numerator.amount is None or (known is not None and not known.amount):
        return Status.UNKNOWN, Reason.NO_NUMERATOR
    return Status.MEASURED, None


def _amount(kind: Kind, numerator: Cell, denominator: Cell) -> Fraction:
    assert numerator.amount is not None
    if kind is Kind.MEASURE:
        return Fraction(numerator.amount)
    assert denominator.amount is not None
    return Fraction(numerator.amount, denominator.amount)
