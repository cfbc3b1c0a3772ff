"""Every read about tasks, as frozen values. What a task is is public; what is written about it is
shown to those whom the policy lets open it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch

from tinhso.kernel.people.scopes import seated, succeeded
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text, fold
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks.facts import Facts, Rhythm
from tinhso.modules.tasks.models import Coordination, Dependency, Task, TaskVersion
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.reading import facts_of
from tinhso.modules.tasks.states import State, Status, rules, statuses
from tinhso.modules.tasks.urging import Need, Wanted, needs
from tinhso.modules.tasks.words import RHYTHMS, why


@dataclass(frozen=True)
class UnitName:
    """A unit as it was called on a day. `heir`: who answers for it then, where it is another;
    "" with `led` False where nobody does."""

    uid: str
    name: Text
    heir: str = ""
    heir_name: Text | None = None
    led: bool = True


@dataclass(frozen=True)
class TaskRow:
    """A task as it was on a day, with where it stood."""

    id: uuid.UUID
    plan: str
    code: str
    title: Text
    group: str
    group_name: Text
    lead: UnitName | None
    lead_written: str
    coordinating: tuple[UnitName, ...]
    coordinating_written: str
    product: str
    rhythm: Rhythm
    start: date | None
    deadline: date | None
    deadline_written: str
    status: Status
    why: Text
    percent: int | None
    origin: str
    simulated: bool
    version: int
    facts: Facts = field(repr=False)
    needs: tuple[Need, ...] = ()
    targets: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        return self.status.state

    @property
    def concerned(self) -> list[str]:
        """The units that may read what is written about it."""
        own = [self.lead.uid] if self.lead else []
        return own + [one.uid for one in self.coordinating]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; "" and None are no filter. `unit` takes in those it followed."""

    unit: str = ""
    state: State | None = None
    group: str = ""
    until: date | None = None  # due by that day
    text: str = ""
    sort: str = "trang-thai"
    target: str = ""  # a target's code


@dataclass(frozen=True)
class TaskList:
    """Rows in order, and how many stand where (`counts` over all but the filter by state)."""

    plan: str
    day: date
    rows: tuple[TaskRow, ...]
    counts: Mapping[State, int]
    total: int
    groups: tuple[tuple[str, Text], ...]
    units: tuple[UnitName, ...]

    @property
    def simulated(self) -> bool:
        return any(one.simulated for one in self.rows)


def unit_name(uid: str, day: date) -> UnitName:
    units = register()
    name = units.full_name(uid, day)
    heir = succeeded(units, uid, day)
    if heir == uid:
        return UnitName(uid, name)
    return UnitName(uid, name, heir, units.full_name(heir, day) if heir else None, led=bool(heir))


def tasks_on(plan: str, day: date) -> list[TaskRow]:
    """Every task that a plan had on a day, by code. Raises UnknownPlanError."""
    told = workspace().plan(plan).plan
    groups = {one.code: one.name for one in told.groups}
    tasks = list(
        Task.objects.filter(plan=plan)
        .order_by("code")
        .prefetch_related(
            Prefetch(
                "versions",
                TaskVersion.objects.order_by("day", "number").prefetch_related(
                    Prefetch("coordinating", Coordination.objects.order_by("pk")),
                    Prefetch("needs", Dependency.objects.order_by("pk")),
                ),
            )
        )
    )
    facts = facts_of(one.pk for one in tasks)
    codes = {str(one.pk): one.code for one in tasks}
    found = statuses(facts, day, rules())
    rows = []
    for task in tasks:
        status = found[str(task.pk)]
        own = [one for one in task.versions.all() if one.day <= day]
        if status is None or not own:
            continue
        rows.append(_row(task, own[-1], facts[str(task.pk)], status, groups, codes, day))
    return rows


def _row(
    task: Task,
    now: TaskVersion,
    facts: Facts,
    status: Status,
    groups: Mapping[str, Text],
    codes: Mapping[str, str],
    day: date,
) -> TaskRow:
    seen = facts.on(day)
    assert seen is not None
    lead = unit_name(now.lead_id, day) if now.lead_id else None
    told = [one.percent for one in seen.whole if one.percent is not None]
    coordinating = [one.unit_id for one in now.coordinating.all()]
    wanted = needs(
        *(facts, status, now.lead_id or "", day, rules()),
        led=lead is not None and lead.led,
        coordinating=coordinating,
    )
    return TaskRow(
        id=task.pk,
        plan=task.plan,
        code=task.code,
        title=Text(now.title, now.title_en or now.title),
        group=now.group,
        group_name=groups.get(now.group, Text(now.group, now.group)),
        lead=lead,
        lead_written=now.lead_written,
        coordinating=tuple(unit_name(one, day) for one in coordinating),
        coordinating_written=now.coordinating_written,
        product=now.product,
        rhythm=Rhythm(now.rhythm),
        start=now.start,
        deadline=now.deadline,
        deadline_written=now.deadline_written,
        status=status,
        why=why(
            status,
            day,
            reason=now.reason,
            told=seen.reports[-1].day if seen.reports else None,
            needs=sorted(codes[one] for one in status.needs),
            asked=register().full_name(status.asked, day) if status.asked else None,
        ),
        percent=told[-1] if told else None,
        origin=task.origin,
        simulated=task.simulated,
        version=now.number,
        facts=facts,
        needs=tuple(wanted),
        targets=tuple(now.targets),
    )


