"""An engine that cannot be had says what to do; one that sees other records computes nothing."""

from __future__ import annotations

import sys

import pytest
from elsewhere import opened
from pyspark import SparkContext
from world import DOSSIERS, STREAMS, World, at, count, indicator, province

from tinhso.measure.cube import Workplace, compute
from tinhso.measure.engines import Engine
from tinhso.measure.engines.runners import check_records
from tinhso.measure.expressions import CLICKHOUSE, parse, to_sql
from tinhso.measure.quantities import compile_indicator
from tinhso.measure.sql import table_of
from tinhso.measure.text import InputError


def problem_of(world: World, engine: Engine) -> str:
    boundaries = province().boundaries()
    world.fill(boundaries, {"dossiers": [{"office": "A", "received": at("2024-05-01")}]})
    asked = [compile_indicator(indicator(count()), STREAMS)]
    with pytest.raises(InputError) as caught:
        compute(world.lake, Workplace(STREAMS, asked, [], boundaries), engine=engine)
    (problem,) = caught.value.problems
    assert "TINHSO_ENGINE=auto" in problem.to("vi")
    return problem.code


@pytest.mark.parametrize(
    ("engine", "module", "code"),
    [
        (Engine.SPARK, "pyspark.sql", "spark-not-installed"),
        (Engine.CLICKHOUSE, "chdb.session", "clickhouse-not-installed"),
    ],
)
def test_an_extra_that_is_not_installed(
    world_on_disk: World, monkeypatch: pytest.MonkeyPatch, engine: Engine, module: str, code: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert problem_of(world_on_disk, engine) == code


def test_spark_without_java(world_on_disk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert problem_of(world_on_disk, Engine.SPARK) == "spark-no-java"


def test_spark_with_a_java_that_is_none(
    world_on_disk: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    for kept in ("_gateway", "_jvm"):  # a process that ran Spark before keeps its Java
        monkeypatch.setattr(SparkContext, kept, None)
    assert problem_of(world_on_disk, Engine.SPARK) == "spark-does-not-start"


def test_an_engine_that_sees_other_records_than_the_lake_is_refused(world_on_disk: World) -> None:
    records = [{"office": "A", "received": at("2024-05-01")}] * 3
    world_on_disk.fill(province().boundaries(), {"dossiers": records})
    with opened(world_on_disk, Engine.CLICKHOUSE) as (run, snapshot):
        table = table_of("dossiers", snapshot, run.dialect)
        check_records(run, table, 3)
        with pytest.raises(InputError, match="sees 3 records in dossiers_at_"):
            check_records(run, table, 4)


def test_a_day_that_clickhouse_cannot_hold_is_refused_before_it_becomes_another() -> None:
    written = parse("due < date '1899-12-31'", DOSSIERS)
    assert to_sql(written) == "due < DATE '1899-12-31'"
    with pytest.raises(InputError, match="1899-12-31"):
        to_sql(written, CLICKHOUSE)
