"""What a unit promises in its own plan holds what it was assigned, whatever is typed."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.measure.text import Place, Text
from tinhso.modules.shares.promises import (
    Assigned,
    Kind,
    Promise,
    apart,
    changes,
    kept,
    least,
    problems,
)
from tinhso.modules.shares.typed import read_amount, read_percent, write_amount

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
AT = (Place("gia-tri"), Place("han"))
DUE = date(2025, 12, 31)

shares = st.fractions(0, 1, max_denominator=997)
typed = st.integers(0, 100_000).map(lambda one: Fraction(one, 100_000))
days = st.integers(-400, 400).map(lambda one: DUE + timedelta(days=one))
operators = st.sampled_from([">", ">=", "<", "<="])


def target(value: Fraction | None, operator: str = ">=", **more: object) -> Assigned:
    facts = {"kind": Kind.TARGET, "source": "X", "version": 1, "code": "X", "name": Text("X", "X")}
    return Assigned(**facts | {"value": value, "operator": operator, "deadline": DUE} | more)  # type: ignore[arg-type]


@SLOW
@given(shares, operators, typed, days)
def test_what_is_let_through_holds_what_was_assigned_and_the_rest_is_told(
    assigned: Fraction, operator: str, value: Fraction, deadline: date
) -> None:
    one = target(assigned, operator)
    wrong = problems(one, value, deadline, AT)
    assert kept(one, Promise(value, deadline)) is not bool(wrong)
    better = value <= assigned if operator in ("<", "<=") else value >= assigned
    places = {problem.place.file for problem in wrong}
    assert ("gia-tri" in places) is not better
    assert ("han" in places) is (deadline > DUE)


@SLOW
@given(shares, operators)
def test_the_level_that_a_refusal_names_can_be_typed_and_is_taken(
    assigned: Fraction, operator: str
) -> None:
    one = target(assigned, operator)
    told = read_percent(least(assigned, down=operator.startswith("<")))
    assert told is not None
    assert problems(one, told, None, AT) == []


def test_to_end_what_recurs_sooner_is_to_do_less() -> None:
    monthly = target(None, "", kind=Kind.TASK, rhythm="monthly")
    (wrong,) = problems(monthly, None, DUE - timedelta(days=90), AT)
    assert wrong.code == "own-item-goes-on"
    once = target(None, "", kind=Kind.TASK, rhythm="once")
    assert problems(once, None, DUE - timedelta(days=90), AT) == []


def test_a_new_version_that_says_the_same_changes_nothing() -> None:
    one = target(Fraction(3, 4))
    assert changes(one, target(Fraction(3, 4), version=2, answers="Chủ tịch")) == ()
    found = apart([one], [target(Fraction(4, 5), version=3)])
    assert [(c.field, c.before, c.after) for c in found.changed[0][1]] == [
        ("value", Fraction(3, 4), Fraction(4, 5))
    ]
    assert apart([one], []).withdrawn == (one,)
    assert apart([], [one]).missing == (one,)
    assert not apart([one], [one])


@SLOW
@given(st.integers(0, 10**9).map(lambda one: Fraction(one, 1000)))
def test_an_amount_is_read_as_it_is_written(amount: Fraction) -> None:
    assert read_amount(write_amount(amount)) == amount


def test_an_amount_that_could_be_two_numbers_is_refused() -> None:
    assert [read_amount(one) for one in ("1.5", "1,234,567", "", "ba", "1.2345")] == [None] * 5
