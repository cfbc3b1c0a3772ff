"""Quality marks: what a reader should know before trusting a figure. Shown, never corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from tinhso.measure.alarms import Asked
from tinhso.measure.definitions import HonestyCheck
from tinhso.measure.figures import Figures, Value, exact_sum
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quantities import CompiledCheck

#: A value is marked when its modified z-score among its neighbours is above this: the limit
#: that Iglewicz and Hoaglin give ("How to Detect and Handle Outliers", ASQC, 1993).
OUTLIER_LIMIT = 3.5

#: Fewer neighbours than this say nothing about what is usual.
OUTLIER_NEIGHBOURS = 8


@dataclass(frozen=True)
class CheckResult:
    """How many records raise a question, among how many; `share` is None where there are none."""

    check: HonestyCheck
    records: int
    over: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.records, self.over) if self.over else None


def check_results(
    figures: Figures,
    checks: Sequence[CompiledCheck],
    indicator: str,
    unit: str,
    period: Period,
    view: View,
) -> list[CheckResult]:
    """The honesty checks that bear on an indicator, for a unit, period and view."""
    asked = [one for one in checks if indicator in one.check.indicators]
    found = [(one.check, asked_of(figures, one, unit, period, view)) for one in asked]
    return [CheckResult(check, of.records, of.over) for check, of in found if of is not None]


def asked_of(
    figures: Figures, compiled: CompiledCheck, unit: str, period: Period, view: View
) -> Asked | None:
    """What a check asks of a unit; None where the unit or the period is not there."""
    place = figures.places.place(unit, period, view)
    if place is None or figures.cube.grid.slots(period) is None:
        return None
    records, over = (
        exact_sum(figures.amounts(quantity, unit, period, place)[0])
        for quantity in (compiled.records, compiled.over)
    )
    return Asked(unit, records, over)


def outliers(values: Sequence[Value]) -> frozenset[str]:
    """The units among `values` whose figure lies far from that of the others.

    Modified z-score over the median absolute deviation; nobody is marked where more than half
    of the values are equal, or where there are too few.
    """
    measured = [(v.unit, float(v.value)) for v in values if v.value is not None]
    if len(measured) < OUTLIER_NEIGHBOURS:
        return frozenset()
    middle = median(amount for _, amount in measured)
    spread = median(abs(amount - middle) for _, amount in measured)
    if spread == 0:
        return frozenset()
    return frozenset(
        unit for unit, amount in measured if 0.6745 * abs(amount - middle) / spread > OUTLIER_LIMIT
    )
