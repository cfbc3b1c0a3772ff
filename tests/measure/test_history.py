"""A unit's figure against the unit's own earlier months: worked examples over two years of dossiers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import Record, World, at, count, indicator, province

from tinhso.measure.figures import Figures
from tinhso.measure.history import LEAST, OwnHistory, is_unlike, own_history
from tinhso.measure.periods import Period
from tinhso.measure.places import View

MONTHS = [date(year, month, 3) for year in (2023, 2024) for month in range(1, 13)]
SWING = (0, 2, -1, 1, -2, 3, 0, -1, 2, -3, 1, 0)  # dossiers out of a hundred


def figures(world: World, online: dict[str, list[int]]) -> Figures:
    """`online`: for each commune and month, how many of its hundred dossiers were filed online."""
    records: list[Record] = [
        {"office": office, "received": at(f"{day.isoformat()}T09:00"), "online": n < many}
        for office, months in online.items()
        for day, many in zip(MONTHS, months, strict=False)
        for n in range(100)
    ]
    boundaries = province().boundaries()
    world.fill(boundaries, {"dossiers": records})
    return world.figures(boundaries, [indicator(count("online"), count())])


def asked(found: Figures, unit: str, period: str = "2024-12") -> OwnHistory:
    return own_history(found, "I", unit, "P", Period.parse(period), View())


def steady(level: int, shift: int = 0) -> list[int]:
    return [level + SWING[(n + shift) % 12] for n in range(24)]


def test_a_month_far_from_the_units_own_past_is_named(world: World) -> None:
    """A files about half online for 23 months, and nine tenths in the last."""
    found = figures(world, {"A": [*steady(50)[:-1], 90], "B": steady(60, 3), "C": steady(40, 7)})
    assert [one.code for one in asked(found, "A").unlike] == ["2024-12"]
    assert asked(found, "B").unlike == ()
    assert [one.code for one in asked(found, "A", "2024-Q4").unlike] == ["2024-12"]
    assert asked(found, "A", "2024-Q4").asked == 3


def test_what_everybody_goes_through_marks_nobody(world: World) -> None:
    """In December all three fall by 35 dossiers of a hundred: a holiday, not a habit."""
    fallen = {
        unit: [*months[:-1], months[-1] - 35]
        for unit, months in {"A": steady(50), "B": steady(60, 3), "C": steady(45, 7)}.items()
    }
    found = figures(world, fallen)
    assert all(asked(found, unit).unlike == () for unit in "ABC")


def test_a_short_past_says_nothing(world: World) -> None:
    """In September 2023 there are eight earlier months, in August seven."""
    found = figures(world, {"A": steady(50), "B": steady(60, 3), "C": steady(40, 7)})
    assert LEAST == 8
    assert asked(found, "A", "2023-08").asked == 0
    assert asked(found, "A", "2023-09").asked == 1


def test_the_unit_that_all_are_held_against_is_not_asked(world: World) -> None:
    found = figures(world, {"A": steady(50), "B": steady(60, 3), "C": steady(40, 7)})
    assert asked(found, "P") == OwnHistory((), 0)


def test_few_records_may_be_far_off_by_chance() -> None:
    """Half a share away, with an error of 0.25 (four records): two standard errors are no sign."""
    before = [0.0, 0.01, -0.01, 0.02, -0.02, 0.0, 0.01, -0.01]
    assert is_unlike(0.5, before, 0.02)
    assert not is_unlike(0.5, before, 0.25)


@given(
    st.lists(st.floats(-1, 1), min_size=LEAST, max_size=24),
    st.floats(-1, 1),
    st.floats(0.001, 0.5),
    st.floats(-3, 3),
)
def test_only_the_distance_counts(
    before: list[float], now: float, error: float, moved: float
) -> None:
    """A unit that lies as much higher in every month is as usual, or as unusual, as it was."""
    middle_of_all = is_unlike(now, before, error)
    shifted = is_unlike(now + moved, [one + moved for one in before], error)
    turned = is_unlike(-now, [-one for one in before], error)
    assert turned == middle_of_all
    if not _close_call(now, before, error):
        assert shifted == middle_of_all


def _close_call(now: float, before: list[float], error: float) -> bool:
    """Whether rounding alone could decide."""
    return is_unlike(now, before, error * 1.0001) != is_unlike(now, before, error * 0.9999) or (
        is_unlike(now + 1e-9, before, error) != is_unlike(now - 1e-9, before, error)
    )


@pytest.mark.parametrize("later", [0.4, -0.4])
def test_equal_months_without_error_say_nothing(later: float) -> None:
    assert not is_unlike(later, [0.1] * 10, 0.0)
