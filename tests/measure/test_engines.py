"""Every engine gives the same whole numbers, cell by cell, whatever is defined and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import indicators, records, stories
from test_differential import RELAXED
from world import DOSSIERS, STREAMS, World, at, count, different, province, total

from tinhso.measure.compaction import compact
from tinhso.measure.cube import make_heirs
from tinhso.measure.definitions import Aggregate, Part
from tinhso.measure.distinct import THEN, SightingKey, Sightings, levels_of, sightings
from tinhso.measure.engines import Here, kernel, statements
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Plan, plan_of
from tinhso.measure.quantities import Quantity, compile_indicator, compile_part

#: Slots before and after the records' time are met too.
GRID = Grid(date(2023, 12, 15), date(2025, 1, 1), [date(2024, 5, 10), date(2024, 7, 1)])


def differences(
    connection: duckdb.DuckDBPyConnection, plan: Plan, *, interpreted: bool
) -> list[str]:
    units = [
        unit
        for (unit,) in connection.execute(
            f"SELECT DISTINCT _unit FROM lake.{plan.stream.code} ORDER BY 1"
        ).fetchall()
    ]
    mine = kernel.changes(connection, plan, units, interpreted=interpreted)
    theirs = statements.changes(Here(connection), plan, units)
    assert mine is not None
    return [
        f"{quantity.key}: {units[u]} in slot {slot}: {mine[n, u, slot]}, not {theirs[n, u, slot]}"
        for n, quantity in enumerate(plan.quantities)
        for u, slot in np.argwhere(mine[n] != theirs[n])
    ]


def test_files_counted_apart_are_all_files_once(tmp_path: Path) -> None:
    """Big loads, small ones that the catalog itself keeps, corrections, and files joined in order."""
    stream = STREAMS["dossiers"]
    lake = Lake(LakeSettings(tmp_path, threads=3), [stream])
    quantities = [compile_part(part, STREAMS).quantity for part in (count("online"), count("true"))]
    plan_at = partial(plan_of, stream, quantities, GRID)

    def load(connection: duckdb.DuckDBPyConnection, batch: int, rows: int) -> None:
        connection.execute(
            f"INSERT INTO lake.dossiers (ref, received, online, _unit, _level, _batch)"
            f" SELECT {batch} || '/' || i, TIMESTAMP '2024-01-01' + to_hours(i % 8000), i % 3 = 0,"
            f" 'u' || i * 7 % 11, 'commune', {batch} FROM range({rows}) r(i)"
        )

    with lake.writer() as connection:
        for batch, rows in enumerate((3000, 2000, 4, 2500, 7)):
            load(connection, batch, rows)
        connection.execute("DELETE FROM lake.dossiers WHERE ref LIKE '%9'")
    for joined in (False, True):
        if joined:
            compact(lake, files=1)
            with lake.writer() as connection:
                load(connection, 5, 1800)
        connection = lake.reader()
        at = lake.snapshot(connection)
        apart = kernel.shares(connection, stream, at)
        assert len(apart) > 1
        whole = connection.execute("SELECT count(*) FROM lake.dossiers").fetchone()
        each = [
            connection.execute(
                f"SELECT count(*) FROM lake.dossiers AT (VERSION => {at}) WHERE {share}"
            ).fetchone()
            for share in apart
        ]
        assert all(one and one[0] for one in each)
        assert whole is not None
        assert sum(one[0] for one in each if one) == whole[0]
        assert differences(connection, plan_at(at), interpreted=False) == []


@RELAXED
@given(data=st.data())
def test_the_kernel_counts_what_the_statement_counts(data: st.DataObject, world: World) -> None:
    story = data.draw(stories(), label="story")
    boundaries = story.boundaries()
    told = data.draw(records(boundaries), label="records")
    world.fill(boundaries, told)
    found: dict[str, dict[str, Quantity]] = defaultdict(dict)
    for number in range(4):
        asked, _ = data.draw(indicators(number), label="indicator")
        for quantity in compile_indicator(asked, STREAMS).quantities:
            if quantity.aggregate is not Aggregate.DISTINCT:
                found[quantity.stream][quantity.key] = quantity
    connection = world.lake.reader()
    make_heirs(connection, boundaries, sorted({span.uid for span in story.spans}))
    for code, quantities in found.items():
        plan = plan_of(STREAMS[code], list(quantities.values()), GRID, 1)
        assert differences(connection, plan, interpreted=True) == []


def sights(found: Mapping[SightingKey, Sightings]) -> dict[SightingKey, dict[object, int]]:
    return {
        key: {(s, p): int(n) for s, p, n in zip(one.slot, one.previous, one.n, strict=True)}
        for key, one in found.items()
    }


@settings(RELAXED, max_examples=25)
@given(data=st.data())
def test_persons_counted_apart_are_those_of_one_sort(data: st.DataObject, world: World) -> None:
    story = data.draw(stories(), label="story")
    boundaries = story.boundaries()
    world.fill(boundaries, data.draw(records(boundaries), label="records"))
    day = data.draw(st.sampled_from(["received", "closed", "due"]), label="day")
    part = different("citizen", where=data.draw(st.sampled_from(["true", "online"])), date=day)
    quantity = compile_part(part, STREAMS).quantity
    connection = world.lake.reader()
    leaves = [
        unit
        for (unit,) in connection.execute("SELECT DISTINCT _unit FROM lake.dossiers").fetchall()
    ]
    maps = [
        levels_of(boundaries, leaves, GRID, name, ()) for name in (THEN, "2024-01-01", "2024-12-01")
    ]
    asked = (Here(connection), DOSSIERS, quantity, GRID, 1, leaves, maps)
    assert sights(sightings(*asked, many=True)) == sights(sightings(*asked))


MANY = (
    *("online and (pages > 3) is not false", "not online or channel <> 'post'", "note is null"),
    *("closed <= due", "closed > received", "due = date_of(received)", "received < due"),
    *("days_between(received, closed) between 0 and 3", "days_between(received, due) in (1, 2)"),
    *("seconds_between(received, closed) <= 60", "hour_of(received) >= 12", "fee > pages * 2"),
    *("day_of(received) = 31", "month_of(closed) = 2", "closed is null", "abs(fee - 5) < 3"),
    *("date_of(received) = last_day_of_month(received)", "day_of(due) >= 28 and fee is null"),
    *("weekday_of(received) > 5", "weekday_of(due) = 1"),
)
"""Conditions that together use every operator and function, of days and of moments."""

MOMENTS = [
    datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds)
    for day in (
        *(date(2024, 2, 28) + timedelta(days=n) for n in range(3)),
        *(date(1600, 2, 29), date(1899, 12, 31), date(1969, 12, 31), date(1970, 1, 1)),
        *(date(2023, 12, 14), date(2023, 12, 15), date(2024, 12, 31), date(2025, 1, 1)),
        *(date(2100, 2, 28), date(2100, 3, 1), date(2400, 2, 29), date(9999, 12, 31)),
    )
    for seconds in (0, 1, 43_200, 86_399)
]


@pytest.fixture(scope="module")
def compiled() -> Plan:
    parts: list[Part] = [count(where) for where in MANY]
    parts += [total("fee", where, date="closed") for where in MANY[:4]]
    parts += [count(where, date="due", until="closed") for where in MANY[4:8]]
    quantities = {q.key: q for part in parts for q in [compile_part(part, STREAMS).quantity]}
    return plan_of(DOSSIERS, list(quantities.values()), GRID, 1)


#: More than the database hands out at once, and no whole number of blocks.
ROWS = 1_050_007

FILL = """
INSERT INTO lake.dossiers BY NAME
WITH dice AS (
  SELECT n, hash(n) AS a, hash(n + 0.5) AS b, hash(n + 0.25) AS c FROM range({rows}) r(n)
)
SELECT 'R' || n AS ref, 'A' AS office,
  CASE WHEN a % 11 > 0 THEN {moments}[1 + CAST(a % {count} AS BIGINT)] END AS received,
  CASE WHEN b % 7 > 0 THEN CAST({moments}[1 + CAST(b % {count} AS BIGINT)] AS DATE) END AS due,
  CASE WHEN c % 5 > 0 THEN {moments}[1 + CAST(c % {count} AS BIGINT)] END AS closed,
  CASE WHEN a // 64 % 9 > 0 THEN CAST(b // 64 % 2000001 AS BIGINT) - 1000000 END AS fee,
  CASE WHEN b // 64 % 9 > 0 THEN CAST(a // 64 % 9 AS BIGINT) END AS pages,
  CASE WHEN c // 64 % 3 < 2 THEN c // 64 % 3 = 1 END AS online,
  CASE WHEN a // 1000 % 4 < 3 THEN ['portal', 'counter', 'post'][1 + CAST(a // 1000 % 4 AS BIGINT)] END AS channel,
  CASE WHEN b // 1000 % 2 = 0 THEN 'ghi' END AS note,
  ['A', 'B', 'C'][1 + CAST(c // 1000 % 3 AS BIGINT)] AS _unit, 'commune' AS _level, 1 AS _batch, n AS _row
FROM dice
"""


def test_the_compiled_kernel_counts_what_the_statement_counts(world: World, compiled: Plan) -> None:
    world.fill(province().boundaries(), {})
    connection = world.lake.reader()
    listed = ", ".join(f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'" for moment in MOMENTS)
    connection.execute(FILL.format(rows=ROWS, moments=f"[{listed}]", count=len(MOMENTS)))
    try:
        assert differences(connection, compiled, interpreted=False) == []
    finally:
        connection.execute("DELETE FROM lake.dossiers")


def test_sums_near_the_end_of_64_bits_are_left_to_the_database(world: World) -> None:
    boundaries = province().boundaries()
    rich = {"office": "A", "received": at("2024-05-01"), "fee": 2**61}
    world.fill(boundaries, {"dossiers": [rich, rich]})
    plan = plan_of(DOSSIERS, [compile_part(total("fee"), STREAMS).quantity], GRID, 1)
    connection = world.lake.reader()
    assert kernel.changes(connection, plan, ["A"], interpreted=True) is None
    assert statements.changes(Here(connection), plan, ["A"]).sum() == 2**62


def test_a_unit_that_was_not_looked_up_is_an_error_and_no_wrong_number(world: World) -> None:
    world.fill(
        province().boundaries(), {"dossiers": [{"office": "A", "received": at("2024-05-01")}]}
    )
    plan = plan_of(DOSSIERS, [compile_part(count(), STREAMS).quantity], GRID, 1)
    with pytest.raises(LookupError):
        kernel.changes(world.lake.reader(), plan, ["B", "C"], interpreted=True)
