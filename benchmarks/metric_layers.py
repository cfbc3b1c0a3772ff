"""Twelve indicators over the same Parquet files by our engine and by metric layers that others use.

`python -m benchmarks layers --rows 1e6 1e7 [--home DIR]`: ratios by unit and month, and for the two
levels above. boring-semantic-layer and MetricFlow are installed in an environment of their own under
the home, from the hash-locked requirements/metric-layers.txt, and run as processes of their own; they
are asked for twelve metrics at once, which is the best they can do. Every ratio of every cell must be
ours, or the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.engine import RATIOS, Bench
from benchmarks.layers.common import LEVELS
from benchmarks.machine import machine, table
from tinhso.measure.cube import running
from tinhso.measure.definitions import Aggregate
from tinhso.measure.engines import Here, kernel, statements
from tinhso.measure.expressions import parse, to_sql
from tinhso.measure.periods import Grid
from tinhso.measure.plan import Array, Plan, plan_of

HERE = Path(__file__).parent
LOCK = HERE.parent / "requirements" / "metric-layers.txt"
COUNT, RUNS = 12, 3
LAYERS = {"boring-semantic-layer": "boring.py", "MetricFlow": "metricflow_layer.py"}

#: (level, unit, month) -> the ratios, None where nothing is there to divide by.
Cells = dict[tuple[str, str, date], tuple[float | None, ...]]


@dataclass(frozen=True)
class Sums:
    """For each level its units and, for each ratio, both sums by unit and month."""

    months: list[date]
    levels: dict[str, tuple[list[str], list[list[Array]]]]

    def cells(self) -> Cells:
        found: Cells = {}
        for level, (units, pairs) in self.levels.items():
            found |= _cells(level, units, self.months, pairs)
        return found


class NotInstalledError(RuntimeError):
    """A layer's environment could not be made."""


def _in_one_statement(
    connection: duckdb.DuckDBPyConnection, plan: Plan, units: Sequence[str]
) -> Array:
    return statements.changes(Here(connection), plan, units)


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks layers", description=__doc__)
    parser.add_argument(
        "--rows", type=lambda text: int(float(text)), nargs="+", default=[1_000_000]
    )
    parser.add_argument(
        "--home", type=Path, help="keep or reuse the lakes and the environment here"
    )
    chosen = parser.parse_args(arguments)
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        home = (chosen.home or Path(temporary)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        try:
            python: Path | None = environment(home)
        except NotInstalledError as error:
            print(f"*** METRIC LAYERS WERE NOT MEASURED: {error} ***", file=sys.stderr)
            python = None
        for rows in chosen.rows:
            place = home / str(rows)
            place.mkdir(exist_ok=True)
            found.append(_measured(_Layers(Bench(place, rows), place), rows, python))
    return machine() + "\n\n" + "\n".join(found)


def environment(home: Path) -> Path:
    """The Python of the layers' environment, made where it is not there yet."""
    python, stamp = home / "layers" / "bin" / "python", home / "layers" / ".done"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return python
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(home / "layers")],
        [
            str(python),
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--require-hashes",
            "-r",
            str(LOCK),
        ],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstalledError(f"{' '.join(command)}: {done.stderr.strip()[-800:]}")
    stamp.write_bytes(LOCK.read_bytes())
    return python


