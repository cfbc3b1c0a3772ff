"""What the province has given each unit by a day: its shares of targets, and the tasks that it leads
or coordinates. Shares come from this room, tasks from theirs by its face."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tinhso.kernel.people.scopes import seated
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.modules.plan.pack import Target
from tinhso.modules.shares.inheritance import Held
from tinhso.modules.shares.models import Allocation
from tinhso.modules.shares.promises import Assigned, Kind
from tinhso.modules.shares.queries import ShareQueries
from tinhso.modules.tasks.queries import TaskRow, tasks_on
from tinhso.modules.tasks.states import State

LEAD, COORDINATE = "lead", "coordinate"


def day_for(unit: str, day: date) -> date:
    """The day on whose map a unit's plan is read: `day`, or the unit's last where it has ended."""
    until = card(unit, day).until
    return until - timedelta(days=1) if until is not None and until <= day else day


def assigned_on(queries: ShareQueries, day: date) -> dict[str, list[Assigned]]:
    """By unit of the map of a day: shares first, in the plan's order, then tasks by code."""
    found: dict[str, list[Assigned]] = {}
    for target, allocation, held in queries.held(day):
        found.setdefault(held.uid, []).append(_share(target, allocation, held))
    units = register()
    for row in tasks_on(queries.plan.pack.code, day):
        if row.state is not State.CANCELLED:
            for uid, role in _takes_part(units, row, day):
                found.setdefault(uid, []).append(_task(row, role))
    return found


def assigned_to(queries: ShareQueries, unit: str, day: date) -> list[Assigned]:
    """What one unit was given, as of a day (its last, where it has ended)."""
    return assigned_on(queries, day_for(unit, day)).get(unit, [])


def _takes_part(units: UnitRegister, row: TaskRow, day: date) -> Iterator[tuple[str, str]]:
    """Each unit once; one that leads and coordinates after a merger leads."""
    seen = set()
    parts = [(row.lead.uid, LEAD)] if row.lead else []
    for uid, role in [*parts, *((one.uid, COORDINATE) for one in row.coordinating)]:
        holder = seated(units, uid, day)
        if holder not in seen:
            seen.add(holder)
            yield holder, role


def _share(target: Target, allocation: Allocation, held: Held) -> Assigned:
    named = dict.fromkeys(part.answers for part in held.parts if part.answers)
    return Assigned(
        kind=Kind.TARGET,
        source=target.code,
        version=allocation.number,
        code=target.code,
        name=target.name,
        operator=allocation.operator,
        value=held.amount,
        milestones=held.milestones,
        deadline=target.deadline,
        answers="; ".join(named)[:200],
        simulated=allocation.simulated,
    )


def _task(row: TaskRow, role: str) -> Assigned:
    return Assigned(
        kind=Kind.TASK,
        source=str(row.id),
        version=row.version,
        code=row.code,
        name=row.title,
        role=role,
        rhythm=row.rhythm.value,
        product=row.product,
        deadline=row.deadline,
        simulated=row.simulated,
    )
