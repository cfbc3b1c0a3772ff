"""Targets: above is not at least, values are compared unrounded, nothing is forecast (rule 4)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure import writing
from tinhso.measure.figures import Status, Value
from tinhso.measure.periods import Period
from tinhso.measure.quality import outliers
from tinhso.measure.targets import Because, Standing, Threshold, judge

ABOVE, AT_LEAST = Threshold(">", Fraction(3, 4)), Threshold(">=", Fraction(3, 4))
DEADLINE = date(2025, 12, 31)


def figure(value: Fraction | None, period: str = "2025-Q2", unit: str = "u") -> Value:
    status = Status.UNKNOWN if value is None else Status.MEASURED
    found = SimpleNamespace(value=value, status=status, period=Period.parse(period), unit=unit)
    return cast("Value", found)


def test_exactly_the_level_is_at_least_but_not_above() -> None:
    assert AT_LEAST.is_met_by(Fraction(3, 4))
    assert not ABOVE.is_met_by(Fraction(3, 4))


def test_what_only_rounds_to_the_level_does_not_meet_it_and_does_not_look_like_it() -> None:
    """74.996 % is shown as 75.0 % with one decimal; it misses 75 %, so it is shown with more."""
    value = Fraction(74996, 100000)
    assert not AT_LEAST.is_met_by(value)
    assert writing.percent(value, "vi", apart_from=AT_LEAST.amount) == "74,996\u00a0%"


@pytest.mark.parametrize(
    ("now", "before", "period", "standing", "because"),
    [
        (Fraction(8, 10), Fraction(9, 10), "2025-Q2", Standing.MET, Because.VALUE),
        (Fraction(7, 10), Fraction(6, 10), "2025-Q2", Standing.ON_THE_WAY, Because.NEARER),
        (Fraction(7, 10), Fraction(7, 10), "2025-Q2", Standing.BEHIND, Because.NOT_NEARER),
        (Fraction(7, 10), None, "2025-Q2", Standing.ON_THE_WAY, Because.FIRST),
        (Fraction(7, 10), Fraction(6, 10), "2025", Standing.BEHIND, Because.DEADLINE),
        (None, Fraction(6, 10), "2025-Q2", Standing.UNKNOWN, Because.NO_VALUE),
    ],
)
def test_a_standing_rests_on_what_was_measured(
    now: Fraction | None,
    before: Fraction | None,
    period: str,
    standing: Standing,
    because: Because,
) -> None:
    found = judge(figure(now, period), figure(before), AT_LEAST, DEADLINE)
    assert (found.standing, found.because) == (standing, because)


def test_for_a_rank_lower_is_better() -> None:
    top_ten = Threshold("<=", Fraction(10))
    assert judge(figure(Fraction(9)), None, top_ten, DEADLINE).standing is Standing.MET
    nearer = judge(figure(Fraction(12)), figure(Fraction(25)), top_ten, DEADLINE)
    assert nearer.standing is Standing.ON_THE_WAY


@given(st.fractions(), st.integers(0, 6))
def test_rounding_is_half_up_and_never_off_by_more_than_half(value: Fraction, places: int) -> None:
    shown = Fraction(writing.rounded(value, places))
    assert abs(shown - value) <= Fraction(1, 2 * 10**places)
    if abs(shown - value) == Fraction(1, 2 * 10**places):
        assert abs(shown) > abs(value)


def test_numbers_are_written_as_vietnamese_and_english_readers_expect() -> None:
    assert writing.number(Fraction(-12345675, 10), "vi", 1) == "−1.234.567,5"
    assert writing.number(Fraction(12345675, 10), "en", 1) == "1,234,567.5"
    assert writing.percent(Fraction(753, 1000), "vi") == "75,3\u00a0%"


def test_an_outlier_is_far_from_its_neighbours_and_few_neighbours_say_nothing() -> None:
    usual = [figure(Fraction(70 + n % 5, 100), unit=f"u{n}") for n in range(12)]
    odd = figure(Fraction(10, 100), unit="odd")
    assert outliers([*usual, odd]) == {"odd"}
    assert outliers([*usual[:5], odd]) == frozenset()
    assert outliers([figure(Fraction(1, 2), unit=str(n)) for n in range(20)]) == frozenset()
