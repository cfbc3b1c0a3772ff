"""Honesty checks: which planted habits are found, and how often honest units are marked.

`python -m benchmarks honesty --seeds 1 2 3 --scale 1`: for each seed a province's sample with
dishonest habits, and one of the same size whose units are all honest (its failures and all else are
drawn alike). Checks are asked of all communes in the half-year before the map changed, and in the
one after it, where habits are diluted in bigger communes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.machine import machine, table
from tinhso.kernel.units.register import UnitRegister, register_from_files
from tinhso.measure.alarms import compare
from tinhso.measure.boundaries import Boundaries, Level
from tinhso.measure.cube import Workplace, compute
from tinhso.measure.definitions import HonestyCheck
from tinhso.measure.figures import Figures
from tinhso.measure.ingest import Mode, ingest
from tinhso.measure.lake import Lake, LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.quality import asked_of
from tinhso.measure.quantities import CompiledCheck, compile_check
from tinhso.modules.plan.pack import PACKS, Pack, load
from tinhso.modules.simulation import Sample, Scenario, simulate

YEAR = 2025
HALVES = ("2025-H1", "2025-H2")

#: What each check is there to find. A habit may be seen by other checks too.
PLANTED = {
    "KT-NOP-HO": "officer_online",
    "KT-MOT-THIET-BI": "one_device",
    "KT-MOT-DIA-CHI": "one_network",
    "KT-MOT-TAI-KHOAN": "one_account",
    "KT-MO-LAI": "closed_and_reopened",
    "KT-XONG-NGAY": "closed_in_seconds",
    "KT-TRA-HO": "own_account",
    "KT-TRA-NHIEU": "own_account",
    "KT-CUOI-THANG": "last_day_burst",
    "KT-SO-TRON": "round_numbers",
}
#: Streams that checks ask about: the others are not loaded.
STREAMS = ("dossiers", "payments", "reported_figures")
FAILURES = ("broken_system", "missing_reports", "late_district")


@dataclass
class Tally:
    """Of one check in one half-year, over all seeds."""

    planted: int = 0
    found: int = 0
    tables: int = 0  # of honest data
    tables_marked: int = 0
    units: int = 0  # of honest data
    units_marked: int = 0
    innocent: int = 0  # marked beside the bent, in bent data, without any habit


@dataclass
class Bench:
    """Samples of one province, measured."""

    boundaries: Boundaries
    root: str
    scale: float
    pack: Pack
    until: date | None = None
    tallies: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))

    def seed(self, seed: int, home: Path) -> None:
        for honest in (False, True):
            place = home / f"{seed}-{'honest' if honest else 'bent'}"
            scenario = Scenario(
                self.boundaries,
                self.pack.streams,
                self.root,
                YEAR,
                seed,
                self.scale,
                until=self.until,
                honest=honest,
            )
            sample = simulate(scenario, place / "sample")
            checks = [compile_check(one, self.pack.streams) for one in self.asked()]
            figures = self._measured(sample, checks, place)
            for half in HALVES if self.until is None else HALVES[:1]:
                for check in checks:
                    self._look(figures, check, half, sample.habits, honest=honest)

    def asked(self) -> list[HonestyCheck]:
        """The checks of streams that a sample holds."""
        return [one for one in self.pack.checks.values() if one.records.stream in STREAMS]

    def _measured(self, sample: Sample, checks: list[CompiledCheck], place: Path) -> Figures:
        lake = Lake(LakeSettings(place / "lake"), list(self.pack.streams.values()))
        with lake.writer():
            for file in sample.files:
                if file.stream in STREAMS:
                    ingest(
                        lake,
                        file.stream,
                        file.path,
                        boundaries=self.boundaries,
                        mode=Mode.ACCEPT_GOOD,
                        today=date(YEAR + 1, 1, 31),
                        person_key=b"a key for benchmarks only",
                        simulated=sample.maker,
                    )
        workplace = Workplace(self.pack.streams, [], checks, self.boundaries, [self.root])
        return Figures(compute(lake, workplace), self.boundaries, [], [self.root])

    def _look(
        self,
        figures: Figures,
        compiled: CompiledCheck,
        half: str,
        habits: Mapping[str, tuple[str, ...]],
        *,
        honest: bool,
    ) -> None:
        period, tally = Period.parse(half), self.tallies[compiled.check.code, half]
        day = period.last_day
        the_map = self.boundaries.map(day)
        communes = [u for u in the_map.parent if self.boundaries.spans[u][0].level is Level.COMMUNE]
        # Only the communes that answer for the old province's places have records.
        asked = [asked_of(figures, compiled, unit, period, View()) for unit in communes]
        found = compare(compiled.check, [one for one in asked if one is not None])
        if found is None:
            return
        marked = {one.asked.unit for one in found.standing_out}
        if honest:
            tally.tables += 1
            tally.tables_marked += bool(marked)
            tally.units += len(found.verdicts)
            tally.units_marked += len(marked)
            return
        there = {one.asked.unit for one in found.verdicts}
        now = {h: {the_map.carry(u).uid for u in own} & there for h, own in habits.items()}
        bent = now.get(PLANTED.get(compiled.check.code, ""), set())
        anyone = set().union(*(own for habit, own in now.items() if habit not in FAILURES))
        tally.planted += len(bent)
        tally.found += len(bent & marked)
        tally.innocent += len(marked - anyone)

    def table(self, title: str) -> str:
        heads = [
            *("check", "half-year", "planted", "found", "honest tables marked"),
            *("honest units marked", "marked without any habit, in bent data"),
        ]
        rows = [
            [
                code,
                half,
                t.planted or "–",
                f"{t.found} ({t.found / t.planted:.0%})" if t.planted else "–",
                f"{t.tables_marked} of {t.tables}",
                f"{t.units_marked} of {t.units:,}",
                t.innocent,
            ]
            for (code, half), t in sorted(self.tallies.items(), key=lambda one: one[0][::-1])
        ]
        return table(title, heads, rows)


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks honesty", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--scale", type=float, default=0.5)
    chosen = parser.parse_args(arguments)
    units: UnitRegister = register_from_files()
    pack = load(PACKS / "binh-phuoc-2025")
    bench = Bench(units.boundaries, "p70", chosen.scale, pack)
    with tempfile.TemporaryDirectory() as home:
        for seed in chosen.seeds:
            bench.seed(seed, Path(home))
    title = f"Honesty checks, seeds {chosen.seeds}, scale {chosen.scale:g}, all communes"
    return machine() + "\n\n" + bench.table(title)
