"""Expressions: what is let through means what it says; everything else says what is wrong."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import CONDITIONS
from world import DOSSIERS

from tinhso.measure.expressions import FUNCTIONS, Apply, Constant, Expression, Ref, parse, to_sql
from tinhso.measure.text import InputError, Place, Problem

START = Place("cqs.yaml", 12, 20)


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as refused:
        parse(text, DOSSIERS, START)
    return refused.value.problems


@pytest.mark.parametrize(
    ("text", "code", "column", "vi", "en"),
    [
        ("online and", "expression-syntax", 27, "gần “and”", "near “and”"),
        ("pages > 3 and onlin", "expression-unknown-field", 34, "“online”?", "“online”?"),
        ("nope(pages) = 1", "expression-unknown-function", 20, "hàm “nope”", "function “nope”"),
        (
            "days_betwen(due, closed) > 1",
            "expression-unknown-function",
            20,
            "Có phải “days_between”?",
            "Did you mean “days_between”?",
        ),
        (
            "days_between(due) = 1",
            "expression-arguments",
            20,
            "nhận 2 tham số",
            "takes 2 arguments",
        ),
        ("length(note, fee) = 1", "expression-arguments", 20, "ở đây có 2", "here are 2"),
        ("pages", "expression-type", 20, "“pages” là số", "“pages” is a number"),
        ("online and note", "expression-type", 31, "“note” là chữ", "“note” is text"),
        ("hour_of(due) = 1", "expression-type", 28, "cần ngày giờ", "needs a date with time"),
        ("due > date '2024-02-30'", "expression-type", 31, "cần ngày", "needs a date like"),
        ("fee = 'a'", "expression-not-comparable", 26, "“fee” (số)", "“fee” (a number)"),
        (
            "channel = 'portl'",
            "expression-unknown-value",
            30,
            "Có phải “portal”?",
            "Its values: portal, counter, post",
        ),
        ("online or fee / 2 > 1", "expression-division", 30, "Không chia", "No division"),
        ("note like 'a%'", "expression-not-allowed", 20, "“note LIKE 'a%'”", "cannot be used"),
        ("fee * pages > 1", "expression-product", 20, "nhân hai trường", "multiplied"),
        ("online or " * 300 + "online", "expression-too-long", 20, "2000", "2000"),
        ("not " * 60 + "online", "expression-too-long", 20, "lồng quá sâu", "nested too deeply"),
    ],
)
def test_each_mistake_is_told_with_its_place_in_both_languages(
    text: str, code: str, column: int, vi: str, en: str
) -> None:
    (problem,) = problems(text)
    assert problem.code == code
    assert (problem.place.file, problem.place.line, problem.place.column) == (
        "cqs.yaml",
        12,
        column,
    )
    assert vi in problem.to("vi")
    assert en in problem.to("en")
    assert problem.line("en").startswith(f"cqs.yaml:12:{column}: ")


def test_every_mistake_is_told_not_only_the_first() -> None:
    assert [p.code for p in problems("nope and fee > 'a' or gone is null")] == [
        "expression-unknown-field",
        "expression-not-comparable",
        "expression-unknown-field",
    ]


def test_the_second_line_of_a_text_counts_its_columns_from_1() -> None:
    (problem,) = problems("online and\n  gone")
    assert (problem.place.line, problem.place.column) == (13, 3)


@pytest.mark.parametrize(
    "text",
    [
        "online = (select true)",
        "fee in (select 1)",
        "online or exists (select 1 from lake.dossiers)",
        "read_csv('/etc/passwd') is null",
        "getenv('HOME') = 'a'",
        "read_text('x') = 'a'",
        "online::boolean",
        "cast(note as date) = due",
        "try_cast(note as date) = due",
        "cast('2024-01-01' as timestamp) = received",
        "online; drop table lake.dossiers",
        "true; select 1",
        "lake.dossiers.online",
        "count(*) > 1",
        "sum(fee) > 1",
        "abs(fee) over () > 1",
        "abs(fee) filter (where true) > 1",
        "length(distinct note) > 1",
        "case when online then true else false end",
        "fee between symmetric 5 and 1",
        "fee is distinct from 3",
        "note || 'a' = 'b'",
        "note ~ 'a'",
        "note similar to 'a'",
        "fee ^ 2 > 1",
        "fee & 1 = 1",
        "1.5 < fee",
        "1e3 < fee",
        "9999999999999999999 > fee",
        "fee = null",
        "? = fee",
        "$1 = fee",
        ":fee = fee",
        "* ",
        "interval 1 day > 1",
        "due + 1 > due",
        "current_date > due",
        "now() > received",
        "x'41' = note",
        "e'a' = note",
        "$$a$$ = note",
        "note = 'a\0b'",
        "note = '\ud800'",
        "[1] = fee",
        "{'a': 1} = fee",
        "fee = any([1])",
        "(fee, pages) = (1, 2)",
        "online as x",
        "select true",
        "",
        " ",
        ";",
        "-- online",
        "pragma version",
        "copy x to 'y'",
        "attach 'a'",
        "(" * 900 + "online" + ")" * 900,
        "online" + " or online" * 120,
        "pages" + "+1" * 900 + " = 1",
        "- " * 900 + "pages = 1",
    ],
)
def test_nothing_outside_the_list_gets_through(text: str) -> None:
    assert problems(text)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("online -- and then some", "online"),
        ("online /* ; drop */ and fee > 1", "online AND fee > 1"),
        ("online;", "online"),
        ('"online"', "online"),
        ("not (online or fee > 1)", "NOT (online OR fee > 1)"),
        ("(online and true) or false", "online AND true OR false"),
        ("online and (true or false)", "online AND (true OR false)"),
        ("(fee > 1) = (pages > 1)", "(fee > 1) = (pages > 1)"),
        ("(fee > 1) is true", "(fee > 1) IS TRUE"),
        ("- -fee > 1", "-(-fee) > 1"),
        ("fee - (pages - 1) > 1", "fee - (pages - 1) > 1"),
        ("3 * (pages % 2) > 1", "3 * (pages % 2) > 1"),
        ("3 * (pages + 1) > 1", "3 * (pages + 1) > 1"),
        ("note = 'it''s; --'", "note = 'it''s; --'"),
        ("fee not in (1, 2)", "NOT fee IN (1, 2)"),
        ("fee is not null", "NOT fee IS NULL"),
        ("due = last_day_of_month(due)", "due = last_day(due)"),
        ("fee > 3000000 * 1000", "fee > CAST(3000000 AS BIGINT) * 1000"),
    ],
)
def test_sql_says_the_same_with_no_more_brackets_than_it_needs(text: str, sql: str) -> None:
    assert to_sql(parse(text, DOSSIERS)) == sql


@settings(deadline=None, max_examples=250)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    *(
                        "online",
                        "fee",
                        "note",
                        "due",
                        "received",
                        "channel",
                        "'portal'",
                        "'a",
                        "'",
                        "1",
                        "(",
                        ")",
                    ),
                    *(
                        "and",
                        "or",
                        "not",
                        "is",
                        "null",
                        "in",
                        "between",
                        "=",
                        "<",
                        "-",
                        "+",
                        "*",
                        "/",
                        "%",
                        ",",
                    ),
                    *(
                        "date",
                        "'2024-01-01'",
                        "length",
                        "abs",
                        ";",
                        "--",
                        "/*",
                        "*/",
                        "select",
                        "case",
                        "::",
                        "[",
                        ".",
                    ),
                    *(
                        "\n",
                        '"',
                        "{",
                        "$$",
                        "@",
                        "?",
                        "interval",
                        "from",
                        "lambda",
                        "->",
                        ":",
                        "over",
                        "cast",
                        "as",
                    ),
                ]
            ),
            max_size=12,
        ).map(" ".join),
    )
)
@example("online(+)")
@example("date '2024-01-01' 'x'")
def test_any_text_is_an_expression_or_an_input_error(text: str) -> None:
    try:
        tree = parse(text, DOSSIERS, START)
    except InputError as refused:
        assert all(p.to("vi") and p.to("en") for p in refused.problems)  # noqa: PT017
    else:
        assert_admitted(tree)
        DUCK.execute(f"SELECT count(*) FILTER (WHERE {to_sql(tree)}) FROM dossiers")


OPERATORS = {
    *("or", "and", "not", "=", "<>", "<", "<=", ">", ">=", "is null", "is true", "is false"),
    *("between", "in", "+", "-", "*", "%", "neg"),
}


def assert_admitted(tree: Expression) -> None:
    """Only the stream's fields, plain constants, and what is on the list."""
    if isinstance(tree, Ref):
        assert tree.name == "unit_level" or DOSSIERS.field(tree.name)
    elif isinstance(tree, Constant):
        assert isinstance(tree.value, bool | int | str | date)
    else:
        assert isinstance(tree, Apply)
        assert tree.op in OPERATORS or tree.op in FUNCTIONS
        for arg in tree.args:
            assert_admitted(arg)


@settings(deadline=None, max_examples=100)
@given(CONDITIONS)
def test_every_condition_of_the_differential_test_is_admitted(condition: object) -> None:
    assert_admitted(parse(condition.text, DOSSIERS))  # type: ignore[attr-defined]


DUCK = duckdb.connect(config={"threads": 1})
DUCK.execute(
    "CREATE TABLE dossiers (unit_level VARCHAR, "
    + ", ".join(f"{field.name} {field.sql_type}" for field in DOSSIERS.fields)
    + ")"
)
