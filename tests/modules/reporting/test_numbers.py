"""Numbers as people type them: understood exactly, or refused in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.measure import writing
from tinhso.measure.text import InputError
from tinhso.modules.reporting.numbers import read_count, read_number


def code(typed: str, language: str = "vi") -> str:
    with pytest.raises(InputError) as raised:
        read_count(typed, language)
    [problem] = raised.value.problems
    assert problem.to("vi")
    assert problem.to("en")
    return problem.code


@pytest.mark.parametrize(
    ("typed", "count"),
    [("1234", 1234), ("1.234", 1234), ("1 234", 1234), ("1.234.567", 1234567), (" 12\u00a0000 ", 12000),
     ("0", 0), ("0007", 7), ("1.234,0", 1234), ("12,0", 12)],
)  # fmt: skip
def test_a_count_is_read_as_vietnamese_write_it(typed: str, count: int) -> None:
    assert read_count(typed) == count


@pytest.mark.parametrize(
    ("typed", "why"),
    [("12.34", "number-doubtful"), ("1,234", "number-doubtful"), ("1.23.456", "number-doubtful"),
     ("1.234 567", "number-doubtful"), ("1234.567", "number-doubtful"), ("0.123", "number-doubtful"),
     (",5", "number-doubtful"), ("5,", "number-doubtful"), ("1 234,5", "number-not-whole"),
     ("12,5", "number-not-whole"), ("-5", "number-negative"), ("−1.000", "number-negative"),
     ("45%", "number-share"), ("45,2 %", "number-share"), ("abc", "number-not"), ("", "number-not"),
     ("12 hộ", "number-not"), ("١٢", "number-not"), ("1e5", "number-not"), ("=1+1", "number-not"),
     ("9" * 16, "number-too-long")],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(typed: str, why: str) -> None:
    assert code(typed) == why


def test_decimals_are_exact() -> None:
    assert read_number("1 234,5") == Fraction(12345, 10)
    assert read_number("1,234.5", "en") == Fraction(12345, 10)


@given(st.integers(0, 10**14), st.sampled_from(["vi", "en"]))
def test_what_the_pages_write_is_read_back(count: int, language: str) -> None:
    assert read_count(writing.number(count, language), language) == count
    assert read_count(str(count), language) == count


@given(st.text(alphabet="0123456789., \u00a0-%ax", max_size=14))
def test_nothing_is_read_as_another_number_than_its_digits_say(typed: str) -> None:
    try:
        value = read_count(typed)
    except InputError:
        return
    whole = typed.partition(",")[0]
    assert value == int("".join(one for one in whole if one.isdigit()))
