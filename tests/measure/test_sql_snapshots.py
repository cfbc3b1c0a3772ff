"""The SQL that definitions become, kept as files so that a change of it is seen and read.

Renew them with: RENEW_SNAPSHOTS=1 pytest tests/measure/test_sql_snapshots.py
"""

from __future__ import annotations

import difflib
import os
from datetime import date
from pathlib import Path

import pytest
from world import DOSSIERS, FIGURES, SITES, STREAMS, count, different, indicator, total

from tinhso.measure.definitions import (
    Aggregate,
    CheckKind,
    HonestyCheck,
    Indicator,
    Kind,
    Part,
    Window,
)
from tinhso.measure.expressions import CLICKHOUSE, DUCKDB, SPARK, Dialect
from tinhso.measure.periods import Grid
from tinhso.measure.plan import plan_of
from tinhso.measure.quantities import Quantity, compile_check, compile_indicator
from tinhso.measure.sql import crowd_plan, seen_plan, statement
from tinhso.measure.streams import Stream
from tinhso.measure.text import Text

FOLDER = Path(__file__).parent / "snapshots"
GRID = Grid(date(2023, 12, 15), date(2025, 1, 1), [date(2024, 5, 10), date(2024, 7, 1)])


def additive(dialect: Dialect, stream: Stream, *indicators: Indicator) -> str:
    found: dict[str, Quantity] = {}
    for one in indicators:
        for quantity in compile_indicator(one, STREAMS).quantities:
            if quantity.stream == stream.code and quantity.aggregate is not Aggregate.DISTINCT:
                found[quantity.key] = quantity
    return statement(plan_of(stream, [found[key] for key in sorted(found)], GRID, 7), dialect).sql


def distinct(stream: Stream, part: Part, dialect: Dialect) -> str:
    quantity = compile_indicator(indicator(part), STREAMS).numerator.quantity
    return seen_plan(stream, quantity, GRID, 7, dialect=dialect)


def crowd(dialect: Dialect) -> str:
    words = Text("", "")
    check = HonestyCheck(
        code="one-person",
        name=words,
        plain=words,
        kind=CheckKind.CONCENTRATION,
        records=count("online"),
        over=count(),
        basis=words,
        indicators=(),
        by="citizen",
        at_least=20,
    )
    return crowd_plan(DOSSIERS, compile_check(check, STREAMS).records, GRID, 7, dialect=dialect)


def statements(dialect: Dialect) -> dict[str, str]:
    return {
        "online-and-fees": additive(
            dialect,
            DOSSIERS,
            indicator(
                count("online and channel <> 'counter'", date="closed"), count(date="closed")
            ),
            indicator(total("fee", "online or channel = 'post'", date="paid_on"), total("fee")),
        ),
        "overdue": additive(
            dialect,
            DOSSIERS,
            indicator(count(date="due", until="closed"), count(date="received", until="closed")),
        ),
        "reckoned": additive(
            dialect,
            DOSSIERS,
            indicator(
                count("pages % 3 + 1 = 2 and channel in ('portal', 'post') or length(note) > 9"),
                count(
                    "days_between(received, closed) <= 5 and date_of(closed) <> date '2024-02-29'"
                ),
            ),
        ),
        "by-level": additive(
            dialect, DOSSIERS, indicator(count("unit_level = 'commune'"), count())
        ),
        "states-of-units": additive(
            dialect,
            FIGURES,
            indicator(
                count("met", "reported"),
                count("true", "reported"),
                count("met is not null", "reported"),
                kind=Kind.UNITS,
            ),
        ),
        "states-of-things": additive(
            dialect, SITES, indicator(total("visits", "works", "sites"), count("true", "sites"))
        ),
        "persons": distinct(
            DOSSIERS, different("citizen", Window.YEAR, "online", date="closed"), dialect
        ),
        "crowds": crowd(dialect),
    }


#: DuckDB's lie in the folder itself, others' in one of their own.
STATEMENTS = statements(DUCKDB) | {
    f"{dialect.name}/{name}": sql
    for dialect in (SPARK, CLICKHOUSE)
    for name, sql in statements(dialect).items()
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_sql_is_what_a_reviewer_has_seen(name: str) -> None:
    path, now = FOLDER / f"{name}.sql", STATEMENTS[name] + "\n"
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    seen = path.read_text(encoding="utf-8") if path.exists() else ""
    changed = "".join(
        difflib.unified_diff(
            seen.splitlines(keepends=True), now.splitlines(keepends=True), "seen", "now"
        )
    )
    assert not changed, f"{path.name} has changed; renew with RENEW_SNAPSHOTS=1:\n{changed}"


def test_no_snapshot_is_left_of_a_statement_that_is_gone() -> None:
    kept = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.sql")}
    assert kept == set(STATEMENTS)


def test_a_stream_is_read_once_for_all_its_quantities() -> None:
    assert STATEMENTS["online-and-fees"].count("lake.dossiers") == 1


def test_equal_parts_of_two_indicators_are_one_quantity() -> None:
    """`closed` dossiers stand below two indicators, and beside their parts to tell their presence."""
    one = indicator(count("online", date="closed"), count(date="closed"))
    two = indicator(count("not  online", date="closed"), count("(true)", date="closed"))
    keys = {q.key for i in (one, two) for q in compile_indicator(i, STREAMS).quantities}
    assert keys == {
        "dossiers: count() where online by closed",
        "dossiers: count() where NOT online by closed",
        "dossiers: count() where true by closed",
    }


def test_a_constant_stays_a_constant_whatever_it_holds() -> None:
    hostile = indicator(count("note = '''; drop table lake.dossiers; --'"))
    assert "(WHERE note = '''; drop table lake.dossiers; --')" in additive(
        DUCKDB, DOSSIERS, hostile
    )
