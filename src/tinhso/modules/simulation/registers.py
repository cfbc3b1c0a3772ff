"""The register of unit states: websites, open data, systems, schools, press. Some are unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from tinhso.modules.simulation.days import Ints
from tinhso.modules.simulation.files import Row
from tinhso.modules.simulation.world import World

_UNKNOWN = 0.04
_SCHOOLS_PER_COMMUNE = 3.6
_SYSTEMS, _COLLEGES, _PRESS = 24, 6, 4
_OF_COMMUNES = (
    ("commune_website", "MP-TT", "Trang thông tin điện tử xã mã"),
    ("press_content", "MP-DT", "Hệ thống truyền thanh xã mã"),
)
_STANDARD = 0.8  # communes at the advanced new-rural standard, for which a website is due


@dataclass(frozen=True)
class Subject:
    """Something whose state is registered. `draw` tells from which share on it meets the condition:
    the lower, the earlier. `place` is -1 for subjects that the province itself answers for."""

    code: str
    name: str
    aspect: str
    place: int
    draw: float
    known: bool
    applies: bool


def update_days(world: World) -> list[date]:
    """When the register is brought up to date: half-yearly, at every change of the map, at last."""
    year = world.scenario.year
    days = {date(year - 1, 1, 1), date(year - 1, 7, 1), date(year, 1, 1), date(year, 4, 1)}
    days |= {date(year, 7, 1), date(year, 10, 1), date(year, 12, 15)} | set(world.places.segments)
    return sorted(day for day in days if day <= world.scenario.last)


def states(world: World, as_of: date) -> list[Row]:
    """The state on `as_of` of every subject that a unit of that day answers for."""
    number = world.days.number(as_of)
    progress = float(world.days.progress(np.array([number]))[0])
    rows: list[Row] = []
    for subject in _subjects(world):
        unit = _unit(world, subject, as_of)
        if unit is None:
            continue
        start = world.scenario.start(subject.aspect)
        share = start + (world.scenario.end(subject.aspect) - start) * progress
        met = subject.draw < share if subject.known and subject.applies else None
        named = (subject.code, subject.name, subject.aspect)
        rows.append(_state(named, as_of, unit, subject.applies, met))
    return rows + _communes(world, as_of, progress)


def _subjects(world: World) -> list[Subject]:
    """Subjects that outlive every map: agencies' data, systems, schools, colleges, press."""
    places = world.places
    rng = world.chance("subjects")
    found: list[Subject] = []

    def add(code: str, name: str, aspect: str, place: int) -> None:
        applies = aspect != "open_data" or rng.random() < 0.95
        draw, known = float(rng.random()), bool(rng.random() >= _UNKNOWN)
        found.append(Subject(code, name, aspect, place, draw, known, applies))

    for i in places.agencies.tolist():
        add(f"MP-DL-{places.uid[i]}", f"Dữ liệu mở của {places.first_code(i)}", "open_data", i)
        add(f"MP-BC-{places.uid[i]}", f"Cổng của {places.first_code(i)}", "press_content", i)
    for n in range(1, _SYSTEMS + 1):
        add(f"MP-HT-{n:03d}", f"Hệ thống thông tin mẫu số {n}", "system_security", -1)
    for n in range(1, _COLLEGES + 1):
        add(f"MP-CD-{n:02d}", f"Trường cao đẳng mẫu số {n}", "digital_university", -1)
    for n in range(1, _PRESS + 1):
        add(f"MP-BC-{n:02d}", f"Cơ quan báo chí mẫu số {n}", "press_content", -1)
    for n in range(1, round(len(places.communes) * _SCHOOLS_PER_COMMUNE) + 1):
        place = int(places.communes[n % len(places.communes)])
        name = f"Trường mẫu số {n}"
        add(f"MP-TH-{n:04d}", name, "digital_school", place)
        add(f"MP-TH-{n:04d}", name, "school_communication", place)
    return found


def _unit(world: World, subject: Subject, as_of: date) -> str | None:
    places = world.places
    if subject.place < 0:
        return places.codes[places.unit_number(places.root_on(as_of), as_of)]
    number = np.array([world.days.number(as_of)])
    unit = int(places.unit_at(np.array([subject.place]), np.zeros(1), number)[0])
    return places.codes[unit] if unit >= 0 else None


def _communes(world: World, as_of: date, progress: float) -> list[Row]:
    """Websites and loudspeakers of the day's communes, and word of those that ended that day."""
    units = _commune_units(world, world.days.number(as_of))
    rows: list[Row] = []
    for unit in sorted(set(units.tolist()) - {-1}):
        uid, code = world.places.uids[unit], world.places.codes[unit]
        rng = world.chance("commune state", uid)
        for aspect, prefix, name in _OF_COMMUNES:
            start = world.scenario.start(aspect)
            share = start + (world.scenario.end(aspect) - start) * progress
            applies = aspect != "commune_website" or bool(rng.random() < _STANDARD)
            known, draw = rng.random() >= _UNKNOWN, rng.random()
            met = bool(draw < share) if known and applies else None
            subject = (f"{prefix}-{uid}", f"{name} {code}", aspect)
            rows.append(_state(subject, as_of, code, applies, met))
    return rows + _ended(world, as_of, units)


def _ended(world: World, as_of: date, units: Ints) -> list[Row]:
    """Subjects of communes that ended on `as_of`: they no longer apply, as their heirs report.

    Without this their last state would count beside the successor's for ever.
    """
    number = world.days.number(as_of)
    if as_of not in world.places.segments or number == 0:
        return []
    uids = world.places.uids
    alive = {uids[u] for u in units.tolist() if u >= 0}
    rows: list[Row] = []
    told: set[str] = set()
    for old, new in zip(_commune_units(world, number - 1).tolist(), units.tolist(), strict=True):
        if old < 0 or new < 0 or uids[old] in alive or uids[old] in told:
            continue
        told.add(uids[old])
        for aspect, prefix, name in _OF_COMMUNES:
            subject = (f"{prefix}-{uids[old]}", f"{name} {world.places.codes[old]}", aspect)
            rows.append(_state(subject, as_of, world.places.codes[new], False, None))
    return rows


def _commune_units(world: World, number: int) -> Ints:
    communes = world.places.communes
    return world.places.unit_at(communes, np.zeros(len(communes)), np.full(len(communes), number))


def _state(
    subject: tuple[str, str, str], as_of: date, unit: str, applies: bool, met: bool | None
) -> Row:
    code, name, aspect = subject
    return {
        "subject_code": code,
        "subject_name": name,
        "aspect": aspect,
        "as_of": as_of,
        "unit_code": unit,
        "applies": applies,
        "met": met,
        "evidence": "Minh chứng mô phỏng" if met else None,
    }
