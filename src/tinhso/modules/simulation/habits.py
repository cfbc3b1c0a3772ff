"""Dishonest habits, and plain failures, each hidden in a few places. None starts before the plan
year: nobody bends a figure that nobody counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from tinhso.modules.simulation.days import Flags, Ints
from tinhso.modules.simulation.places import Places

#: How many communes have each habit. Small provinces have the first ones only.
_COMMUNES = {
    "officer_online": 2,  # clerks file as citizens, and it counts as online
    "one_device": 1,  # most online dossiers of the commune come from one device
    "closed_in_seconds": 1,
    "own_account": 1,  # the office pays the fees of citizens
    "last_day_burst": 1,  # what is left of a month is closed on its last working day
    "round_numbers": 3,
    "broken_system": 3,  # no records at all in April and May
    "missing_reports": 8,
    "one_network": 1,  # an agent with many devices brings in most online dossiers
    "one_account": 1,  # the clerk files by one account that passes for a citizen's
    "closed_and_reopened": 1,  # what will be late is closed in time, and opened again
}
#: What happens to honest offices too.
_FAILURES = {"broken_system", "missing_reports"}


@dataclass(frozen=True)
class Habits:
    """For each habit, the places that have it."""

    places: Mapping[str, Ints]

    @classmethod
    def of(cls, rng: np.random.Generator, places: Places, *, honest: bool) -> Habits:
        """Places drawn for each habit; with `honest`, for failures alone, the same ones."""
        order = rng.permutation(places.communes)
        found: dict[str, Ints] = {}
        taken = 0
        for habit, count in _COMMUNES.items():
            own = order[taken : taken + count]
            found[habit] = own[:0] if honest and habit not in _FAILURES else own
            taken += count
        found["late_district"] = rng.permutation(places.districts)[:1]
        return cls(found)

    def among(self, habit: str, place: Ints) -> Flags:
        return np.isin(place, self.places[habit])

    def by_uid(self, places: Places) -> dict[str, tuple[str, ...]]:
        return {h: tuple(places.uid[i] for i in own) for h, own in self.places.items()}


def broken(habits: Habits, places: Places, place: Ints, day: Ints) -> Flags:
    """Records that a broken system never kept."""
    days = places.days
    since, until = days.number(date(days.year, 4, 1)), days.number(date(days.year, 6, 1))
    return (day >= since) & (day < until) & habits.among("broken_system", place)
