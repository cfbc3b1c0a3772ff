"""Dossiers: who files what, where, how, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinhso.modules.simulation import catalogue as procedures
from tinhso.modules.simulation.days import DAY, Flags, Floats, Ints, any_clock, office_clock
from tinhso.modules.simulation.files import Chosen, Columns, Numbered
from tinhso.modules.simulation.habits import broken
from tinhso.modules.simulation.people import identity
from tinhso.modules.simulation.places import Stretch
from tinhso.modules.simulation.traces import (
    BUSINESS,
    CITIZEN,
    OFFICER,
    POST,
    UNKNOWN,
    Traces,
    closings,
    traces,
)
from tinhso.modules.simulation.world import World

_BY = ("citizen", "officer", "post", "business")
#: Of the dossiers that are digitised at all, those whose result is digitised too.
_RESULT_TOO = 0.97
_NEVER_CLOSED = 0.012
#: Of the dossiers closed in time, those whose applicant was asked twice for more papers.
_ASKED_TWICE = 0.006


@dataclass(frozen=True)
class Dossiers:
    """Dossiers of one stretch, a position each. -1 is "not known" in every whole number."""

    number: Ints
    place: Ints
    unit: Ints
    successor: Ints
    procedure: Ints
    level: Ints
    received: Ints
    due: Ints
    closed: Ints
    online: Flags
    paid_online: Ints
    electronic: Ints
    digitised: Ints
    result_digitised: Ints
    person: Ints
    adult: Ints
    by: Ints
    traces: Traces
    first_closed: Ints
    reopened: Ints
    supplements: Ints

    def __len__(self) -> int:
        return len(self.number)


def draw(world: World, stretch: Stretch, part: int, n: int, first_number: int) -> Dossiers:
    """`n` dossiers of a stretch, less those that a broken system lost."""
    rng = world.chance("dossiers", stretch.since, part)
    place = world.draw_places(rng, stretch, n)
    day = np.sort(world.days.draw(rng, stretch.since, stretch.until, n))
    kept = ~broken(world.habits, world.places, place, day)
    place, day = place[kept], day[kept]
    n = len(place)
    pick = rng.random(n, np.float32).astype(np.float64)

    procedure = world.catalogue.draw(rng, place)
    online, by = _submitted(world, rng, place, procedure, day)
    day = np.where(online, day, world.days.to_work(day, stretch.since, stretch.until))
    clock = np.where(online, any_clock(rng, n, world.days.working[day]), office_clock(rng, n))
    received = world.days.seconds(day, clock)
    due, closed = _handled(world, rng, place, procedure, day, received)
    unit = world.places.unit_at(place, pick, day)

    person = world.people.draw(rng, place)
    adult = world.people.adult(person).astype(np.int64)
    unnamed = (by == BUSINESS) | (rng.random(n) < 0.045)
    person_or_none = np.where(unnamed, -1, person)
    device = _devices(world, rng, place, day, online, by, person)
    # Chance of their own: what they draw leaves the rest of the sample as it is.
    left = world.chance("traces", stretch.since, part)
    left_traces = traces(world, left, place, day, by, device, person_or_none)
    first_closed, reopened = closings(world, left, place, received, due, closed)
    return Dossiers(
        number=first_number + np.arange(n, dtype=np.int64),
        place=place,
        unit=unit,
        successor=_successor(world, place, pick, closed, unit),
        procedure=procedure,
        level=world.catalogue.level(procedure, day),
        received=received,
        due=due,
        closed=closed,
        online=online,
        paid_online=_paid(world, rng, place, procedure, day, online),
        **_results(world, rng, place, day, online, closed),
        person=person_or_none,
        adult=np.where(unnamed, -1, adult),
        by=by,
        traces=left_traces,
        first_closed=first_closed,
        reopened=reopened,
        supplements=_supplements(world.chance("supplements", stretch.since, part), due, closed),
    )


def columns(world: World, d: Dossiers) -> Columns:
    """The stream's fields."""
    return {
        "dossier_code": Numbered("MP-HS-", d.number, 10),
        "unit_code": Chosen(world.codes, d.unit),
        "procedure_code": procedures.code(d.procedure),
        "service_level": Chosen(procedures.LEVELS, d.level),
        "received_at": d.received,
        "due_at": d.due,
        "closed_at": d.closed,
        "submitted_online": d.online,
        "paid_online": d.paid_online,
        "result_electronic": d.electronic,
        "dossier_digitised": d.digitised,
        "result_digitised": d.result_digitised,
        "applicant": Numbered("000", identity(d.person), 9),
        "applicant_adult": d.adult,
        "submitted_by": Chosen(_BY, d.by),
        "device": Numbered("MP-TB-", d.traces.device, 10),
        "account": Numbered("MP-TN-", d.traces.account, 11),
        "network": Numbered("MP-MANG-", d.traces.network, 11),
        "first_closed_at": d.first_closed,
        "reopened_at": d.reopened,
        "supplement_requests": d.supplements,
        "successor_unit_code": Chosen(world.codes, d.successor),
    }


