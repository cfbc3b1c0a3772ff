"""A finite population: who applies, who installs the app, who learns. People are numbers.

People are numbered commune by commune. Within a commune the first ones are of working age, the
next are older adults, the last are minors, so that what a person is follows from the number alone and
no table of people is ever held, at any scale.
"""

from __future__ import annotations

import numpy as np

from tinhso.modules.simulation.days import Flags, Ints
from tinhso.modules.simulation.places import Places

PEOPLE_PER_COMMUNE = 1_100_000 / 111
WORKING_AGE = 0.62
ADULT = 0.71
#: Of the adults, those who ever deal with an office themselves.
_ACTIVE = 0.92
_AWAY = 0.12  # dossiers handed in at another commune than one's own
#: Any prime above every commune's population: steps through people without meeting one twice.
_STEP = {"app": 1_000_000_007, "courses": 998_244_353}
#: Turns a person's number into nine digits that look unordered; it has an inverse, so nobody shares one.
_SCATTER, _NUMBERS = 387_420_491, 1_000_000_000


class People:
    def __init__(self, places: Places, scale: float) -> None:
        self.places = places
        wanted = places.size * len(places.communes) * PEOPLE_PER_COMMUNE * scale
        self.population: Ints = np.maximum(np.round(wanted).astype(np.int64), 10)
        self.first = np.concatenate([[0], np.cumsum(self.population)]).astype(np.int64)
        self.adults = np.floor(self.population * ADULT).astype(np.int64)
        self.working = np.floor(self.population * WORKING_AGE).astype(np.int64)
        self.count = int(self.first[-1])
        self._range_low, self._range_high = self._ranges()

    def draw(self, rng: np.random.Generator, place: Ints) -> Ints:
        """One person for each record: mostly from around the place, some again and again."""
        n = len(place)
        away = rng.random(n) < _AWAY
        low = np.where(away, 0, self._range_low[place])
        high = np.where(away, self.count, self._range_high[place])
        somewhere = low + (rng.random(n) * (high - low)).astype(np.int64)
        home = np.searchsorted(self.first, somewhere, "right") - 1
        minor = rng.random(n) < 0.025
        skewed = rng.random(n) ** 1.35
        adult_at = (skewed * self.adults[home] * _ACTIVE).astype(np.int64)
        spare = self.population[home] - self.adults[home]
        minor_at = self.adults[home] + (skewed * spare).astype(np.int64)
        return np.asarray(self.first[home] + np.where(minor, minor_at, adult_at))

    def adult(self, person: Ints) -> Flags:
        home = np.searchsorted(self.first, person, "right") - 1
        return np.asarray(person - self.first[home] < self.adults[home])

    def in_turn(self, what: str, commune: Ints, turn: Ints, among: Ints) -> Ints:
        """The `turn`-th person of a commune to do something, out of its first `among` people."""
        pool = among[commune]
        at = (turn * (_STEP[what] % pool) + 7 * commune) % pool
        return np.asarray(self.first[commune] + at)

    def _ranges(self) -> tuple[Ints, Ints]:
        """For each place, the people around it: of the commune, of the district, of the province."""
        places = self.places
        low = np.zeros(places.count, np.int64)
        high = np.full(places.count, self.count, np.int64)
        for number, place in enumerate(places.communes):
            low[place], high[place] = self.first[number], self.first[number + 1]
        for place in places.districts:
            own = [i for i, c in enumerate(places.communes) if self._under(int(c), int(place))]
            if own:
                low[place], high[place] = self.first[own[0]], self.first[own[-1] + 1]
        return low, high

    def _under(self, commune: int, district: int) -> bool:
        return self.places.parent[commune] == self.places.uid[district]


def identity(person: Ints) -> Ints:
    """Nine digits for each person. Behind `000`, which no province has, they make a number that
    looks like an identity number and can belong to nobody; -1 stays -1."""
    return np.where(person < 0, -1, (person % _NUMBERS) * _SCATTER % _NUMBERS)
