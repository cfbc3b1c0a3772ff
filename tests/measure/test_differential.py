"""Every figure equals what a referee finds who shares no code: random worlds, two measurings."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from atlas import Atlas
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from referee import Finding, Referee
from strategies import PERIODS, VIEWS, indicators, records, stories
from world import STREAMS, Record, Story, World, row_of

from tinhso.measure.cube_store import CubeStore
from tinhso.measure.figures import Figures, Value
from tinhso.measure.quantities import compile_indicator

#: More worlds for a longer look: MEASURE_EXAMPLES=5000 pytest tests/measure/test_differential.py
EXAMPLES = int(os.environ.get("MEASURE_EXAMPLES", "50"))
RELAXED = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def as_finding(value: Value) -> Finding:
    """The parts of a value that the referee judges; a unit that is not there has none."""
    return Finding(
        value.status.value,
        value.reason.value if value.reason else None,
        value.value,
        value.numerator.amount,
        value.denominator.amount,
        value.known.amount if value.known else None,
        value.numerator.unattributed,
        value.numerator.state_day,
        value.expected_units,
        value.reported_units,
        value.former,
        value.partly,
    )


def referee_of(
    story: Story,
    told: dict[str, list[Record]],
    wheres: dict[str, str],
    followed: tuple[str, ...],
) -> Referee:
    boundaries = story.boundaries()
    rows = {
        code: [row_of(stream, boundaries, one, n) for n, one in enumerate(told[code])]
        for code, stream in STREAMS.items()
    }
    return Referee(Atlas(story.spans, story.successions), STREAMS, rows, wheres, followed)


def compare(data: st.DataObject, world: World, store: CubeStore) -> None:
    story = data.draw(stories(), label="story")
    boundaries = story.boundaries()
    told = data.draw(records(boundaries), label="records")
    asked = [data.draw(indicators(n), label="indicator") for n in range(4)]
    wheres = {text: lite for _, own in asked for text, lite in own.items()}
    known = {span.uid for span in story.spans}
    followed = tuple(u for u in data.draw(st.sampled_from([(), ("P",), ("Q", "P1")])) if u in known)
    world.fill(boundaries, told)
    compiled = [compile_indicator(one, STREAMS) for one, _ in asked]
    store.save(world.cube(boundaries, compiled, followed=followed))
    figures = Figures(store.load(), boundaries, compiled, followed)
    referee = referee_of(story, told, wheres, followed)
    units = sorted({span.uid for span in story.spans})
    for _ in range(3):
        period, view = data.draw(PERIODS), data.draw(VIEWS)
        for one, _ in asked:
            for unit in units:
                mine = as_finding(figures.value(one.code, unit, period, view))
                theirs = referee.figure(
                    one, unit, period.start, last(period.end), view.day, reporting=period.reporting
                )
                if mine != theirs:
                    note(f"{story}\n{told}\n{one}")
                question = f"{one.code} of {unit} in {period.code}, view {view.code}"
                assert mine == theirs, f"{question}:\n{mine}\n{theirs}"


def last(end: date) -> date:
    return end - timedelta(days=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CubeStore:
    return CubeStore(tmp_path_factory.mktemp("cubes"))


@settings(RELAXED, max_examples=EXAMPLES)
@given(data=st.data())
def test_every_figure_equals_the_referees(
    data: st.DataObject, world: World, store: CubeStore
) -> None:
    compare(data, world, store)


@settings(RELAXED, max_examples=max(6, EXAMPLES // 10))
@given(data=st.data())
def test_every_figure_from_a_lake_on_disk_equals_the_referees(
    data: st.DataObject, world_on_disk: World, store: CubeStore
) -> None:
    compare(data, world_on_disk, store)
