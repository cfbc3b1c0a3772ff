"""Places where records arise, and which unit answered for each on which day.

A place (locus) is a unit of the map on the first day. It keeps its people and its habits for the
whole sample; what changes is the unit that bears its records: after a merger the successor's
records are those of all its predecessors, after a split every record goes by its own share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from tinhso.measure.boundaries import Boundaries, Level
from tinhso.modules.simulation.days import Days, Floats, Ints

#: How much of the work is done at each level (renormalised where a province lacks one).
_LOAD = {Level.AGENCY: 0.22, Level.DISTRICT: 0.23, Level.COMMUNE: 0.55}
_ORDER = (Level.COMMUNE, Level.DISTRICT, Level.AGENCY)


@dataclass(frozen=True)
class Stretch:
    """Days [since, until) of one quarter on one map; `segment` numbers the map."""

    since: int
    until: int
    segment: int
    label: str  # 2025q3


class Places:
    """The places, and `unit_at` to find the unit of a record. Unit numbers index `uids`."""

    def __init__(
        self, boundaries: Boundaries, root: str, days: Days, rng: np.random.Generator
    ) -> None:
        self.boundaries = boundaries
        self.root = root
        self.days = days
        self.uid, self.level, self.parent = _first_units(boundaries, root, days.first)
        self.count = len(self.uid)
        self.communes = _numbers(self.level, Level.COMMUNE)
        self.districts = _numbers(self.level, Level.DISTRICT)
        self.agencies = _numbers(self.level, Level.AGENCY)
        if not len(self.communes):
            raise ValueError(f"{root} has no communes on {days.first}")
        self.size = _shares(rng.lognormal(0.0, 0.45, len(self.communes)))
        self.load = self._loads(rng)
        self.uids: list[str] = []
        self.codes: list[str] = []
        self._unit_number: dict[tuple[str, str], int] = {}
        self.segments = self._segments()
        self._keys: list[Floats] = []
        self._units: list[Ints] = []
        self.active: list[Floats] = []  # for each segment, the load of places that have a unit
        for day in self.segments:
            self._map_segment(day)
        starts = [days.number(day) for day in self.segments]
        self.segment_of = np.searchsorted(starts, np.arange(len(days.weight)), "right") - 1

    def unit_at(self, place: Ints, pick: Floats, day: Ints) -> Ints:
        """The unit that answers for each place on each day, -1 where none does.

        `pick` (0 to 1) stays with a record for life and says which side of a split it is on.
        """
        segment = self.segment_of[np.minimum(day, len(self.segment_of) - 1)]
        found = np.empty(len(place), np.int64)
        for one in np.unique(segment):
            rows = segment == one
            keys = self._keys[one]
            at = np.searchsorted(keys, place[rows] + pick[rows], "right")
            found[rows] = self._units[one][at]
        return found

    def root_on(self, day: date) -> str:
        """The province that answers for the root on `day`: itself, or what it became or came of."""
        return _carried_root(self.boundaries, self.root, day)

    def unit_number(self, uid: str, day: date) -> int:
        """The number of a unit with the code that it bears on `day`."""
        span = self.boundaries.span(uid, day)
        if span is None:
            raise ValueError(f"{uid} does not exist on {day}")
        return self._number(uid, span.code)

    def first_code(self, place: int) -> str:
        """The code that a place's unit bore on the first day."""
        span = self.boundaries.span(self.uid[place], self.days.first)
        assert span is not None, "places are units of the first day"
        return span.code

    def stretches(self, since: int = 0) -> list[Stretch]:
        """The days with records, cut at quarters and at changes of the map."""
        days = self.days
        cuts = {since, days.count}
        for number in range(since, days.count):
            day = days.date(number)
            if (day.month % 3 == 1 and day.day == 1) or day in self.segments:
                cuts.add(number)
        edges = sorted(cuts)
        made = []
        for start, end in pairwise(edges):
            day = days.date(start)
            label = f"{day.year}q{(day.month + 2) // 3}"
            made.append(Stretch(start, end, int(self.segment_of[start]), label))
        return made

    def _loads(self, rng: np.random.Generator) -> Floats:
        load = np.zeros(self.count)
        for level, share in _LOAD.items():
            own = _numbers(self.level, level)
            if not len(own):
                continue
            size = self.size if level is Level.COMMUNE else _shares(rng.lognormal(0, 0.5, len(own)))
            load[own] = size * share
        return _shares(load)

    def _segments(self) -> list[date]:
        """First days of all maps that differ for this province, in order."""
        found = [self.days.first]
        last = self.days.date(len(self.days.weight) - 1)
        before = self._answering(self.days.first)
        for day in self.boundaries.change_days:
            if self.days.first < day <= last:
                now = self._answering(day)
                if now != before:
                    found.append(day)
                before = now
        return found

    def _answering(self, day: date) -> list[list[tuple[str, str, float]]]:
        """For each place: uid, code and share of the units that answer for it on `day`."""
        made = []
        for uid in self.uid:
            shares = self._heirs(uid, day)
            rows = []
            for heir, share in sorted(shares.items()):
                span = self.boundaries.span(heir, day)
                assert span is not None, "heirs exist on the day"
                rows.append((heir, span.code, share))
            made.append(rows)
        return made

    def _heirs(self, uid: str, day: date) -> dict[str, float]:
        if self.boundaries.exists(uid, day):
            return {uid: 1.0}
        level = self.boundaries.spans[uid][-1].level
        steps = [
            s
            for s in self.boundaries.successors.get(uid, ())
            if s.on <= day and s.target != uid and self._level(s.target) is level
        ]
        targets = sorted({s.target for s in steps if s.whole} or {s.target for s in steps})
        if not targets and level is Level.DISTRICT:
            # An abolished district leaves its work to the communes that it had.
            targets = self._children(uid)
        shares: dict[str, float] = {}
        for target in targets:
            for heir, share in self._heirs(target, day).items():
                shares[heir] = shares.get(heir, 0.0) + share / len(targets)
        return shares

    def _level(self, uid: str) -> Level:
        return self.boundaries.spans[uid][0].level

    def _children(self, uid: str) -> list[str]:
        until = self.boundaries.life(uid)[1]
        if until is None:
            return []
        day = until - timedelta(days=1)
        below = self.boundaries.map(day).children.get(uid, [])
        return sorted(one for one in below if self._level(one) is Level.COMMUNE)

    def _map_segment(self, day: date) -> None:
        keys: list[float] = []
        units: list[int] = []
        active = self.load.copy()
        for place, rows in enumerate(self._answering(day)):
            total = 0.0
            for position, (uid, code, share) in enumerate(rows):
                total += share
                keys.append(place + (1.0 if position == len(rows) - 1 else total))
                units.append(self._number(uid, code))
            if not rows:
                keys.append(place + 1.0)
                units.append(-1)
                active[place] = 0.0
        self._keys.append(np.array(keys))
        self._units.append(np.array(units, np.int64))
        self.active.append(active)

    def _number(self, uid: str, code: str) -> int:
        """A unit with one of its codes; a change of code makes another number."""
        number = self._unit_number.setdefault((uid, code), len(self.uids))
        if number == len(self.uids):
            self.uids.append(uid)
            self.codes.append(code)
        return number


