"""Whatever text is given where a code, a day or a file is read: it is understood, or refused in words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError, Problem
from tinhso.measure.yamltree import parse_yaml

#: Pieces of right codes among any text, so that more than the first character is looked at.
NEARLY = st.lists(
    st.one_of(
        st.sampled_from(
            ["2025", "-", "Q2", "06", "ytd", "r", "a", "07-01", "then", "٢", " ", "W20"]
        ),
        st.text(max_size=3),
    ),
    max_size=5,
).map("".join)
YAML = st.lists(
    st.one_of(
        st.sampled_from(["a: 1\n", "- x\n", "  ", "{", "[", "}", "&a ", "*a", "!!x ", "'", '"', "|\n", "? ", "---\n"]),
        st.text(max_size=4),
    ),
    max_size=20,
).map("".join)  # fmt: skip


@given(NEARLY)
def test_any_text_is_a_period_or_is_refused_with_an_example(text: str) -> None:
    try:
        period = Period.parse(text)
    except InputError as error:
        told = [problem.to("vi") for problem in error.problems]
    else:
        told = [period.label.vi]
        assert Period.parse(period.code) == period
    assert told[0]


@given(NEARLY)
def test_any_text_is_a_view_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        view = View.parse(text)
        assert View.parse(view.code) == view


@settings(max_examples=400)
@given(YAML)
def test_any_text_is_small_yaml_or_is_refused_at_a_place(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    with suppress(InputError):
        assert parse_yaml(text, "tep.yaml").values
        return
    try:
        parse_yaml(text, "tep.yaml")
    except InputError as error:
        problems = error.problems
    assert problems
    assert all(problem.place.line for problem in problems)


@pytest.mark.parametrize("depth", [50, 5_000])
def test_nesting_without_end_is_refused(depth: int) -> None:
    with pytest.raises(InputError):
        parse_yaml("[" * depth + "]" * depth, "tep.yaml")
