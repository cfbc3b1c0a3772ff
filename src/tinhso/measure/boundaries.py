"""Units through time, as plain values: who existed when, under whom, and what became of whom.

Measure needs no names here, only identity. A unit's `uid` lasts for its whole life; its code,
and its parent are dated (spans); what it came from and became is a list of successions. Dates
are half-open: a span holds from `since` up to, not including, `until`; `None` is without end.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache


class Level(StrEnum):
    """Where a unit stands in the state: cả nước, tỉnh, huyện, xã; an agency is cơ quan."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    AGENCY = "agency"


@dataclass(frozen=True)
class Span:
    """A stretch of one unit's life in which its code and parent stay the same."""

    uid: str
    level: Level
    code: str
    parent: str | None
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True)
class Succession:
    """On day `on`, the records and duties of `source` pass to `target`: wholly, or in part."""

    on: date
    source: str
    target: str
    whole: bool = True


@dataclass(frozen=True)
class Carried:
    """Where a unit's figures stand on another day's map.

    `attributed` is false when no single unit of that map can claim them: then `uid` is the
    nearest unit above all that could.
    """

    uid: str
    attributed: bool


def _joined(spans: list[Span]) -> list[Span]:
    """Spans in order, with neighbours that differ in nothing joined: no change, no day of change."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and (last.code, last.parent, last.until) == (span.code, span.parent, span.since):
            joined[-1] = replace(last, until=span.until)
        else:
            joined.append(span)
    return joined


def day_before(changes: tuple[date, ...], day: date) -> date:
    """One day that stands for all days before the first change of the map."""
    return changes[0] - timedelta(days=1) if changes else day


class Boundaries:
    """All units with their spans and successions; answers questions about any day's map."""

    def __init__(self, spans: Iterable[Span], successions: Iterable[Succession] = ()) -> None:
        spans_of, by_code = defaultdict(list), defaultdict(list)
        for span in spans:
            spans_of[span.uid].append(span)
        self.spans: Mapping[str, list[Span]] = {
            uid: _joined(sorted(own, key=lambda span: span.since or date.min))
            for uid, own in spans_of.items()
        }
        for own in self.spans.values():
            for span in own:
                by_code[span.code].append(span)
        self._by_code: Mapping[str, list[Span]] = dict(by_code)
        successors, predecessors = defaultdict(list), defaultdict(list)
        for succession in successions:
            for uid in (succession.source, succession.target):
                if uid not in self.spans:
                    raise ValueError(f"succession names {uid!r}, which has no span")
            successors[succession.source].append(succession)
            predecessors[succession.target].append(succession)
        self.successors: Mapping[str, list[Succession]] = dict(successors)
        self.predecessors: Mapping[str, list[Succession]] = dict(predecessors)
        self._map_from = lru_cache(maxsize=64)(lambda day: Map(self, day))

    @cached_property
    def digest(self) -> str:
        """Equal exactly for equal boundaries; tells whether figures were made on these."""
        hashed = hashlib.sha256()
        for own in self.spans.values():
            hashed.update(repr(own).encode())
        for successions in self.successors.values():
            hashed.update(repr(successions).encode())
        return hashed.hexdigest()[:16]

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """Every day on which the map differs from the day before, in order."""
        days = {s.since for own in self.spans.values() for s in own}
        days |= {s.until for own in self.spans.values() for s in own}
        return tuple(sorted(day for day in days if day is not None))

    def exists(self, uid: str, day: date) -> bool:
        return self.span(uid, day) is not None

    def span(self, uid: str, day: date) -> Span | None:
        """The span of `uid` that holds on `day`, or None when the unit did not exist then."""
        return next((span for span in self.spans[uid] if span.holds_on(day)), None)

    def life(self, uid: str) -> tuple[date | None, date | None]:
        """First day and first day no more (half-open) of the unit; None is without end."""
        own = self.spans[uid]
        return own[0].since, own[-1].until

    def by_code(self, code: str, day: date) -> str | None:
        """The unit that bore `code` on `day`."""
        return next((span.uid for span in self._by_code.get(code, ()) if span.holds_on(day)), None)

    def codes(self) -> Mapping[str, list[Span]]:
        """Every code ever borne, with the spans that bore it."""
        return self._by_code

    def map(self, day: date) -> Map:
        """The map of `day`; the same object for all days between two changes."""
        changes = self.change_days
        position = bisect_right(changes, day)
        return self._map_from(changes[position - 1] if position else day_before(changes, day))

    def paths(self, uid: str) -> list[tuple[Succession, ...]]:
        """Every way from heir to heir, from a unit that is no more to one that goes on."""
        _, until = self.life(uid)
        if until is None:
            return []
        return [
            (step, *rest)
            for step in self.successors.get(uid, ())
            if step.on >= until
            for rest in self.paths(step.target) or [()]
        ]

    def carry(self, uid: str, day: date) -> Carried:
        """Where figures of `uid` stand on the map of `day`, before or after the unit's own time.

        `uid` may be "unit>heir", where a record names the unit's heir itself: then the heir's place
        is meant once the unit is no more. A merger carries wholly; a split, or a new unit looked at on an older map, is not
        attributed unless only one unit can claim it.
        """
        return self.map(day).carry(uid)


