"""How fast records come in: `python -m benchmarks.ingest [--rows 2000000] [--repeats 3]`.

Makes a CSV of dossiers with 15 columns and loads it into a fresh lake; then, with one row more,
into the lake that has all the others. The best of the repeats counts, because other work on the
machine only ever slows a run; peak memory is that of the process that loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import duckdb

from tinhso.measure.boundaries import Boundaries, Level, Span
from tinhso.measure.definition_files import read_stream
from tinhso.measure.ingest import Mode, ingest
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.streams import Stream
from tinhso.measure.yamltree import read_yaml

UNITS = 111
_COLUMNS = """
  printf('HS-%09d', i) AS dossier_code,
  CAST(25000 + i % 111 AS VARCHAR) AS unit_code,
  printf('1.%06d.H10', i % 900) AS procedure_code,
  ['full', 'partial', 'information'][1 + i % 3] AS service_level,
  strftime(TIMESTAMP '2025-01-01 08:00:00' + to_seconds(i * 7 % 25000000), '{stamp}') AS received_at,
  strftime(TIMESTAMP '2025-01-11 08:00:00' + to_seconds(i * 7 % 25000000), '{stamp}') AS due_at,
  strftime(TIMESTAMP '2025-01-07 08:00:00' + to_seconds(i * 7 % 25000000), '{stamp}') AS closed_at,
  i % 2 = 0 AS submitted_online, i % 3 = 0 AS paid_online, i % 5 = 0 AS result_electronic,
  i % 7 = 0 AS dossier_digitised, i % 11 = 0 AS result_digitised,
  printf('%012d', 70000000000 + i % 300000) AS applicant,
  true AS applicant_adult,
  ['citizen', 'officer', 'post'][1 + i % 3] AS submitted_by,
  printf('dev%d', i % 50000) AS device,
  NULL AS successor_unit_code
"""


def dossiers() -> Stream:
    declared = files("tinhso.packs.common") / "streams" / "dossiers.yaml"
    with as_file(declared) as path:
        return read_stream(read_yaml(path))


def make_file(path: Path, rows: int, stamp: str) -> None:
    columns = _COLUMNS.format(stamp=stamp)
    duckdb.connect().execute(
        f"COPY (SELECT * EXCLUDE (device, successor_unit_code) FROM (SELECT {columns} "
        f"FROM range({rows}) t(i))) TO '{path}' (HEADER, FORMAT csv)"
    )


def load(lake_folder: Path, path: Path) -> dict[str, Any]:
    """Load one file in this process; seconds, peak memory in MiB, and the counts."""
    spans = [Span(f"u{n}", Level.COMMUNE, str(25000 + n), "p") for n in range(UNITS)]
    boundaries = Boundaries([Span("p", Level.PROVINCE, "70", None), *spans])
    lake = Lake(LakeSettings(lake_folder), [dossiers()])
    with lake.writer():
        pass  # making an empty lake is not part of the load
    start = time.perf_counter()
    receipt = ingest(
        lake,
        "dossiers",
        path,
        boundaries=boundaries,
        mode=Mode.ALL_OR_NOTHING,
        today=date(2026, 6, 30),
        person_key=b"a key for benchmarks, 32 bytes..",
    )
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time(),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "counts": f"added {receipt.added:,}, same {receipt.same:,}, bad {receipt.bad:,}",
    }


def _in_child(lake_folder: Path, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.ingest", "--load", str(lake_folder), str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _tell(name: str, rows: int, runs: list[dict[str, Any]]) -> None:
    best = min(runs, key=lambda run: float(run["seconds"]))
    speed = rows / float(best["seconds"])
    print(
        f"{name:<42}{speed:>11,.0f} rows/s{best['seconds']:>7.2f} s{best['cpu']:>7.2f} s CPU{best['peak']:>6.0f} MiB peak"
        f"   {best['counts']}",
        flush=True,
    )


def _measure(folder: Path, rows: int, repeats: int, title: str, stamp: str) -> None:
    path, more = folder / "dossiers.csv", folder / "more.csv"
    make_file(path, rows, stamp)
    shutil.copy(path, more)
    with path.open("rb") as source, more.open("ab") as target:
        source.readline()
        target.write(source.readline().replace(b"HS-", b"HT-"))
    fresh, again = [], []
    for _ in range(repeats):
        lake = folder / "lake"
        fresh.append(_in_child(lake, path))
        again.append(_in_child(lake, more))
        shutil.rmtree(lake)
    _tell(f"fresh lake, {title}, {path.stat().st_size / 1e6:.0f} MB", rows, fresh)
    _tell(f"all rows but one there, {title}", rows, again)


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks ingest", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--load", nargs=2, type=Path, metavar=("LAKE", "FILE"))
    options = parser.parse_args(arguments)
    if options.load:
        print(json.dumps(load(*options.load)))
        return ""
    print(
        f"{options.rows:,} rows of 15 columns; {platform.machine()}, {os.cpu_count()} processors,"
        f" Python {platform.python_version()}, DuckDB {duckdb.__version__};"
        f" best of {options.repeats}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for title, stamp in (("ISO dates", "%Y-%m-%d %H:%M:%S"), ("d/m/y dates", "%d/%m/%Y %H:%M")):
            _measure(Path(folder), options.rows, options.repeats, title, stamp)
    return ""


if __name__ == "__main__":
    main()
