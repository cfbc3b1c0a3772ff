"""Every write of units' own plans as wholes: started, handed in, approved or returned, discarded.

The caller has asked the policy, by `By.person`; each act is one transaction with its ledger entry.
What is in a plan is checked against what is assigned inside that transaction, not as it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from tinhso.kernel.ledger.actor import SYSTEM, Actor
from tinhso.kernel.ledger.entries import NOTHING, Thing, record
from tinhso.kernel.people.who import Seat, Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message
from tinhso.modules.shares.assigned import assigned_to
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_queries import taken
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import Apart, Assigned, apart, kept
from tinhso.modules.shares.queries import ShareQueries
from tinhso.modules.shares.typed import write_amount, write_milestones, write_percent

NUMBER_NEEDED = message(
    "own-plan-number", vi="Ghi số, ký hiệu của kế hoạch.", en="Give the plan's number."
)
DAY_NEEDED = message(
    "own-plan-day", vi="Ghi ngày ban hành.", en="Give the day on which it was issued."
)
TO_READ = message(
    "own-plan-read",
    vi="Kế hoạch chưa có mục nào. Nhận các mục được giao, hoặc gửi kèm tệp (PDF, DOCX) hay địa chỉ nơi đăng kế hoạch.",
    en="The plan has no items yet. Take over what was assigned, or add a file (PDF, DOCX) or the address where the plan is published.",
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

MISSING = message(
    "own-plan-missing",
    vi="Kế hoạch chưa có đủ phần được giao: {what}. Bấm “Nhận về” rồi gửi lại.",
    en="The plan does not hold all that was assigned: {what}. Take it over, then hand in again.",
)
CHANGED = message(
    "own-plan-changed",
    vi="Phần được giao đã đổi từ khi đơn vị nhận: {what}. Trả lại để đơn vị nhận bản mới.",
    en="What was assigned has changed since the unit took it over: {what}. Return the plan, so that the unit takes over the new version.",
)
NO_DRAFT = message(
    "own-plan-no-draft",
    vi="Không có bản nháp nào. Tải lại trang để xem.",
    en="There is no draft. Load the page again.",
)


@dataclass(frozen=True)
class By:
    """Who acts: for the ledger, and as named on the plan. Without `who` it is the system itself."""

    actor: Actor
    name: str
    day: date
    who: Who | None = None
    seat: Seat | None = None

    @classmethod
    def person(cls, who: Who, verb: str, unit: str) -> By:
        """Raises ForbiddenError."""
        seat = OWN_PLAN.require(who, verb, unit).seat
        assert seat is not None
        name = f"{seat.title.vi}, {card(seat.unit).name.vi}"[:200]
        return cls(who.actor(seat), name, who.day, who, seat)

    @classmethod
    def system(cls, name: str, day: date) -> By:
        return cls(SYSTEM, name, day)


@dataclass(frozen=True)
class Signed:
    """The signed document of a plan; all empty where there is none (yet)."""

    number: str = ""
    issued: date | None = None
    link: str = ""
    upload: File[bytes] | None = None

    def problems(self, day: date, *, itemised: bool) -> list[Problem]:
        there, found = bool(self.link or self.upload), list[Problem]()
        if not self.number and (there or self.issued or not itemised):
            found.append(NUMBER_NEEDED(Place("so")))
        if self.issued is None and (there or self.number or not itemised):
            found.append(DAY_NEEDED(Place("ngay")))
        if self.issued is not None and self.issued > day:
            found.append(FUTURE(Place("ngay"), day=self.issued.isoformat()))
        if self.link and not _is_address(self.link):
            found.append(LINK_WRONG(Place("dia-chi"), value=self.link[:200]))
        if not there and not itemised:
            found.append(TO_READ(Place("tep")))
        return found


def open_plan(plan: str, unit: str) -> OwnPlan | None:
    """The version that is worked on or waits, locked for this transaction."""
    rows = OwnPlan.objects.select_for_update().filter(plan=plan, unit=unit)
    return rows.filter(state__in=[OwnPlan.State.DRAFT, OwnPlan.State.SUBMITTED]).first()


def draft_of(by: By, plan: str, unit: str, *, simulated: bool = False) -> OwnPlan:
    """The unit's draft, begun from its last version where there is none. Call it in a transaction.

    Raises InputError where a version waits for a decision.
    """
    now = open_plan(plan, unit)
    if now is None:
        now = _begin(plan, unit, simulated=simulated)
        last = OwnPlan.objects.filter(plan=plan, unit=unit, version=now.version - 1).first()
        copied = list(last.items.order_by("position")) if last else []
        for item in copied:
            item.pk, item.own_plan = None, now
        OwnPlanItem.objects.bulk_create(copied)
        enter(by, now, "start", after=_state(now) | told(copied))
    if now.state != OwnPlan.State.DRAFT:
        raise InputError([WAITS(NOWHERE)])
    return now


def _begin(plan: str, unit: str, *, simulated: bool = False) -> OwnPlan:
    last = OwnPlan.objects.filter(plan=plan, unit=unit).order_by("version").last()
    try:
        with transaction.atomic():
            return OwnPlan.objects.create(
                plan=plan,
                unit_id=unit,
                version=last.version + 1 if last else 1,
                state=OwnPlan.State.DRAFT,
                simulated=simulated,
            )
    except IntegrityError as error:  # of two at once the later
        raise InputError([WAITS(NOWHERE)]) from error


def start(by: By, plan: str, unit: str) -> OwnPlan:
    """Begin a version with the items of the last one. Raises InputError where one is open."""
    with transaction.atomic():
        if open_plan(plan, unit) is not None:
            raise InputError([WAITS(NOWHERE)])
        return draft_of(by, plan, unit)


def discard(by: By, plan: str, unit: str) -> None:
    """Drop the draft; versions that were handed in stay. Raises InputError without one."""
    with transaction.atomic():
        one = the_draft(plan, unit)
        enter(by, one, "discard", before=_state(one) | told(one.items.all()))
        one.delete()


def the_draft(plan: str, unit: str) -> OwnPlan:
    """Raises InputError."""
    one = open_plan(plan, unit)
    if one is None or one.state != OwnPlan.State.DRAFT:
        raise InputError([NO_DRAFT(NOWHERE)])
    return one


def submit(by: By, queries: ShareQueries, unit: str, signed: Signed = Signed()) -> OwnPlan:
    """Hand in the draft, with the signed document if there is one; or, without a draft, a plan that
    is the document alone. With items, all that is assigned has to be among them as it is today.

    Raises InputError. One that waits has to be decided on before another.
    """
    plan = queries.plan.pack.code
    with transaction.atomic():
        one = open_plan(plan, unit)
        if one is not None and one.state != OwnPlan.State.DRAFT:
            raise InputError([WAITS(NOWHERE)])
        items = list(one.items.order_by("position")) if one else []
        problems = signed.problems(by.day, itemised=bool(items))
        if items and (lacking := _lacking(items, assigned_to(queries, unit, by.day))):
            problems.append(MISSING(NOWHERE, what=lacking))
        if problems:
            raise InputError(problems)
        before: Mapping[str, object] = _state(one) | told(items) if one else NOTHING
        one = one or _begin(plan, unit)
        if signed.upload is not None:
            assert by.who is not None
            one.file = accept(
                by.who, signed.upload, [PDF, DOCX], unit=unit, seat=by.seat, place=Place("tep")
            )
        one.number, one.issued, one.link = signed.number[:100], signed.issued, signed.link
        one.itemised, one.state = bool(items), OwnPlan.State.SUBMITTED
        one.submitted_at, one.submitted_by = timezone.now(), by.name
        one.save()
        enter(by, one, "submit", before=before, after=_state(one) | told(items))
    return one


def decide(
    by: By, queries: ShareQueries, unit: str, own_plan: str, *, approve: bool, reason: str = ""
) -> OwnPlan:
    """Approve the own plan of a unit that waits, or return it with a reason. `own_plan` is the id
    of the one that was read: another that came since is not decided on unseen. One that promises
    less than what is assigned by now is not approved.

    Raises InputError.
    """
    reason = reason.strip()
    with transaction.atomic():
        one = open_plan(queries.plan.pack.code, unit)
        if one is None or one.state != OwnPlan.State.SUBMITTED or str(one.pk) != own_plan:
            raise InputError([OVER(NOWHERE)])
        if not approve and not reason:
            raise InputError([RETURN_REASON(Place("ly-do"))])
        items = list(one.items.order_by("position"))
        if approve and items:
            lacking = _lacking(items, assigned_to(queries, unit, by.day))
            if lacking:
                raise InputError([CHANGED(NOWHERE, what=lacking)])
        before = _state(one) | told(items)
        one.state = OwnPlan.State.APPROVED if approve else OwnPlan.State.RETURNED
        one.decided_at, one.decided_by, one.reason = timezone.now(), by.name, reason
        one.save()
        verb = "approve" if approve else "return"
        enter(by, one, verb, before=before, after=_state(one) | told(items))
    return one


def _lacking(items: Iterable[OwnPlanItem], now: list[Assigned]) -> str:
    """The codes of what is assigned and not held by the items, "" when all is."""
    rows = list(items)
    found: Apart = apart(taken(rows), now)
    codes = [one.code for one in found.missing] + [one.code for one, _ in found.changed]
    less = [one.code for one in rows if one.assigned and not kept(one.assigned, one.promise)]
    return ", ".join(dict.fromkeys([*codes, *less]))


def _is_address(link: str) -> bool:
    try:
        URLValidator(schemes=["http", "https"])(link)
    except ValidationError:
        return False
    return len(link) <= 500 and not urlsplit(link).username


def _state(one: OwnPlan) -> dict[str, object]:
    return {
        "plan": one.plan,
        "number": one.number,
        "issued": one.issued.isoformat() if one.issued else "",
        "link": one.link,
        "file": str(one.file_id or ""),
        "state": one.state,
    }


def told(items: Iterable[OwnPlanItem]) -> dict[str, object]:
    """Items for the ledger, each in one line: what is promised, by when, who answers."""
    return {f"item {one.position} {one.code or one.name[:60]}": _line(one) for one in items}


def _line(one: OwnPlanItem) -> str:
    promise, own = one.promise, not one.source
    value = write_amount(promise.value) if own else write_percent(promise.value)
    steps = one.assigned.milestones if one.assigned else ()
    parts = (
        one.name,
        f"{value} {one.measure}".strip(),
        write_milestones(steps) if steps else "",
        one.product,
        promise.deadline.isoformat() if promise.deadline else "",
        one.answers,
        one.note,
    )
    return " | ".join(part for part in parts if part)


def enter(
    by: By,
    one: OwnPlan,
    verb: str,
    *,
    before: Mapping[str, object] = NOTHING,
    after: Mapping[str, object] = NOTHING,
) -> None:
    """The ledger's entry of an act on a plan."""
    record(
        by.actor,
        f"{OWN_PLAN.kind}.{verb}",
        Thing(OWN_PLAN.kind, str(one.pk), one.unit_id),
        before=before,
        after=after,
        reason=one.reason,
    )
