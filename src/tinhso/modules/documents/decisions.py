"""What a meeting decides, as tasks made on the spot (kết luận cuộc họp).

A decision is a task of the plan with its lead and its day, made by the tasks room's own act, so that it
is followed like any other. Its code carries the day of the meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from tinhso.kernel.people.filled import day_of
from tinhso.kernel.people.policy import Answer
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.asked import unit_asked
from tinhso.measure import writing
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.plan.pack import Plan
from tinhso.modules.tasks.actions import create
from tinhso.modules.tasks.drafts import By, Draft
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.queries import TaskRow, tasks_on
from tinhso.modules.tasks.states import State

TITLE_NEEDED = message(
    "decision-title-needed",
    vi="Ghi việc mà cuộc họp giao.",
    en="Write what the meeting decides.",
)
DAY_PAST = message(
    "decision-day-past",
    vi="Thời hạn {day} đã qua. Chọn từ hôm nay trở đi.",
    en="The deadline {day} is over. Choose today or later.",
)

#: How often a code is tried anew when others decide at the same moment.
TRIES = 5


@dataclass(frozen=True)
class Followed:
    """A plan's tasks as a meeting looks at them: `today` decided today, `open` decisions of earlier
    meetings that go on, `overdue` all that is overdue, the longest first."""

    today: tuple[TaskRow, ...]
    open: tuple[TaskRow, ...]
    overdue: tuple[TaskRow, ...]
    by_target: Mapping[str, tuple[TaskRow, ...]]


def followed(plan: str, day: date) -> Followed:
    rows = tasks_on(plan, day)
    decided = [one for one in rows if one.origin == Task.Origin.DECISION]
    own = [one for one in decided if min(v.day for v in one.facts.versions) == day]
    late = [one for one in rows if one.state is State.OVERDUE]
    by_target: dict[str, tuple[TaskRow, ...]] = {}
    for one in rows:
        for code in one.targets:
            if not one.status.ended:
                by_target[code] = (*by_target.get(code, ()), one)
    return Followed(
        tuple(own),
        tuple(one for one in decided if one not in own and not one.status.ended),
        tuple(sorted(late, key=lambda one: one.status.due or day)),
        by_target,
    )


def may_decide(who: Who, plan: Plan) -> Answer:
    return TASK.ask(who, "manage", plan.unit)


def decide(who: Who, request: HttpRequest, code: str, plan: Plan) -> Task:
    """The task that a form of the meeting's page describes: `title`, `lead`, `deadline`, `target`.

    Raises ForbiddenError, and InputError with everything that is wrong.
    """
    by = By.person(who, TASK.require(who, "manage", plan.unit).seat)
    draft = _draft(request, by.day)
    for number in range(TRIES):
        try:
            return create(by, code, _code(code, by.day, number), draft, origin=Task.Origin.DECISION)
        except InputError as error:
            taken = all(one.place.file == "code" for one in error.problems)
            if not taken or number == TRIES - 1:
                raise
    raise AssertionError


def _draft(request: HttpRequest, today: date) -> Draft:
    posted, problems = request.POST, list[Problem]()
    title = " ".join(posted.get("title", "").split())
    lead, deadline = "", None
    if not title:
        problems.append(TITLE_NEEDED(Place("title")))
    try:
        lead = unit_asked(posted.get("lead", ""), "lead")
    except InputError as error:
        problems += error.problems
    try:
        deadline = day_of(request, "deadline")
    except InputError as error:
        problems += error.problems
    if deadline is not None and deadline < today:
        told = Text(writing.day(deadline, "vi"), writing.day(deadline, "en"))
        problems.append(DAY_PAST(Place("deadline"), day=told))
    if problems:
        raise InputError(problems)
    target = posted.get("target", "")
    return Draft(
        title=title,
        lead=lead,
        rhythm=Rhythm.ONCE,
        start=today,
        deadline=deadline,
        document=f"Kết luận họp ban chỉ đạo ngày {writing.day(today, 'vi')}",
        targets=(target,) if target else (),
    )


def _code(plan: str, day: date, further: int) -> str:
    """`KL-20250715-01`, the next of the day."""
    stem = f"KL-{day:%Y%m%d}-"
    number = Task.objects.filter(plan=plan, code__startswith=stem).count() + 1 + further
    return f"{stem}{number:02}"
