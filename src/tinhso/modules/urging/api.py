"""What waits for whom, and what was said, over the API: as the two pages show it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.api import Page, Paged, Shape, TextShape, operation, page_fields
from tinhso.measure.text import Text
from tinhso.modules.urging import queries
from tinhso.modules.urging.models import Reminder
from tinhso.modules.urging.policies import REMINDER
from tinhso.modules.urging.queries import Waiting

router = Router(tags=["reminders"])


class NeedShape(Shape):
    """One thing that waits for somebody at a unit."""

    kind: str = Field(examples=["tasks.overdue"])
    todo: TextShape
    title: TextShape
    unit: str = Field(description="uid")
    unit_name: TextShape
    right: str = Field(description="What it takes to do it.", examples=["tasks.task:report"])
    address: str = Field(description="The page where it is done, in Vietnamese.")
    since: date
    due: date | None = Field(description="The last day in time; null: no such day.")
    days_late: int = Field(description="After the last day; 0 and less: in time, or no such day.")
    simulated: bool


class NeedList(Page[NeedShape]):
    day: date


class ReminderShape(Shape):
    """Something that somebody was reminded of."""

    day: date
    who: str = Field(description="The person's name.")
    rule: str = Field(examples=["overdue"])
    step: int = Field(
        description="Days after the day that the rule counts from; of a rule of clocks: per cent of its time that have passed."
    )
    kind: str
    title: TextShape
    unit: str = Field(description="uid")
    due: date | None
    mailed: bool = Field(description="By mail too; else on the page alone.")
    simulated: bool


class ReminderList(Page[ReminderShape]):
    pass


@router.get(
    "/needs",
    response=NeedList,
    operation_id="listNeeds",
    **operation(
        "Việc hôm nay",
        "Today's work",
        "Mọi việc đang chờ người hỏi, từ mọi phần của hệ thống, quá hạn trước.",
        "All that waits for the one who asks, from every part of the system, the latest first.",
    ),
)
@public
def list_needs(request: HttpRequest, asked: Query[Paged]) -> NeedList:
    who = _signed_in(request)
    page = page_fields(request, asked, queries.todays(who))
    items = [_need(one) for one in page["items"]]
    return NeedList.model_validate({**page, "items": items, "day": who.day})


@router.get(
    "/reminders",
    response=ReminderList,
    operation_id="listReminders",
    **operation(
        "Lời nhắc đã gửi",
        "Reminders sent",
        "Ai đã được nhắc việc gì, ngày nào, theo mốc nào; trong phạm vi được xem. Mới nhất trước.",
        "Who was reminded of what, when, by which step; within reach. Newest first.",
    ),
)
@public
def list_reminders(request: HttpRequest, asked: Query[Paged]) -> ReminderList:
    who = _signed_in(request)
    if not REMINDER.anywhere(who, "view"):
        raise ForbiddenError(Answer(REMINDER, REMINDER.verbs["view"], "", Need.RIGHT))
    rows = queries.said(who)
    page = page_fields(request, asked, range(rows.count()))
    end = asked.offset + asked.limit
    items = [_reminder(one) for one in rows[asked.offset : end]]
    return ReminderList.model_validate({**page, "items": items})


def _signed_in(request: HttpRequest) -> Who:
    who = who_is(request)
    if not who.signed_in:
        raise ForbiddenError(Answer(REMINDER, REMINDER.verbs["view"], "", Need.SIGN_IN))
    return who


def _need(one: Waiting) -> dict[str, object]:
    need = one.need
    return {
        "kind": need.kind,
        "todo": one.todo,
        "title": need.title,
        "unit": need.unit,
        "unit_name": one.unit_name,
        "right": need.right,
        "address": need.address,
        "since": need.since,
        "due": need.due,
        "days_late": one.late,
        "simulated": need.simulated,
    }


def _reminder(one: Reminder) -> dict[str, object]:
    return {
        "day": one.digest.day,
        "who": one.digest.account.name,
        "rule": one.rule,
        "step": one.step,
        "kind": one.kind,
        "title": Text(one.title, one.title_en),
        "unit": one.unit,
        "due": one.due,
        "mailed": one.digest.mailed and one.by_mail,
        "simulated": one.simulated,
    }