SORTS = ("ma", "viec", "chu-tri", "han", "trang-thai")


def task_list(plan: str, day: date, asked: Filters) -> TaskList:
    """A plan's tasks on a day, narrowed and sorted. Raises UnknownPlanError."""
    rows = tasks_on(plan, day)
    groups = dict.fromkeys((one.group, one.group_name) for one in rows if one.group)
    units = {one.lead.uid: one.lead for one in rows if one.lead}
    narrowed = [one for one in rows if _fits(one, asked, day)]
    counts = Counter(one.state for one in narrowed)
    shown = [one for one in narrowed if asked.state is None or one.state is asked.state]
    return TaskList(
        plan,
        day,
        tuple(_sorted(shown, asked.sort)),
        {one: counts[one] for one in State},
        len(rows),
        tuple(groups),
        tuple(sorted(units.values(), key=lambda one: fold(one.name.vi))),
    )


def _fits(row: TaskRow, asked: Filters, day: date) -> bool:
    if asked.unit and not (row.lead and _is_of(row.lead.uid, asked.unit, day)):
        return False
    if asked.group and row.group != asked.group:
        return False
    if asked.target and asked.target not in row.targets:
        return False
    if asked.until and (row.status.due is None or row.status.due > asked.until):
        return False
    sought = f"{row.code} {row.title.vi} {row.title.en} {row.product}"
    return not asked.text or fold(asked.text) in fold(sought)


def _is_of(uid: str, unit: str, day: date) -> bool:
    return unit in (uid, seated(register(), uid, day))


def _sorted(rows: list[TaskRow], sort: str) -> list[TaskRow]:
    """In the asked order ("-" turns it round); what is not known comes last in either."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    order = list(State)

    def key(row: TaskRow) -> object | None:
        match name:
            case "viec":
                return fold(row.title.vi)
            case "chu-tri":
                return fold(row.lead.name.vi) if row.lead else None
            case "han":
                return row.status.due
            case "trang-thai":
                return order.index(row.state), row.status.due or date.max
        return row.code

    known = [row for row in rows if key(row) is not None]
    known.sort(key=key, reverse=down)  # type: ignore[arg-type]
    return known + [row for row in rows if key(row) is None]


# -- the face for other rooms ----------------------------------------------------------------------


def tasks_of(unit: str, day: date, plan: str = "") -> list[TaskRow]:
    """The tasks that a unit leads on a day, its own and those of units that it took over from."""
    plans = [plan] if plan else list(workspace().plans)
    rows = [one for code in plans for one in tasks_on(code, day)]
    return [one for one in rows if one.lead and _is_of(one.lead.uid, unit, day)]


def rhythm_in_words(rhythm: str) -> Text:
    """The word for a rhythm by its code. Raises ValueError for one that does not exist."""
    return RHYTHMS[Rhythm(rhythm)]


def counts_of(rows: Iterable[TaskRow]) -> dict[State, int]:
    """How many tasks stand where; every state is there, with zero where none does."""
    found = Counter(one.state for one in rows)
    return {state: found[state] for state in State}


@dataclass(frozen=True)
class Wish:
    """Something that a unit has to do about a task. `unit` is today's: who answers for it."""

    task: TaskRow
    need: Need
    unit: str
    unit_name: Text


def needed(plan: str, day: date) -> list[Wish]:
    """What needs whom on a day, in all of a plan's tasks, the most pressing first.

    Raises UnknownPlanError. What falls to a unit that nobody answers for any more falls to the
    unit above it.
    """
    told = workspace().plan(plan).plan
    units = register()
    standing = workspace().units.by_code(told.standing_agency, date(told.year, 1, 1)) or told.unit
    found = []
    for row in tasks_on(plan, day):
        for need in row.needs:
            unit = seated(units, need.unit or standing, day)
            found.append(Wish(row, need, unit, units.full_name(unit, day)))
    order = list(Wanted)
    return sorted(found, key=lambda one: (order.index(one.need.wanted), one.need.since))


# -- for somebody ----------------------------------------------------------------------------------


def own_units(who: Who) -> list[str]:
    """The units in whose positions somebody sits today."""
    return list(dict.fromkeys(seat.unit for seat in who.seats if seat.unit))


def wishes_for(who: Who, plan: str) -> list[Wish]:
    """What is for somebody to do: each need is shown to those who have the right to meet it."""
    unit = workspace().plan(plan).plan.unit
    found = []
    for one in needed(plan, who.day):
        verb = VERBS[one.need.wanted]
        asked = unit if one.need.unit == "" else one.need.unit
        if TASK.ask(who, verb, asked).seat is not None:
            found.append(one)
    return found


#: The right that it takes to do what is wanted.
VERBS = {
    Wanted.OVERDUE: "report",
    Wanted.RETURNED: "report",
    Wanted.DUE_SOON: "report",
    Wanted.ANSWER: "answer",
    Wanted.CONFIRM_PART: "confirm-part",
    Wanted.CONFIRM: "confirm",
    Wanted.DECIDE: "decide",
    Wanted.ASSIGN: "manage",
}
