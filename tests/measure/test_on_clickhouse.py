"""ClickHouse over the lake's files gives what DuckDB and the referee give, to the last number."""

from __future__ import annotations

import elsewhere
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_differential import EXAMPLES, RELAXED
from world import World

from tinhso.measure.cube_store import CubeStore
from tinhso.measure.engines import Engine

ON = Engine.CLICKHOUSE


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CubeStore:
    return CubeStore(tmp_path_factory.mktemp("cubes"))


@settings(RELAXED, max_examples=max(6, EXAMPLES // 8))
@given(data=st.data())
def test_every_figure_equals_the_referees(
    data: st.DataObject, world_on_disk: World, store: CubeStore
) -> None:
    elsewhere.equals_the_referee(data, world_on_disk, store, ON)


@settings(RELAXED, max_examples=max(6, EXAMPLES // 8))
@given(data=st.data())
def test_a_whole_cube_equals_duckdbs_after_corrections(
    data: st.DataObject, world_on_disk: World
) -> None:
    elsewhere.equals_duckdb_after_corrections(data, world_on_disk, ON)


def test_every_operator_and_function_counts_what_duckdb_counts(world_on_disk: World) -> None:
    elsewhere.counts_what_duckdb_counts(world_on_disk, ON)


def test_what_does_not_fit_64_bits_is_an_error(world_on_disk: World) -> None:
    assert elsewhere.counted_in_spite_of(world_on_disk, ON) == []


def test_a_constant_is_the_text_that_was_written(world_on_disk: World) -> None:
    elsewhere.matches_only_itself(world_on_disk, ON, elsewhere.HOSTILE)
