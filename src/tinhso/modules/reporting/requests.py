"""Who owes which figures when (kỳ báo cáo): computed from the declaration, the map and the day.

Nothing of this is stored: a request is a pure function of the pack, the register of units and the
period. A unit owes a period if it exists on the period's last day; one that ended inside the
period has its obligation passed to whoever took over, and the request says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tinhso.kernel.people.scopes import seated, succeeded
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Indicator
from tinhso.measure.periods import Period, PeriodKind
from tinhso.modules.plan.pack import Plan, ReportingDuty, Step

_COUNT = {
    PeriodKind.MONTH: 12,
    PeriodKind.QUARTER: 4,
    PeriodKind.HALF_YEAR: 2,
    PeriodKind.YEAR: 1,
}


@dataclass(frozen=True)
class Request:
    """One unit's figures of one period, as its declaration asks for them.

    `took_over`: units that ended inside the period, whose obligations this unit took over.
    `holder` answers for the unit today: itself, its successor, or "" where it was divided and
    nobody took over whole; then `keeper`, the unit above, is the one to settle it. `territory`: the
    plan's own unit, where a bigger one that took it over reports for its part only.
    """

    plan: str
    duty: ReportingDuty
    period: Period
    unit: str
    took_over: tuple[str, ...]
    holder: str
    keeper: str
    territory: str = ""

    @property
    def as_of(self) -> date:
        """The day that the figures tell of: the period's last."""
        return self.period.last_day

    @property
    def due(self) -> date:
        """The last day on which they are in time."""
        return due_day(self.duty, self.period)

    @property
    def passed_on(self) -> bool:
        """Whether somebody else answers for the unit by now."""
        return self.holder != self.unit


def due_day(duty: ReportingDuty, period: Period) -> date:
    """The last day in time: `due_days` days after the period's last day."""
    return period.last_day + timedelta(days=duty.due_days)


def periods_of(duty: ReportingDuty, day: date) -> list[Period]:
    """The periods that a duty asks for and that have begun by `day`, newest first."""
    last = min(day + timedelta(days=370), duty.until or date.max)
    found = [
        period
        for year in range(duty.since.year - 1, last.year + 2)
        for number in range(1, _COUNT[duty.every] + 1)
        if (period := Period.of(duty.every, year, number, reporting=duty.reporting))
        and duty.since <= period.last_day
        and (duty.until is None or period.last_day < duty.until)
        and period.start <= day
    ]
    return sorted(found, reverse=True)


def requests_of(
    plan_code: str, plan: Plan, duty: ReportingDuty, period: Period, units: UnitRegister, day: date
) -> tuple[Request, ...]:
    """Every unit's request of a period, as it stands on `day`, in the order of the units' names."""
    found = units_of(units, plan.unit, duty.level, period)
    return tuple(
        Request(
            plan_code,
            duty,
            period,
            unit,
            took_over,
            succeeded(units, unit, day),
            seated(units, unit, day),
            plan.unit if duty.level is units.level(plan.unit) and unit != plan.unit else "",
        )
        for unit, took_over in found
    )


@lru_cache(maxsize=256)
def units_of(
    units: UnitRegister, root: str, level: Level, period: Period
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The plan's units of a level on the period's last day, each with whom it took over from
    inside the period."""
    day = period.last_day
    found = [uid for uid in units.on(day, level) if _within(units, root, uid, day)]
    found.sort(key=lambda uid: units.nearest(uid, day).name)
    return tuple((uid, tuple(_merged_in(units, uid, period))) for uid in found)


def _within(units: UnitRegister, root: str, uid: str, day: date) -> bool:
    """Whether a unit of `day` is the plan's: at or below its unit, or, once that is no more, made
    of what was below it."""
    boundaries = units.boundaries
    the_map = boundaries.map(day)
    if root in the_map:
        return root in the_map.path(uid)
    _, until = boundaries.life(root)
    if until is None or day < until:
        return False
    if the_map.carry(root).uid == uid:
        return True
    if units.level(uid) is Level.PROVINCE:
        return False
    before = boundaries.map(until - timedelta(days=1))
    return root in before.path(before.carry(uid).uid)


def _merged_in(units: UnitRegister, uid: str, period: Period) -> Iterator[str]:
    for one in units.boundaries.predecessors.get(uid, ()):
        if period.start < one.on <= period.last_day and units.level(one.source) is units.level(uid):
            yield one.source


def step_unit(units: UnitRegister, request: Request, step: Step, day: date) -> str | None:
    """The unit whose people take a step on `day`; None where the step is no more: the district
    level was abolished on 2025-07-01, a department may have ended without an heir."""
    if step is Step.DEPARTMENT:
        named = units.by_code(request.duty.department, request.duty.since)
        return (succeeded(units, named, day) or None) if named else None
    if step is not Step.DISTRICT:
        return request.unit
    path = units.boundaries.map(day).path(request.keeper)
    return next((one for one in path[1:] if units.level(one) is Level.DISTRICT), None)


def steps_left(
    units: UnitRegister, request: Request, passed: tuple[Step, ...], day: date
) -> tuple[Step, ...]:
    """The steps that approval still has to take on `day`, in order."""
    done = max((request.duty.steps.index(step) for step in passed), default=-1)
    return tuple(
        step
        for step in request.duty.steps[done + 1 :]
        if step_unit(units, request, step, day) is not None
    )


_FIGURE = re.compile(r"figure_code = '([^']+)'")


def figure_of(indicator: Indicator) -> str:
    """The code under which records hold a reported indicator's figures."""
    found = _FIGURE.search(indicator.numerator.where)
    if found is None:
        raise ValueError(f"{indicator.code} is not reported")  # the pack check refuses it
    return found[1]
