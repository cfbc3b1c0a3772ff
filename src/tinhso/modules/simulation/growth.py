"""Things that a person does once: installs the app, completes a course. Communes fill up in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinhso.modules.simulation.days import Floats, Ints, any_clock
from tinhso.modules.simulation.files import Chosen, Columns, Numbered
from tinhso.modules.simulation.people import identity
from tinhso.modules.simulation.places import Stretch
from tinhso.modules.simulation.quality import Course, course
from tinhso.modules.simulation.world import World

#: Of the adults, those with a smartphone at the end of the plan year can have the app.
_AGAIN = 0.06  # course completions by somebody who had completed one before
_PLATFORMS = ("android", "ios", "web")
_COURSES = tuple(f"MP-KN{i:02d}" for i in range(1, 13))
_OLDER = 0.03  # course completions by people beyond working age


@dataclass(frozen=True)
class Wave:
    """How a thing spreads: from nobody on the first day to the start share when the plan year
    begins, then to its end share, commune by commune at their own pace."""

    what: str
    spread: Course
    among: Ints  # for each commune, the people who may come to do it

    @classmethod
    def of(cls, world: World, what: str) -> Wave:
        people, scenario = world.people, world.scenario
        among = people.working
        if what == "app":
            holders = np.floor(people.adults * scenario.end("HTS-03")).astype(np.int64)
            among = np.maximum(holders, 1)
        rng = world.chance("wave", what)
        weight = among.astype(np.float64)
        return cls(what, course(rng, weight, scenario.start(what), scenario.end(what)), among)

    def done(self, world: World, day: int) -> Ints:
        """How many people of each commune have done it before `day`."""
        days = world.days
        commune = np.arange(len(self.among))
        if day < days.plan_start:
            share: Floats = self.spread.start * day / days.plan_start
        else:
            progress = np.full(len(commune), float(days.progress(np.array([day]))[0]))
            share = self.spread.at(commune, progress)
        return np.floor(share * self.among).astype(np.int64)

    def new(self, world: World, stretch: Stretch) -> Ints:
        """How many people of each commune do it within the stretch."""
        found = self.done(world, stretch.until) - self.done(world, stretch.since)
        return np.asarray(np.maximum(found, 0))

    def within(self, world: World, stretch: Stretch) -> int:
        return int(self.new(world, stretch).sum())


def draw(world: World, wave: Wave, stretch: Stretch) -> tuple[Ints, Ints, Ints]:
    """Commune, turn and day of everyone who did it within the stretch, in order of days."""
    rng = world.chance(wave.what, stretch.since)
    before, new = wave.done(world, stretch.since), wave.new(world, stretch)
    n = int(new.sum())
    commune = np.repeat(np.arange(len(new)), new)
    start = np.repeat(np.cumsum(new) - new, new)
    turn = np.repeat(before, new) + np.arange(n) - start
    # Whoever comes first in a commune's turn may come on any day: turns only tell people apart.
    order = rng.permutation(n)
    return (
        commune[order],
        turn[order],
        np.sort(world.days.draw(rng, stretch.since, stretch.until, n)),
    )


def app_registrations(world: World, wave: Wave, stretch: Stretch, first_number: int) -> Columns:
    commune, turn, day = draw(world, wave, stretch)
    rng = world.chance("app fields", stretch.since)
    n = len(commune)
    person = world.people.in_turn("app", commune, turn, wave.among)
    clock = any_clock(rng, n, world.days.working[day])
    kind = np.searchsorted(np.array([0.01, 0.67, 0.96]), rng.random(n), "right") - 1
    return {
        "registration_code": Numbered("MP-DK-", first_number + np.arange(n), 10),
        "unit_code": _units(world, rng, commune, day),
        "registered_at": world.days.seconds(day, clock),
        "person": Numbered("000", identity(person), 9),
        "platform": Chosen(_PLATFORMS, kind),
    }


def course_completions(world: World, wave: Wave, stretch: Stretch, first_number: int) -> Columns:
    commune, turn, day = draw(world, wave, stretch)
    day = world.days.to_work(day, stretch.since, stretch.until)
    rng = world.chance("course fields", stretch.since)
    n = len(commune)
    person = world.people.in_turn("courses", commune, turn, wave.among)
    # Some come back for another course, some of them in another commune: persons do not add up.
    again = (rng.random(n) < _AGAIN) & (turn > 0)
    earlier = (rng.random(n) * turn).astype(np.int64)
    repeat = world.people.in_turn("courses", commune, earlier, wave.among)
    person = np.where(again, repeat, person)
    where = np.where(again & (rng.random(n) < 0.3), rng.integers(0, len(wave.among), n), commune)
    older = ~again & (rng.random(n) < _OLDER)
    beyond = world.people.adults - world.people.working
    elder = world.people.first[commune] + world.people.working[commune] + turn % beyond[commune]
    person = np.where(older, elder, person)
    return {
        "completion_code": Numbered("MP-HT-", first_number + np.arange(n), 10),
        "unit_code": _units(world, rng, where, day),
        "completed_on": day + world.days.base,
        "person": Numbered("000", identity(person), 9),
        "working_age": ~older,
        "course_code": Chosen(_COURSES, rng.integers(0, len(_COURSES), n)),
    }


def _units(world: World, rng: np.random.Generator, commune: Ints, day: Ints) -> Chosen:
    place = world.places.communes[commune]
    pick = rng.random(len(place), np.float32).astype(np.float64)
    return Chosen(world.codes, world.places.unit_at(place, pick, day))
