"""The catalogue of procedures: invented ones, with the shares that the province starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from tinhso.measure.boundaries import Level
from tinhso.modules.simulation.days import Days, Flags, Floats, Ints
from tinhso.modules.simulation.files import Chosen, Columns, Numbered
from tinhso.modules.simulation.places import Places
from tinhso.modules.simulation.scenario import Scenario

#: 1,407 procedures were offered online, 76.85 % of all; 1,072 of them full-process.
COUNT = 1831
_FULL_OF_OFFERED = 1072 / 1407
_GROUP_SHARE = {Level.AGENCY: 0.72, Level.DISTRICT: 0.17, Level.COMMUNE: 0.11}
_NEVER = 1 << 30
_TERMS = np.array([1, 3, 5, 7, 10, 15, 20, 30])
_AMOUNTS = np.array([5_000, 8_000, 15_000, 30_000, 50_000, 100_000, 200_000, 500_000, 1_500_000])
FULL, PARTIAL, INFORMATION = 0, 1, 2
LEVELS = ("full", "partial", "information")


@dataclass(frozen=True)
class Catalogue:
    """One entry a procedure. `group` tells whose it is: 0 communes, 1 districts, 2 + n agency n."""

    group: Ints
    popularity: Floats  # within its group, adds up to 1
    has_fee: Flags
    amount: Ints
    term: Ints  # working days
    eligible: Flags
    offered_from: Ints  # day number; -1 before the records begin
    full_from: Ints
    left_force: Ints
    group_of_place: Ints
    _keys: Floats
    _online_mass: Floats  # group x day: the share of dossiers whose procedure is offered online

    @classmethod
    def of(
        cls, rng: np.random.Generator, scenario: Scenario, places: Places, days: Days
    ) -> Catalogue:
        group_of_place, sizes = _groups(places)
        group = np.repeat(np.arange(len(sizes)), sizes)
        rank = np.concatenate([np.arange(size) for size in sizes])
        of = np.repeat(sizes, sizes)
        # Everyday procedures are few and were put online first; the long tail is used rarely.
        popularity = 1 / (rank + 4.0)
        popularity /= np.bincount(group, popularity)[group]
        start, end = scenario.start("offered_online"), scenario.end("offered_online")
        offered = rank + 0.5 < start * of
        turn = (rank * 37 % 100) / 100
        full = offered & (turn < _FULL_OF_OFFERED)
        eligible = full | (offered & (turn < _FULL_OF_OFFERED / scenario.start("eligible_offered")))
        offered_from = _from(rng, days, offered, rank + 0.5 < end * of)
        later = rng.random(COUNT) < _catch_up(scenario)
        full_from = _from(rng, days, full, full | (eligible & later))
        left = np.where(rng.random(COUNT) < 0.01, _some_day(rng, days), _NEVER)
        left = np.where(popularity > 0.005, _NEVER, left)
        term = _TERMS[np.minimum((rng.random(COUNT) * 5).astype(int) + 3 * (group > 0), 7)]
        return cls(
            group=group,
            popularity=popularity,
            has_fee=rank * 53 % 100 < 40,
            amount=rng.choice(_AMOUNTS, COUNT),
            term=term.astype(np.int64),
            eligible=eligible,
            offered_from=offered_from,
            full_from=full_from,
            left_force=left,
            group_of_place=group_of_place,
            _keys=_keys(group, popularity),
            _online_mass=_online_mass(group, popularity, offered_from, days),
        )

    def draw(self, rng: np.random.Generator, place: Ints) -> Ints:
        """A procedure for each dossier, out of those that its place handles."""
        group = self.group_of_place[place]
        # 24 bits keep group + share below the next group in double precision.
        share = rng.random(len(place), np.float32).astype(np.float64)
        return np.searchsorted(self._keys, group + share, "right").astype(np.int64)

    def level(self, procedure: Ints, day: Ints) -> Ints:
        offered = self.offered_from[procedure] <= day
        full = self.full_from[procedure] <= day
        return np.where(full & offered, FULL, np.where(offered, PARTIAL, INFORMATION))

    def online_mass(self, place: Ints, day: Ints) -> Floats:
        """Share of a place's dossiers that could be filed online at all on a day."""
        return np.asarray(self._online_mass[self.group_of_place[place], day])


def code(procedure: Ints) -> Numbered:
    """Codes shaped like real ones that are nobody's: no field has number 9, no province H00."""
    return Numbered("9.", procedure + 1, 6, ".000.00.00.H00")