def _submitted(
    world: World, rng: np.random.Generator, place: Ints, procedure: Ints, day: Ints
) -> tuple[Flags, Ints]:
    """Whether each was filed online, and by whom."""
    n = len(place)
    possible = world.catalogue.level(procedure, day) != procedures.INFORMATION
    mass = np.maximum(world.catalogue.online_mass(place, day), 0.05)
    chance = np.minimum(world.share("submitted_online", place, day) / mass, 0.995)
    online = possible & (rng.random(n) < chance)

    u = rng.random(n)
    by = np.where(
        u < 0.87, CITIZEN, np.where(u < 0.95, BUSINESS, np.where(u < 0.98, POST, OFFICER))
    )
    by = np.where(rng.random(n) < 0.01, UNKNOWN, by)
    # The habit: the clerk files, mostly what was handed in over the counter, and it counts as online.
    clerk = _in_plan_year(world, day) & world.habits.among("officer_online", place)
    clerk &= possible & (rng.random(n) < np.where(online, 0.3, 0.85))
    return online | clerk, np.where(clerk, OFFICER, by)


def _handled(
    world: World,
    rng: np.random.Generator,
    place: Ints,
    procedure: Ints,
    day: Ints,
    received: Ints,
) -> tuple[Ints, Ints]:
    """Due and closing times. Still open at the end of the records is -1."""
    days, n = world.days, len(place)
    term = world.catalogue.term[procedure]
    due = days.seconds(days.after(day, term), np.full(n, 17 * 3600))

    in_time = rng.random(n) < world.share("on_time", place, day)
    early = np.floor(term * rng.uniform(0.15, 1.0, n) + 0.3).astype(np.int64)
    late = term + rng.geometric(0.22, n)
    work = np.where(in_time, np.minimum(early, term), late)
    work = np.where((work == 0) & (received % DAY > 14 * 3600), 1, work)
    work = np.where((work == 0) & ~days.working[day], 1, work)
    same_day = received + 1800 + (rng.random(n) * 7200).astype(np.int64)
    later = days.seconds(days.after(day, work), np.minimum(office_clock(rng, n), 16 * 3600 + 3000))
    closed = np.where(work == 0, same_day, later)

    plan_year = _in_plan_year(world, day)
    closed_day = np.minimum(days.day_of(closed), len(days.month_end) - 1)
    month_end = days.month_end[closed_day]
    burst = plan_year & world.habits.among("last_day_burst", place)
    burst &= (month_end - closed_day < 18) & (month_end >= closed_day) & (work > 0)
    last_hours = (16 * 3600 + rng.random(n) * 1.4 * 3600).astype(np.int64)
    closed = np.where(burst, days.seconds(month_end, last_hours), closed)

    at_once = plan_year & world.habits.among("closed_in_seconds", place) & (rng.random(n) < 0.4)
    closed = np.where(at_once, received + 4 + (rng.random(n) * 40).astype(np.int64), closed)

    end = (days.base + days.count) * DAY
    is_open = (closed >= end) | (rng.random(n) < _NEVER_CLOSED)
    return due, np.where(is_open, -1, closed)


