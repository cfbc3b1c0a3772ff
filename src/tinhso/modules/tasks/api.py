"""Tasks over the API: what the pages show, for programs. Reading only, as all of the API.

What agencies write about a task is given to those whom the policy lets open it, with a token.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need
from tinhso.kernel.units.api import (
    Day,
    NotFoundError,
    Page,
    Paged,
    Parameters,
    Shape,
    TextShape,
    operation,
    page_fields,
    said,
)
from tinhso.kernel.units.asked import unit_asked
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, message, nearest
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.tasks import queries
from tinhso.modules.tasks.facts import Rhythm
from tinhso.modules.tasks.models import Task
from tinhso.modules.tasks.policies import TASK, may_open
from tinhso.modules.tasks.queries import Filters, TaskRow, Wish
from tinhso.modules.tasks.states import State
from tinhso.modules.tasks.timeline import Event, timeline
from tinhso.modules.tasks.urging import Wanted
from tinhso.modules.tasks.words import RHYTHMS, STATES, WANTED

NO_TASK = message(
    "task-unknown",
    vi="Không có nhiệm vụ {task}.",
    en="There is no task {task}.",
)
NO_PLAN = message(
    "task-plan-unknown",
    vi="Không có kế hoạch “{plan}”. Gần nhất: {near}.",
    en="There is no plan “{plan}”. The nearest: {near}.",
)


class UnitNameShape(Shape):
    """A unit as it was called on the day. `heir`: who answers for it then, where it has ended."""

    uid: str
    name: TextShape
    heir: str = Field(description="uid; equal to none where nobody answers for it: see `led`.")
    led: bool = Field(description="Whether anybody answers for the unit on the day.")


class TaskRowShape(Shape):
    """A task on a day. Null and "" are "not in the source", never "none"."""

    id: uuid.UUID
    plan: str
    code: str
    title: TextShape
    group: str
    group_name: TextShape
    lead: UnitNameShape | None
    lead_written: str = Field(description="In the document's own words.")
    coordinating: list[UnitNameShape]
    coordinating_written: str
    product: str
    rhythm: Rhythm
    rhythm_name: TextShape
    start: date | None
    deadline: date | None = Field(description="The last day, within.")
    deadline_written: str
    due: date | None = Field(description="By when the next thing is due.")
    state: State
    state_name: TextShape
    why: TextShape
    done_on: date | None
    percent: int | None = Field(description="As last reported; null: no percentage reported.")
    simulated: bool = Field(description="Made by the software as an illustration.")
    version: int


class TaskListShape(Page[TaskRowShape]):
    day: date
    plan: str
    simulated: bool = Field(description="Whether any of the tasks is simulated.")
    counts: dict[State, int] = Field(description="How many stand where, without `state`.")


class TaskEventShape(Shape):
    """Something that happened. Words, details, links and files: where one may open them."""

    day: date
    what: TextShape
    by: str
    words: str
    details: list[tuple[TextShape, str]]
    links: list[str]
    files: list[uuid.UUID]


class TaskPageShape(TaskRowShape):
    day: date
    targets: list[str]
    budget: str
    budget_source: str
    document: str
    note: str
    needs: list[uuid.UUID] = Field(description="Tasks that have to be finished first.")
    opened: bool = Field(description="Whether what agencies wrote is in `events`.")
    events: list[TaskEventShape] = Field(description="Newest first.")


class WishShape(Shape):
    """What a unit has to do about a task."""

    wanted: Wanted
    wanted_name: TextShape
    unit: str
    unit_name: TextShape
    since: date
    due: date | None
    task: uuid.UUID
    code: str
    title: TextShape
    simulated: bool


class WishList(Page[WishShape]):
    day: date
    plan: str
    simulated: bool


class DayOnly(Parameters):
    day: Annotated[
        Day | None,
        said("Tính đến hết ngày này; mặc định hôm nay.", "As of the end of this day; today."),
    ] = Field(None, examples=["2025-06-30"])


class DayAsked(DayOnly):
    plan: Annotated[
        str | None,
        said("Mã kế hoạch; mặc định kế hoạch của trang chủ.", "The plan's code; the site's own."),
    ] = Field(None, max_length=60, examples=["binh-phuoc-2025"])


class TasksAsked(DayAsked, Paged):
    unit: Annotated[
        str | None,
        said(
            "Cơ quan chủ trì: uid hoặc tên; gồm cả đơn vị mà nó tiếp nhận.",
            "The lead: a uid or name; with those that it took over from.",
        ),
    ] = Field(None, max_length=200, examples=["a.BP-STC"])
    state: Annotated[State | None, said("Chỉ một trạng thái.", "Only one state.")] = Field(
        None, examples=["overdue"]
    )
    group: Annotated[str | None, said("Nhóm giải pháp.", "Solution group.")] = Field(
        None, max_length=300, examples=["GP4"]
    )
    due_by: Annotated[Day | None, said("Đến hạn không sau ngày này.", "Due by this day.")] = Field(
        None, examples=["2025-12-31"]
    )
    target: Annotated[
        str | None, said("Chỉ tiêu mà nhiệm vụ phục vụ.", "The target that the task serves.")
    ] = Field(None, max_length=60, examples=["CQS-03"])
    q: Annotated[str, said("Chữ trong nhiệm vụ.", "Words in the task.")] = Field(
        "", max_length=200, examples=["số hóa"]
    )


class WishesAsked(DayAsked, Paged):
    pass


router = Router(tags=["tasks"])


@router.get(
    "",
    response=TaskListShape,
    operation_id="listTasks",
    **operation(
        "Các nhiệm vụ của một kế hoạch",
        "The tasks of a plan",
        "Như trang Nhiệm vụ: trạng thái tính đến hết ngày đang hỏi, kèm vì sao.",
        "As the page of tasks: states as of the day asked about, with why.",
    ),
)
@public
def list_tasks(request: HttpRequest, asked: Query[TasksAsked]) -> TaskListShape:
    plan, day = _plan(asked.plan), asked.day or who_is(request).day
    unit = unit_asked(asked.unit, "query.unit") if asked.unit else ""
    filters = Filters(
        *(unit, asked.state, asked.group or "", asked.due_by, asked.q.strip()),
        target=asked.target or "",
    )
    found = queries.task_list(plan, day, filters)
    page = page_fields(request, asked, found.rows)
    more = {"day": day, "plan": plan, "simulated": found.simulated, "counts": found.counts}
    items = [_shape(one) for one in page["items"]]
    return TaskListShape.model_validate({**page, **more, "items": items})


@router.get(
    "/wanted",
    response=WishList,
    operation_id="listWanted",
    **operation(
        "Việc gì cần ai làm hôm nay",
        "What needs whom today",
        "Quá hạn, sắp đến hạn, báo cáo bị trả lại, đề nghị chờ trả lời hay quyết định; trong phạm vi được mở.",
        "Overdue, due soon, reports returned, requests that wait: of tasks that the token may open.",
    ),
)
@public
def list_wanted(request: HttpRequest, asked: Query[WishesAsked]) -> WishList:
    plan, who = _plan(asked.plan), who_is(request)
    if not TASK.anywhere(who, "open"):
        need = Need.RIGHT if who.signed_in else Need.SIGN_IN
        raise ForbiddenError(Answer(TASK, TASK.verbs["open"], "", need))
    day, root = asked.day or who.day, workspace().plan(plan).plan.unit
    all_of_plan = may_open(who, [root])
    found = [
        one
        for one in queries.needed(plan, day)
        if all_of_plan or may_open(who, [*one.task.concerned, one.need.unit or root])
    ]
    page = page_fields(request, asked, found)
    items = [_wish(one) for one in page["items"]]
    simulated = any(one.task.simulated for one in found)
    more = {"day": day, "plan": plan, "simulated": simulated, "items": items}
    return WishList.model_validate({**page, **more})


@router.get(
    "/{task}",
    response=TaskPageShape,
    operation_id="getTask",
    **operation(
        "Một nhiệm vụ",
        "One task",
        "Như trang của nhiệm vụ: thông tin, trạng thái, diễn biến. Lời các cơ quan viết cho nhau chỉ có khi được mở.",
        "As the task's page: facts, state, what happened. What agencies wrote is given to those who may open it.",
    ),
)
@public
def get_task(
    request: HttpRequest,
    task: Annotated[uuid.UUID, Path(examples=["00000000-0000-4000-8000-000000000000"])],
    asked: Query[DayOnly],
) -> TaskPageShape:
    who = who_is(request)
    day = asked.day or who.day
    one = Task.objects.filter(pk=task).first()
    rows = queries.tasks_on(one.plan, day) if one else []
    row = next((row for row in rows if row.id == task), None)
    if one is None or row is None:
        raise NotFoundError(NO_TASK(Place("path.task"), task=task))
    now = one.versions.filter(day__lte=day).latest("day", "number")
    opened = may_open(who, [*row.concerned, workspace().plan(one.plan).plan.unit])
    return TaskPageShape.model_validate(
        {
            **_shape(row),
            "day": day,
            "targets": now.targets,
            "budget": now.budget,
            "budget_source": now.budget_source,
            "document": now.document,
            "note": now.note,
            "needs": [need.on_id for need in now.needs.all()],
            "opened": opened,
            "events": [_event(event) for event in timeline(one, day, opened=opened)],
        },
        from_attributes=True,
    )


def _plan(code: str | None) -> str:
    """Raises InputError for one that there is not."""
    asked = code or settings.TINHSO_DEFAULT_PLAN
    if asked not in workspace().plans:
        near = nearest(asked, workspace().plans) or ", ".join(workspace().plans)
        raise InputError([NO_PLAN(Place("query.plan"), plan=asked, near=near)])
    return asked


def _shape(row: TaskRow) -> dict[str, object]:
    names = TaskRowShape.model_fields.keys() - {
        "rhythm_name",
        "state_name",
        "due",
        "done_on",
        "state",
    }
    return {name: getattr(row, name) for name in names} | {
        "rhythm_name": RHYTHMS[row.rhythm],
        "due": row.status.due,
        "done_on": row.status.done_on,
        "state": row.state,
        "state_name": STATES[row.state],
    }


def _wish(one: Wish) -> dict[str, object]:
    return {
        "wanted": one.need.wanted,
        "wanted_name": WANTED[one.need.wanted],
        "unit": one.unit,
        "unit_name": card(one.unit).name,
        "since": one.need.since,
        "due": one.need.due,
        "task": one.task.id,
        "code": one.task.code,
        "title": one.task.title,
        "simulated": one.task.simulated,
    }


def _event(event: Event) -> dict[str, object]:
    return {
        "day": event.day,
        "what": event.what,
        "by": event.by,
        "words": event.words,
        "details": list(event.details),
        "links": list(event.links),
        "files": [file.pk for file in event.files],
    }