def register(catalogue: Catalogue, places: Places, days: Days) -> Columns:
    """The states of all procedures: at the start, then whenever something changes.

    A change of the map publishes the whole catalogue again under the unit that then answers for it.
    """
    checked = sorted(
        {d for d in places.segments if days.number(d) < days.count}
        | {m for m in _months(days) if days.number(m) < days.count}
    )
    rows: list[tuple[Ints, Ints, Ints, Ints, Flags, Flags, Flags]] = []
    before: tuple[np.ndarray, ...] | None = None
    for day in checked:
        number = days.number(day)
        unit, level = _owner(catalogue, places, day)
        offered = catalogue.offered_from <= number
        full = offered & (catalogue.full_from <= number)
        force = catalogue.left_force > number
        now = (unit, level, force, full, offered)
        changed = np.ones(COUNT, bool)
        if before is not None:
            changed = np.any([a != b for a, b in zip(now, before, strict=True)], axis=0)
        which = np.flatnonzero(changed)
        at = np.full(len(which), number + days.base)
        rows.append(
            (which, at, unit[which], level[which], force[which], full[which], offered[which])
        )
        before = now
    which, at, unit, level, force, full, offered = (
        np.concatenate(column) for column in zip(*rows, strict=True)
    )
    return {
        "procedure_code": code(which),
        "as_of": at,
        "unit_code": Chosen(tuple(places.codes), unit),
        "level": Chosen(("commune", "district", "province"), level),
        "in_force": force,
        "eligible_full": catalogue.eligible[which],
        "offered_full": full,
        "offered_online": offered,
        "has_fee": catalogue.has_fee[which],
    }


def _owner(catalogue: Catalogue, places: Places, day: date) -> tuple[Ints, Ints]:
    """Publishing unit and deciding level of each procedure on a day."""
    root = places.unit_number(places.root_on(day), day)
    unit = np.full(COUNT, root)
    number = np.full(1, places.days.number(day))
    pick = np.zeros(1)
    districts = any(places.boundaries.exists(places.uid[int(d)], day) for d in places.districts)
    level = np.where(catalogue.group == 0, 0, np.where(catalogue.group == 1, int(districts), 2))
    for turn, agency in enumerate(places.agencies):
        own = int(places.unit_at(np.array([agency]), pick, number)[0])
        if own >= 0:
            unit[catalogue.group == 2 + turn] = own
    return unit, level.astype(np.int64)


def _groups(places: Places) -> tuple[Ints, Ints]:
    """The group of each place, and how many procedures each group has."""
    group = np.zeros(places.count, np.int64)
    group[places.districts] = 1
    group[places.agencies] = 2 + np.arange(len(places.agencies))
    sizes = [
        round(COUNT * _GROUP_SHARE[Level.COMMUNE]),
        round(COUNT * _GROUP_SHARE[Level.DISTRICT]),
    ]
    rest = COUNT - sum(sizes)
    # Without agencies on the map the province's own procedures stand in the catalogue all the same.
    agencies = max(len(places.agencies), 1)
    sizes += [rest // agencies + (i < rest % agencies) for i in range(agencies)]
    return group, np.array(sizes)


def _catch_up(scenario: Scenario) -> float:
    start, end = scenario.start("eligible_offered"), scenario.end("eligible_offered")
    return max(0.0, (end - start) / (1 - start)) if start < 1 else 0.0


def _some_day(rng: np.random.Generator, days: Days) -> Ints:
    length = len(days.weight) - days.plan_start
    return days.plan_start + 1 + (rng.random(COUNT) * (length - 2)).astype(np.int64)


def _from(rng: np.random.Generator, days: Days, at_start: Flags, at_end: Flags) -> Ints:
    """The day from which something holds: always, from a month of the plan year on, or never."""
    later = np.array([days.number(_next_month(days.date(int(d)))) for d in _some_day(rng, days)])
    return np.where(at_start, -1, np.where(at_end, later, _NEVER))


def _next_month(day: date) -> date:
    """The register is published on the first of a month; what is done after November counts in December."""
    return date(day.year, min(day.month + 1, 12), 1)


def _months(days: Days) -> list[date]:
    found = [days.date(i) for i in range(days.count)]
    return [day for day in found if day.day == 1]


def _keys(group: Ints, popularity: Floats) -> Floats:
    total = (
        np.cumsum(popularity)
        - np.concatenate([[0], np.cumsum(np.bincount(group, popularity))])[group]
    )
    last = np.append(group[1:] != group[:-1], True)
    return np.asarray(group + np.where(last, 1.0, np.minimum(total, 1.0)))


def _online_mass(group: Ints, popularity: Floats, offered_from: Ints, days: Days) -> Floats:
    mass = np.zeros((int(group.max()) + 1, len(days.weight)))
    known = offered_from < len(days.weight)
    np.add.at(mass, (group[known], np.maximum(offered_from[known], 0)), popularity[known])
    return np.asarray(np.cumsum(mass, axis=1))
