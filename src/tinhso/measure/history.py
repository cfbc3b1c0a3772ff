"""Months in which a unit's figure is unlike the unit's own earlier months (khác hẳn chính mình).

What is compared is not the figure but its distance from the figure of the unit above in the same
month, so that a season, a holiday or a change of rules that everybody goes through marks nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Figures, Value
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View

#: As among neighbours (see quality), but for the median of a dozen months, which moves more.
LIMIT = 5.0

#: Fewer earlier months than this say nothing about what is usual for the unit.
LEAST = 8

#: Months that are looked back at.
BACK = 24

_TO_DEVIATIONS = 1.4826  # from the median absolute deviation, for a normal distribution


@dataclass(frozen=True)
class OwnHistory:
    """`unlike`: the months of a period, oldest first, in which the unit was unlike itself.

    `asked` counts the months that had enough earlier ones to compare with.
    """

    unlike: tuple[Period, ...]
    asked: int


def own_history(
    figures: Figures, code: str, unit: str, above: str, period: Period, view: View
) -> OwnHistory:
    """Each month of `period` against the unit's earlier months; `above` is the unit held against.

    Months are those of the period's calendar. Numbers without a denominator are not asked.
    """
    if figures.indicators[code].indicator.kind is Kind.MEASURE or unit == above:
        return OwnHistory((), 0)
    months = _months(period)
    series = [*months[0].series(BACK + 1)[:-1], *months]
    own = figures.series(code, unit, series, view)
    other = figures.series(code, above, series, view)
    apart = [_apart(a, b) for a, b in zip(own, other, strict=True)]
    unlike, asked = [], 0
    for position in range(BACK, len(series)):
        now = apart[position]
        before = [one for one in apart[position - BACK : position] if one is not None]
        if now is None or len(before) < LEAST:
            continue
        asked += 1
        if is_unlike(now, before, _error(own[position])):
            unlike.append(series[position])
    return OwnHistory(tuple(unlike), asked)


def is_unlike(now: float, before: list[float], error: float) -> bool:
    """Whether `now` lies beyond the limit from the median of `before`.

    The scale is the median absolute deviation, or the standard error of `now` itself where that is
    wider: a month of few records may be far off by chance. Where more than half of the earlier
    months are equal and the error is 0 nothing can be said.
    """
    middle = median(before)
    scale = max(_TO_DEVIATIONS * median(abs(one - middle) for one in before), error)
    return scale > 0 and abs(now - middle) > LIMIT * scale


def _months(period: Period) -> list[Period]:
    """The calendar months, or reporting months, that a period touches; one that is shorter: its own."""
    last = period.end if period.reporting else period.last_day
    ends = Period.of(PeriodKind.MONTH, last.year, last.month, reporting=period.reporting)
    return [one for one in ends.series(12) if one.end > period.start]


def _apart(own: Value, other: Value) -> float | None:
    if own.value is None or other.value is None:
        return None
    return float(own.value - other.value)


def _error(value: Value) -> float:
    """The standard error of a share of so many records; at least that of half a record."""
    over = value.denominator.amount
    if not over or value.value is None:
        return 0.0
    share = min(max(float(value.value), 0.5 / over), 1 - 0.5 / over)
    return math.sqrt(max(share * (1 - share), 0.0) / over)
