"""Who holds a right on a day: the other way round from asking what somebody may."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from tinhso.kernel.people.models import Account, Appointment
from tinhso.kernel.people.queries import holding, holding_position
from tinhso.kernel.people.roles import roles
from tinhso.kernel.people.scopes import Reach, seated, succeeded
from tinhso.kernel.units.register import register


@dataclass(frozen=True)
class Holder:
    """Somebody in a position, in the unit that answers for it on the day."""

    account: Account
    unit: str
    role: str


class Holders:
    """All people in their positions on a day, read once."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.units = register()
        self.all: list[Holder] = []
        self.by_unit: dict[str, list[Holder]] = defaultdict(list)
        rows = Appointment.objects.filter(
            holding(day),
            holding_position(day),
            since__lte=day,
            position__since__lte=day,
            account__is_active=True,
            account__kind=Account.Kind.PERSON,
        ).select_related("position", "account")
        for row in rows.order_by("account__listed_as", "account_id"):
            unit = succeeded(self.units, row.position.unit_id, day)
            if unit:
                holder = Holder(row.account, unit, row.position.role)
                self.all.append(holder)
                self.by_unit[unit].append(holder)

    def who_may(self, right: str, unit: str) -> list[Account]:
        """Those who may do it to things of `unit`: of the unit itself if it has any, else those
        whose right reaches it from the nearest unit above, so that it is somebody's."""
        place = seated(self.units, unit, self.day)
        for above in self.units.boundaries.map(self.day).path(place):
            found = [one for one in self.by_unit.get(above, ()) if self._reaches(one, right, unit)]
            if found:
                return _each_once(found)
        return _each_once([one for one in self.all if self._reaches(one, right, unit)])

    def in_role(self, role: str, unit: str) -> list[Account]:
        """Those in a role in the unit itself."""
        place = seated(self.units, unit, self.day)
        return _each_once([one for one in self.by_unit.get(place, ()) if one.role == role])

    def of_province(self, role: str, unit: str) -> list[Account]:
        """Those in a role in the unit's province, wherever they sit."""
        found = [one for one in self.all if one.role == role]
        return _each_once(
            [one for one in found if Reach("province", one.unit, self.day).covers(unit)]
        )

    def _reaches(self, one: Holder, right: str, unit: str) -> bool:
        scopes = roles()[one.role].scopes(right)
        return any(Reach(scope, one.unit, self.day).covers(unit) for scope in scopes)


def _each_once(found: list[Holder]) -> list[Account]:
    return list({one.account.pk: one.account for one in found}.values())
