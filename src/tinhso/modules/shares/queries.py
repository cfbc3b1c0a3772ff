"""Every read of this room, as small frozen values. Figures come from `PlanQueries`; rules and
inheritance are applied to them, nothing is counted here.

Allocations are public, so whoever asks sees all of them; own plans go by their policy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from django.db.models import Max, QuerySet

from tinhso.kernel.people.who import Who
from tinhso.measure.boundaries import Level, Map
from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Value
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.places import View
from tinhso.measure.targets import Judgement, Standing, Threshold, judge
from tinhso.modules.plan.pack import MeasuredIn, Target
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares.inheritance import Given, Held, Lost, carried
from tinhso.modules.shares.models import Allocation, Share
from tinhso.modules.shares.policies import ALLOCATION
from tinhso.modules.shares.rules import QUARTERS, Receiver, Sum, summed

#: The levels whose units may receive a share, in the order in which they are shown.
LEVELS = (Level.AGENCY, Level.DISTRICT, Level.COMMUNE)
#: The kinds of indicators that units have of their own, with a denominator.
SHARED_KINDS = (Kind.RATIO, Kind.PEOPLE, Kind.UNITS, Kind.REPORTED)


@dataclass(frozen=True)
class UnitShare:
    """A unit's share on a day's map, with its figure and where it stands.

    `goal` is what it is judged by: the milestone of `quarter`, or (None) the share itself.
    `judgement` is None where the share itself is not settled.
    """

    held: Held
    value: Value
    goal: Fraction | None
    quarter: int | None
    judgement: Judgement | None


@dataclass(frozen=True)
class AllocationView:
    """One version as a page shows it, on the map of `day`. `unshared` units should have got a
    share and did not; of `lost` shares nobody answers on this map."""

    allocation: Allocation
    day: date
    rows: tuple[UnitShare, ...]
    lost: tuple[Lost, ...]
    unshared: tuple[str, ...]
    sum: Sum
    tally: Mapping[Standing, int]


@dataclass(frozen=True)
class TargetLine:
    """A target of the plan with its allocation in force, if any."""

    target: Target
    giveable: bool
    allocation: Allocation | None
    shares: int
    sum: Sum | None


@dataclass(frozen=True)
class Changed:
    """A unit whose share differs between two versions; None is no share."""

    uid: str
    before: Share | None
    after: Share | None


@dataclass(frozen=True)
class OwnShare:
    """One of a unit's shares for its page: held, or given to it once and now another's or nobody's."""

    target: Target
    allocation: Allocation
    row: UnitShare | None
    passed: Given | None = None
    passed_to: str = ""  # "" when no single unit took it over


@dataclass(frozen=True)
class GivenTarget:
    """A target's allocation in force as units hold it on the map of `day`: the document's day, or the
    allocation's own where that is later. Of `lost` shares nobody answers on this map."""

    target: Target
    allocation: Allocation
    day: date
    held: tuple[Held, ...]
    lost: tuple[Lost, ...]


