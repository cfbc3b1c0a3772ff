"""The ratios in boring-semantic-layer (ibis on DuckDB): one query a level."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import boring_semantic_layer as bsl
import common
import ibis


def main() -> None:
    spec = common.asked()
    connection = ibis.duckdb.connect()
    connection.raw_sql(f"CREATE VIEW told AS {common.told(spec)}")
    count = len(spec["ratios"])
    model = bsl.to_semantic_table(connection.table("told"), name="dossiers").with_dimensions(
        **{name: _column(name) for name in (*common.LEVELS, "month")}
    )
    model = model.with_measures(
        **{f"a{k}": _sum(f"n{k}") for k in range(count)},
        **{f"b{k}": _sum(f"d{k}") for k in range(count)},
    ).with_measures(**{f"r{k}": _ratio(k) for k in range(count)})
    names = [f"r{k}" for k in range(count)]

    def ask(level: str) -> Any:
        return model.query(dimensions=[level, "month"], measures=names).execute()

    def keep(level: str, answer: Any) -> None:
        answer.rename(columns={level: "unit"}).to_parquet(Path(spec["out"]) / f"{level}.parquet")

    common.timed(spec, version("boring-semantic-layer"), ask, keep)


def _column(name: str) -> Any:
    return lambda t: t[name]


def _sum(name: str) -> Any:
    return lambda t: t[name].cast("int64").sum()


def _ratio(k: int) -> Any:
    return lambda t: t[f"a{k}"] / t[f"b{k}"]


if __name__ == "__main__":
    main()