@dataclass(frozen=True)
class _Layers:
    bench: Bench
    home: Path

    def ours(self, engine: Callable[[duckdb.DuckDBPyConnection, Plan, list[str]], Any]) -> Sums:
        """Both sums of all ratios from the records, rolled up to months and levels."""
        workplace = self.bench.workplace(COUNT)
        connection = self.bench.lake.reader()
        connection.execute("SET preserve_insertion_order = false")
        grid = Grid(date(2022, 12, 15), date(2026, 1, 1), self.bench.boundaries.change_days)
        quantities = [q for q in workplace.quantities if q.aggregate is not Aggregate.DISTINCT]
        plan = plan_of(self.bench.stream, quantities, grid, self.bench.lake.snapshot(connection))
        units = sorted(self.bench.units)
        totals = {
            q.key: running(of)
            for q, of in zip(quantities, engine(connection, plan, units), strict=True)
        }
        months = sorted({grid.first_day(slot).replace(day=1) for slot in range(1, grid.count)})
        slots = [
            [s for s in range(1, grid.count) if grid.first_day(s).replace(day=1) == m]
            for m in months
        ]
        edges = np.array([[own[0], own[-1] + 1] for own in slots])
        by_month = {key: of[:, edges[:, 1]] - of[:, edges[:, 0]] for key, of in totals.items()}
        found = Sums(months, {})
        for depth, level in enumerate(LEVELS):
            names = [self.bench.map.path(unit)[depth] for unit in units]
            shown = sorted(set(names))
            at = np.searchsorted(shown, names)
            pairs = []
            for one in workplace.indicators:
                assert one.denominator is not None
                pairs.append(
                    [
                        _rolled(by_month[part.quantity.key], at, len(shown))
                        for part in (one.numerator, one.denominator)
                    ]
                )
            found.levels[level] = (shown, pairs)
        return found

    def spec(self, name: str) -> tuple[Path, Path]:
        """What a layer is asked, as a file, and where its answers will lie."""
        connection = self.bench.lake.reader()
        files = connection.execute(
            "SELECT data_file, delete_file FROM ducklake_list_files('lake', 'dossiers')"
        ).fetchall()
        assert not any(deleted for _, deleted in files), (
            "the lake has deletions that plain files do not show"
        )
        above = self.home / "above.parquet"
        own = duckdb.connect()
        own.execute("CREATE TABLE above (commune VARCHAR, district VARCHAR, province VARCHAR)")
        own.executemany(
            "INSERT INTO above VALUES (?, ?, ?)",
            [self.bench.map.path(u)[:3] for u in self.bench.units],
        )
        own.execute(f"COPY above TO '{above}' (FORMAT parquet)")
        days = {day for _, _, day in RATIOS[:COUNT]}
        assert len(days) == 1, "one query a level needs one date"
        out = self.home / f"out-{name}"
        out.mkdir(exist_ok=True)
        asked = {
            "files": [path for path, _ in files],
            "above": str(above),
            "ratios": [
                [to_sql(parse(text, self.bench.stream)) for text in pair]
                for *pair, _ in RATIOS[:COUNT]
            ],
            "day": days.pop(),
            "runs": RUNS,
            "home": str(self.home / f"work-{name}"),
            "out": str(out),
        }
        path = self.home / f"{name}.json"
        path.write_text(json.dumps(asked), "utf-8")
        return path, out

    def theirs(self, name: str, python: Path) -> tuple[str, list[float], Cells]:
        """(version, seconds of each run, ratios) of a layer, in a process of its own."""
        path, out = self.spec(name)
        done = subprocess.run(
            [str(python), str(HERE / "layers" / LAYERS[name]), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{name} failed: {(done.stdout + done.stderr).strip()[-2000:]}")
        took = json.loads((out / "took.json").read_text())
        cells: Cells = {}
        for level in LEVELS:
            names = ", ".join(f"r{k}" for k in range(COUNT))
            rows = duckdb.execute(
                f"SELECT unit, CAST(month AS DATE), {names} FROM read_parquet('{out / level}.parquet')"
            ).fetchall()
            cells |= {(level, unit, month): tuple(ratios) for unit, month, *ratios in rows}
        return took["version"], took["seconds"], cells


def _rolled(amounts: Array, at: np.ndarray[Any, Any], size: int) -> Array:
    rolled = np.zeros((size, amounts.shape[1]), np.int64)
    np.add.at(rolled, at, amounts)
    return rolled


def _cells(level: str, units: list[str], months: list[date], pairs: list[list[Array]]) -> Cells:
    found: Cells = {}
    for u, unit in enumerate(units):
        for m, month in enumerate(months):
            under = [int(below[u, m]) for _, below in pairs]
            if any(under):
                found[level, unit, month] = tuple(
                    int(above[u, m]) / n if n else None
                    for (above, _), n in zip(pairs, under, strict=True)
                )
    return found


def _check(name: str, mine: Cells, theirs: Cells) -> None:
    """Raises AssertionError at the first cell that differs."""
    assert mine.keys() == theirs.keys(), (
        f"{name}: {len(mine)} cells are ours, {len(theirs)} its own"
    )
    for cell, ratios in mine.items():
        for k, (a, b) in enumerate(zip(ratios, theirs[cell], strict=True)):
            assert (a is None) == (b is None), (name, cell, k, a, b)
            assert a is None or abs(a - (b or 0.0)) < 1e-12, (name, cell, k, a, b)


def _measured(layers: _Layers, rows: int, python: Path | None) -> str:
    shown: list[tuple[str, list[float]]] = []
    layers.ours(kernel.changes)  # compiles the loops
    kept: list[Sums] = []
    for what, engine in (
        ("loops", kernel.changes),
        ("one statement of DuckDB", _in_one_statement),
    ):
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            kept.append(layers.ours(engine))
            took.append(time.perf_counter() - began)
        shown.append((f"ours: {what}", took))
    mine = kept[0].cells()
    assert all(one.cells() == mine for one in kept[RUNS::RUNS]), "our engines disagree"
    for name in LAYERS:
        if python is None:
            shown.append((f"{name}: NOT INSTALLED, not measured", []))
            continue
        version, seconds, cells = layers.theirs(name, python)
        _check(name, mine, cells)
        shown.append((f"{name} {version}", seconds))
    base = statistics.median(shown[0][1])
    lines = [
        [
            what,
            f"{statistics.median(took):.3g}" if took else "–",
            f"{min(took):.3g}–{max(took):.3g}" if took else "–",
            f"{statistics.median(took) / base:.2g}" if took else "–",
        ]
        for what, took in shown
    ]
    title = f"{COUNT} indicators of {rows:,} dossiers by month, {len(mine):,} cells, equal in all"
    return table(title, ["way", "seconds (median)", "spread", "times our loops"], lines)