class ShareQueries:
    """Reads of one plan's allocations. Make one a request."""

    def __init__(self, who: Who, plan: PlanQueries) -> None:
        """Raises ForbiddenError."""
        ALLOCATION.require(who, "view", plan.root)
        self.who, self.plan = who, plan

    # -- what was given --------------------------------------------------------------------------

    def versions(self, target: str) -> QuerySet[Allocation]:
        """All versions of a target's allocation, the newest first."""
        rows = Allocation.objects.filter(plan=self.plan.pack.code, target=target)
        return rows.order_by("-number").prefetch_related("shares")

    def version(self, target: str, number: int | None = None) -> Allocation | None:
        """One version; without a number the one in force, the newest."""
        rows = self.versions(target)
        if number is not None:
            rows = rows.filter(number=min(number, 2**31 - 1))
        return rows.first()

    def in_force(self) -> dict[str, Allocation]:
        """For each target that is given: its newest version."""
        rows = Allocation.objects.filter(plan=self.plan.pack.code).order_by("target", "number")
        newest = {row.target: row for row in rows}
        found = Allocation.objects.filter(pk__in=[one.pk for one in newest.values()])
        return {one.target: one for one in found.prefetch_related("shares")}

    def giveable(self, target: Target) -> bool:
        """Whether the target can be given to units: a share in per cent that
        units themselves have, the more the better."""
        kind = self.plan.figures.indicators[target.indicator].indicator.kind
        more_is_better = target.operator.value in (">", ">=")
        return target.measure is MeasuredIn.PERCENT and more_is_better and kind in SHARED_KINDS

    def targets(self) -> list[TargetLine]:
        """Every target of the plan, in its order."""
        given = self.in_force()
        return [self._line(target, given.get(target.code)) for target in self.plan.plan.targets]

    def _line(self, target: Target, allocation: Allocation | None) -> TargetLine:
        return TargetLine(
            target,
            self.giveable(target),
            allocation,
            len(allocation.shares.all()) if allocation else 0,
            self.sum(target, allocation) if allocation else None,
        )

    # -- who may receive, and the sum --------------------------------------------------------------

    def receivers(
        self, target: Target, levels: Collection[Level], day: date, basis: Period
    ) -> list[Receiver]:
        """The units of a day's map that may get a share, by level and name, with their own figures
        of the basis period."""
        lens = Lens(basis, View(day))
        by_level = self.plan.by_level(self.plan.root, lens)
        units = self.plan.units
        found = []
        for level in LEVELS:
            if level in levels:
                own = by_level.get(level, [])
                for uid in sorted(own, key=lambda one: units.nearest(one, day).name):
                    value = self._value(target, uid, basis, day)
                    found.append(Receiver(uid, level, value.value, value.denominator.amount))
        return found

    def _value(self, target: Target, uid: str, period: Period, day: date) -> Value:
        return self.plan.figures.value(target.indicator, uid, period, View(day))

    def sum(self, target: Target, allocation: Allocation) -> Sum:
        """What the province would reach if every unit met its share, on the allocation's own map."""
        basis, levels = Period.parse(allocation.basis), _levels(allocation)
        receivers = self.receivers(target, levels, allocation.map_day, basis)
        shares = {one.unit_id: one.amount for one in allocation.shares.all()}
        threshold = allocation.threshold_amount
        return self.sum_of(target, receivers, shares, allocation.map_day, basis, threshold)

    def sum_of(
        self,
        target: Target,
        receivers: Iterable[Receiver],
        shares: Mapping[str, Fraction],
        day: date,
        basis: Period,
        threshold: Fraction,
    ) -> Sum:
        """The sum of any shares; a unit that lies in another that counts is not counted again."""
        the_map, found = self.plan.units.boundaries.map(day), list(receivers)
        count = {one.uid for one in found if one.uid in shares and one.denominator}
        placed = [replace(one, inside=_inside(the_map, one.uid, count)) for one in found]
        whole = self._value(target, self.plan.root, basis, day).denominator.amount
        return summed(placed, shares, threshold, whole)

    # -- on the map of a day ---------------------------------------------------------------------

    def view(self, target: Target, allocation: Allocation, lens: Lens) -> AllocationView:
        """One version under a lens: its period, and the map of its view (else of its last day)."""
        day = lens.view.day or lens.period.last_day
        levels, basis = _levels(allocation), Period.parse(allocation.basis)
        receivers = self.receivers(target, levels, allocation.map_day, basis)
        given = self._given(target, allocation)
        have = {one.uid for one in given}
        unshared = tuple(one.uid for one in receivers if one.uid not in have)
        the_map = self.plan.units.boundaries.map(day)
        held, lost = carried(given, the_map, unshared)
        rows = tuple(self._row(target, allocation, one, lens.period, day) for one in held)
        standings = [row.judgement.standing for row in rows if row.judgement]
        return AllocationView(
            allocation,
            day,
            tuple(sorted(rows, key=lambda row: self._order(row.held.uid, day))),
            tuple(lost),
            unshared,
            self.sum(target, allocation),
            {one: standings.count(one) for one in Standing},
        )

    def _order(self, uid: str, day: date) -> tuple[int, str]:
        units = self.plan.units
        return list(Level).index(units.level(uid)), units.nearest(uid, day).name

    def _given(self, target: Target, allocation: Allocation) -> list[Given]:
        basis, day = Period.parse(allocation.basis), allocation.map_day
        return [
            Given(
                one.unit_id,
                one.amount,
                one.milestones,
                one.answers,
                one.note,
                self._value(target, one.unit_id, basis, day).denominator.amount,
            )
            for one in allocation.shares.all()
        ]

    def _row(
        self, target: Target, allocation: Allocation, held: Held, period: Period, day: date
    ) -> UnitShare:
        value = self._value(target, held.uid, period, day)
        before = self._value(target, held.uid, period.previous(), day)
        goal, quarter, deadline = self._goal(target, held, period)
        if goal is None:
            return UnitShare(held, value, None, None, None)
        threshold = Threshold(allocation.operator, goal)
        return UnitShare(held, value, goal, quarter, judge(value, before, threshold, deadline))

    def _goal(
        self, target: Target, held: Held, period: Period
    ) -> tuple[Fraction | None, int | None, date]:
        """What is due at a period's end: the share from the target's deadline on, before that the
        newest milestone whose quarter is over, else the share that is still to come."""
        if period.last_day < target.deadline:
            for number in range(QUARTERS, 0, -1):
                due = Period.of(PeriodKind.QUARTER, self.plan.plan.year, number).last_day
                milestone = held.milestones[number - 1]
                if milestone is not None and due <= period.last_day:
                    return milestone, number, due
        return held.amount, None, target.deadline

    # -- one unit --------------------------------------------------------------------------------

    def of_unit(self, uid: str, lens: Lens) -> list[OwnShare]:
        """Every share that a unit has on the map of the lens, or had and passed on."""
        day = lens.view.day or lens.period.last_day
        the_map = self.plan.units.boundaries.map(day)
        found = []
        for target, allocation in self._allocated():
            given = self._given(target, allocation)
            held, lost = carried(given, the_map)
            mine = next((one for one in held if one.uid == uid), None)
            own = next((one for one in given if one.uid == uid), None)
            if mine is not None:
                row = self._row(target, allocation, mine, lens.period, day)
                found.append(OwnShare(target, allocation, row))
            elif own is not None:
                gone = any(one.given.uid == uid for one in lost)
                heir = "" if gone else the_map.carry(uid).uid
                found.append(OwnShare(target, allocation, None, own, heir))
        return found

    def held(self, day: date) -> Iterator[tuple[Target, Allocation, Held]]:
        """Every share of every target as units hold it on the map of a day."""
        the_map = self.plan.units.boundaries.map(day)
        for target, allocation in self._allocated():
            for one in carried(self._given(target, allocation), the_map)[0]:
                yield target, allocation, one

    def given(self, day: date) -> list[GivenTarget]:
        """Every target that is given, on the map of a day; units by level and name."""
        found = []
        for target, allocation in self._allocated():
            on = max(day, allocation.map_day)
            held, lost = carried(
                self._given(target, allocation), self.plan.units.boundaries.map(on)
            )
            order = sorted((self._order(one.uid, on), place) for place, one in enumerate(held))
            ordered = tuple(held[place] for _, place in order)
            found.append(GivenTarget(target, allocation, on, ordered, tuple(lost)))
        return found

    def _allocated(self) -> list[tuple[Target, Allocation]]:
        given = self.in_force()
        return [(one, given[one.code]) for one in self.plan.plan.targets if one.code in given]


