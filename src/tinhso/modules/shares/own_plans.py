"""Units' own plans: reads and writes. Submitted, then approved or returned; each row ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCX, PDF
from tinhso.kernel.ledger.entries import NOTHING, Thing, record
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.policies import OWN_PLAN

NUMBER_NEEDED = message(
    "own-plan-number", vi="Ghi số, ký hiệu của kế hoạch.", en="Give the plan's number."
)
TO_READ = message(
    "own-plan-read",
    vi="Gửi kèm tệp (PDF, DOCX) hoặc ghi địa chỉ nơi đăng kế hoạch.",
    en="Add a file (PDF, DOCX) or the address where the plan is published.",
)
LINK_WRONG = message(
    "own-plan-link",
    vi="“{value}” không phải địa chỉ trang web. Ghi cả https://, nhiều nhất 500 ký tự.",
    en="“{value}” is no web address. Write it with https://, at most 500 characters.",
)
FUTURE = message(
    "own-plan-future",
    vi="Ngày {day} chưa đến. Chỉ gửi kế hoạch đã ban hành.",
    en="{day} has not come yet. Hand in what has been issued.",
)
WAITS = message(
    "own-plan-waits",
    vi="Đơn vị đã gửi một kế hoạch và đang chờ duyệt. Chờ kết quả rồi gửi lại nếu cần.",
    en="The unit has handed in a plan that waits for a decision. Wait for it before another.",
)
OVER = message(
    "own-plan-over",
    vi="Kế hoạch này đã có quyết định. Tải lại trang để xem.",
    en="This plan has been decided on already. Load the page again.",
)
RETURN_REASON = message(
    "own-plan-reason",
    vi="Nêu lý do trả lại, để đơn vị biết phải sửa gì.",
    en="Say why it is returned, so that the unit knows what to mend.",
)

#: The plan asks these for plans of their own; others may hand one in as well.
ASKED_FOR = (Level.AGENCY, Level.DISTRICT)


@dataclass(frozen=True)
class Line:
    """A unit with its newest own plan, if any. `asked_for`: the plan wants one of it."""

    unit: str
    newest: OwnPlan | None
    asked_for: bool


def own_plans(who: Who, plan: PlanQueries) -> list[Line]:
    """The units that the plan asks for one, and any other that handed one in; within reach."""
    day = plan.figures.places.own_map(plan.root, date(plan.plan.year, 1, 1)).day
    units: UnitRegister = plan.units
    asked = [u for u in units.descendants(plan.root, day) if units.level(u) in ASKED_FOR]
    rows = OwnPlan.objects.filter(plan=plan.pack.code).order_by("submitted_at", "pk")
    newest = {row.unit_id: row for row in OWN_PLAN.rows(who, "view", rows)}
    reach = OWN_PLAN.units(who, "view")
    listed: Iterable[str] = dict.fromkeys([*asked, *newest])
    return [
        Line(uid, newest.get(uid), uid in asked) for uid in listed if reach is None or uid in reach
    ]


def history(who: Who, plan: str, unit: str) -> list[OwnPlan]:
    """Everything that a unit handed in, the newest first."""
    rows = OwnPlan.objects.filter(plan=plan, unit=unit).select_related("file")
    return list(OWN_PLAN.rows(who, "view", rows).order_by("-submitted_at"))


def submit(
    who: Who,
    plan: str,
    unit: str,
    *,
    number: str,
    issued: date,
    link: str = "",
    upload: File[bytes] | None = None,
) -> OwnPlan:
    """Hand in a unit's own plan: its number, the day it was issued, and where it can be read.

    Raises InputError, ForbiddenError. One that waits has to be decided on before another.
    """
    seat = OWN_PLAN.require(who, "submit", unit).seat
    number, link, problems = number.strip(), link.strip(), list[Problem]()
    if not number:
        problems.append(NUMBER_NEEDED(Place("so")))
    if issued > who.day:
        problems.append(FUTURE(Place("ngay"), day=issued.isoformat()))
    if link and not _is_address(link):
        problems.append(LINK_WRONG(Place("dia-chi"), value=link[:200]))
    if not link and upload is None:
        problems.append(TO_READ(Place("tep")))
    if OwnPlan.objects.filter(plan=plan, unit=unit, state="submitted").exists():
        problems.append(WAITS(NOWHERE))
    if problems:
        raise InputError(problems)
    try:
        with transaction.atomic():
            file = (
                accept(who, upload, [PDF, DOCX], unit=unit, seat=seat, place=Place("tep"))
                if upload
                else None
            )
            made = OwnPlan.objects.create(
                plan=plan,
                unit_id=unit,
                number=number[:100],
                issued=issued,
                file=file,
                link=link,
                submitted_at=timezone.now(),
                submitted_by=_named(seat),
            )
            _enter(who, seat, made, "submit", before=NOTHING)
    except IntegrityError as error:
        raise InputError([WAITS(NOWHERE)]) from error
    return made


def decide(
    who: Who, plan: str, unit: str, own_plan: str, *, approve: bool, reason: str = ""
) -> OwnPlan:
    """Approve the own plan of a unit that waits, or return it with a reason. `own_plan` is the id
    of the one that was read: another that came since is not decided on unseen.

    Raises InputError, ForbiddenError.
    """
    verb, reason = "approve" if approve else "return", reason.strip()
    seat = OWN_PLAN.require(who, verb, unit).seat
    with transaction.atomic():
        waiting = OwnPlan.objects.select_for_update().filter(plan=plan, unit=unit)
        one = waiting.filter(state=OwnPlan.State.SUBMITTED).first()
        if one is None or str(one.pk) != own_plan:
            raise InputError([OVER(NOWHERE)])
        if not approve and not reason:
            raise InputError([RETURN_REASON(Place("ly-do"))])
        before = _state(one)
        one.state = OwnPlan.State.APPROVED if approve else OwnPlan.State.RETURNED
        one.decided_at, one.decided_by, one.reason = timezone.now(), _named(seat), reason
        one.save()
        _enter(who, seat, one, verb, before=before)
    return one


def _is_address(link: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError:
        return False
    return len(link) <= 500 and not urlsplit(link).username


def _named(seat: Seat | None) -> str:
    assert seat is not None
    return f"{seat.title.vi}, {card(seat.unit).name.vi}"[:200]


def _state(one: OwnPlan) -> dict[str, object]:
    return {
        "plan": one.plan,
        "number": one.number,
        "issued": one.issued.isoformat(),
        "link": one.link,
        "file": str(one.file_id or ""),
        "state": one.state,
    }


def _enter(who: Who, seat: Seat | None, one: OwnPlan, verb: str, *, before: object) -> None:
    thing = Thing(OWN_PLAN.kind, str(one.pk), one.unit_id)
    was = before if isinstance(before, dict) else NOTHING
    record(
        who.actor(seat),
        f"{OWN_PLAN.kind}.{verb}",
        thing,
        before=was,
        after=_state(one),
        reason=one.reason,
    )
