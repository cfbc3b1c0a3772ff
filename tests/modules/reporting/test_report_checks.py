"""What is wrong with an answer, and what asks for a word of explanation."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.pack import Jumps
from tinhso.modules.reporting.checks import Labels, Parts, Typed, jumps, read
from tinhso.modules.reporting.standing import (
    Facts,
    Standing,
    State,
    late_days,
    standing,
    sum_differs,
    two_sources,
)

LABELS = Labels(Text("hộ có mạng", "connected"), Text("số hộ", "households"))
RULE = Jumps(points=10, percent=15, count=30, spread=8, neighbours=5)


def problems(**typed: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as raised:
        read(Typed(**typed), LABELS, "HTS-02")
    return [(one.code, one.place.file) for one in raised.value.problems]


def test_a_part_is_never_above_its_whole() -> None:
    assert problems(numerator="101", denominator="100") == [("numerator-above", "HTS-02.numerator")]


def test_both_parts_are_needed_and_both_mistakes_are_told() -> None:
    assert problems(numerator="x") == [
        ("number-not", "HTS-02.numerator"),
        ("denominator-needed", "HTS-02.denominator"),
    ]


def test_no_data_zero_and_not_applicable_are_three_things() -> None:
    zero = read(Typed(numerator="0", denominator="10"), LABELS, "X")
    silent = read(Typed(kind="no-data", reason="mất sổ"), LABELS, "X")
    none = read(Typed(kind="not-applicable", reason="không có hộ"), LABELS, "X")
    assert [one.parts for one in (zero, silent, none)] == [
        Parts(0, 10), Parts(None, None), Parts(0, 0),
    ]  # fmt: skip
    assert (silent.parts.share, none.parts.share) == (None, None)
    assert zero.parts.share == 0


def test_a_figure_without_data_says_why_and_holds_no_number() -> None:
    assert problems(kind="no-data") == [("answer-reason", "HTS-02.reason")]
    assert problems(kind="no-data", reason="x", numerator="5") == [
        ("answer-numbers-too", "HTS-02.kind")
    ]
    assert problems(kind="perhaps")[0][0] == "answer-kind"


def test_a_rank_that_does_not_apply_is_no_rank_zero() -> None:
    labels = Labels(Text("hạng", "rank"), None)
    assert read(Typed(kind="not-applicable", reason="x"), labels, "X").parts == Parts(None, None)


def asked(now: Parts, last: Parts | None = None, others: tuple[Fraction, ...] = ()) -> list[str]:
    answered = read(
        Typed(numerator=str(now.numerator), denominator=str(now.denominator)), LABELS, "X"
    )
    return [one.code for one in jumps(answered, last, others, RULE, "X")]


def test_a_jump_is_one_beyond_the_limit_not_at_it() -> None:
    assert asked(Parts(60, 100), Parts(50, 100)) == []
    assert asked(Parts(61, 100), Parts(50, 100)) == ["jump-share"]
    assert asked(Parts(50, 115), Parts(44, 100)) == []
    assert asked(Parts(50, 116), Parts(43, 100)) == ["jump-whole"]


def test_neighbours_speak_only_when_there_are_enough_of_them() -> None:
    others = tuple(Fraction(n, 100) for n in (50, 51, 52, 53, 54))
    assert asked(Parts(95, 100), None, others[:4]) == []
    assert asked(Parts(95, 100), None, others) == ["jump-neighbours"]
    assert asked(Parts(60, 100), None, others) == []


def counted(now: int, last: int | None, others: tuple[int, ...] = ()) -> list[str]:
    answered = read(Typed(numerator=str(now)), Labels(Text("hạng", "rank"), None), "X")
    before = None if last is None else Parts(last, None)
    return [one.code for one in jumps(answered, before, tuple(map(Fraction, others)), RULE, "X")]


def test_a_number_without_a_denominator_is_compared_with_itself_and_with_its_neighbours() -> None:
    assert counted(9000, 10) == counted(0, 10) == counted(14, 10) == ["jump-count"]
    assert counted(13, 10) == counted(7, 10) == counted(0, 0) == counted(5, None) == []
    near = (90, 100, 110, 120, 95)
    assert counted(9000, None, near) == ["jump-count-neighbours"]
    assert counted(9000, None, near[:4]) == counted(130, None, near) == []


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_number_asks_exactly_when_it_moved_by_more_than_the_limit(now: int, last: int) -> None:
    """In per cent of last time's, where there is one; from zero, whenever it moved at all."""
    beyond = now != 0 if last == 0 else abs(Fraction(now - last, last)) > Fraction(30, 100)
    assert counted(now, last) == (["jump-count"] if beyond else [])


@given(st.integers(0, 100), st.lists(st.integers(0, 100), min_size=5, max_size=9))
def test_one_wild_neighbour_makes_nobody_else_stand_out_less(now: int, others: list[int]) -> None:
    """Robust: the middle of equals is not moved by a single unit."""
    same = tuple(Fraction(50, 100) for _ in others)
    with_wild = (*same, Fraction(others[0], 100))
    far = abs(now - 50) > 8  # eight times the least spread, one point
    assert bool(asked(Parts(now, 100), None, with_wild)) is far


LAST, DUE = date(2025, 10, 14), date(2025, 10, 24)


@pytest.mark.parametrize(
    ("state", "day", "elsewhere", "expected"),
    [(None, date(2025, 10, 14), False, Standing.RUNNING), (None, date(2025, 10, 15), False, Standing.DUE),
     (None, DUE, False, Standing.DUE), (None, date(2025, 10, 25), False, Standing.LATE),
     (None, date(2025, 10, 25), True, Standing.ELSEWHERE), (State.SENT, date(2026, 1, 1), True, Standing.WAITING),
     (State.RETURNED, DUE, False, Standing.RETURNED), (State.APPROVED, DUE, False, Standing.APPROVED)],
)  # fmt: skip
def test_standing_is_a_function_of_facts_and_the_day(
    state: State | None, day: date, elsewhere: bool, expected: Standing
) -> None:
    assert standing(Facts(state, None, elsewhere), LAST, DUE, day) is expected


def test_lateness_ends_with_the_day_of_sending() -> None:
    assert late_days(Facts(State.SENT, date(2025, 10, 27), False), DUE, date(2026, 5, 1)) == 3
    assert late_days(Facts(None, None, False), DUE, date(2025, 10, 26)) == 2
    assert late_days(Facts(None, None, True), DUE, date(2025, 10, 26)) == 0


def test_a_sum_contradicts_only_when_all_of_it_is_known() -> None:
    name, own = Text("Tỉnh", "Province"), Parts(30, 100)
    assert sum_differs(own, [Parts(10, 50), None], name, "HTS-02") is None
    assert sum_differs(own, [Parts(10, 50), Parts(20, 50)], name, "HTS-02") is None
    assert sum_differs(own, [Parts(10, 50), Parts(21, 50)], name, "HTS-02") is not None
    assert sum_differs(own, [], name, "HTS-02") is None
    assert two_sources(own, Parts(30, 100)) is None
    assert two_sources(own, Parts(31, 100)) is not None
