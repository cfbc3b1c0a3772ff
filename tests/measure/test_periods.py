"""Periods of both calendars, and the grid of half-months that both are made of."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.measure.periods import Grid, Period, PeriodKind, half_months
from tinhso.measure.text import InputError

CODES = [
    *(
        "2025",
        "2025r",
        "2025-H1",
        "2025-H2r",
        "2025-Q1",
        "2025-Q4r",
        "2025-01",
        "2025-12",
        "2025-01r",
    ),
    *(
        "2025-06a",
        "2025-06b",
        "2024-02b",
        "2025-01-ytd",
        "2025-12-ytd",
        "2025-01-ytdr",
        "2025-06-ytdr",
    ),
]


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025r", "2024-12-15", "2025-12-14"),
        ("2025-H1", "2025-01-01", "2025-06-30"),
        ("2025-H2", "2025-07-01", "2025-12-31"),
        ("2025-H1r", "2024-12-15", "2025-06-14"),
        ("2025-H2r", "2025-06-15", "2025-12-14"),
        ("2025-Q1r", "2024-12-15", "2025-03-14"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2025-01r", "2024-12-15", "2025-01-14"),
        ("2025-03r", "2025-02-15", "2025-03-14"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-02a", "2025-02-01", "2025-02-14"),
        ("2025-02b", "2025-02-15", "2025-02-28"),
        ("2025-12b", "2025-12-15", "2025-12-31"),
        ("2025-09-ytd", "2025-01-01", "2025-09-30"),
        ("2025-09-ytdr", "2024-12-15", "2025-09-14"),
    ],
)
def test_first_and_last_days(code: str, first: str, last: str) -> None:
    period = Period.parse(code)
    assert (period.start.isoformat(), period.last_day.isoformat()) == (first, last)
    assert period.end == period.last_day + timedelta(days=1)
    assert period.code == code


@pytest.mark.parametrize(
    "code",
    [
        *("", "25", "2025-13", "2025-00", "2025-Q5", "2025-Q0", "2025-H3", "2025-6", "2025-06c"),
        *(
            "2025-06ar",
            "2025-06br",
            "2025-Q2-ytd",
            "2025-ytd",
            "2025rr",
            "1825",
            "2025-06-01",
            "q2",
        ),
        *("2025-06a; drop", "２０２５", "2025\n2"),
    ],
)
def test_a_code_that_names_no_period_is_refused_with_examples(code: str) -> None:
    with pytest.raises(InputError) as refused:
        Period.parse(code)
    (problem,) = refused.value.problems
    assert problem.code == "period-wrong"
    assert f"“{code}”" in problem.to("vi")
    assert "2025-Q2r" in problem.to("en")


YEARS = st.integers(1950, 2090)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    year, reporting = draw(YEARS), draw(st.booleans())
    kind = draw(st.sampled_from(PeriodKind))
    month = draw(st.integers(1, 12))
    if kind is PeriodKind.HALF_MONTH:
        return Period.half_month(year, month, second=draw(st.booleans()))
    if kind is PeriodKind.YEAR_TO_DATE:
        return Period.parse(f"{year}-{month:02}-ytd{'r' if reporting else ''}")
    count = {"month": 12, "quarter": 4, "half-year": 2, "year": 1}[kind.value]
    return Period.of(kind, year, (month - 1) % count + 1, reporting=reporting)


@given(periods())
def test_every_period_is_the_one_that_its_code_names(period: Period) -> None:
    assert Period.parse(period.code) == period
    assert Period.parse(period.code).code == period.code


@given(periods())
def test_the_previous_period_ends_where_this_one_begins(period: Period) -> None:
    before = period.previous()
    assert (before.kind, before.reporting) == (period.kind, period.reporting)
    if period.kind is PeriodKind.YEAR_TO_DATE:
        assert before.last_day < period.last_day
        assert (period.end - before.end).days <= 31
    else:
        assert before.end == period.start


@given(periods(), st.integers(1, 30))
def test_a_series_is_as_long_as_asked_oldest_first(period: Period, count: int) -> None:
    found = period.series(count)
    assert len(found) == count
    assert found[-1] == period
    assert all(one == two.previous() for one, two in pairwise(found))


@given(periods())
def test_every_period_is_made_of_whole_half_months(period: Period) -> None:
    days = list(half_months(period.start, period.end))
    assert days[0] == period.start
    assert {day.day for day in days} <= {1, 15}
    assert period.end.day in (1, 15)


@given(periods())
def test_a_year_to_date_begins_with_the_periods_year_and_ends_with_it(period: Period) -> None:
    to_date = period.to_date()
    assert to_date.end == period.end
    assert to_date.start <= period.start
    expected = (12, 15) if period.reporting else (1, 1)
    assert (to_date.start.month, to_date.start.day) == expected
    assert (period.end - to_date.start).days <= 366


@pytest.mark.parametrize(
    ("code", "vi", "en"),
    [
        ("2025", "năm 2025", "year 2025"),
        ("2025r", "kỳ báo cáo năm 2025", "reporting year 2025"),
        ("2025-H1", "6 tháng đầu năm 2025", "first half of 2025"),
        ("2025-H2r", "kỳ báo cáo 6 tháng cuối năm 2025", "reporting second half of 2025"),
        ("2025-Q4", "quý IV năm 2025", "Q4 2025"),
        ("2025-Q1r", "kỳ báo cáo quý I năm 2025", "reporting Q1 2025"),
        ("2025-01", "tháng 1/2025", "January 2025"),
        ("2025-01r", "kỳ báo cáo tháng 1/2025", "reporting January 2025"),
        ("2025-06a", "nửa đầu tháng 6/2025", "first half of June 2025"),
        ("2025-06b", "nửa cuối tháng 6/2025", "second half of June 2025"),
        ("2025-09-ytd", "từ đầu năm đến hết 30/9/2025", "year to 30/9/2025"),
        (
            "2025-09-ytdr",
            "kỳ báo cáo từ đầu năm đến hết 14/9/2025",
            "reporting year to 14/9/2025",
        ),
    ],
)
def test_labels_in_both_languages(code: str, vi: str, en: str) -> None:
    label = Period.parse(code).label
    assert (label.to("vi"), label.to("en")) == (vi, en)


def test_dates_of_a_period_are_its_first_and_last_day() -> None:
    assert Period.parse("2025-Q2r").dates == "15/3/2025 – 14/6/2025"


# -- the grid ------------------------------------------------------------------------------------


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    first = draw(st.integers(2019, 2023))
    length = draw(st.integers(1, 3))
    start = draw(st.sampled_from([date(first, 12, 15), date(first, 1, 1), date(first, 3, 20)]))
    days = st.dates(date(first - 1, 1, 1), date(first + length + 2, 1, 1))
    return Grid(start, date(first + length + 1, 1, 1), draw(st.lists(days, max_size=4)))


DUCK = duckdb.connect(config={"threads": 1})


@settings(deadline=None, max_examples=40)
@given(grids())
def test_sql_and_python_put_every_day_into_the_same_slot(grid: Grid) -> None:
    first, last = grid.start - timedelta(days=40), grid.end + timedelta(days=40)
    for kind, moment in (
        ("DATE", None),
        ("TIMESTAMP", time(0, 0)),
        ("TIMESTAMP", time(23, 59, 59)),
    ):
        ticks = f"'{moment}'" if moment else "'00:00:00'"
        rows = DUCK.execute(
            f"SELECT CAST(day AS DATE), {grid.sql('day')} FROM (SELECT "
            f"CAST(CAST(d AS DATE) + TIME {ticks} AS {kind}) AS day "
            f"FROM range(DATE '{first}', DATE '{last}', INTERVAL 1 DAY) AS t(d))"
        ).fetchall()
        assert len(rows) == (last - first).days
        assert all(slot == grid.slot_of(day) for day, slot in rows)


def test_no_day_is_in_no_slot() -> None:
    grid = Grid(date(2024, 1, 1), date(2025, 1, 1))
    (slot,) = DUCK.execute(f"SELECT {grid.sql('CAST(NULL AS DATE)')}").fetchone() or ("",)
    assert slot is None


@settings(max_examples=40)
@given(grids())
def test_slots_lie_end_to_end_and_no_change_of_the_map_is_inside_one(grid: Grid) -> None:
    for slot in range(1, grid.count - 1):
        first, end = grid.first_day(slot), grid.last_day(slot)
        assert grid.slot_of(first) == grid.slot_of(end) == slot
        assert grid.slot_of(first - timedelta(days=1)) == slot - 1
        assert grid.slot_of(end + timedelta(days=1)) == slot + 1
        assert first.day in (1, 15) or first in grid.cuts
        assert not any(first < cut <= end for cut in grid.cuts)


@settings(max_examples=100)
@given(grids(), periods())
def test_a_periods_slots_hold_its_days_and_no_others(grid: Grid, period: Period) -> None:
    slots = grid.slots(period)
    inside = grid.start <= period.start and period.end <= grid.end
    assert (slots is not None) == inside
    if slots:
        assert grid.first_day(slots[0]) == period.start
        assert grid.last_day(slots[1] - 1) == period.last_day


def test_a_grid_cuts_only_inside_half_months_and_inside_its_time() -> None:
    changes = [
        date(2024, 7, 1),
        date(2024, 5, 10),
        date(2024, 4, 15),
        date(2022, 3, 3),
        date(2030, 3, 3),
    ]
    grid = Grid(date(2024, 1, 1), date(2025, 1, 1), changes)
    assert grid.cuts == (date(2024, 5, 10),)
    first, second = grid.slot_of(date(2024, 5, 9)), grid.slot_of(date(2024, 5, 10))
    assert second == first + 1
    assert grid.slots(Period.parse("2024-05a")) == (first, second + 1)
