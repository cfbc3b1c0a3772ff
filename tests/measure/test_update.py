"""A cube brought up to date equals one computed from everything, to the last number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import dossiers, indicators, records, stories
from test_differential import EXAMPLES, RELAXED
from world import (
    DOSSIERS,
    STREAMS,
    Record,
    World,
    at,
    count,
    different,
    indicator,
    province,
    row_of,
)

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.compaction import compact
from tinhso.measure.cube import Cube, Workplace, compute
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.definitions import CheckKind, HonestyCheck
from tinhso.measure.quantities import compile_check, compile_indicator
from tinhso.measure.text import Text
from tinhso.measure.update import up_to_date, update


def crowd_check() -> HonestyCheck:
    words = Text("", "")
    return HonestyCheck(
        *("crowd", words, words, CheckKind.CONCENTRATION, count("true"), count(), words, ()),
        by="channel",
        at_least=2,
    )


def sights(cube: Cube) -> dict[object, dict[tuple[int, int], int]]:
    return {
        key: {(s, p): n for s, p, n in zip(one.slot, one.previous, one.n, strict=True) if n}
        for key, one in cube.sightings.items()
    }


def assert_equal(mine: Cube, whole: Cube) -> None:
    assert mine.units == whole.units
    assert mine.manifest.streams == whole.manifest.streams
    assert (mine.manifest.snapshot, mine.manifest.maps) == (
        whole.manifest.snapshot,
        whole.manifest.maps,
    )
    for key in whole.totals:
        assert np.array_equal(mine.totals[key], whole.totals[key]), key
    assert sights(mine) == sights(whole)


def change(
    world: World,
    boundaries: Boundaries,
    removed: Sequence[str],
    added: Mapping[str, Sequence[Record]],
) -> None:
    """One commit: dossiers by their reference go, records of any stream come."""
    with world.lake.writer() as connection:
        connection.execute("BEGIN")
        for ref in removed:
            connection.execute("DELETE FROM lake.dossiers WHERE ref = ?", [ref])
        for code, told in added.items():
            for record in told:
                row = row_of(STREAMS[code], boundaries, record, 0)
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO lake.{code} VALUES ({marks})", row)
        connection.execute("COMMIT")


@settings(RELAXED, max_examples=max(8, EXAMPLES // 6))
@given(data=st.data())
def test_any_changes_in_any_order(
    data: st.DataObject, world_on_disk: World, store: CubeStore
) -> None:
    world = world_on_disk
    boundaries = data.draw(stories(), label="story").boundaries()
    asked = [data.draw(indicators(n), label="indicator")[0] for n in range(4)]
    workplace = Workplace(
        STREAMS,
        [compile_indicator(one, STREAMS) for one in asked],
        [compile_check(crowd_check(), STREAMS)],
        boundaries,
    )
    world.fill(boundaries, data.draw(records(boundaries), label="records"))
    cube = compute(world.lake, workplace)
    for step in range(data.draw(st.integers(1, 3), label="changes")):
        fresh = data.draw(st.lists(dossiers(boundaries), max_size=3), label="dossiers")
        others = data.draw(records(boundaries), label="others") if data.draw(st.booleans()) else {}
        added = {code: told for code, told in others.items() if code != DOSSIERS.code and step == 0}
        added[DOSSIERS.code] = [{**one, "ref": f"S{step}-{n}"} for n, one in enumerate(fresh)]
        gone = data.draw(st.lists(st.sampled_from([f"R{n}" for n in range(14)]), max_size=3))
        change(world, boundaries, gone, added)
        if data.draw(st.booleans(), label="compacted"):
            compact(world.lake, files=1)
        store.save(cube)
        cube = up_to_date(world.lake, workplace, store.load())
        assert_equal(cube, compute(world.lake, workplace))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CubeStore:
    return CubeStore(tmp_path_factory.mktemp("cubes"))


@pytest.fixture
def workplace() -> Workplace:
    asked = indicator(count("online"), different("citizen"))
    return Workplace(STREAMS, [compile_indicator(asked, STREAMS)], [], province().boundaries())


def dossier(ref: str, office: str = "A", **more: object) -> Record:
    return {
        "ref": ref,
        "office": office,
        "received": at("2024-05-02 10:00"),
        "online": True,
        **more,
    }


def test_who_comes_and_goes_is_counted_and_a_unit_without_records_is_none(
    world_on_disk: World, workplace: Workplace
) -> None:
    world, boundaries = world_on_disk, workplace.boundaries
    world.fill(boundaries, {"dossiers": [dossier("1", citizen="an"), dossier("2", "B")]})
    cube = compute(world.lake, workplace)
    change(world, boundaries, ["2"], {"dossiers": [dossier("3", "C", citizen="an")]})
    mine = update(world.lake, workplace, cube)
    assert mine is not None
    assert mine.units == ("A", "C")
    assert_equal(mine, compute(world.lake, workplace))


def test_compaction_alone_is_no_change(world_on_disk: World, workplace: Workplace) -> None:
    world, boundaries = world_on_disk, workplace.boundaries
    world.fill(boundaries, {"dossiers": [dossier(str(n)) for n in range(40)]})
    cube = compute(world.lake, workplace)
    change(world, boundaries, [str(n) for n in range(30)], {})
    then = update(world.lake, workplace, cube)
    assert then is not None
    assert [one.table for one in compact(world.lake, files=1)]
    now = update(world.lake, workplace, then)
    assert now is not None
    assert now.manifest.snapshot > then.manifest.snapshot
    assert_equal(now, compute(world.lake, workplace))


def test_a_new_year_needs_everything(world_on_disk: World, workplace: Workplace) -> None:
    world, boundaries = world_on_disk, workplace.boundaries
    world.fill(boundaries, {"dossiers": [dossier("1")]})
    cube = compute(world.lake, workplace)
    change(world, boundaries, [], {"dossiers": [dossier("2", received=at("2025-03-01 08:00"))]})
    assert update(world.lake, workplace, cube) is None
    assert up_to_date(world.lake, workplace, cube).grid.end == date(2026, 1, 1)


def test_other_definitions_need_everything(world_on_disk: World, workplace: Workplace) -> None:
    world, boundaries = world_on_disk, workplace.boundaries
    world.fill(boundaries, {"dossiers": [dossier("1")]})
    cube = compute(world.lake, workplace)
    other = Workplace(
        STREAMS, [compile_indicator(indicator(count("not online")), STREAMS)], [], boundaries
    )
    assert update(world.lake, other, cube) is None
