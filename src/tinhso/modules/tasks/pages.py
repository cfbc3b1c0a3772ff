"""What the room's pages share: the plan, the day and the filters in an address; choices of units."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import DAY_WRONG
from tinhso.kernel.units import asked as units
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.plan.pack import Plan
from tinhso.modules.plan.workspace import UnknownPlanError, workspace
from tinhso.modules.tasks.models import Ask, Extension, Report, Task, TaskVersion
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.queries import SORTS, Filters
from tinhso.modules.tasks.states import State

WRONG_CHOICE = message(
    "task-filter-wrong",
    vi="Không có {name} “{value}”. Các giá trị: {known}.",
    en="There is no {name} “{value}”. Its values: {known}.",
)


def plan_code(request: HttpRequest) -> str:
    """The plan in the address, or the one that the front page opens. Raises Http404."""
    code = request.GET.get("ke-hoach", "") or settings.TINHSO_DEFAULT_PLAN
    plan_of(code)
    return code


def plan_of(code: str) -> Plan:
    try:
        return workspace().plan(code).plan
    except UnknownPlanError:
        raise Http404(code) from None


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day in the address, as browsers and people write it. Raises InputError."""
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    try:
        if "/" in raw:
            day, month, year = (int(part) for part in raw.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(raw)
    except ValueError:
        raise InputError([DAY_WRONG(Place(name), value=raw[:40])]) from None
    if not 1900 <= found.year <= 2199:
        raise InputError([DAY_WRONG(Place(name), value=raw[:40])])
    return found


def asked_day(request: HttpRequest) -> date:
    return day_in(request, "ngay") or timezone.localdate()


def filters(request: HttpRequest) -> Filters:
    """What a list is narrowed by. Raises InputError."""
    unit = request.GET.get("co-quan", "").strip()
    return Filters(
        unit=units.unit_asked(unit, "co-quan") if unit else "",
        state=State(state) if (state := _choice(request, "trang-thai", list(State))) else None,
        group=request.GET.get("nhom", "")[:300],
        until=day_in(request, "han-den"),
        target=_choice(
            request,
            "chi-tieu",
            [one.code for one in plan_of(plan_code(request)).targets],
        ),
        text=request.GET.get("tim", "").strip()[:200],
        sort=_choice(request, "xep", [*SORTS, *(f"-{one}" for one in SORTS)]) or "trang-thai",
    )


def _choice(request: HttpRequest, name: str, known: list[Any]) -> str:
    value = request.GET.get(name, "")
    if value and value not in known:
        told = ", ".join(map(str, known))
        raise InputError([WRONG_CHOICE(Place(name), name=name, value=value[:60], known=told)])
    return value


def address(request: HttpRequest, **changes: str) -> str:
    """The page's own query with some of it changed; "" takes a part away."""
    query = request.GET.copy()
    for name, value in changes.items():
        name = name.replace("_", "-")  # noqa: PLW2901 (names of addresses have dashes)
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


def unit_choices(plan: Plan) -> list[str]:
    """Units to choose from in forms: the plan's own of its year, and those of today's province."""
    units_of, today = register(), timezone.localdate()
    first = date(plan.year, 1, 1)
    own = units_of.descendants(plan.unit, first, Level.AGENCY)
    place = units_of.at(plan.unit, today).uid
    return [units.written(uid) for uid in [*own, place, *units_of.descendants(place, today)]]


def the_task(task: uuid.UUID) -> Task:
    return get_object_or_404(Task, pk=task)


def newest(task: Task) -> TaskVersion:
    return TaskVersion.objects.filter(task=task).latest("number")


# -- the unit that a right is asked for ------------------------------------------------------------


def lead_of(_request: HttpRequest, task: uuid.UUID) -> str:
    """The unit that leads a task; "" (nobody but who may everywhere) where none does."""
    return newest(the_task(task)).lead_id or ""


def reporting_unit(request: HttpRequest, task: uuid.UUID) -> str:
    """The unit for which somebody would report: the one in the address (`co-quan`) if it leads or
    coordinates; else the first of these for which they may; else the lead."""
    now = newest(the_task(task))
    concerned = [now.lead_id or "", *now.coordinating.values_list("unit_id", flat=True)]
    asked = request.GET.get("co-quan", "")
    if asked in concerned:
        return asked
    who = who_is(request)
    return next((one for one in concerned if one and TASK.ask(who, "report", one)), concerned[0])


def lead_of_report(_request: HttpRequest, report: uuid.UUID) -> str:
    """The unit that decides on a coordinating agency's report: the lead of today's version; where
    none leads any more, the plan's, as its standing agency may for all."""
    task = get_object_or_404(Report, pk=report).task
    return newest(task).lead_id or plan_of(task.plan).unit


def plan_unit_of(_request: HttpRequest, task: uuid.UUID) -> str:
    return plan_of(the_task(task).plan).unit


def plan_unit_of_report(_request: HttpRequest, report: uuid.UUID) -> str:
    return plan_of(get_object_or_404(Report, pk=report).task.plan).unit


def plan_unit_of_extension(_request: HttpRequest, extension: uuid.UUID) -> str:
    return plan_of(get_object_or_404(Extension, pk=extension).task.plan).unit


def asked_unit(_request: HttpRequest, ask: uuid.UUID) -> str:
    return get_object_or_404(Ask, pk=ask).to_id


def manages(request: HttpRequest, plan: str) -> bool:
    """Whether the one who asks may give and change tasks of a plan (a second factor aside)."""
    return TASK.ask(who_is(request), "manage", plan_of(plan).unit).seat is not None
