"""Planted habits are found, and honest units of the same size are left alone: a small version of
`python -m benchmarks honesty`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from simulation_world import small_country

from benchmarks.honesty import HALVES, PLANTED, Bench
from tinhso.modules.plan.pack import PACKS, load


def test_habits_are_found_and_honest_communes_are_left_alone(tmp_path: Path) -> None:
    """24 communes, the half-year before the map changes. Every habit that was planted is found by
    the check that is there for it, but for what a commune is too small to show; nobody honest is
    marked, not in honest data and not beside the bent."""
    pack = load(PACKS / "binh-phuoc-2025")
    bench = Bench(small_country(), "p70", 1.0, pack, until=date(2025, 6, 30))
    bench.seed(382, tmp_path)

    tallies = {one.code: bench.tallies[one.code, HALVES[0]] for one in bench.asked()}
    assert {code for code, one in tallies.items() if one.planted} == set(PLANTED)
    missed = {code for code, one in tallies.items() if one.found < one.planted}
    assert missed <= {"KT-MO-LAI", "KT-TRA-NHIEU", "KT-MOT-DIA-CHI"}
    assert sum(one.found for one in tallies.values()) >= 0.8 * sum(
        one.planted for one in tallies.values()
    )
    assert all(one.tables == 1 and one.units >= 20 for one in tallies.values())
    assert sum(one.units_marked + one.innocent for one in tallies.values()) == 0
