"""The calendar of a simulated year: which days are busy, which are worked, when a day's acts happen.

Days are numbered from the first day of the records; seconds are counted from 1970 as wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()

#: First day of the lunar year and the tenth of its third month (Giỗ Tổ Hùng Vương). Other years
#: have their fixed holidays only: the sample's calendar is for seasons, not for legal deadlines.
_TET = {
    2023: (date(2023, 1, 22), date(2023, 4, 29)),
    2024: (date(2024, 2, 10), date(2024, 4, 18)),
    2025: (date(2025, 1, 29), date(2025, 4, 7)),
    2026: (date(2026, 2, 17), date(2026, 4, 26)),
    2027: (date(2027, 2, 6), date(2027, 4, 16)),
    2028: (date(2028, 1, 26), date(2028, 4, 4)),
    2029: (date(2029, 2, 13), date(2029, 4, 23)),
    2030: (date(2030, 2, 3), date(2030, 4, 12)),
}
#: Working days that are kept ready after the last record, for due dates.
_AHEAD = 150
#: The past is smaller than the plan year: systems were younger.
PAST_VOLUME = 0.35
_QUIET_DAY = 0.06


@dataclass(frozen=True)
class Days:
    """Every day from `first` to the last record, and some more for due dates."""

    first: date
    count: int  # days with records
    year: int
    weight: Floats
    working: Flags
    workdays: Ints
    next_work: Ints  # for each day, how many workdays lie on or before it
    month_end: Ints  # for each day, the last working day of its month

    @classmethod
    def of(cls, first: date, last: date, year: int) -> Days:
        count = (last - first).days + 1
        # Weights are wanted for the whole plan year even when records stop earlier: volume
        # is set by the year.
        whole = (date(year, 12, 31) - first).days + 1
        days = [first + timedelta(days=i) for i in range(whole + _AHEAD)]
        off = _holidays(first.year, year + 1)
        working = np.array([d.weekday() < 5 and d not in off for d in days])
        weight = np.array([_weight(d, bool(w), year) for d, w in zip(days, working, strict=True)])
        workdays = np.flatnonzero(working).astype(np.int64)
        month = np.array([d.year * 12 + d.month for d in days])
        last_work = {int(month[i]): int(i) for i in workdays}
        month_end = np.array([last_work.get(int(m), 0) for m in month], np.int64)
        next_work = np.cumsum(working).astype(np.int64)
        return cls(first, count, year, weight[:whole], working, workdays, next_work, month_end)

    def number(self, day: date) -> int:
        return (day - self.first).days

    def date(self, number: int) -> date:
        return self.first + timedelta(days=int(number))

    @property
    def plan_start(self) -> int:
        return self.number(date(self.year, 1, 1))

    @property
    def base(self) -> int:
        """The first day, counted from 1970."""
        return self.first.toordinal() - _EPOCH

    def progress(self, day: Ints) -> Floats:
        """How far into the plan year a day is: 0 before it, 1 at its end."""
        length = len(self.weight) - 1 - self.plan_start
        return np.clip((day - self.plan_start) / length, 0.0, 1.0)

    def after(self, day: Ints, work: Ints) -> Ints:
        """The `work`-th working day after `day`; `day` itself where `work` is 0."""
        place = np.minimum(self.next_work[day] + work - 1, len(self.workdays) - 1)
        return np.where(work > 0, self.workdays[place], day)

    def seconds(self, day: Ints, clock: Ints) -> Ints:
        return np.asarray((day + self.base) * DAY + clock)

    def day_of(self, seconds: Ints) -> Ints:
        return np.asarray(seconds // DAY - self.base)

    def draw(self, rng: np.random.Generator, since: int, until: int, n: int) -> Ints:
        """`n` days of [since, until), busy ones more often."""
        total = np.cumsum(self.weight[since:until])
        drawn = np.searchsorted(total, rng.random(n) * total[-1], "right")
        return np.asarray(since + drawn, np.int64)

    def to_work(self, day: Ints, since: int, until: int) -> Ints:
        """Each day, or the next working one; never outside [since, until)."""
        moved = np.where(self.working[day], day, self.after(day, np.ones_like(day)))
        inside = self.workdays[(self.workdays >= since) & (self.workdays < until)]
        return moved if not len(inside) else np.minimum(moved, inside[-1])


def office_clock(rng: np.random.Generator, n: int) -> Ints:
    """Seconds of the day within office hours, mornings fuller than afternoons."""
    morning = rng.random(n) < 0.57
    u = (rng.random(n) + rng.random(n)) / 2
    start = np.where(morning, 7.5 * 3600, 13.5 * 3600)
    length = np.where(morning, 4 * 3600, 3.3 * 3600)
    return (start + u * length).astype(np.int64)


def any_clock(rng: np.random.Generator, n: int, worked: Flags) -> Ints:
    """Seconds of the day for people at home: evenings, some nights, office hours when worked."""
    late = rng.triangular(6 * 3600, 20.5 * 3600, 24 * 3600 - 1, n).astype(np.int64)
    late = np.where(rng.random(n) < 0.03, (rng.random(n) * 6 * 3600).astype(np.int64), late)
    return np.where(worked & (rng.random(n) < 0.7), office_clock(rng, n), late)


def _holidays(first_year: int, last_year: int) -> set[date]:
    off: set[date] = set()
    for year in range(first_year, last_year + 1):
        off |= {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1)}
        off |= {date(year, 9, 1), date(year, 9, 2)}
        if year in _TET:
            tet, kings = _TET[year]
            off |= {tet + timedelta(days=i) for i in range(-2, 5)} | {kings}
    return off


def _weight(day: date, working: bool, year: int) -> float:
    weight = 1.0 if working else _QUIET_DAY
    weight *= {0: 1.15, 4: 0.92}.get(day.weekday(), 1.0)
    if day.year in _TET and -9 <= (day - _TET[day.year][0]).days <= 12:
        weight *= 0.45
    ends_quarter = day.month % 3 == 0 and day.day > 20
    closes_report = day.month % 3 == 0 and 9 <= day.day <= 14
    weight *= 1.25 if ends_quarter else 1.12 if closes_report else 1.0
    return weight if day.year >= year else weight * PAST_VOLUME
