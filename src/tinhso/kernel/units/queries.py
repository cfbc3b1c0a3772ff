"""What pages and other rooms ask about units. Units are public: everybody sees all of them.

Days default to today in the product's time zone. Everything returned is frozen and carries its
texts in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from tinhso.kernel.units.pack import Event
from tinhso.kernel.units.register import Point, UnitRegister, register
from tinhso.kernel.units.search import search_of
from tinhso.kernel.units.words import KINDS, LEVELS, TYPES, Kind, full_name
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit on a day, enough to name it and link to it.

    `living` is whether it existed on the day; if not, the card shows it as it was at the
    nearest time it did. `since` and `until` are the unit's whole life (half-open).
    """

    uid: str
    level: Level
    type: Text
    code: str
    name: Text
    parent: str | None
    since: date | None
    until: date | None
    living: bool


@dataclass(frozen=True, slots=True)
class EventCard:
    """A change with the names that its units had around it."""

    on: date
    kind: Kind
    label: Text
    source: str
    source_name: Text
    target: str | None
    target_name: Text | None
    whole: bool
    resolution: str
    note: str


@dataclass(frozen=True, slots=True)
class NameSpan:
    """What the unit was called, and under what it stood, for a stretch of its life."""

    name: Text
    code: str
    parent: str | None
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class UnitPage:
    """All that the page of one unit shows, on one day.

    `partly_merged`: the unit was divided, so no single successor answers for all of it.
    `takes_parts`: the unit was made, among others, from parts of divided units.
    """

    card: UnitCard
    path: tuple[UnitCard, ...]
    children: tuple[UnitCard, ...]
    names: tuple[NameSpan, ...]
    became: tuple[EventCard, ...]
    came_from: tuple[EventCard, ...]
    changes: tuple[EventCard, ...]
    partly_merged: bool
    takes_parts: bool
    point: Point | None
    area_km2: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """A search hit: the unit as it is on the day, and the name that matched when it is another."""

    card: UnitCard
    matched: Text
    above: UnitCard | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit's figures stand on a day's map; not attributed: only as part of a bigger one."""

    card: UnitCard
    attributed: bool


@dataclass(frozen=True, slots=True)
class Marker:
    """A point on a map, in degrees (WGS 84)."""

    uid: str
    name: Text
    lat: float
    lon: float


def card(uid: str, day: date | None = None) -> UnitCard:
    """One unit. Raises UnknownUnitError."""
    return _card(register(), uid, day or timezone.localdate())


def page(uid: str, day: date | None = None) -> UnitPage:
    """One unit with its surroundings and its whole history. Raises UnknownUnitError."""
    units, day = register(), day or timezone.localdate()
    became, came_from = units.became(uid), units.came_from(uid)
    version = units.nearest(uid, day)
    own_day = day if units.version(uid, day) else (version.since or _last_day(version.until, day))
    return UnitPage(
        card=_card(units, uid, day),
        path=tuple(_card(units, one, own_day) for one in units.ancestors(uid, own_day)),
        children=tuple(_card(units, one, own_day) for one in units.children(uid, own_day)),
        names=tuple(
            NameSpan(
                full_name(one.level, one.type, one.name, one.name_en),
                one.code,
                one.parent,
                one.since,
                one.until,
            )
            for one in units.versions(uid)
        ),
        became=tuple(_event(units, event) for event in became),
        came_from=tuple(_event(units, event) for event in came_from),
        changes=tuple(_event(units, event) for event in units.changes(uid)),
        partly_merged=any(not event.whole for event in became),
        takes_parts=any(not event.whole for event in came_from),
        point=units.point(uid, day),
        area_km2=version.area,
    )


def find(
    text: str,
    *,
    day: date | None = None,
    within: str | None = None,
    level: Level | None = None,
    limit: int = 20,
) -> list[Found]:
    """Units that answer to `text`, best first; see `UnitSearch.find`."""
    units, day = register(), day or timezone.localdate()
    hits = search_of(units).find(text, day, within=within, level=level, limit=limit)
    return [
        Found(
            _card(units, hit.uid, day),
            full_name(hit.version.level, hit.version.type, hit.version.name, hit.version.name_en),
            _card(units, hit.version.parent, day) if hit.version.parent else None,
        )
        for hit in hits
    ]


def children(uid: str, day: date | None = None, level: Level | None = None) -> list[UnitCard]:
    """The units directly below on the day, by code."""
    units, day = register(), day or timezone.localdate()
    return [_card(units, one, day) for one in units.children(uid, day, level)]


def descendants(
    uid: str, day: date | None = None, level: Level | None = None, *, as_of: date | None = None
) -> list[UnitCard]:
    """The units of the day below `uid`, on that day's map or on that of `as_of`."""
    units, day = register(), day or timezone.localdate()
    return [_card(units, one, day) for one in units.descendants(uid, day, level, as_of=as_of)]


def path(uid: str, day: date | None = None) -> list[UnitCard]:
    """The units above on the day's map, nearest first; see `UnitRegister.ancestors`."""
    units, day = register(), day or timezone.localdate()
    return [_card(units, one, day) for one in units.ancestors(uid, day)]


def history(uid: str) -> list[EventCard]:
    """Everything that happened to the unit, oldest first."""
    units = register()
    return [_event(units, event) for event in units.history(uid)]


def standing(uid: str, day: date | None = None) -> Standing:
    """Where the unit's figures stand on the map of the day, before or after its own time."""
    units, day = register(), day or timezone.localdate()
    carried = units.at(uid, day)
    return Standing(_card(units, carried.uid, day), carried.attributed)


def by_code(code: str, day: date | None = None) -> UnitCard | None:
    """The unit that bears an official code on the day."""
    units, day = register(), day or timezone.localdate()
    uid = units.by_code(code, day)
    return _card(units, uid, day) if uid else None


def markers(uid: str, day: date | None = None, level: Level | None = None) -> list[Marker]:
    """Points of the units below `uid` on the day; those without a known point are left out."""
    units, day = register(), day or timezone.localdate()
    points = units.points(units.descendants(uid, day, level), day)
    return [Marker(one, units.full_name(one, day), *point) for one, point in points.items()]


def level_label(level: Level) -> Text:
    return LEVELS[level]


def _card(units: UnitRegister, uid: str, day: date) -> UnitCard:
    version = units.nearest(uid, day)
    own = units.versions(uid)
    return UnitCard(
        uid=uid,
        level=version.level,
        type=TYPES[version.type],
        code=version.code,
        name=full_name(version.level, version.type, version.name, version.name_en),
        parent=version.parent,
        since=own[0].since,
        until=own[-1].until,
        living=version.holds_on(day),
    )


def _event(units: UnitRegister, event: Event) -> EventCard:
    return EventCard(
        on=event.on,
        kind=event.kind,
        label=KINDS[event.kind],
        source=event.source,
        source_name=units.full_name(event.source, _last_day(event.on, event.on)),
        target=event.target,
        target_name=units.full_name(event.target, event.on) if event.target else None,
        whole=event.whole,
        resolution=event.resolution,
        note=event.note,
    )


def _last_day(until: date | None, otherwise: date) -> date:
    return date.fromordinal(until.toordinal() - 1) if until else otherwise
