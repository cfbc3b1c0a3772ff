"""What a forecast is made from: an indicator's months for a unit, as shares on a scale without ends.

A share lives between 0 and 1, so it is looked at in log odds. Three shapes of indicator differ in
what a month tells:

- **Flow** (hồ sơ trong tháng): numerator over denominator of the month; what is done is done.
- **Stock** (sổ, số liệu báo cáo): the state at the month's end. Only a month in which states are
  newer than before is an observation: a report that is repeated says nothing new.
- **Growing** (người khác nhau từ đầu năm): of those who had not come yet, how many came this month.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tinhso.measure.definitions import Aggregate, Kind, Window
from tinhso.measure.figures import Value
from tinhso.measure.quantities import CompiledIndicator

Floats = npt.NDArray[np.float64]

#: Months on either side with which a month's share is smoothed before its scatter is reckoned.
NEIGHBOURS = 2

#: Months whose mean volume stands for each month to come.
RECENT = 6


class Shape(StrEnum):
    """What a month of the indicator tells; see the module."""

    FLOW = "flow"
    STOCK = "stock"
    GROWING = "growing"


def shape_of(compiled: CompiledIndicator) -> Shape | None:
    """How an indicator is forecast, or None where it is not: ranks, and parts that do not go
    together (persons of each period anew, a flow over a stock)."""
    numerator, denominator = compiled.numerator, compiled.denominator
    if compiled.indicator.kind is Kind.MEASURE or denominator is None:
        return None
    if denominator.quantity.aggregate is Aggregate.DISTINCT:
        return None
    if numerator.quantity.aggregate is Aggregate.DISTINCT:
        grows = numerator.window is not Window.PERIOD and denominator.quantity.is_stock
        return Shape.GROWING if grows else None
    if numerator.quantity.is_stock != denominator.quantity.is_stock:
        return None
    return Shape.STOCK if numerator.quantity.is_stock else Shape.FLOW


#: (numerator, denominator) of a month, None where nothing is known.
Counts = Sequence[tuple[int, int] | None]


@dataclass(frozen=True)
class Series:
    """A unit's months up to and including one, oldest first, as log odds.

    `odds` is NaN in months that tell nothing. `scatter` is the variance that counting alone would
    give the month (1 for stocks, which are told and not `counted`). `counts` are the sums behind.
    `done` and `of` are the sums that stand already and count at the date: numerator and
    denominator of the year so far (flow), of the last state (stock), persons so far and the
    population (growing). `volume` is what a month to come will bring to the denominator (flow).
    """

    odds: Floats
    scatter: Floats
    counts: Counts
    counted: bool
    done: int = 0
    of: int = 0
    volume: float = 0.0

    @property
    def told(self) -> int:
        """How many months tell something."""
        return int(np.isfinite(self.odds).sum())

    def less(self, course: Floats) -> Series:
        """What is left when a course (log odds by month) is taken away."""
        return replace(self, odds=self.odds - course)


def together(all_series: Sequence[Series]) -> Series:
    """Units' sums as one series. For states, which units do not tell in the same months, each step
    is that of the units known at both its ends, so that who joins later does not look like a step."""
    months = range(len(all_series[0].odds))
    if all_series[0].counted:
        sums = [_sum(one.counts[month] for one in all_series) for month in months]
        return Series(*_binomial(sums), sums, counted=True)
    odds, at = np.full(len(months), math.nan), 0.0
    for month in months:
        known = [one for one in all_series if one.counts[month] is not None]
        both = [one for one in known if month and one.counts[month - 1] is not None]
        if both:
            at += _sum_odds(both, month) - _sum_odds(both, month - 1)
        elif known:
            at = _sum_odds(known, month)
        if any(np.isfinite(one.odds[month]) for one in known):
            odds[month] = at
    return Series(odds, np.ones(len(odds)), [None] * len(odds), counted=False)


def _sum(counts: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    known = [count for count in counts if count is not None]
    return (sum(n for n, _ in known), sum(d for _, d in known)) if known else None


def _sum_odds(all_series: Sequence[Series], month: int) -> float:
    counts = _sum(one.counts[month] for one in all_series)
    assert counts is not None
    return log_odds(*counts)


def log_odds(part: float, whole: float) -> float:
    """Log odds of a count, kept finite at 0 and at all by half a case."""
    return math.log((part + 0.5) / (whole - part + 0.5))


def series(shape: Shape, values: Sequence[Value], year: int, *, anew: bool) -> Series | None:
    """The months of `values` (consecutive, oldest first) as a series; None where a part exceeds
    its whole, so that there is no share to speak of.

    `year` is the one in which the target's date lies: flows of other years do not count at it.
    `anew`: persons are counted anew every year, so only months of the last one's year are used.
    """
    counts = [_counts(value) for value in values]
    if any(n < 0 or n > d for n, d in filter(None, counts)):
        return None
    last = values[-1].period.year
    match shape:
        case Shape.FLOW:
            done = _sum(c for c, v in zip(counts, values, strict=True) if v.period.year == year)
            recent = [count[1] for count in counts[-RECENT:] if count]
            volume = sum(recent) / len(recent) if recent else 0.0
            return Series(*_binomial(counts), counts, True, *(done or (0, 0)), volume)
        case Shape.STOCK:
            odds = np.array([log_odds(*count) if count else math.nan for count in counts])
            odds[~_newer(values)] = math.nan
            return Series(odds, np.ones(len(odds)), counts, False, *(counts[-1] or (0, 0)))
        case Shape.GROWING:
            first = next(k for k, v in enumerate(values) if v.period.year == last) if anew else 0
            came = _came(counts[first:], from_nothing=anew)
            n, d = counts[-1] or (0, 0)
            return Series(*_binomial(came), came, True, 0 if anew and last != year else n, d)


def _counts(value: Value) -> tuple[int, int] | None:
    if not value.is_measured:
        return None
    assert value.numerator.amount is not None
    assert value.denominator.amount is not None
    return value.numerator.amount, value.denominator.amount


def _newer(values: Sequence[Value]) -> npt.NDArray[np.bool_]:
    """Which months have newer states than any before. Stocks that are no register are new daily."""
    newest, found = None, []
    for value in values:
        day = value.numerator.state_day
        found.append(day is None or newest is None or day > newest)
        newest = day if newest is None or (day is not None and day > newest) else newest
    return np.array(found)


def _came(counts: Counts, *, from_nothing: bool) -> list[tuple[int, int] | None]:
    """For each month (who came, of those who had not come before)."""
    found: list[tuple[int, int] | None] = []
    before = 0 if from_nothing else None
    for count in counts:
        if count is None or before is None or not before <= count[0] or count[1] <= before:
            found.append(None)
        else:
            found.append((count[0] - before, count[1] - before))
        if count is not None:
            before = count[0]
    return found


def _binomial(counts: Counts) -> tuple[Floats, Floats]:
    """Log odds of counted shares with the variance of counting, both reckoned around the share of
    the months near by, so that months with few cases or with none or all are neither lost nor
    overrated."""
    odds, scatter = np.full(len(counts), math.nan), np.ones(len(counts))
    for month, count in enumerate(counts):
        if count is None or count[1] == 0:
            continue
        near = [c for c in counts[max(month - NEIGHBOURS, 0) : month + NEIGHBOURS + 1] if c]
        share = (sum(n for n, _ in near) + 0.5) / (sum(d for _, d in near) + 1)
        n, d = count
        weight = d * share * (1 - share)
        odds[month] = math.log(share / (1 - share)) + (n - d * share) / weight
        scatter[month] = 1 / weight
    return odds, scatter
