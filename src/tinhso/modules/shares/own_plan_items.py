"""Every write of what is in a draft: taking over what was assigned, and the unit's own words on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from tinhso.measure.text import NOWHERE, InputError, Place, Problem, message
from tinhso.modules.shares.assigned import assigned_to
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_queries import taken
from tinhso.modules.shares.own_plans import By, draft_of, enter, the_draft, told
from tinhso.modules.shares.promises import Assigned, Kind, apart, late, problems, short
from tinhso.modules.shares.queries import ShareQueries
from tinhso.modules.shares.typed import SHARE_WRONG, kept, read_amount, read_percent

NOTHING_TO_TAKE = message(
    "own-plan-nothing-to-take",
    vi="Không còn mục nào phải nhận: kế hoạch đã khớp với phần được giao.",
    en="There is nothing left to take over: the plan matches what was assigned.",
)
NAME_NEEDED = message(
    "own-item-name",
    vi="Ghi nội dung, nhiều nhất 1000 ký tự.",
    en="Say what it is, in at most 1000 characters.",
)
MEASURE_NEEDED = message(
    "own-item-measure",
    vi="Ghi đơn vị tính, ví dụ: hộ, lớp, %.",
    en="Give the unit of measure, such as households, classes, %.",
)
AMOUNT_WRONG = message(
    "own-item-amount",
    vi="“{value}” không phải một số từ 0 với nhiều nhất 3 chữ số thập phân. Ghi như 1.200 hoặc 12,5 (dấu phẩy trước phần thập phân).",
    en="“{value}” is no number from 0 with at most 3 decimals. Write 1.200 for a thousand two hundred, 12,5 for twelve and a half (a comma before decimals).",
)
PRODUCT_NEEDED = message(
    "own-item-product", vi="Ghi sản phẩm của nhiệm vụ.", en="Give the product of the task."
)
DEADLINE_NEEDED = message(
    "own-item-deadline", vi="Ghi hạn của nhiệm vụ.", en="Give the deadline of the task."
)
GONE = message(
    "own-item-gone",
    vi="Mục này không còn trong bản nháp. Tải lại trang để xem.",
    en="This item is no longer in the draft. Load the page again.",
)
ASSIGNED = message(
    "own-item-assigned",
    vi="Mục này được giao, không bỏ được.",
    en="This item was assigned and cannot be removed.",
)
TOO_LONG = message(
    "own-item-long",
    vi="Dài quá {limit} ký tự. Rút ngắn lại.",
    en="Longer than {limit} characters. Make it shorter.",
)


@dataclass(frozen=True)
class Taken:
    """What taking over did. `dropped`: codes of items whose own level or deadline no longer held what is
    assigned now, and gave way to it."""

    added: int
    renewed: int
    removed: int
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """What a unit says about an item, as typed. Of an item taken over, name, measure and product are
    the province's and are not read."""

    value: str = ""
    deadline: date | None = None
    answers: str = ""
    note: str = ""
    name: str = ""
    measure: str = ""
    product: str = ""


def take_over(
    by: By,
    queries: ShareQueries,
    unit: str,
    keys: Collection[str] = (),
    *,
    simulated: bool = False,
) -> Taken:
    """Make the draft hold what is assigned: add what is missing, renew what has changed, drop what was
    withdrawn. Begins a draft where there is none. `keys` narrows it to some items; none is all.

    The unit's own words stay, and its own level and deadline where they still hold what is assigned.
    Raises InputError.
    """
    with transaction.atomic():
        now = assigned_to(queries, unit, by.day)
        draft = draft_of(by, queries.plan.pack.code, unit, simulated=simulated)
        items = list(draft.items.order_by("position"))
        found = apart(taken(items), now)
        missing = [one for one in found.missing if not keys or one.key in keys]
        changed = [one for one, _ in found.changed if not keys or one.key in keys]
        gone = {one.key for one in found.withdrawn if not keys or one.key in keys}
        if not (missing or changed or gone):
            raise InputError([NOTHING_TO_TAKE(NOWHERE)])
        before, dropped = told(items), []
        by_key = {one.assigned.key: one for one in items if one.assigned}
        for one in changed:
            item = by_key[one.key]
            if _renew(item, one):
                dropped.append(one.code)
            item.save()
        for key in gone:
            by_key[key].delete()
        last = max((one.position for one in items), default=0)
        for position, one in enumerate(missing, start=last + 1):
            item = OwnPlanItem(own_plan=draft, position=position, answers=one.answers)
            _renew(item, one)
            item.save()
        enter(by, draft, "take-over", before=before, after=told(draft.items.order_by("position")))
    return Taken(len(missing), len(changed), len(gone), tuple(dropped))


