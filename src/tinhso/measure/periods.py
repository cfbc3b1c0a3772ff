"""Periods of time, all made of half-months, and the grid of slots that the cube counts in.

Two calendars run side by side: the civil one, and the state's reporting one, in which a month
runs from the 15th of the month before to the 14th (Nghị định 09/2019/NĐ-CP). The half-month
(1st-14th, 15th-end) serves both. All periods are half-open: `end` is the first day not in it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from tinhso.measure.expressions.dialects import DUCKDB, Dialect
from tinhso.measure.text import NOWHERE, InputError, Text, message

WRONG_PERIOD = message(
    "period-wrong",
    vi="Không đọc được kỳ “{code}”. Ví dụ: 2025, 2025-H1, 2025-Q2, 2025-06, 2025-06a (1–14), 2025-06b (15–cuối tháng), 2025-06-ytd (từ đầu năm); thêm r cho kỳ báo cáo 15–14: 2025-Q2r.",
    en="Period “{code}” cannot be read. Examples: 2025, 2025-H1, 2025-Q2, 2025-06, 2025-06a (1–14), 2025-06b (15–end), 2025-06-ytd (year to date); add r for the reporting period 15–14: 2025-Q2r.",
)

_CODE = re.compile(
    r"(?P<year>(19|20)\d\d)"
    r"(-(H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])(?P<rest>a|b|-ytd)?))?"
    r"(?P<reporting>r)?"
)


class PeriodKind(StrEnum):
    HALF_MONTH = "half-month"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    YEAR_TO_DATE = "year-to-date"


_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
}


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time with a code that stands in addresses. Compare and sort by start, end."""

    start: date
    end: date
    kind: PeriodKind
    reporting: bool = False

    @classmethod
    def parse(cls, code: str) -> Period:
        """The period that `code` names; raises InputError (`period-wrong`)."""
        found = _CODE.fullmatch(code.strip())
        if not found:
            raise InputError([WRONG_PERIOD(NOWHERE, code=code)])
        year, rest = int(found["year"]), found["rest"] or ""
        reporting = bool(found["reporting"])
        if rest in ("a", "b"):
            if reporting:
                raise InputError([WRONG_PERIOD(NOWHERE, code=code)])
            return cls.half_month(year, int(found["month"]), second=rest == "b")
        if rest:
            whole = cls.of(PeriodKind.MONTH, year, int(found["month"]), reporting=reporting)
            start = cls.of(PeriodKind.YEAR, year, reporting=reporting).start
            return cls(start, whole.end, PeriodKind.YEAR_TO_DATE, reporting)
        for kind, group in (("MONTH", "month"), ("QUARTER", "quarter"), ("HALF_YEAR", "half")):
            if found[group]:
                return cls.of(PeriodKind[kind], year, int(found[group]), reporting=reporting)
        return cls.of(PeriodKind.YEAR, year, reporting=reporting)

    @classmethod
    def half_month(cls, year: int, month: int, *, second: bool) -> Period:
        start = date(year, month, 15 if second else 1)
        end = _first_of_next(start) if second else date(year, month, 15)
        return cls(start, end, PeriodKind.HALF_MONTH)

    @classmethod
    def of(cls, kind: PeriodKind, year: int, number: int = 1, *, reporting: bool = False) -> Period:
        """The `number`-th (from 1) month, quarter, half-year or year of `year`."""
        length = _MONTHS[kind]
        start = date(year, (number - 1) * length + 1, 1)
        end = _add_months(start, length)
        if reporting:
            start, end = _reporting(start), _reporting(end)
        return cls(start, end, kind, reporting)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @cached_property
    def year(self) -> int:
        """The year that the period belongs to; a reporting year begins on 15 December before."""
        last = self.last_day
        return last.year + (1 if self.reporting and (last.month, last.day) >= (12, 15) else 0)

    @property
    def number(self) -> int:
        """Which month, quarter or half of its year (from 1)."""
        month = self.last_day.month
        return (month - 1) // _MONTHS.get(self.kind, 1) + 1

    @cached_property
    def code(self) -> str:
        mark = "r" if self.reporting else ""
        month = f"{self.year}-{self.last_day.month:02}"
        match self.kind:
            case PeriodKind.HALF_MONTH:
                return month + ("a" if self.start.day == 1 else "b")
            case PeriodKind.MONTH:
                return month + mark
            case PeriodKind.QUARTER:
                return f"{self.year}-Q{self.number}{mark}"
            case PeriodKind.HALF_YEAR:
                return f"{self.year}-H{self.number}{mark}"
            case PeriodKind.YEAR:
                return f"{self.year}{mark}"
            case PeriodKind.YEAR_TO_DATE:
                return f"{month}-ytd{mark}"

    def previous(self) -> Period:
        """The period of the same kind just before; for a year to date, up to a month earlier."""
        if self.kind is PeriodKind.HALF_MONTH:
            before = self.last_day.replace(day=1) if self.start.day != 1 else None
            if before:
                return Period.half_month(before.year, before.month, second=False)
            last = self.start - timedelta(days=1)
            return Period.half_month(last.year, last.month, second=True)
        if self.kind is PeriodKind.YEAR_TO_DATE:
            month = self.last_day.month
            year, month = (self.year, month - 1) if month > 1 else (self.year - 1, 12)
            return Period.parse(f"{year}-{month:02}-ytd{'r' if self.reporting else ''}")
        count = 12 // _MONTHS[self.kind]
        year, number = (self.year, self.number - 1) if self.number > 1 else (self.year - 1, count)
        if self.kind is PeriodKind.YEAR:
            year, number = self.year - 1, 1
        return Period.of(self.kind, year, number, reporting=self.reporting)

    def series(self, count: int) -> list[Period]:
        """This period and those before it, oldest first, `count` in all."""
        found = [self]
        while len(found) < count:
            found.append(found[-1].previous())
        return found[::-1]

    def to_date(self, *, ever_since: date | None = None) -> Period:
        """The same end, begun with the year that the end lies in, or on `ever_since`."""
        start = ever_since or Period.of(PeriodKind.YEAR, self.year, reporting=self.reporting).start
        return Period(min(start, self.start), self.end, PeriodKind.YEAR_TO_DATE, self.reporting)

    @cached_property
    def label(self) -> Text:
        """How the period is named in a sentence or a heading."""
        name = self._name()
        if not self.reporting:
            return name
        return Text(f"kỳ báo cáo {name.vi}", f"reporting {name.en}")

    def _name(self) -> Text:
        year, month, number = self.year, self.last_day.month, self.number
        english = f"{_EN_MONTHS[month - 1]} {year}"
        match self.kind:
            case PeriodKind.HALF_MONTH:
                vi, en = ("đầu", "first") if self.start.day == 1 else ("cuối", "second")
                return Text(f"nửa {vi} tháng {month}/{year}", f"{en} half of {english}")
            case PeriodKind.MONTH:
                return Text(f"tháng {month}/{year}", english)
            case PeriodKind.QUARTER:
                return Text(f"quý {_ROMAN[number - 1]} năm {year}", f"Q{number} {year}")
            case PeriodKind.HALF_YEAR:
                vi, en = ("đầu", "first") if number == 1 else ("cuối", "second")
                return Text(f"6 tháng {vi} năm {year}", f"{en} half of {year}")
            case PeriodKind.YEAR:
                return Text(f"năm {year}", f"year {year}")
            case PeriodKind.YEAR_TO_DATE:
                day = _day(self.last_day)
                return Text(f"từ đầu năm đến hết {day}", f"year to {day}")

    @property
    def dates(self) -> str:
        """First and last day: `1/4/2025 – 30/6/2025`."""
        return f"{_day(self.start)} – {_day(self.last_day)}"


