"""Work dossiers and inspections: what offices do among themselves."""

from __future__ import annotations

import numpy as np

from tinhso.measure.boundaries import Level
from tinhso.modules.simulation.days import office_clock
from tinhso.modules.simulation.files import Chosen, Columns, Numbered
from tinhso.modules.simulation.habits import broken
from tinhso.modules.simulation.places import Stretch
from tinhso.modules.simulation.world import World

WORK_ITEMS = 0.4  # for each dossier
INSPECTIONS = 0.004
#: Agencies write more than they receive; communes the other way round.
_PAPER = {Level.AGENCY: 1.0, Level.DISTRICT: 0.7, Level.COMMUNE: 0.35}
_INSPECTED = ("Doanh nghiệp mẫu", "Hộ kinh doanh mẫu", "Hợp tác xã mẫu", "Trường học mẫu")
_ONLINE = {
    Level.COMMUNE: "work_online_commune",
    Level.DISTRICT: "work_online_district",
    Level.AGENCY: "work_online_province",
}


def work_items(world: World, stretch: Stretch, part: int, n: int, first_number: int) -> Columns:
    """`n` closed work dossiers of a stretch, less those that other levels do not write."""
    rng = world.chance("work_items", stretch.since, part)
    places, days = world.places, world.days
    place = world.draw_places(rng, stretch, n)
    day = np.sort(days.draw(rng, stretch.since, stretch.until, n))
    day = days.to_work(day, stretch.since, stretch.until)
    writes = np.array([_PAPER[level] for level in places.level])
    kept = (rng.random(n) < writes[place]) & ~broken(world.habits, places, place, day)
    place, day = place[kept], day[kept]
    n = len(place)
    pick = rng.random(n, np.float32).astype(np.float64)

    chance = np.zeros(n)
    for level, key in _ONLINE.items():
        own = np.array([one is level for one in places.level])[place]
        if own.any():
            chance[own] = world.share(key, place[own], day[own])
    online = rng.random(n) < chance
    signed = online & (rng.random(n) < 0.9)
    closed = days.seconds(day, office_clock(rng, n))
    opened = closed - (rng.gamma(1.4, 6.0, n) * 86_400).astype(np.int64) - 600
    return {
        "work_code": Numbered("MP-CV-", first_number + np.arange(n), 10),
        "unit_code": Chosen(world.codes, places.unit_at(place, pick, day)),
        "opened_at": opened,
        "closed_at": closed,
        "handled_online": online,
        "signed_digitally": np.where(rng.random(n) < 0.03, -1, signed.astype(np.int64)),
    }


def inspections(world: World, stretch: Stretch, n: int, first_number: int) -> Columns:
    rng = world.chance("inspections", stretch.since)
    place = world.draw_places(rng, stretch, n)
    day = np.sort(world.days.draw(rng, stretch.since, stretch.until, n))
    ended = world.days.to_work(day, stretch.since, stretch.until)
    started = ended - rng.integers(0, 12, n)
    pick = rng.random(n)
    return {
        "inspection_code": Numbered("MP-KT-", first_number + np.arange(n), 8),
        "unit_code": Chosen(world.codes, world.places.unit_at(place, pick, ended)),
        "started_on": started + world.days.base,
        "ended_on": ended + world.days.base,
        "digital": rng.random(n) < world.share("inspections_digital", place, ended),
        "subject": Chosen(_INSPECTED, rng.integers(-1, len(_INSPECTED), n)),
    }