def _carried_root(boundaries: Boundaries, root: str, day: date) -> str:
    since, _ = boundaries.life(root)
    if boundaries.exists(root, day):
        return root
    if since is not None and day < since:
        links = [s.source for s in boundaries.predecessors.get(root, ()) if s.source != root]
    else:
        links = [s.target for s in boundaries.successors.get(root, ()) if s.target != root]
    if not links:
        raise ValueError(f"{root} does not exist on {day}, and nothing stands for it")
    return _carried_root(boundaries, min(links), day)


def _first_units(
    boundaries: Boundaries, root: str, day: date
) -> tuple[list[str], list[Level], list[str]]:
    """Communes, districts, agencies of the province on `day`, each group by parent and uid."""
    roots = [root]
    if not boundaries.exists(root, day):
        roots = sorted({s.source for s in boundaries.predecessors.get(root, ())})
    chart = boundaries.map(day)
    found: list[tuple[int, str, str]] = []
    for top in roots:
        for uid in chart.descendants(top) if top in chart else ():
            span = boundaries.span(uid, day)
            if span is not None and span.level in _ORDER:
                found.append((_ORDER.index(span.level), span.parent or "", uid))
    found.sort()
    return [f[2] for f in found], [_ORDER[f[0]] for f in found], [f[1] for f in found]


def _numbers(levels: list[Level], level: Level) -> Ints:
    return np.array([i for i, one in enumerate(levels) if one is level], np.int64)


def _shares(values: Floats) -> Floats:
    return np.asarray(values / values.sum())
