"""What holds of every engine that is not DuckDB, asked of each in its own test file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from strategies import dossiers, indicators, records, stories
from test_differential import compare
from test_engines import FILL, GRID, MANY
from test_update import assert_equal, change, crowd_check
from world import DOSSIERS, STREAMS, World, at, count, province, total

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.cube import Cube, Workplace, compute
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.definitions import HonestyCheck, Part
from tinhso.measure.engines import Engine, Here, Runner, runner, statements
from tinhso.measure.plan import Plan, plan_of
from tinhso.measure.quantities import (
    CompiledIndicator,
    compile_check,
    compile_indicator,
    compile_part,
)


@dataclass
class WorldElsewhere(World):
    """A lake on disk whose cubes another engine computes."""

    engine: Engine

    def __init__(self, world: World, engine: Engine) -> None:
        super().__init__(world.lake)
        self.engine = engine

    def cube(
        self,
        boundaries: Boundaries,
        indicators: Sequence[CompiledIndicator],
        checks: Sequence[HonestyCheck] = (),
        followed: Iterable[str] = (),
    ) -> Cube:
        compiled = [compile_check(check, STREAMS) for check in checks]
        workplace = Workplace(STREAMS, indicators, compiled, boundaries, followed)
        return compute(self.lake, workplace, engine=self.engine)


def equals_the_referee(data: st.DataObject, world: World, store: CubeStore, on: Engine) -> None:
    compare(data, WorldElsewhere(world, on), store)


def equals_duckdb_after_corrections(data: st.DataObject, world: World, on: Engine) -> None:
    """A whole cube, of the newest snapshot and of one before it."""
    boundaries = data.draw(stories(), label="story").boundaries()
    asked = [data.draw(indicators(n), label="indicator")[0] for n in range(4)]
    compiled = [compile_indicator(one, STREAMS) for one in asked]
    crowds = [compile_check(crowd_check(), STREAMS)]
    workplace = Workplace(STREAMS, compiled, crowds, boundaries)
    world.fill(boundaries, data.draw(records(boundaries), label="records"))
    with world.lake.writer() as connection:
        before = world.lake.snapshot(connection)
    fresh = data.draw(st.lists(dossiers(boundaries), max_size=3), label="dossiers")
    gone = data.draw(st.lists(st.sampled_from([f"R{n}" for n in range(14)]), max_size=3))
    change(
        world, boundaries, gone, {"dossiers": [{**o, "ref": f"S{n}"} for n, o in enumerate(fresh)]}
    )
    for snapshot in (before, None):
        mine = compute(world.lake, workplace, snapshot=snapshot, engine=on)
        assert_equal(mine, compute(world.lake, workplace, snapshot=snapshot, engine=Engine.DUCKDB))


#: Moments that a lake may hold (1900 to 2100), with the edges of days, months, years, and of 1970.
MOMENTS = [
    f"TIMESTAMP '{day} {time}'"
    for day in (
        *("2024-02-28", "2024-02-29", "2024-03-01", "1900-01-01", "1969-12-31", "1970-01-01"),
        *("1900-02-28", "1900-03-01", "1945-09-02", "1975-04-30", "2023-12-14", "2023-12-15"),
        *("2024-05-09", "2024-05-10", "2024-12-31", "2025-01-01", "2100-02-28", "2100-12-31"),
    )
    for time in ("00:00:00", "00:00:01", "12:00:00", "23:59:59")
]

#: Logic, arithmetic and texts that engines are known to see differently.
CONDITIONS = (
    *MANY,
    *("pages % 3 = -1", "pages % (pages - 4) is null", "pages % 0 is null", "-pages < -3"),
    *("pages in (1, fee)", "not pages in (1, fee)", "fee in (pages, pages + 1) is null"),
    *("(online = (pages > 3)) is null", "not (online and pages > 3)", "online <> (fee < 0)"),
    *("length(note) * 2000000000 * 2 > 5", "day_of(received) * 1000000000 > 20000000000"),
    *("days_between(due, closed) * 100000 < -1000000", "hour_of(closed) * 1000000000 > 5"),
    *("2000000000 + 2000000000 > pages", "7 % 4 = 3 and pages is not null", "abs(-fee) = fee"),
    *("starts_with(note, 'đ')", "note < 'e'", "note > 'Z' and note <= 'đ'", "length(note) = 2"),
    *("received between due and closed", "due in (date_of(closed), date '2024-02-29')"),
    *("date_of(closed) = date '1900-01-01'", "last_day_of_month(due) = date '2024-02-29'"),
    *("seconds_between(closed, received) > 4000000000", "unit_level = 'commune' or pages = 1"),
)

#: The lake keeps so many rows in files, whatever it keeps in its catalog.
ROWS = 6000


def fill_with_everything(world: World) -> None:
    """Records in a file, some taken back; a few in the catalog, some of them taken back too."""
    world.fill(province().boundaries(), {})
    told = FILL.replace(
        "'ghi'", "['ghi', 'đá', 'xã', '', 'Z', 'it''s', 'a\\b'][1 + CAST(a // 9 % 7 AS BIGINT)]"
    )
    filled = {"moments": f"[{', '.join(MOMENTS)}]", "count": len(MOMENTS)}
    with world.lake.writer() as connection:
        connection.execute(told.format(rows=ROWS, **filled))
        connection.execute("DELETE FROM lake.dossiers WHERE _row % 7 = 3")
        connection.execute(told.format(rows=5, **filled))
        connection.execute("DELETE FROM lake.dossiers WHERE _row IN (1, 4)")


def everything_asked() -> Plan:
    parts: list[Part] = [count(where) for where in CONDITIONS]
    parts += [total("fee", where, date="closed") for where in MANY[:4]]
    parts += [total("pages", date="due"), count(date="paid_on")]
    parts += [count(where, date="due", until="closed") for where in MANY[4:8]]
    quantities = {q.key: q for part in parts for q in [compile_part(part, STREAMS).quantity]}
    return plan_of(DOSSIERS, list(quantities.values()), GRID, 1)


@contextmanager
def opened(world: World, engine: Engine) -> Iterator[tuple[Runner, int]]:
    """A runner over the newest snapshot's dossiers, and that snapshot's number."""
    connection = world.lake.reader()
    try:
        snapshot = world.lake.snapshot(connection)
        with runner(engine, connection, [DOSSIERS], snapshot) as run:
            yield run, snapshot
    finally:
        connection.close()


def counts_what_duckdb_counts(world: World, on: Engine) -> None:
    """Every operator and function, over edges of time, empty fields and negative numbers."""
    fill_with_everything(world)
    units = ["A", "B", "C"]
    with opened(world, on) as (run, snapshot):
        plan = plan_of(DOSSIERS, everything_asked().quantities, GRID, snapshot)
        mine = statements.changes(run, plan, units)
        theirs = statements.changes(Here(run.connection), plan, units)
    assert theirs.sum()
    wrong = {plan.quantities[n].key for n, *_ in np.argwhere(mine != theirs)}
    assert wrong == set()


def counted_in_spite_of(world: World, on: Engine) -> list[Part]:
    """Which parts of TOO_MUCH the engine gives a number for, with two rich dossiers."""
    rich = {"office": "A", "received": at("2024-05-01"), "fee": 2**62, "pages": 3}
    world.fill(province().boundaries(), {"dossiers": [rich, rich]})
    found = []
    with opened(world, on) as (run, snapshot):
        for part in TOO_MUCH:
            plan = plan_of(DOSSIERS, [compile_part(part, STREAMS).quantity], GRID, snapshot)
            try:
                statements.changes(run, plan, ["A"])
            except Exception as error:  # noqa: BLE001 (each engine has errors of its own)
                said = str(error)
                assert "overflow" in said.lower() or "CANNOT_CONVERT_TYPE" in said, said
            else:
                found.append(part)
    return found


#: Each passes 64 bits, in a sum or in a condition.
TOO_MUCH = [
    total("fee"),
    *map(
        count,
        (
            "fee + fee > 0",
            "fee * 2 > 0",
            "-3 - fee - fee < 0",
            "pages * 900000000000000000 * 9 > 1",
        ),
    ),
]


def matches_only_itself(world: World, on: Engine, texts: Sequence[str]) -> None:
    """A constant is the text that was written, whatever signs it holds."""
    records = [
        {"office": "A", "received": at("2024-05-01"), "ref": f"R{n}", "note": text}
        for n, text in enumerate(texts)
    ]
    world.fill(province().boundaries(), {"dossiers": records})
    parts = [count("note = '" + text.replace("'", "''") + "'") for text in texts]
    with opened(world, on) as (run, snapshot):
        quantities = [compile_part(part, STREAMS).quantity for part in parts]
        plan = plan_of(DOSSIERS, quantities, GRID, snapshot)
        found = statements.changes(run, plan, ["A"])
    assert found.sum(axis=(1, 2)).tolist() == [texts.count(text) for text in texts]


#: What SQL, shells, templates and patterns would make something else of.
HOSTILE = [
    *("'", "''", "\\", "\\'", "\\n", "a\\", '"', "`", "--", "/*", "*/", ";", "${user.home}"),
    *(
        "{x:String}",
        "%",
        "_",
        "$1",
        ":name",
        "?",
        "xã Đồng Phú",
        "e\u0301",
        "é",
        "👍🏽",
        "",
        " ",
        "a ",
    ),
]