def _renew(item: OwnPlanItem, now: Assigned) -> bool:
    """Write onto an item what is assigned now; whether an own level or deadline gave way."""
    item.kind, item.source, item.source_version = now.kind.value, now.source, now.version
    item.code, item.name, item.name_en = now.code, now.name.vi[:1000], now.name.en[:1000]
    item.role, item.rhythm, item.product = now.role, now.rhythm, now.product
    item.operator, item.assigned_deadline = now.operator, now.deadline
    item.assigned_value = kept(now.value)
    item.assigned_milestones = [kept(one) for one in now.milestones]
    own, dropped = item.own_value, False
    if own is not None and short(now, own):
        item.value, dropped = "", True
    if item.deadline is not None and late(now, item.deadline):
        item.deadline, dropped = None, True
    return dropped


def add(by: By, plan: str, unit: str, kind: Kind, typed: Typed) -> OwnPlanItem:
    """An item of the unit's own. Begins a draft where there is none. Raises InputError."""
    with transaction.atomic():
        draft = draft_of(by, plan, unit)
        last = draft.items.order_by("position").last()
        item = OwnPlanItem(
            own_plan=draft, position=last.position + 1 if last else 1, kind=kind.value
        )
        weigh(item, typed)
        item.save()
        enter(by, draft, "item", after=told([item]))
    return item


def change(by: By, plan: str, unit: str, item: int, typed: Typed) -> OwnPlanItem:
    """What the unit says of an item. Raises InputError."""
    with transaction.atomic():
        draft = the_draft(plan, unit)
        one = _item(draft, item)
        before = told([one])
        weigh(one, typed)
        one.save()
        enter(by, draft, "item", before=before, after=told([one]))
    return one


def remove(by: By, plan: str, unit: str, item: int) -> None:
    """Drop an item that the unit added; what was assigned stays. Raises InputError."""
    with transaction.atomic():
        draft = the_draft(plan, unit)
        one = _item(draft, item)
        if one.source:
            raise InputError([ASSIGNED(NOWHERE)])
        enter(by, draft, "item", before=told([one]))
        one.delete()


def _item(draft: OwnPlan, item: int) -> OwnPlanItem:
    one = draft.items.filter(pk=item).first()
    if one is None:
        raise InputError([GONE(NOWHERE)])
    return one


def weigh(item: OwnPlanItem, typed: Typed) -> None:
    """Write onto an item, unsaved, what the unit says of it. Raises InputError by the form's fields."""
    found = _long(typed)
    assigned = item.assigned
    if assigned is not None:
        found += _of_assigned(item, assigned, typed)
    else:
        found += _of_own(item, typed)
    if found:
        raise InputError(found)
    item.answers, item.note = typed.answers.strip(), typed.note.strip()
    item.deadline = typed.deadline


def _long(typed: Typed) -> list[Problem]:
    limits = (
        ("nguoi", typed.answers, 200),
        ("ghi-chu", typed.note, 500),
        ("dvt", typed.measure, 60),
        ("san-pham", typed.product, 2000),
    )
    return [TOO_LONG(Place(at), limit=limit) for at, text, limit in limits if len(text) > limit]


def _of_assigned(item: OwnPlanItem, assigned: Assigned, typed: Typed) -> list[Problem]:
    value = None
    if assigned.kind is Kind.TARGET and typed.value.strip():
        value = read_percent(typed.value)
        if value is None:
            return [SHARE_WRONG(Place("gia-tri"), value=typed.value[:40])]
    item.value = kept(value)
    return problems(assigned, value, typed.deadline, (Place("gia-tri"), Place("han")))


def _of_own(item: OwnPlanItem, typed: Typed) -> list[Problem]:
    found = []
    item.name = typed.name.strip()
    if not item.name or len(item.name) > 1000:
        found.append(NAME_NEEDED(Place("ten")))
    if item.kind == Kind.TARGET.value:
        amount = read_amount(typed.value)
        item.measure, item.value = typed.measure.strip(), kept(amount)
        if not item.measure:
            found.append(MEASURE_NEEDED(Place("dvt")))
        if amount is None:
            found.append(AMOUNT_WRONG(Place("gia-tri"), value=typed.value[:40]))
    else:
        item.product = typed.product.strip()
        if not item.product:
            found.append(PRODUCT_NEEDED(Place("san-pham")))
        if typed.deadline is None:
            found.append(DEADLINE_NEEDED(Place("han")))
    return found
