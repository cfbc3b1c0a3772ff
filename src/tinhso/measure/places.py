"""Where units stand when they are looked at: then, or as of a day; on a map, or as a territory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tinhso.measure.boundaries import Boundaries, Map, heir
from tinhso.measure.distinct import THEN
from tinhso.measure.periods import Grid, Period

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """How units are looked at: as they were on each record's date, or as on one day."""

    day: date | None = None

    @classmethod
    def parse(cls, text: str) -> View:
        """`then` or a day such as 2025-07-01; raises ValueError."""
        return cls() if text == THEN else cls(date.fromisoformat(text))

    @property
    def code(self) -> str:
        return THEN if self.day is None else self.day.isoformat()


@dataclass(frozen=True)
class Place:
    """How a unit is summed: on one map for all its records, or (None) on each slot's own map.

    `former`: the view's map does not know the unit; it is shown as the territory it had.
    `partly`: the unit existed in part of the period only. `last_day` is the last day, within the
    period, on which stocks are read. `under`: in a table of another unit, which counts it only
    while it is listed there, so that what moved or took over inside the period counts once.
    `follows`: where the unit is no more, the unit that took over from it is meant.
    """

    map: Map | None
    former: bool
    partly: bool
    last_day: date
    under: tuple[str, Place] | None = None
    follows: bool = False


@dataclass(frozen=True)
class Below:
    """Positions of leaves that count for a unit, and those that stand at it unattributed."""

    inside: Indices
    loose: Indices


class Places:
    """Answers where units stand. `leaves` are the units that records name, in the cube's order.

    `followed` are units (a plan's province) whose targets pass to whoever takes over from them:
    after their end, the successor's figures are theirs.
    """

    def __init__(
        self,
        boundaries: Boundaries,
        leaves: Sequence[str],
        grid: Grid,
        followed: Iterable[str] = (),
    ) -> None:
        self.boundaries = boundaries
        self.leaves = tuple(leaves)
        self.grid = grid
        self.followed = frozenset(followed)
        self.stands = lru_cache(maxsize=64)(self._stands)
        self.below = lru_cache(maxsize=16384)(self._below)
        self.segments = lru_cache(maxsize=1024)(self._segments)
        self.inside = lru_cache(maxsize=1024)(self._inside)
        self.listed = lru_cache(maxsize=4096)(self._listed)

    def place(self, unit: str, period: Period, view: View) -> Place | None:
        """How `unit` is summed in a view, or None when it does not exist in it."""
        since, until = self.boundaries.life(unit)
        begin, end = max(period.start, since or date.min), min(period.end, until or date.max)
        whole = (begin, end) == (period.start, period.end)
        if view.day is None:
            if unit in self.followed and not whole and (since or date.min) < period.end:
                return Place(None, False, False, period.last_day, follows=True)
            return None if begin >= end else Place(None, False, not whole, end - timedelta(days=1))
        the_map = self.boundaries.map(view.day)
        if unit in the_map:
            return Place(the_map, False, False, period.last_day)
        if unit in self.followed and heir(unit, the_map) is not None:
            return Place(the_map, False, False, period.last_day, follows=True)
        return Place(self.own_map(unit, view.day), True, False, period.last_day)

    def node(self, unit: str, place: Place, the_map: Map) -> str | None:
        """The unit of `the_map` that is summed for `unit`: itself, or its heir where it follows."""
        if unit in the_map:
            return unit
        return heir(unit, the_map) if place.follows else None

    def row(self, unit: str, period: Period, view: View, under: str) -> Place | None:
        """How `unit` is summed in a row of the table of `under`, so that the rows add up to it."""
        above = self.place(under, period, view)
        if view.day is not None or above is None:
            return self.place(unit, period, view)
        since, until = self.boundaries.life(unit)
        whole = (since or date.min) <= period.start and period.end <= (until or date.max)
        slots = self.grid.slots(period)
        maps = [the_map for _, _, the_map in self.segments(*slots)] if slots else []
        always = all(unit in self.listed(under, above, the_map) for the_map in maps)
        return Place(None, False, not (whole and always), above.last_day, (under, above))

    def counts(self, unit: str, place: Place, the_map: Map) -> bool:
        """Whether what `unit` has on a map counts, at the place where it is looked at."""
        return place.under is None or unit in self.listed(*place.under, the_map)

    def _inside(self, unit: str, own: Map, the_map: Map) -> frozenset[str]:
        """All units of `the_map` that lie in what `unit` is on its `own` map, at every level."""
        if own is the_map:
            return frozenset((unit, *own.descendants(unit)))
        return frozenset(uid for uid in the_map.parent if unit in own.path(own.carry(uid).uid))

    def own_map(self, unit: str, day: date) -> Map:
        """The map of the unit's day nearest to `day`."""
        since, until = self.boundaries.life(unit)
        if until is not None and until <= day:
            return self.boundaries.map(until - timedelta(days=1))
        return self.boundaries.map(max(since or date.min, day))

    def _below(self, the_map: Map, unit: str) -> Below:
        inside, loose = self.stands(the_map)
        return Below(
            np.array(inside.get(unit, ()), dtype=np.int64),
            np.array(loose.get(unit, ()), dtype=np.int64),
        )

    def _stands(self, the_map: Map) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """For each unit of a map, the leaves that stand in it, and those at it unattributed."""
        inside: dict[str, list[int]] = defaultdict(list)
        loose: dict[str, list[int]] = defaultdict(list)
        for position, leaf in enumerate(self.leaves):
            carried = the_map.carry(leaf)
            for unit in the_map.path(carried.uid):
                inside[unit].append(position)
            if not carried.attributed:
                loose[carried.uid].append(position)
        return dict(inside), dict(loose)

    def _segments(self, begin: int, end: int) -> list[tuple[int, int, Map]]:
        """Runs of slots in [begin, end) that lie on one map."""
        found: list[tuple[int, int, Map]] = []
        for slot in range(begin, end):
            the_map = self.boundaries.map(self.grid.first_day(slot))
            if found and found[-1][2] is the_map:
                found[-1] = (found[-1][0], slot + 1, the_map)
            else:
                found.append((slot, slot + 1, the_map))
        return found

    def children(self, unit: str, period: Period, view: View) -> list[str]:
        """The units that a table of `unit` lists: those directly below it in the view.

        For a former unit these are the view's units that lie wholly in what it was.
        """
        place = self.place(unit, period, view)
        if place is None:
            return []
        slots = self.grid.slots(period)
        if view.day is not None:
            maps = [self.boundaries.map(view.day)]
        else:
            maps = [the_map for _, _, the_map in self.segments(*slots)] if slots else []
        found: dict[str, None] = {}
        for the_map in maps:
            found |= dict.fromkeys(self.listed(unit, place, the_map))
        return list(found)

    def _listed(self, unit: str, place: Place, the_map: Map) -> tuple[str, ...]:
        """The units of one map that a table of `unit` lists."""
        node = self.node(unit, place, the_map)
        if node is not None:
            return tuple(the_map.children.get(node, ()))
        if place.former and place.map is not None:
            return tuple(dict.fromkeys(self._within(unit, place.map, the_map)))
        return ()

    def _within(self, unit: str, own: Map, the_map: Map) -> Iterable[str]:
        """The highest units of `the_map` that lie wholly in what `unit` was on its `own` map."""
        for leaf in self.leaves:
            highest = None
            for node in the_map.path(the_map.carry(leaf).uid):
                if unit in own.path(own.carry(node).uid):
                    highest = node
            if highest is not None:
                yield highest
