"""Whose a share is on the map of a day: units change, what they owe follows their successors.

Pure: shares and a map go in. A merger brings several shares to one unit; the page shows them all.
A unit that was divided, or ended without a successor, has a share that nobody can be held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tinhso.measure.boundaries import Map
from tinhso.modules.shares.rules import NO_MILESTONES, QUARTERS, Milestones, weighted


@dataclass(frozen=True)
class Given:
    """A share as it was given. `denominator` is the unit's own in the basis period, or None."""

    uid: str
    amount: Fraction
    milestones: Milestones = NO_MILESTONES
    answers: str = ""
    note: str = ""
    denominator: int | None = None


@dataclass(frozen=True)
class Held:
    """What a unit of the map is to reach. `amount` is None where its parts differ and cannot be
    weighed: then a new version is needed. `without` are units that came into it with no share."""

    uid: str
    parts: tuple[Given, ...]
    amount: Fraction | None
    milestones: Milestones
    without: tuple[str, ...] = ()

    @property
    def inherited(self) -> bool:
        return any(part.uid != self.uid for part in self.parts)

    @property
    def differs(self) -> bool:
        """Whether units with different shares came together."""
        return len({part.amount for part in self.parts}) > 1


@dataclass(frozen=True)
class Lost:
    """A share that no single unit of the map has taken over; `above` is the nearest that stands
    over all that could have."""

    given: Given
    above: str


def carried(
    given: Iterable[Given], the_map: Map, unshared: Iterable[str] = ()
) -> tuple[list[Held], list[Lost]]:
    """Shares on a map, in the order in which they were given. `unshared` are units of their time
    that should have got one and did not."""
    parts: dict[str, list[Given]] = {}
    lost: list[Lost] = []
    for one in given:
        place = the_map.carry(one.uid)
        if place.attributed:
            parts.setdefault(place.uid, []).append(one)
        else:
            lost.append(Lost(one, place.uid))
    bare: dict[str, list[str]] = {}
    for uid in unshared:
        place = the_map.carry(uid)
        if place.attributed:
            bare.setdefault(place.uid, []).append(uid)
    held = [_held(uid, tuple(own), bare) for uid, own in parts.items()]
    return held, lost


def _held(uid: str, parts: tuple[Given, ...], bare: Mapping[str, list[str]]) -> Held:
    amount = weighted([(part.amount, part.denominator) for part in parts])
    return Held(uid, parts, amount, _milestones(parts), tuple(bare.get(uid, ())))


def _milestones(parts: tuple[Given, ...]) -> Milestones:
    """Quarter by quarter as the shares themselves; none where one of the parts has none."""
    found: list[Fraction | None] = []
    for quarter in range(QUARTERS):
        own = [(part.milestones[quarter], part.denominator) for part in parts]
        known = [(value, weight) for value, weight in own if value is not None]
        found.append(weighted(known) if len(known) == len(own) else None)
    return tuple(found)
