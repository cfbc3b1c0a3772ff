"""Everything that stays the same through a sample, drawn once from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from tinhso.measure.boundaries import Level
from tinhso.modules.simulation.catalogue import Catalogue
from tinhso.modules.simulation.days import Days, Floats, Ints
from tinhso.modules.simulation.habits import Habits
from tinhso.modules.simulation.people import People
from tinhso.modules.simulation.places import Places, Stretch
from tinhso.modules.simulation.quality import Course, course
from tinhso.modules.simulation.scenario import Scenario

DOSSIERS = 1_000_000  # in the plan year, at scale 1, for a province of this many communes:
COMMUNES = 111
_DRIFTING = (
    "submitted_online",
    "paid_online",
    "result_electronic",
    "digitised",
    "on_time",
    "inspections_digital",
)
_WORK = {
    "work_online_commune": Level.COMMUNE,
    "work_online_district": Level.DISTRICT,
    "work_online_province": Level.AGENCY,
}


@dataclass(frozen=True)
class World:
    scenario: Scenario
    days: Days
    places: Places
    people: People
    catalogue: Catalogue
    habits: Habits
    courses: dict[str, Course]
    per_weight: float  # dossiers at a place of load 1 on a day of weight 1
    codes: tuple[str, ...]  # of units, by unit number

    @classmethod
    def of(cls, scenario: Scenario) -> World:
        days = Days.of(scenario.first, scenario.last, scenario.year)
        places = Places(scenario.boundaries, scenario.root, days, stream_of_chance(scenario, "map"))
        chance = stream_of_chance(scenario, "catalogue")
        catalogue = Catalogue.of(chance, scenario, places, days)
        habits = Habits.of(stream_of_chance(scenario, "habits"), places, honest=scenario.honest)
        for day in places.segments:
            places.unit_number(places.root_on(day), day)
        return cls(
            scenario=scenario,
            days=days,
            places=places,
            people=People(places, scenario.scale),
            catalogue=catalogue,
            habits=habits,
            courses=_courses(scenario, places),
            per_weight=_per_weight(scenario, places),
            codes=tuple(places.codes),
        )

    def chance(self, *what: object) -> np.random.Generator:
        """A stream of chance for one purpose: drawing for one never disturbs another."""
        return stream_of_chance(self.scenario, *what)

    def progress(self, day: Ints) -> Floats:
        return self.days.progress(day)

    def share(self, key: str, place: Ints, day: Ints) -> Floats:
        return self.courses[key].at(place, self.progress(day))

    def expected(self, stretch: Stretch, per_dossier: float = 1.0) -> int:
        """How many records arise in a stretch, for a stream with so many a dossier."""
        weight = float(self.days.weight[stretch.since : stretch.until].sum())
        load = float(self.places.active[stretch.segment].sum())
        return round(self.per_weight * weight * load * per_dossier)

    def draw_places(self, rng: np.random.Generator, stretch: Stretch, n: int) -> Ints:
        """A place for each record, by load, out of those that have a unit in the stretch."""
        total = np.cumsum(self.places.active[stretch.segment])
        return np.asarray(np.searchsorted(total, rng.random(n) * total[-1], "right"), np.int64)


def stream_of_chance(scenario: Scenario, *what: object) -> np.random.Generator:
    name = crc32("/".join(str(part) for part in what).encode())
    return np.random.default_rng([scenario.seed, scenario.year, name])


def _courses(scenario: Scenario, places: Places) -> dict[str, Course]:
    rng = stream_of_chance(scenario, "quality")
    made = {
        key: course(rng, places.load, scenario.start(key), scenario.end(key)) for key in _DRIFTING
    }
    for key, level in _WORK.items():
        weight = places.load * np.array([one is level for one in places.level])
        if weight.sum() > 0:
            made[key] = course(rng, weight, scenario.start(key), scenario.end(key))
    return made


def _per_weight(scenario: Scenario, places: Places) -> float:
    """Such that the plan year, over all its maps, has as many dossiers as the scale says."""
    wanted = DOSSIERS * scenario.scale * len(places.communes) / COMMUNES
    days = places.days
    active = np.array([load.sum() for load in places.active])[places.segment_of]
    year = slice(days.plan_start, None)
    return wanted / float((days.weight[year] * active[year]).sum())
