"""Accepted expressions mean in DuckDB what three-valued logic says; told by a small evaluator."""

from __future__ import annotations

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import MONEY
from world import DOSSIERS

from tinhso.measure.expressions import Apply, Constant, Expression, Ref, parse, to_sql
from tinhso.measure.text import InputError

DUCK = duckdb.connect(config={"threads": 1})
Truth = bool | None


def truth(tree: Expression, row: dict[str, object]) -> object:
    """A small evaluator over booleans and numbers: unknown is None, as in SQL."""
    if isinstance(tree, Ref):
        return row[tree.name]
    if isinstance(tree, Constant):
        return tree.value
    assert isinstance(tree, Apply)
    args = [truth(arg, row) for arg in tree.args]
    if tree.op == "and":
        return False if False in args else None if None in args else True
    if tree.op == "or":
        return True if True in args else None if None in args else False
    if tree.op == "is null":
        return args[0] is None
    if tree.op.startswith("is "):
        return args[0] is (tree.op == "is true")
    if tree.op == "in":
        found = [_compare("=", args[0], one) for one in args[1:]]
        return True if True in found else None if None in found else False
    if tree.op == "between":
        low, high = _compare(">=", args[0], args[1]), _compare("<=", args[0], args[2])
        return False if False in (low, high) else None if None in (low, high) else True
    if None in args:
        return None
    if tree.op == "not":
        return not args[0]
    return _reckon(tree.op, [int(str(a)) if not isinstance(a, bool) else a for a in args])


def _compare(op: str, left: object, right: object) -> Truth:
    if left is None or right is None:
        return None
    return bool(_reckon(op, [left, right]))  # type: ignore[list-item]


def _reckon(op: str, args: list[int]) -> object:
    a, b = args[0], args[-1]
    match op:
        case "=":
            return a == b
        case "<>":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "%":  # the sign of the dividend; nothing is left of a division by zero
            return None if b == 0 else (abs(a) % abs(b)) * (1 if a >= 0 else -1)
        case "neg":
            return -a
        case "abs":
            return abs(a)
    raise AssertionError(op)


NUMBER_TEXTS = st.recursive(
    st.sampled_from(["pages", "fee", "0", "2", "3", "4000000000"]),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-%"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-%"), inner),
        st.builds("({}) * 3".format, inner),
        st.builds("- {}".format, inner),
        st.builds("abs({})".format, inner),
    ),
    max_leaves=5,
)
LOGIC_TEXTS = st.recursive(
    st.one_of(
        st.sampled_from(["online", "true", "false"]),
        st.builds(
            "{} {} {}".format,
            NUMBER_TEXTS,
            st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
            NUMBER_TEXTS,
        ),
        st.builds("{} between {} and {}".format, NUMBER_TEXTS, NUMBER_TEXTS, NUMBER_TEXTS),
        st.builds("{} in ({}, {})".format, NUMBER_TEXTS, NUMBER_TEXTS, NUMBER_TEXTS),
    ),
    lambda inner: st.one_of(
        st.builds("{} and {}".format, inner, inner),
        st.builds("{} or {}".format, inner, inner),
        st.builds("not {}".format, inner),
        st.builds("({})".format, inner),
        st.builds(
            "({}) is {}".format, inner, st.sampled_from(["null", "true", "not true", "not false"])
        ),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    LOGIC_TEXTS,
    st.one_of(st.none(), st.booleans()),
    st.one_of(st.none(), st.integers(-9, 9)),
    st.one_of(st.none(), MONEY),
)
def test_duckdb_finds_what_three_valued_logic_says(
    text: str, online: bool | None, pages: int | None, fee: int | None
) -> None:
    try:
        tree = parse(text, DOSSIERS)
    except InputError as refused:
        assert {p.code for p in refused.problems} <= {  # noqa: PT017
            "expression-too-long",
            "expression-not-comparable",
            "expression-type",
        }
        return
    row = {"online": online, "pages": pages, "fee": fee}
    expected = truth(tree, row)
    found = DUCK.execute(
        f"SELECT {to_sql(tree)} FROM "
        "(SELECT ?::BOOLEAN AS online, ?::BIGINT AS pages, ?::BIGINT AS fee)",
        list(row.values()),
    ).fetchone()
    assert found == (expected,), to_sql(tree)
