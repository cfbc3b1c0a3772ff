"""The register (sổ đơn vị): every unit through time, in memory, immutable, and quick to ask.

`register()` builds it from the database once per loaded pack; `register_from_files()` needs no
database. Dates are half-open everywhere; a day asked about is a `date`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from tinhso.kernel.units import pack
from tinhso.kernel.units.pack import Event, Version
from tinhso.kernel.units.words import full_name
from tinhso.measure.boundaries import Boundaries, Carried, Level, Span, Succession
from tinhso.measure.text import Text

Point = tuple[float, float]


class UnknownUnitError(LookupError):
    """Nothing in the register has this uid."""


class UnitsNotLoadedError(RuntimeError):
    """The database holds no units yet."""


class UnitRegister:
    """Answers who was who on which day, what became of whom, and who stood under whom."""

    def __init__(self, versions: Iterable[Version], events: Iterable[Event] = ()) -> None:
        lives: dict[str, list[Version]] = defaultdict(list)
        for version in versions:
            lives[version.uid].append(version)
        for own in lives.values():
            own.sort(key=lambda version: version.since or date.min)
        self.lives: Mapping[str, tuple[Version, ...]] = MappingProxyType(
            {uid: tuple(own) for uid, own in lives.items()}
        )
        self.events = tuple(sorted(events, key=lambda event: event.on))
        self._from: dict[str, list[Event]] = defaultdict(list)
        self._into: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            self._from[event.source].append(event)
            if event.target is not None and event.target != event.source:
                self._into[event.target].append(event)
        self.boundaries = Boundaries(_spans(self.lives), _successions(self.events))

    def __contains__(self, uid: object) -> bool:
        return uid in self.lives

    # Who is this?

    def versions(self, uid: str) -> tuple[Version, ...]:
        """All dated versions of a unit, oldest first. Raises UnknownUnitError."""
        try:
            return self.lives[uid]
        except KeyError:
            raise UnknownUnitError(uid) from None

    def version(self, uid: str, day: date) -> Version | None:
        """The unit as it was on `day`; None when it did not exist then."""
        return next((one for one in self.versions(uid) if one.holds_on(day)), None)

    def nearest(self, uid: str, day: date | None = None) -> Version:
        """The unit as it was on `day` or, when it did not exist then, at the nearest time it did.

        Without a day: as it was last.
        """
        own = self.versions(uid)
        if day is None:
            return own[-1]
        return self.version(uid, day) or (own[0] if _before(day, own[0].since) else own[-1])

    def level(self, uid: str) -> Level:
        return self.versions(uid)[0].level

    def name(self, uid: str, day: date | None = None, language: str = "vi") -> str:
        """The bare name, "Đồng Phú"; see `nearest` for a day outside the unit's life."""
        version = self.nearest(uid, day)
        return version.name_en or version.name if language == "en" else version.name

    def full_name(self, uid: str, day: date | None = None) -> Text:
        """The name with its type: "Xã Đồng Phú", "Đồng Phú commune"."""
        version = self.nearest(uid, day)
        return full_name(version.level, version.type, version.name, version.name_en)

    def by_code(self, code: str, day: date) -> str | None:
        """The unit that bore `code` on `day`."""
        return self.boundaries.by_code(code, day)

    def point(self, uid: str, day: date | None = None) -> Point | None:
        """(latitude, longitude) in degrees, or None when no source gives it."""
        version = self.nearest(uid, day)
        if version.lat is None or version.lon is None:
            return None
        return version.lat, version.lon

    def points(self, uids: Iterable[str], day: date | None = None) -> dict[str, Point]:
        """Points of those of `uids` that have one."""
        found = ((uid, self.point(uid, day)) for uid in uids)
        return {uid: point for uid, point in found if point is not None}

    # What became of it?

    def became(self, uid: str) -> tuple[Event, ...]:
        """What the unit turned into: one whole succession, several parts, or its end."""
        self.versions(uid)
        return tuple(e for e in self._from.get(uid, ()) if e.target != uid)

    def came_from(self, uid: str) -> tuple[Event, ...]:
        """The successions that made the unit; those with `whole` false took only a part."""
        self.versions(uid)
        return tuple(self._into.get(uid, ()))

    def changes(self, uid: str) -> tuple[Event, ...]:
        """Renamings and moves that the unit lived through, staying itself."""
        self.versions(uid)
        return tuple(e for e in self._from.get(uid, ()) if e.target == uid)

    def history(self, uid: str) -> tuple[Event, ...]:
        """Everything that happened to the unit, oldest first."""
        every = (*self.came_from(uid), *self._from.get(uid, ()))
        return tuple(sorted(every, key=lambda event: event.on))

    def at(self, uid: str, day: date) -> Carried:
        """Where the unit's figures stand on the map of `day`; see `Boundaries.carry`."""
        self.versions(uid)
        return self.boundaries.carry(uid, day)

    # Who stands where?

    def on(self, day: date, level: Level | None = None) -> list[str]:
        """Every unit that existed on `day`, of one level or of all."""
        every = self.boundaries.map(day).parent
        return [uid for uid in every if level is None or self.level(uid) is level]

    def ancestors(self, uid: str, day: date) -> tuple[str, ...]:
        """The units above on the map of `day`, nearest first, up to the country.

        For a unit that did not exist on `day` the path starts with the unit where its figures
        stand on that map, so that an old commune leads to the province of today.
        """
        place = self.at(uid, day).uid
        path = self.boundaries.map(day).path(place)
        return path[1:] if place == uid else path

    def children(self, uid: str, day: date, level: Level | None = None) -> list[str]:
        """The units directly below on `day`, ordered by code."""
        return self._ordered(self.boundaries.map(day).children.get(uid, ()), day, level)

    def descendants(
        self, uid: str, day: date, level: Level | None = None, *, as_of: date | None = None
    ) -> list[str]:
        """The units of `day` below `uid`, at any depth, ordered by level and code.

        With `as_of`, below it on that other day's map: the communes of 2025-06-30 that today's
        Đồng Nai covers are `descendants("p75.2025", date(2025, 6, 30), as_of=today)`.
        """
        if as_of is None:
            return self._ordered(self.boundaries.map(day).descendants(uid), day, level)
        other = self.boundaries.map(as_of)
        below = (
            one
            for one in self.boundaries.map(day).parent
            if one != uid and uid in other.path(other.carry(one).uid)
        )
        return self._ordered(below, day, level)

    def lineage(self, uid: str) -> frozenset[str]:
        """Everything that was ever below the unit, with what it came from and what it became.

        Asked of Bình Phước: its old units and their successors. Asked of the new Đồng Nai: its
        units and all old ones of the two provinces that it was made from.
        """
        self.versions(uid)
        found: set[str] = set()
        waiting = [uid]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self._ever_below.get(one, ())
                waiting += [event.source for event in self.came_from(one)]
        heirs = list(found)
        while heirs:
            for event in self.became(heirs.pop()):
                if event.target is not None and event.target not in found:
                    found.add(event.target)
                    heirs.append(event.target)
        return frozenset(found)

    @cached_property
    def _ever_below(self) -> Mapping[str, set[str]]:
        below: dict[str, set[str]] = defaultdict(set)
        for own in self.lives.values():
            for version in own:
                if version.parent is not None:
                    below[version.parent].add(version.uid)
        return below

    def _ordered(self, uids: Iterable[str], day: date, level: Level | None) -> list[str]:
        chosen = (uid for uid in uids if level is None or self.level(uid) is level)
        return sorted(
            chosen, key=lambda uid: (_DEPTH[self.level(uid)], self.nearest(uid, day).code)
        )


