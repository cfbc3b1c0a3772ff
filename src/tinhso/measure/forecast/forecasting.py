"""Forecasts (triển vọng đạt chỉ tiêu): of a target, for a unit, as of the end of a month.

The forecast is of the value at the target's date as a year-to-date figure would show it then:
flows from the first day of the date's year, stocks as they stand. It uses months up to `as_of` and
nothing later, and the same figures give the same forecast, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from tinhso.measure.boundaries import Level, Map
from tinhso.measure.definitions import Window
from tinhso.measure.figures import Figures, Value
from tinhso.measure.forecast.dates import Ahead, outlook
from tinhso.measure.forecast.model import Pool, alone, pool
from tinhso.measure.forecast.series import Series, Shape, series, shape_of
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View
from tinhso.measure.targets import Threshold

#: Changes whenever the same figures would give another forecast.
METHOD = "1"

#: Months looked back at: older ones tell of another time.
MONTHS_BACK = 24

#: Months that a unit must have told: two steps, so that there is a drift at all.
FEWEST_MONTHS = 3

#: Units, itself among them, that make peers: fewer say little of what is common to them.
FEWEST_PEERS = 5

#: Fewer cases than this make no share whose course could be followed.
FEWEST_CASES = 10


class NoForecast(StrEnum):
    """Why there is none."""

    DATE_REACHED = "date-reached"  # the month reaches the target's date
    NO_LONGER = "no-longer"  # the unit ends before the date
    NO_VALUE = "no-value"  # nothing is known of the unit, or nothing applies to it
    FEW_MONTHS = "few-months"
    FEW_CASES = "few-cases"
    KIND = "kind"  # a rank, or parts whose course is not modelled
    NOT_A_SHARE = "not-a-share"  # a numerator above its denominator


@dataclass(frozen=True)
class Forecast:
    """The outlook of one target for one unit. Shares from 0 to 1; all None where `reason` says why.

    `chance`: of meeting the level at the date. `low` to `high`: where the value will lie in four
    cases of five. `months`: of the unit's own, that told something; `peers`: units beside it
    that told the common course. `method` is METHOD.
    """

    indicator: str
    unit: str
    view: View
    snapshot: int
    as_of: date
    deadline: date
    method: str = METHOD
    reason: NoForecast | None = None
    chance: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    months: int = 0
    peers: int = 0


class Forecaster:
    """Makes forecasts from figures, under one view of boundaries. Keeps what it has read and fitted,
    so that units that are asked for together cost little more than one."""

    def __init__(self, figures: Figures, view: View) -> None:
        self.figures, self.view = figures, view
        self._read: dict[tuple[str, str, Period], Value] = {}
        self._pools: dict[tuple[str, tuple[str, ...], Period, int], Pool | None] = {}
        self._siblings = cache(self._beside)

    def forecast(
        self, code: str, unit: str, threshold: Threshold, deadline: date, as_of: Period
    ) -> Forecast:
        """The forecast of indicator `code` as of the end of the month `as_of`.

        Raises KeyError for an indicator or unit unknown, ValueError when `as_of` is no month.
        """
        if as_of.kind is not PeriodKind.MONTH or as_of.reporting:
            raise ValueError(f"{as_of.code} is no calendar month")
        answer = _Answer(
            code, unit, self.view, self.figures.cube.manifest.snapshot, as_of.last_day, deadline
        )
        ahead = _ahead(as_of, deadline)
        shape = shape_of(self.figures.indicators[code])
        if ahead.months < 1:
            return answer.none(NoForecast.DATE_REACHED)
        if not self._stands_at(unit, deadline):
            return answer.none(NoForecast.NO_LONGER)
        if shape is None:
            return answer.none(NoForecast.KIND)
        values = self._values(code, unit, as_of)
        if not any(value.is_measured for value in values):
            return answer.none(NoForecast.NO_VALUE)
        own = self._series(code, shape, values, deadline.year)
        if own is None:
            return answer.none(NoForecast.NOT_A_SHARE)
        coming = own.volume * sum(ahead.counted)
        if own.of + coming < FEWEST_CASES or (shape is Shape.FLOW and coming < 1):
            return answer.none(NoForecast.FEW_CASES, own.told)
        if own.told < FEWEST_MONTHS:
            return answer.none(NoForecast.FEW_MONTHS, own.told)
        found = self._pool(code, shape, self._siblings(unit, as_of), as_of, deadline.year)
        if found is None:
            found = alone(own)
        states = (found.course, *([found.own[unit]] if found.own else []))
        at = outlook(shape, own, states, ahead, threshold, found.freedom)
        return Forecast(
            **vars(answer),
            chance=at.chance,
            expected=at.expected,
            low=at.low,
            high=at.high,
            months=own.told,
            peers=max(len(found.own) - 1, 0),
        )

    # -- what is read ----------------------------------------------------------------------------

    def _values(self, code: str, unit: str, as_of: Period) -> list[Value]:
        found = []
        for month in as_of.series(MONTHS_BACK):
            key = (code, unit, month)
            if key not in self._read:
                self._read[key] = self.figures.value(code, unit, month, self.view)
            found.append(self._read[key])
        return found

    def _series(self, code: str, shape: Shape, values: list[Value], year: int) -> Series | None:
        anew = self.figures.indicators[code].numerator.window is Window.YEAR
        return series(shape, values, year, anew=shape is Shape.GROWING and anew)

    def _pool(
        self, code: str, shape: Shape, units: tuple[str, ...], as_of: Period, year: int
    ) -> Pool | None:
        """What peers tell together; None where too few of them have told anything."""
        key = (code, units, as_of, year)
        if key not in self._pools:
            told = {}
            for unit in units:
                one = self._series(code, shape, self._values(code, unit, as_of), year)
                if one is not None and one.told:
                    told[unit] = one
            self._pools[key] = pool(told) if len(told) >= FEWEST_PEERS else None
        return self._pools[key]

    # -- who stands where ------------------------------------------------------------------------

    def _beside(self, unit: str, as_of: Period) -> tuple[str, ...]:
        """The unit with those of its level below the same parent, in the view at the month's end."""
        the_map = self._map(unit, as_of)
        parent = the_map.parent.get(unit) if the_map else None
        if the_map is None or parent is None:
            return ()
        level = self._level(unit)
        beside = (one for one in the_map.children[parent] if self._level(one) is level)
        return self._with_records(beside, the_map)

    def _map(self, unit: str, as_of: Period) -> Map | None:
        place = self.figures.places.place(unit, as_of, self.view)
        if place is None:
            return None
        return place.map or self.figures.boundaries.map(place.last_day)

    def _with_records(self, units: Iterable[str], the_map: Map) -> tuple[str, ...]:
        below = self.figures.places.below
        return tuple(sorted(unit for unit in units if below(the_map, unit).inside.size))

    def _level(self, unit: str) -> Level:
        return self.figures.boundaries.spans[unit][0].level

    def _stands_at(self, unit: str, deadline: date) -> bool:
        month = Period.of(PeriodKind.MONTH, deadline.year, deadline.month)
        return self.figures.places.place(unit, month, self.view) is not None


@dataclass(frozen=True)
class _Answer:
    """What a forecast says whatever it says."""

    indicator: str
    unit: str
    view: View
    snapshot: int
    as_of: date
    deadline: date

    def none(self, reason: NoForecast, months: int = 0) -> Forecast:
        return Forecast(**vars(self), reason=reason, months=months)


def _ahead(as_of: Period, deadline: date) -> Ahead:
    """The months after `as_of` up to the date's, and which lie in the date's year."""
    first = as_of.last_day.year * 12 + as_of.last_day.month
    months = deadline.year * 12 + deadline.month - first
    return Ahead(months, tuple((first + n) // 12 == deadline.year for n in range(months)))
