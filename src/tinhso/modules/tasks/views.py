"""Pages to look at: the list of tasks, one task, what is mine to do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tinhso.kernel.files.policies import FILE
from tinhso.kernel.people.access import asks, public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.units import asked as units
from tinhso.measure.text import InputError, Text
from tinhso.modules.tasks import pages, queries
from tinhso.modules.tasks.facts import DATED
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.policies import TASK, may_open
from tinhso.modules.tasks.progress import periods_of
from tinhso.modules.tasks.queries import Filters
from tinhso.modules.tasks.timeline import Event, timeline
from tinhso.modules.tasks.words import ORIGINS, STATES


@public
def task_list(request: HttpRequest) -> HttpResponse:
    plan = pages.plan_code(request)
    filled, asked, day = Filled(request.GET), Filters(), timezone.localdate()
    try:
        day = pages.asked_day(request)
        asked = pages.filters(request)
    except InputError as error:
        filled = Filled(request.GET, error)
    found = queries.task_list(plan, day, asked)
    told = pages.plan_of(plan)
    context = {
        "plan_code": plan,
        "plan": told,
        "section": "tasks",
        "other_plan": plan != settings.TINHSO_DEFAULT_PLAN,
        "filled": filled,
        "found": found,
        "asked": asked,
        "asked_unit": units.written(asked.unit) if asked.unit else filled.get("co-quan"),
        "today": timezone.localdate(),
        "tally": [
            (state, count, pages.address(request, trang_thai=state.value))
            for state, count in found.counts.items()
        ],
        "all_states": pages.address(request, trang_thai=""),
        "sorts": {
            key: pages.address(request, xep=f"-{key}" if asked.sort == key else key)
            for key in queries.SORTS
        },
        "query": pages.address(request),
        "narrowed": asked != Filters(sort=asked.sort),
        "simulated": found.simulated,
        "states": [(one.value, word) for one, word in STATES.items()],
        "may_manage": pages.manages(request, plan),
        "may_open": TASK.anywhere(who_is(request), "open"),
    }
    return render(request, "tasks/list.html", context, status=400 if filled.problems else 200)


@dataclass(frozen=True)
class Doings:
    """What the one who looks may do here."""

    report: bool
    extend: bool
    ask: bool
    manage: bool
    confirm: bool
    confirm_part: bool
    decide: bool


@public
def task(request: HttpRequest, task: uuid.UUID) -> HttpResponse:
    one = pages.the_task(task)
    who = who_is(request)
    filled, day = Filled(request.GET), who.day
    try:
        day = pages.asked_day(request)
    except InputError as error:
        filled = Filled(request.GET, error)
    rows = {row.id: row for row in queries.tasks_on(one.plan, day)}
    row = rows.get(one.pk)
    plan = pages.plan_of(one.plan)
    context = {
        "plan_code": one.plan,
        "plan": plan,
        "section": "tasks",
        "task": one,
        "filled": filled,
        "day": day,
        "today": who.day,
        "simulated": one.simulated,
        "row": row,
        "begins": one.versions.order_by("day").values_list("day", flat=True).first(),
    }
    if row is not None:
        context |= _about(request, one, row, rows, day)
    return render(request, "tasks/task.html", context, status=400 if filled.problems else 200)


def _about(
    request: HttpRequest,
    one: Task,
    row: queries.TaskRow,
    rows: dict[uuid.UUID, queries.TaskRow],
    day: date,
) -> dict[str, object]:
    who = who_is(request)
    plan = pages.plan_of(one.plan)
    opened = may_open(who, row.concerned) or may_open(who, [plan.unit])
    now = one.versions.filter(day__lte=day).latest("day", "number")
    lead = row.lead.uid if row.lead else ""
    going_on = not row.status.ended and day == who.day
    reported = bool(lead) and TASK.ask(who, "report", lead).seat is not None
    events: list[Event] = timeline(one, day, opened=opened)
    targets = {target.code: target for target in plan.targets}
    needs = [found.on_id for found in now.needs.all()]
    return {
        "now": now,
        "origin": ORIGINS[Task.Origin(one.origin)],
        "events": events,
        "opened": opened,
        "files_open": bool(lead) and bool(FILE.ask(who, "view", lead)),
        "targets": [targets[code] for code in now.targets if code in targets],
        "needs": [rows[key] for key in needs if key in rows],
        "needed_by": [other for other in rows.values() if str(one.pk) in _needs_of(other, day)],
        "parts": [
            unit
            for unit in row.coordinating
            if going_on and lead and TASK.ask(who, "report", unit.uid).seat is not None
        ],
        "periods": periods_of(one, now),
        "dated": row.rhythm in DATED,
        "wishes": [
            (need, queries.unit_name(need.unit, day).name if need.unit else None)
            for need in row.needs
        ],
        "may": Doings(
            report=going_on and reported,
            extend=going_on
            and row.rhythm.value == "once"
            and bool(lead)
            and TASK.ask(who, "extend", lead).seat is not None,
            ask=going_on and reported,
            manage=pages.manages(request, one.plan),
            confirm=TASK.ask(who, "confirm", plan.unit).seat is not None,
            confirm_part=TASK.ask(who, "confirm-part", now.lead_id or plan.unit).seat is not None,
            decide=TASK.ask(who, "decide", plan.unit).seat is not None,
        ),
        "answerable": {
            event.key
            for event in events
            if event.to and TASK.ask(who, "answer", event.to).seat is not None
        },
    }


def _needs_of(row: queries.TaskRow, day: date) -> frozenset[str]:
    seen = row.facts.on(day)
    return seen.now.needs if seen else frozenset()


@asks(TASK, "open")
def mine(request: HttpRequest) -> HttpResponse:
    """What the agencies of the one who asks lead, and what is for that person to do today."""
    who, plan = who_is(request), pages.plan_code(request)
    own: list[tuple[str, Text, list[queries.TaskRow]]] = [
        (unit, queries.unit_name(unit, who.day).name, queries.tasks_of(unit, who.day, plan))
        for unit in queries.own_units(who)
    ]
    wishes = queries.wishes_for(who, plan)
    context = {
        "plan_code": plan,
        "own": own,
        "wishes": wishes,
        "simulated": any(row.simulated for _, _, rows in own for row in rows)
        or any(one.task.simulated for one in wishes),
    }
    return render(request, "tasks/mine.html", context)
