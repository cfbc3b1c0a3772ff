"""Forecasts put to the test: every earlier month of simulated years is taken for now, and what was
forecast then is held against what came.

`python -m benchmarks forecast --years 2024 2025 --seeds 1 2`: a province's year with its map as it was, and one
with a reorganisation on 1 July. Yardsticks, made from the same months: the present value stays; a
straight line through the last six months goes on.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.machine import machine, table
from tinhso.kernel.units.register import UnitRegister, register_from_files
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Figures
from tinhso.measure.forecast import Forecast, Forecaster
from tinhso.measure.ingest import Mode, ingest
from tinhso.measure.lake import LakeSettings
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.targets import Threshold
from tinhso.modules.plan.pack import PACKS, Target
from tinhso.modules.plan.workspace import Workspace
from tinhso.modules.simulation import Scenario, simulate

PLAN = "binh-phuoc-2025"

#: Months that are taken for now.
NOWS = (3, 4, 5, 6, 7, 8, 9, 10, 11)

#: Months that the straight line goes through.
LINE = 6

#: Edges of the bins of the chance.
BINS = (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)


@dataclass(frozen=True)
class Trial:
    """One forecast and what came: shares, and whether the target was met."""

    target: str
    level: Level
    now: int
    forecast: Forecast
    came: float
    met: bool
    stays: float
    line: float
    stays_meets: bool
    line_meets: bool

    @property
    def inside(self) -> bool:
        low, high = self.forecast.low, self.forecast.high
        assert low is not None
        assert high is not None
        return low <= self.came <= high


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(prog="benchmarks forecast", description=__doc__)
    parser.add_argument("--years", type=int, nargs="+", default=[2024, 2025])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--home", type=Path, help="keep or reuse the lakes here")
    chosen = parser.parse_args(arguments)
    began, parts = time.perf_counter(), [machine(), ""]
    units = register_from_files()
    with tempfile.TemporaryDirectory() as temporary:
        for year in chosen.years:
            trials: list[Trial] = []
            for seed in chosen.seeds:
                home = (chosen.home or Path(temporary)) / f"{year}-{seed}"
                figures, targets = simulated(home, units, year, seed, chosen.scale)
                for view in views(year):
                    trials += back_cast(figures, targets, year, view)
            parts += report(f"Forecasts of {year}, {len(chosen.seeds)} simulated years", trials)
    parts.append(f"{time.perf_counter() - began:.0f} s in all.")
    return "\n".join(parts)


def views(year: int) -> list[View]:
    """Boundaries to try: as the units were; and, where the map changed, as it was afterwards."""
    return [View(), View(date(2025, 12, 31))] if year == 2025 else [View()]


def simulated(
    home: Path, units: UnitRegister, year: int, seed: int, scale: float
) -> tuple[Figures, list[Target]]:
    """A simulated province's figures, and the plan's targets with their dates in `year`."""
    place = Workspace([PACKS], LakeSettings(home / "lake"), home / "cubes", units)
    pack = place.plan(PLAN)
    if not place.lake.exists:
        scenario = Scenario(units.boundaries, place.streams, pack.plan.unit, year, seed, scale)
        sample = simulate(scenario, home / "sample")
        with place.lake.writer():
            for file in sample.files:
                ingest(
                    place.lake,
                    file.stream,
                    file.path,
                    boundaries=units.boundaries,
                    mode=Mode.ACCEPT_GOOD,
                    today=date(year + 1, 1, 31),
                    person_key=b"a key for benchmarks only",
                    simulated=sample.maker,
                )
        place.measure()
    targets = [replace(one, deadline=one.deadline.replace(year=year)) for one in pack.plan.targets]
    return place.figures(PLAN), targets


def back_cast(
    figures: Figures,
    targets: Iterable[Target],
    year: int,
    view: View,
    nows: Sequence[int] = NOWS,
) -> Iterator[Trial]:
    """Every forecast of every month in `nows`, for the plan's unit and all below it."""
    maker = Forecaster(figures, view)
    end = Period.parse(f"{year}-12-ytd")
    root = next(iter(figures.places.followed))
    for now in nows:
        month = Period.parse(f"{year}-{now:02}")
        for unit in everyone(figures, root, month, view):
            for target in targets:
                came = figures.value(target.indicator, unit, end, view)
                if came.value is None:
                    continue
                made = maker.forecast(
                    target.indicator, unit, target.required, target.deadline, month
                )
                if made.chance is None:
                    continue
                path = so_far(figures, target.indicator, unit, month, view)
                if not path:
                    continue
                stays, line = float(path[-1][1]), straight(path, 12)
                yield Trial(
                    target.code,
                    figures.boundaries.spans[unit][0].level,
                    now,
                    made,
                    float(came.value),
                    target.required.is_met_by(came.value),
                    stays,
                    line,
                    target.required.is_met_by(path[-1][1]),
                    _meets(target.required, line),
                )