_DEPTH = {level: depth for depth, level in enumerate(Level)}


def _before(day: date, since: date | None) -> bool:
    return since is not None and day < since


def _spans(lives: Mapping[str, tuple[Version, ...]]) -> list[Span]:
    """Versions that differ only in name or type are one span."""
    spans: list[Span] = []
    for own in lives.values():
        first = own[0]
        for last, following in zip(own, (*own[1:], None), strict=True):
            if following is None or (following.code, following.parent) != (
                first.code,
                first.parent,
            ):
                spans.append(
                    Span(first.uid, first.level, first.code, first.parent, first.since, last.until)
                )
                first = following or first
    return spans


def _successions(events: Iterable[Event]) -> list[Succession]:
    return [
        Succession(event.on, event.source, event.target, event.whole)
        for event in events
        if event.target is not None and event.passes_on
    ]


@lru_cache(maxsize=2)
def register_from_files(folder: Path = pack.PACK) -> UnitRegister:
    """The register straight from the data files, for tools without a database."""
    return UnitRegister(pack.read_versions(folder), pack.read_events(folder))


#: What `one_register` holds on to: nothing yet, or the register that was first asked for.
_held: ContextVar[list[UnitRegister] | None] = ContextVar("held register", default=None)


@contextmanager
def one_register() -> Iterator[None]:
    """In the body (a request) the database is asked once which state is loaded, and everything is
    answered from that one."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def register() -> UnitRegister:
    """The register of the units in the database; built once for each loaded state of the pack.

    Raises UnitsNotLoadedError when `load.load_units()` has never run.
    """
    # Django, which the rest of this file must do without.
    from django.db import connection  # noqa: PLC0415

    held = _held.get()
    if held:
        return held[0]
    # Each request asks this: in words of its own it costs a third of what a query set does.
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM units_loadedpack")
        row = cursor.fetchone()
    if row is None:
        raise UnitsNotLoadedError("no units in the database: run load_units() first")
    [digest] = row
    found = _register_of(digest)
    if held is not None:
        held.append(found)
    return found


@lru_cache(maxsize=2)
def _register_of(digest: str) -> UnitRegister:  # noqa: ARG001 (the digest is the cache's key)
    from tinhso.kernel.units.load import events_in_database, versions_in_database  # noqa: PLC0415

    return UnitRegister(versions_in_database(), events_in_database())
