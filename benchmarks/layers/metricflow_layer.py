"""The ratios in MetricFlow (dbt on DuckDB): a dbt project is made, built and parsed, then one query a level."""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import common
import pyarrow as pa
import pyarrow.parquet as pq
from dbt.cli.main import dbtRunner
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

PROFILE = {
    "layers": {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": "told.duckdb"}}}
}


def main() -> None:
    spec = common.asked()
    home = Path(spec["home"])
    _project(spec, home)
    os.chdir(home)
    for command in (["run"], ["parse"]):
        done = dbtRunner().invoke([*command, "--quiet", "--no-send-anonymous-usage-stats"])
        if not done.success:
            raise SystemExit(f"dbt {command[0]} failed: {done.exception or done.result}")
    configuration = CLIConfiguration()
    configuration.setup(dbt_profiles_path=home, dbt_project_path=home, configure_file_logging=False)
    engine = configuration.mf
    names = [f"r{k}" for k in range(len(spec["ratios"]))]

    def ask(level: str) -> Any:
        group = [f"dossier__{level}", "metric_time__month"]
        return engine.query(
            MetricFlowQueryRequest.create(metric_names=names, group_by_names=group)
        ).result_df

    def keep(level: str, answer: Any) -> None:
        columns = {f"dossier__{level}": "unit", "metric_time__month": "month"}
        heads = [columns.get(name, name) for name in answer.column_names]
        rows = [dict(zip(heads, row, strict=True)) for row in answer.rows]
        for row in rows:
            row["month"] = row["month"].date() if hasattr(row["month"], "date") else row["month"]
            row |= {name: None if row[name] is None else float(row[name]) for name in names}
        pq.write_table(pa.Table.from_pylist(rows), Path(spec["out"]) / f"{level}.parquet")

    common.timed(spec, version("metricflow"), ask, keep)


def _project(spec: dict[str, Any], home: Path) -> None:
    """A dbt project; its YAML is written as JSON, which is YAML."""
    (home / "models").mkdir(parents=True, exist_ok=True)
    count = range(len(spec["ratios"]))
    parts = [f"{part}{k}" for part in "nd" for k in count]
    files: dict[str, Any] = {
        "dbt_project.yml": {
            "name": "layers",
            "version": "1.0",
            "profile": "layers",
            "models": {"+materialized": "view"},
        },
        "profiles.yml": PROFILE,
        "models/semantic.yml": {
            "models": [
                {
                    "name": "days",
                    "time_spine": {"standard_granularity_column": "day"},
                    "columns": [{"name": "day", "granularity": "day"}],
                }
            ],
            "semantic_models": [
                {
                    "name": "dossiers",
                    "model": "ref('told')",
                    "defaults": {"agg_time_dimension": "told_on"},
                    "primary_entity": "dossier",
                    "dimensions": [
                        {
                            "name": "told_on",
                            "expr": "day",
                            "type": "time",
                            "type_params": {"time_granularity": "day"},
                        },
                        *({"name": level, "type": "categorical"} for level in common.LEVELS),
                    ],
                    "measures": [
                        {"name": f"m_{part}", "agg": "sum_boolean", "expr": part} for part in parts
                    ],
                }
            ],
            "metrics": [
                *(
                    {
                        "name": f"s_{part}",
                        "label": part,
                        "type": "simple",
                        "type_params": {"measure": f"m_{part}"},
                    }
                    for part in parts
                ),
                *(
                    {
                        "name": f"r{k}",
                        "label": f"r{k}",
                        "type": "ratio",
                        "type_params": {"numerator": f"s_n{k}", "denominator": f"s_d{k}"},
                    }
                    for k in count
                ),
            ],
        },
    }
    for name, content in files.items():
        (home / name).write_text(json.dumps(content), "utf-8")
    (home / "models" / "told.sql").write_text(common.told(spec), "utf-8")
    (home / "models" / "days.sql").write_text(
        "SELECT CAST(range AS DATE) AS day FROM range(DATE '2022-01-01', DATE '2027-01-01', INTERVAL 1 DAY)",
        "utf-8",
    )


if __name__ == "__main__":
    main()
