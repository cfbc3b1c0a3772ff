"""Reads of units' own plans: who has one, all versions of one unit's, and what no longer matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.shares.assigned import assigned_on, assigned_to, day_for
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import Apart, Assigned, Change, apart
from tinhso.modules.shares.queries import ShareQueries

#: The plan asks these for plans of their own; others may make one as well.
ASKED_FOR = (Level.AGENCY, Level.DISTRICT)


MATCHES = Apart()


class Match(StrEnum):
    """Whether a plan holds what is assigned now."""

    HOLDS = "holds"
    APART = "apart"
    DOCUMENT = "document"  # handed in as a document only: nothing to compare
    NONE = "none"  # no plan


class Filter(StrEnum):
    """What the overview can be narrowed to."""

    NONE = "chua-co"
    DRAFT = "dang-soan"
    SUBMITTED = "cho-duyet"
    APPROVED = "da-duyet"
    RETURNED = "tra-lai"
    APART = "khong-khop"


@dataclass(frozen=True)
class Line:
    """A unit with its newest own plan, if any, and the approved one in force.

    `asked_for`: the plan wants one of it. `given`: how many things it was assigned. `apart` is of the
    plan that counts: the one in force, else the newest.
    """

    unit: str
    newest: OwnPlan | None
    asked_for: bool
    in_force: OwnPlan | None = None
    given: int = 0
    apart: Apart = MATCHES

    @property
    def counts(self) -> OwnPlan | None:
        return self.in_force or self.newest

    @property
    def match(self) -> Match:
        if self.counts is None:
            return Match.NONE
        if not self.counts.items.all():
            return Match.DOCUMENT
        return Match.APART if self.apart else Match.HOLDS

    def fits(self, one: Filter) -> bool:
        if one is Filter.APART:
            return self.match is Match.APART
        if one is Filter.NONE:
            return self.newest is None
        states = {
            Filter.DRAFT: OwnPlan.State.DRAFT,
            Filter.SUBMITTED: OwnPlan.State.SUBMITTED,
            Filter.APPROVED: OwnPlan.State.APPROVED,
            Filter.RETURNED: OwnPlan.State.RETURNED,
        }
        if one is Filter.APPROVED and self.in_force is not None:
            return True
        return self.newest is not None and self.newest.state == states[one]


def asked_units(units: UnitRegister, root: str, year: int) -> list[str]:
    """The units that a plan of a year, whose unit is `root`, asks for plans of their own: of the map
    of the unit's day nearest to the year's first."""
    since, until = units.boundaries.life(root)
    day = max(since or date.min, date(year, 1, 1))
    if until is not None and until <= day:
        day = until - timedelta(days=1)
    return [one for one in units.descendants(root, day) if units.level(one) in ASKED_FOR]


def own_plans(who: Who, queries: ShareQueries) -> list[Line]:
    """The units that the plan asks for one, those that were given anything, and any other that has one;
    within reach of the one who asks."""
    plan, units = queries.plan, queries.plan.units
    asked = asked_units(units, plan.root, plan.plan.year)
    rows = OwnPlan.objects.filter(plan=plan.pack.code).order_by("version").prefetch_related("items")
    newest: dict[str, OwnPlan] = {}
    in_force: dict[str, OwnPlan] = {}
    for row in OWN_PLAN.rows(who, "view", rows):
        newest[row.unit_id] = row
        if row.state == OwnPlan.State.APPROVED:
            in_force[row.unit_id] = row
    maps = {who.day: assigned_on(queries, who.day)}
    reach = OWN_PLAN.units(who, "view")
    today = units.boundaries.map(who.day)
    listed: Iterable[str] = dict.fromkeys([*asked, *newest, *maps[who.day]])
    listed = sorted(listed, key=lambda uid: uid not in today)  # units that have ended come last
    found = []
    for uid in listed:
        if reach is not None and uid not in reach:
            continue
        last = day_for(uid, who.day)
        if last not in maps:
            maps[last] = assigned_on(queries, last)
        given = maps[last].get(uid, [])
        counts = in_force.get(uid) or newest.get(uid)
        items = list(counts.items.all()) if counts else []
        found.append(
            Line(
                uid,
                newest.get(uid),
                uid in asked,
                in_force.get(uid),
                len(given),
                apart(taken(items), given) if items else MATCHES,
            )
        )
    return found


def tally(lines: Sequence[Line]) -> list[tuple[Filter, int]]:
    found = Counter(one for line in lines for one in Filter if line.fits(one))
    return [(one, found[one]) for one in Filter]


def history(who: Who, plan: str, unit: str) -> list[OwnPlan]:
    """All versions of a unit's plan, the newest first."""
    rows = OwnPlan.objects.filter(plan=plan, unit=unit).select_related("file")
    return list(OWN_PLAN.rows(who, "view", rows).order_by("-version").prefetch_related("items"))


def taken(items: Iterable[OwnPlanItem]) -> list[Assigned]:
    return [one for one in (item.assigned for item in items) if one is not None]


@dataclass(frozen=True)
class ItemView:
    """An item as a page shows it. `changes`: what has changed since it was taken over."""

    item: OwnPlanItem
    assigned: Assigned | None
    changes: tuple[Change, ...] = ()
    withdrawn: bool = False

    @property
    def stale(self) -> bool:
        return bool(self.changes) or self.withdrawn


@dataclass(frozen=True)
class Contents:
    """The items of one version beside what is assigned now."""

    items: tuple[ItemView, ...]
    apart: Apart
    given: tuple[Assigned, ...]

    @property
    def simulated(self) -> bool:
        return any(one.simulated for one in self.given)


def contents(queries: ShareQueries, unit: str, version: OwnPlan | None) -> Contents:
    """What a version holds, targets first; without a version all that is assigned is missing."""
    now = assigned_to(queries, unit, queries.who.day)
    items = sorted(version.items.all(), key=lambda one: one.position) if version else []
    found = apart(taken(items), now)
    changed = {one.key: what for one, what in found.changed}
    gone = {one.key for one in found.withdrawn}
    views = []
    for item in sorted(items, key=lambda one: one.kind != "target"):
        own = item.assigned
        key = own.key if own else ""
        views.append(ItemView(item, own, changed.get(key, ()), key in gone))
    return Contents(tuple(views), found, tuple(now))


def version_of(who: Who, plan: PlanQueries, unit: str, number: int) -> OwnPlan | None:
    rows = history(who, plan.pack.code, unit)
    return next((one for one in rows if one.version == number), None)