def everyone(figures: Figures, root: str, month: Period, view: View) -> list[str]:
    """The plan's unit with all units below it, level by level."""
    found, at = [root], 0
    while at < len(found):
        found += [u for u in figures.places.children(found[at], month, view) if u not in found]
        at += 1
    return found


def so_far(
    figures: Figures, code: str, unit: str, month: Period, view: View
) -> list[tuple[int, Fraction]]:
    """The figure as it stood at the ends of the year's last months: (month, value)."""
    found = []
    for back in month.to_date().series(LINE):
        if back.year == month.year:
            value = figures.value(code, unit, back, view).value
            if value is not None:
                found.append((back.last_day.month, value))
    return found


def straight(path: Sequence[tuple[int, Fraction]], at: int) -> float:
    """Where a straight line through the points is in month `at`, kept within 0 and 1."""
    if len(path) == 1:
        return float(path[0][1])
    slope, level = np.polyfit([m for m, _ in path], [float(v) for _, v in path], 1)
    return float(np.clip(level + slope * at, 0, 1))


def _meets(threshold: Threshold, value: float) -> bool:
    return threshold.is_met_by(Fraction(value).limit_denominator(10**6))


# -- what it comes to ------------------------------------------------------------------------------


def coverage(trials: Sequence[Trial]) -> float:
    return float(np.mean([one.inside for one in trials]))


def brier(chances: Iterable[float], trials: Sequence[Trial]) -> float:
    """The mean squared distance of the chance from what came (1 or 0): 0 is best."""
    return float(np.mean([(p - one.met) ** 2 for p, one in zip(chances, trials, strict=True)]))


def chances(trials: Iterable[Trial]) -> list[float]:
    return [one.forecast.chance for one in trials if one.forecast.chance is not None]


def report(title: str, trials: Sequence[Trial]) -> list[str]:
    groups: list[tuple[str, list[Trial]]] = [("all", list(trials))]
    groups += [(f"{lv.value}", [t for t in trials if t.level is lv]) for lv in Level]
    groups += [
        (f"as of month {a}–{b}", [t for t in trials if a <= t.now <= b])
        for a, b in ((3, 5), (6, 8), (9, 11))
    ]
    rows = [
        [
            name,
            f"{len(own):,}",
            f"{coverage(own):.0%}",
            f"{np.mean([t.met for t in own]):.0%}",
            f"{brier(chances(own), own):.3f}",
            f"{brier([float(t.stays_meets) for t in own], own):.3f}",
            f"{brier([float(t.line_meets) for t in own], own):.3f}",
            *(
                f"{100 * np.mean(np.abs(off)):.1f}"
                for off in (
                    [(t.forecast.expected or 0) - t.came for t in own],
                    [t.stays - t.came for t in own],
                    [t.line - t.came for t in own],
                )
            ),
        ]
        for name, own in groups
        if own
    ]
    heads = [
        *("forecasts", "number", "in the 80 % interval", "targets met", "Brier"),
        *("… if the value stays", "… if the line goes on"),
        *("off by, points", "… if it stays", "… if the line goes on"),
    ]
    binned = []
    for low, high in pairwise(BINS):
        own = [
            t
            for t in trials
            if low <= (t.forecast.chance or 0) < high or (t.forecast.chance == high == 1)
        ]
        if own:
            said, came = np.mean(chances(own)), np.mean([t.met for t in own])
            binned.append([f"{low:.0%}–{high:.0%}", f"{len(own):,}", f"{said:.1%}", f"{came:.1%}"])
    return [
        table(title, heads, rows),
        table(
            f"{title}: what was said and what came",
            ["chance", "forecasts", "said, mean", "met"],
            binned,
        ),
    ]
