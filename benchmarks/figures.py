"""Measuring a province: all indicators of the plan, every unit and half-month, from the records.

`python -m benchmarks figures --scale 1` (a million dossiers in the plan's year).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.machine import machine, peak_memory, table
from tinhso.kernel.units.register import register_from_files
from tinhso.measure.cube import compute
from tinhso.measure.cube_store import CubeStore
from tinhso.measure.figures import Figures
from tinhso.measure.ingest import Mode, ingest
from tinhso.measure.lake import LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.plan.pack import PACKS
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.simulation import Scenario, simulate

RUNS = 3


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks figures", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--home", type=Path, help="keep or reuse the lake here")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.home or Path(temporary)
        place = Workspace(
            [PACKS], LakeSettings(home / "lake"), home / "cubes", register_from_files()
        )
        if not place.lake.exists:
            _fill(place, home, chosen.scale)
        return _measure(place, home)


def _fill(place: Workspace, home: Path, scale: float) -> None:
    plan = place.plan("binh-phuoc-2025").plan
    scenario = Scenario(place.units.boundaries, place.streams, plan.unit, plan.year, 382, scale)
    sample = simulate(scenario, home / "sample")
    with place.lake.writer():
        for file in sample.files:
            ingest(
                place.lake,
                file.stream,
                file.path,
                boundaries=place.units.boundaries,
                mode=Mode.ACCEPT_GOOD,
                today=date(2026, 1, 31),
                person_key=b"a key for benchmarks only",
                simulated=sample.maker,
            )


def _measure(place: Workspace, home: Path) -> str:
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        cube = compute(place.lake, place.workplace)
        took.append(time.perf_counter() - began)
    store = CubeStore(home / "cubes")
    began = time.perf_counter()
    store.save(cube)
    saved = time.perf_counter() - began
    began = time.perf_counter()
    cube = store.load()
    loaded = time.perf_counter() - began
    pack = place.plan("binh-phuoc-2025")
    figures = Figures(cube, place.units.boundaries, pack.indicators.values(), [pack.plan.unit])
    period, view = Period.parse("2025-Q2"), View()
    figures.table("CQS-03", "p70", period, view)  # the first one finds where units stand
    began = time.perf_counter()
    count = 0
    units = {leaf.partition(">")[0] for leaf in cube.units}
    for code in figures.indicators:
        for unit in units:
            figures.value(code, unit, period, view)
            count += 1
    each = (time.perf_counter() - began) / count
    facts = cube.manifest.streams
    rows = [
        ["records of all streams", f"{sum(f.rows for f in facts.values()):,}"],
        ["dossiers among them", f"{facts['dossiers'].rows:,}"],
        [
            "parts, units, slots",
            f"{len(cube.manifest.quantities)}, {len(cube.units)}, {cube.grid.count}",
        ],
        ["all figures from the records, median", f"{statistics.median(took):.2f} s"],
        ["  fastest and slowest of 3", f"{min(took):.2f} s, {max(took):.2f} s"],
        ["peak memory of the process", f"{peak_memory():.0f} MB"],
        ["cube saved, loaded", f"{saved:.2f} s, {loaded:.2f} s"],
        ["one figure from the cube", f"{each * 1e6:.0f} µs"],
    ]
    return machine() + "\n\n" + table("Figures of a province", ["what", "measured"], rows)
