"""How far a right reaches, on the map of a day: a reorganisation moves rights with successors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tinhso.kernel.people.models import GroupMember
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level

OWN, SUBTREE, PROVINCE, ALL, GROUP = "own", "subtree", "province", "all", "group:"


@dataclass(frozen=True)
class Reach:
    """A scope as seen from a unit on a day.

    `own`: the unit's things. `subtree`: those of all below it too. `province`: everything in its
    province. `group:<code>`: those of the group's units. `all`: everything of the installation.
    A thing of a unit that has ended belongs to the unit that took over from it, or, where it was
    divided, to the unit above.
    """

    scope: str
    unit: str
    day: date

    def covers(self, unit: str) -> bool:
        """Whether things of `unit` ("": of the whole installation) are within reach."""
        if self.scope == ALL:
            return True
        if not unit or not self.unit:
            return False
        units = register()
        place = seated(units, unit, self.day)
        if self.scope == OWN:
            return place == self.unit
        if self.scope.startswith(GROUP):
            return place in group_units(self.scope.removeprefix(GROUP), self.day)
        return self._top(units) in units.boundaries.map(self.day).path(place)

    def units(self) -> frozenset[str] | None:
        """All units, past and present, whose things are within reach; None is all."""
        if self.scope == ALL:
            return None
        if not self.unit:
            return frozenset()
        units = register()
        below = _settled(units, self.day)
        if self.scope == OWN:
            return below.get(self.unit, frozenset())
        if self.scope.startswith(GROUP):
            tops = group_units(self.scope.removeprefix(GROUP), self.day)
        else:
            the_map = units.boundaries.map(self.day)
            top = self._top(units)
            tops = frozenset([top, *the_map.descendants(top)])
        return frozenset(one for top in tops for one in below.get(top, ()))

    def _top(self, units: UnitRegister) -> str:
        if self.scope == SUBTREE:
            return self.unit
        path = units.boundaries.map(self.day).path(self.unit)
        return next((one for one in path if units.level(one) is Level.PROVINCE), self.unit)


def seated(units: UnitRegister, unit: str, day: date) -> str:
    """The unit that holds the things of `unit` on a day."""
    return units.boundaries.map(day).carry(unit).uid


def succeeded(units: UnitRegister, unit: str, day: date) -> str:
    """The unit whose people stand in for those of `unit` on a day; "" when it was divided or
    ended without a successor: then somebody has to appoint anew."""
    carried = units.boundaries.map(day).carry(unit)
    return carried.uid if carried.attributed else ""


@lru_cache(maxsize=8)
def without_heir(units: UnitRegister, day: date) -> tuple[str, ...]:
    """The units that nobody's people stand in for on a day."""
    return tuple(uid for uid in sorted(units.lives) if not succeeded(units, uid, day))


def group_units(code: str, day: date) -> frozenset[str]:
    """The units of a group on a day, carried to that day's map."""
    units = register()
    rows = GroupMember.objects.filter(group=code, since__lte=day).exclude(until__lte=day)
    return frozenset(
        place
        for uid in rows.values_list("unit", flat=True)
        if (place := succeeded(units, uid, day))
    )


@lru_cache(maxsize=8)
def _settled(units: UnitRegister, day: date) -> Mapping[str, frozenset[str]]:
    """For each unit of a day, all units ever whose things it holds then."""
    found: dict[str, set[str]] = defaultdict(set)
    for uid in units.lives:
        found[seated(units, uid, day)].add(uid)
    return {place: frozenset(uids) for place, uids in found.items()}
