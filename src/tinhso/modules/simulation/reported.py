"""Reported figures: what only offices know, by commune or province, four times a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tinhso.modules.simulation.days import Floats, Ints
from tinhso.modules.simulation.files import Row
from tinhso.modules.simulation.quality import Course, course
from tinhso.modules.simulation.world import World

#: What each figure is a share of.
_BY_COMMUNE = {
    "HTS-01": "people",
    "HTS-02": "households",
    "HTS-03": "adults",
    "XHS-02": "adults",
    "XHS-03": "adults",
    "XHS-07": "adults",
    "XHS-08": "adults",
    "XHS-09": "people",
    "XHS-10": "adults",
}
#: Figures of the whole province, and how much each of its people adds to the denominator:
#: GRDP in tỷ đồng for KTS-01, enterprises for the others.
_BY_PROVINCE = {"KTS-01": 0.098, "KTS-02": 0.0094, "KTS-03": 0.0098, "KTS-04": 0.0098}
#: Whole populations that other figures are shares of: a numerator without a denominator.
POPULATIONS = {
    "DS-TRUONG-THANH": "adults",
    "DS-LAO-DONG": "working",
    "DS-DIEN-THOAI": "phones",
}
_HOUSEHOLD = 3.6
_NO_NUMERATOR = 0.03
_NOT_APPROVED = 0.04


@dataclass(frozen=True)
class Report:
    """What one date's report holds; `late` rows arrive weeks later in a file of their own."""

    as_of: date
    on_time: list[Row]
    late: list[Row]


@dataclass
class _Sums:
    """A unit's numerator and denominator while its places are added up."""

    numerator: int = 0
    denominator: int = 0
    rounded: bool = False
    late: bool = False
    silent: bool = False


def report_days(first: date, last: date, year: int) -> list[date]:
    """The ends of reporting periods (the 14th), one before the plan year and four in it."""
    days = [date(year - 1, 12, 14)] + [date(year, month, 14) for month in (3, 6, 9, 12)]
    return [day for day in days if first <= day <= last]


def reports(world: World) -> Iterator[Report]:
    spreads = _spreads(world)
    for as_of in report_days(world.scenario.first, world.scenario.last, world.scenario.year):
        rng = world.chance("reported", as_of)
        silent = _silent_communes(world, rng)
        made = Report(as_of, [], [])
        for code in (*_BY_COMMUNE, *POPULATIONS):
            sums = _commune_sums(world, spreads, code, as_of, silent)
            _add_rows(world, rng, made, code, sums)
        for code, base in _BY_PROVINCE.items():
            _add_rows(world, rng, made, code, _by_province(world, code, base, as_of))
        yield made


def _spreads(world: World) -> dict[str, Course]:
    """The course of every commune's figure, weighed by people."""
    rng = world.chance("reported spreads")
    weight = world.people.population.astype(np.float64)
    start, end = world.scenario.start, world.scenario.end
    return {code: course(rng, weight, start(code), end(code)) for code in _BY_COMMUNE}


def _commune_sums(
    world: World, spreads: dict[str, Course], code: str, as_of: date, silent: set[int]
) -> dict[int, _Sums]:
    """Sums by unit number. A split commune's figures all go to its first heir: reports are not
    records, nobody splits a number."""
    places, habits = world.places, world.habits.places
    number = np.full(len(places.communes), world.days.number(as_of))
    numerator, denominator = _commune_figures(world, spreads, code, number)
    unit = places.unit_at(places.communes, np.zeros(len(number)), number)
    late = _late_communes(world)
    sums: dict[int, _Sums] = {}
    for i, place in enumerate(places.communes.tolist()):
        if unit[i] < 0:
            continue
        one = sums.setdefault(int(unit[i]), _Sums())
        one.numerator += int(numerator[i])
        one.denominator += int(denominator[i])
        one.rounded |= place in habits["round_numbers"]
        one.late |= place in late
        one.silent |= place in silent
    return sums


def _commune_figures(
    world: World, spreads: dict[str, Course], code: str, number: Ints
) -> tuple[Ints, Ints]:
    people, progress = world.people, world.days.progress(number)
    bases = {
        "people": people.population,
        "adults": people.adults,
        "working": people.working,
        "phones": people.adults,
        "households": np.maximum((people.population / _HOUSEHOLD).astype(np.int64), 1),
    }
    denominator = bases[POPULATIONS.get(code) or _BY_COMMUNE[code]]
    # People with a smartphone are counted once: as HTS-03's numerator, and as a population.
    spread = spreads.get("HTS-03" if code == "DS-DIEN-THOAI" else code)
    share = np.ones(len(number)) if spread is None else _at(spread, progress)
    return np.floor(share * denominator).astype(np.int64), denominator


def _by_province(world: World, code: str, base: float, as_of: date) -> dict[int, _Sums]:
    """A figure of the whole province, under the unit that answers for the root on the day.

    After a merger of provinces it still covers the old province's part only.
    """
    places, scenario = world.places, world.scenario
    progress = float(world.days.progress(np.array([world.days.number(as_of)]))[0])
    share = scenario.start(code) + (scenario.end(code) - scenario.start(code)) * progress
    whole = max(round(world.people.count * base), 1)
    root = places.unit_number(places.root_on(as_of), as_of)
    return {root: _Sums(int(share * whole), whole)}


def _add_rows(
    world: World, rng: np.random.Generator, report: Report, code: str, sums: dict[int, _Sums]
) -> None:
    for unit, one in sums.items():
        if one.silent:
            continue
        row = _row(rng, code, world.places.codes[unit], report.as_of, world.scenario.last, one)
        (report.late if one.late else report.on_time).append(row)


def _row(
    rng: np.random.Generator, code: str, unit: str, as_of: date, last: date, one: _Sums
) -> Row:
    missing, refused = rng.random() < _NO_NUMERATOR, rng.random() < _NOT_APPROVED
    wait = int(rng.integers(35, 51) if one.late else rng.integers(2, 10))
    approved = as_of + timedelta(days=wait)
    row: dict[str, str | int | bool | date | None] = {
        "figure_code": code,
        "unit_code": unit,
        "as_of": as_of,
        "evidence": f"Minh chứng mô phỏng số {int(rng.integers(1, 10_000)):04d}/BC-MP",
        # An approval after the last record is not there yet.
        "approved_on": None if refused or approved > last else approved,
    }
    if code in POPULATIONS:
        return row | {"numerator": one.numerator}
    numerator = _rounded(one.numerator) if one.rounded else one.numerator
    return row | {"numerator": None if missing else numerator, "denominator": one.denominator}


def _rounded(count: int) -> int:
    step = 100 if count >= 1000 else 10
    return count // step * step


def _at(spread: Course, progress: Floats) -> Floats:
    return spread.at(np.arange(len(progress)), progress)


def _late_communes(world: World) -> set[int]:
    """A district that collects its communes' reports and sends them late: so they are all late."""
    late = {world.places.uid[int(i)] for i in world.habits.places["late_district"]}
    return {int(c) for c in world.places.communes if world.places.parent[int(c)] in late}


def _silent_communes(world: World, rng: np.random.Generator) -> set[int]:
    """Who misses this date's report altogether: each of the communes with the habit, mostly."""
    return {int(c) for c in world.habits.places["missing_reports"] if rng.random() < 0.6}