class Map:
    """The map of one day: parents, children, and where units of other days stand on it."""

    def __init__(self, boundaries: Boundaries, day: date) -> None:
        self.boundaries = boundaries
        self.day = day
        self.parent: dict[str, str | None] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        for uid, own in boundaries.spans.items():
            for span in own:
                if span.holds_on(day):
                    self.parent[uid] = span.parent
                    if span.parent is not None:
                        self.children[span.parent].append(uid)
        self._carried: dict[str, Carried] = {}

    def __contains__(self, uid: str) -> bool:
        return uid in self.parent

    def path(self, uid: str) -> tuple[str, ...]:
        """The unit and its ancestors, nearest first."""
        path = [uid]
        while (above := self.parent.get(path[-1])) is not None:
            path.append(above)
        return tuple(path)

    def descendants(self, uid: str) -> list[str]:
        """All units below `uid` on this map, itself not among them."""
        found: list[str] = []
        waiting = list(self.children.get(uid, ()))
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting.extend(self.children.get(one, ()))
        return found

    def common(self, uids: Iterable[str]) -> str:
        """The nearest unit at or above all of `uids`.

        Raises ValueError when nothing stands above them all.
        """
        paths = [self.path(uid) for uid in uids]
        for candidate in paths[0]:
            if all(candidate in path for path in paths):
                return candidate
        raise ValueError(f"no unit above all of {[path[0] for path in paths]} on {self.day}")

    def carry(self, uid: str) -> Carried:
        """See `Boundaries.carry`."""
        own, _, heir_named = uid.partition(">")
        if heir_named:
            _, until = self.boundaries.life(own)
            ended = until is not None and until <= self.day
            return self.carry(heir_named if ended else own)
        found = self._carried.get(uid)
        if found is None:
            found = self._carried[uid] = self._carry(uid)
        return found

    def _carry(self, uid: str) -> Carried:
        if uid in self:
            return Carried(uid, True)
        since, until = self.boundaries.life(uid)
        if until is not None and until <= self.day:
            after = [s for s in self.boundaries.successors.get(uid, ()) if s.on <= self.day]
            heirs = [s.target for s in after]
            if len(after) == 1 and not after[0].whole:
                # Part of it went to one known unit, the rest nobody knows where.
                place = self.carry(heirs[0]).uid
                return Carried(self.parent.get(place) or place, False)
            last_day = until - timedelta(days=1)
        else:
            heirs = [s.source for s in self.boundaries.predecessors.get(uid, ()) if s.on > self.day]
            last_day = since if since is not None else self.day
        if not heirs:
            # Nobody took over (or nobody came before): what stood above it still answers for it.
            span = self.boundaries.span(uid, last_day)
            if span is None or span.parent is None:
                raise ValueError(f"{uid} cannot be placed on the map of {self.day}")
            return Carried(self.carry(span.parent).uid, False)
        places = {self.carry(heir) for heir in heirs}
        if len(places) == 1:
            return next(iter(places))
        return Carried(self.common(sorted({place.uid for place in places})), False)


def heir(unit: str, the_map: Map) -> str | None:
    """The one unit of a later map that took over from `unit`, or None."""
    _, until = the_map.boundaries.life(unit)
    if until is None or until > the_map.day:
        return None
    carried = the_map.carry(unit)
    return carried.uid if carried.attributed else None