_ROMAN = ("I", "II", "III", "IV")
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _first_of_next(day: date) -> date:
    return _add_months(day.replace(day=1), 1)


def _add_months(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _reporting(first: date) -> date:
    """The 15th of the month before a first of month."""
    return _add_months(first, -1).replace(day=15)


def half_months(start: date, end: date) -> Iterator[date]:
    """First days of the half-months that begin in [start, end)."""
    day = start.replace(day=15 if start.day >= 15 else 1)
    while day < end:
        if day >= start:
            yield day
        day = day.replace(day=15) if day.day == 1 else _first_of_next(day)


class Grid:
    """The cube's axis of time: half-months, cut where the map of units changes inside one.

    Slot 0 is everything before `start`; the last slot everything from `end` on. A slot never
    reaches over a change of the map, so a record's slot tells which map it lies on.
    """

    def __init__(self, start: date, end: date, change_days: Iterable[date] = ()) -> None:
        self.start = next(half_months(start.replace(day=15 if start.day >= 15 else 1), date.max))
        self.end = end
        #: Map changes that do not fall on a half-month's first day.
        self.cuts = tuple(
            day
            for day in sorted(set(change_days))
            if self.start < day < end and day.day not in (1, 15)
        )
        self._slots: dict[Period, tuple[int, int] | None] = {}
        self.starts = tuple(sorted({*half_months(self.start, end), *self.cuts}))

    @property
    def count(self) -> int:
        """How many slots, the ones before and after included."""
        return len(self.starts) + 2

    def slot_of(self, day: date) -> int:
        return bisect_right(self.starts, day) + (1 if day >= self.end else 0)

    def slots(self, period: Period) -> tuple[int, int] | None:
        """The half-open range of slots of `period`, or None when it leaves the grid."""
        if period not in self._slots:
            inside = self.start <= period.start and period.end <= self.end
            self._slots[period] = (
                (self.slot_of(period.start), self.slot_of(period.last_day) + 1) if inside else None
            )
        return self._slots[period]

    def first_day(self, slot: int) -> date:
        """A day of the slot that tells its map (slot 0: the day before the grid)."""
        if slot == 0:
            return self.start - timedelta(days=1)
        return self.starts[slot - 1] if slot <= len(self.starts) else self.end

    def last_day(self, slot: int) -> date:
        if slot == 0:
            return self.start - timedelta(days=1)
        if slot > len(self.starts):
            return date.max
        return (self.starts[slot] if slot < len(self.starts) else self.end) - timedelta(days=1)

    def sql(self, day: str, dialect: Dialect = DUCKDB) -> str:
        """SQL that gives the slot of the date or timestamp expression `day`; NULL for no day."""
        base = self.start
        first = (base.year * 12 + base.month) * 2 + (1 if base.day >= 15 else 0) - 1
        ordinal = (
            f"(year({day}) * 12 + month({day})) * 2 + CAST(day({day}) >= 15 AS INTEGER) - {first}"
        )
        cuts = "".join(f" + CAST({day} >= {dialect.literal(cut)} AS INTEGER)" for cut in self.cuts)
        top = self.count - 1
        return (
            f"CASE WHEN {day} < {dialect.literal(base)} THEN 0 "
            f"WHEN {day} >= {dialect.literal(self.end)} THEN {top} ELSE {ordinal}{cuts} END"
        )