def _supplements(rng: np.random.Generator, due: Ints, closed: Ints) -> Ints:
    """How often the office asked for more papers: more often where it took longer than it should."""
    late = (closed < 0) | (closed > due)
    u = rng.random(len(due))
    once, twice = np.where(late, 0.35, 0.08), np.where(late, 0.12, _ASKED_TWICE)
    return np.where(u < twice, 2, np.where(u < once, 1, 0)).astype(np.int64)


def _paid(
    world: World,
    rng: np.random.Generator,
    place: Ints,
    procedure: Ints,
    day: Ints,
    online: Flags,
) -> Ints:
    """Whether the fee was paid online; -1 where there is no fee."""
    paid = rng.random(len(place)) < _given_online(
        world.share("paid_online", place, day),
        world.share("submitted_online", place, day),
        online,
        1.25,
    )
    paid |= world.habits.among("own_account", place) & _in_plan_year(world, day)
    return np.where(world.catalogue.has_fee[procedure], paid.astype(np.int64), -1)


def _results(
    world: World, rng: np.random.Generator, place: Ints, day: Ints, online: Flags, closed: Ints
) -> dict[str, Ints]:
    n = len(place)
    chance = _given_online(
        world.share("result_electronic", place, day),
        world.share("submitted_online", place, day),
        online,
        1.15,
    )
    electronic = (rng.random(n) < chance).astype(np.int64)
    digitised = rng.random(n) < np.minimum(world.share("digitised", place, day) / _RESULT_TOO, 1)
    result = rng.random(n) < np.where(digitised, _RESULT_TOO, 0.1)
    is_open = closed < 0
    return {
        "electronic": np.where(is_open, -1, electronic),
        "digitised": digitised.astype(np.int64),
        "result_digitised": np.where(is_open, -1, result.astype(np.int64)),
    }


def _given_online(share: Floats, online_share: Floats, online: Flags, lift: float) -> Floats:
    """`share` split so that dossiers filed online have `lift` times of it, and the mean stays."""
    if_online = np.minimum(share * lift, np.maximum(share, 0.985))
    rest = np.maximum(1 - online_share, 0.02)
    otherwise = np.clip((share - online_share * if_online) / rest, 0.0, 1.0)
    # Where the rest cannot go low enough, those online give way.
    if_online = np.minimum(if_online, share / np.maximum(online_share, 0.02))
    return np.where(online, if_online, otherwise)


def _devices(
    world: World,
    rng: np.random.Generator,
    place: Ints,
    day: Ints,
    online: Flags,
    by: Ints,
    person: Ints,
) -> Ints:
    """Traces of devices, online dossiers only: a person's own, an office's, or the busy one."""
    n = len(place)
    own = person * 3 + (rng.random(n) < 0.2) + 1_000_000
    office = place * 4 + rng.integers(0, 4, n)
    device = np.where(by == OFFICER, office, own)
    busy = world.habits.among("one_device", place) & _in_plan_year(world, day)
    device = np.where(busy & (rng.random(n) < 0.7), 900_000 + place, device)
    return np.where(online & (rng.random(n) >= 0.02), device, -1)


def _successor(world: World, place: Ints, pick: Floats, closed: Ints, unit: Ints) -> Ints:
    """The unit that finished (or still has) what another began before the map changed."""
    days = world.days
    until = np.where(closed < 0, days.count - 1, days.day_of(closed))
    after = world.places.unit_at(place, pick, until)
    return np.where(after != unit, after, -1)


def _in_plan_year(world: World, day: Ints) -> Flags:
    return day >= world.days.plan_start