def _levels(allocation: Allocation) -> list[Level]:
    return [Level(one) for one in allocation.levels]


def _inside(the_map: Map, uid: str, count: Collection[str]) -> str:
    return next((one for one in the_map.path(uid)[1:] if one in count), "")


def differences(before: Allocation, after: Allocation) -> list[Changed]:
    """The units whose share, milestones, answering position or note differ between two versions."""
    was = {one.unit_id: one for one in before.shares.all()}
    now = {one.unit_id: one for one in after.shares.all()}

    def said(one: Share | None) -> object:
        return one and (one.amount, one.milestones, one.answers, one.note)

    return [
        Changed(uid, was.get(uid), now.get(uid))
        for uid in dict.fromkeys([*now, *was])
        if said(was.get(uid)) != said(now.get(uid))
    ]


def newest() -> int:
    """Changes exactly when an allocation is made."""
    return Allocation.objects.aggregate(newest=Max("pk"))["newest"] or 0


# -- the room's face --------------------------------------------------------------------------------


def given_on(who: Who, plan: str, day: date) -> list[GivenTarget]:
    """Every target of a plan that is given, in the plan's order, as units hold it on a day.

    Raises UnknownPlanError, NotMeasuredError.
    """
    return ShareQueries(who, PlanQueries(workspace(), plan)).given(day)


def shares_of_unit(who: Who, plan: str, unit: str, day: date) -> dict[str, Held]:
    """By target: the share that a unit has on the map of a day.

    Raises UnknownPlanError, NotMeasuredError.
    """
    queries = ShareQueries(who, PlanQueries(workspace(), plan))
    return {target.code: one for target, _, one in queries.held(day) if one.uid == unit}


def who_answers(who: Who, plan: str, target: str, unit: str, day: date) -> tuple[str, ...]:
    """The positions that answer for a target at a unit on a day; several after a merger, none when
    nobody was named."""
    held = shares_of_unit(who, plan, unit, day).get(target)
    return tuple(dict.fromkeys(p.answers for p in held.parts if p.answers)) if held else ()
