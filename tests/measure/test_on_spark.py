"""Spark over the lake's files gives what DuckDB and the referee give, to the last number.

One cluster of two workers on this machine serves all tests here; starting it takes most of a
minute on a busy machine.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import elsewhere
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from test_differential import RELAXED
from world import World

from tinhso.measure.cube_store import CubeStore
from tinhso.measure.engines import Engine
from tinhso.measure.engines.spark import ON_THIS_MACHINE

ON = Engine.SPARK
pytestmark = pytest.mark.slow

#: A whole cube takes Spark seconds, however few the records: no example is made smaller.
FEW = settings(
    RELAXED,
    max_examples=int(os.environ.get("SPARK_EXAMPLES", "2")),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


#: What is compiled for speed in the long run only keeps processors busy in a minute of tests.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
CLUSTER = {
    "spark.master": "local-cluster[2,1,1024]",
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
}


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    builder = SparkSession.builder
    for name, value in (ON_THIS_MACHINE | CLUSTER).items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        # A cluster's master and workers do not ask the driver's settings where to listen.
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_LOCAL_HOSTNAME", "127.0.0.1")
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        assert listening_to_others() == set()
        yield
    finally:
        session.stop()


def listening_to_others() -> set[str]:
    """Addresses that are not the loopback's on which this process's children listen."""
    inodes = set()
    for process in _with_children(os.getpid()):
        for handle in Path(f"/proc/{process}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                inodes.add(str(handle.readlink()))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            address = local.partition(":")[0]
            if state == LISTENING and f"socket:[{inode}]" in inodes:
                found.add(address)
    return {address for address in found if not address.endswith(LOOPBACK)}


#: As the kernel writes them: a state, and the end of 127.0.0.1 in either version of addresses.
LISTENING, LOOPBACK = "0A", "0100007F"


def _with_children(process: int) -> Iterator[int]:
    yield process
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            yield from _with_children(int(child))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> CubeStore:
    return CubeStore(tmp_path_factory.mktemp("cubes"))


def test_every_operator_and_function_counts_what_duckdb_counts(world_on_disk: World) -> None:
    elsewhere.counts_what_duckdb_counts(world_on_disk, ON)


def test_a_constant_is_the_text_that_was_written(world_on_disk: World) -> None:
    elsewhere.matches_only_itself(world_on_disk, ON, elsewhere.HOSTILE)


def test_what_does_not_fit_64_bits_is_an_error(world_on_disk: World) -> None:
    assert elsewhere.counted_in_spite_of(world_on_disk, ON) == []


@FEW
@given(data=st.data())
def test_every_figure_equals_the_referees(
    data: st.DataObject, world_on_disk: World, store: CubeStore
) -> None:
    elsewhere.equals_the_referee(data, world_on_disk, store, ON)


@FEW
@given(data=st.data())
def test_a_whole_cube_equals_duckdbs_after_corrections(
    data: st.DataObject, world_on_disk: World
) -> None:
    elsewhere.equals_duckdb_after_corrections(data, world_on_disk, ON)
