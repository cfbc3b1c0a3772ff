"""Histories of this room: all versions of a target's allocation; all that a unit handed in."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, told, words
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.shares import own_plan_queries
from tinhso.modules.shares import words as room_words
from tinhso.modules.shares.policies import ALLOCATION, OWN_PLAN

_NAMES = words(
    plan=("kế hoạch", "plan"),
    target=("chỉ tiêu", "target"),
    rule=("cách giao", "rule"),
    levels=("cấp nhận", "levels"),
    map_day=("bản đồ ngày", "map of"),
    basis=("kỳ gốc", "basis period"),
    target_level=("mức của tỉnh", "the province's level"),
    document=("văn bản giao", "document"),
    document_day=("ngày văn bản", "day of the document"),
    issuer=("cơ quan ban hành", "issued by"),
    simulated=("mô phỏng", "simulated"),
    number=("số, ký hiệu", "number"),
    issued=("ngày ban hành", "issued on"),
    link=("địa chỉ", "address"),
    file=("tệp", "file"),
    state=("tình trạng", "state"),
)


def _name(field: str) -> Text | None:
    """`share c25363` is the share of a unit; the ledger keeps unit, milestones and answerer in one.
    `item 3 CQS-03` is an item of an own plan."""
    kind, _, uid = field.partition(" ")
    if kind == "share" and uid in register():
        unit = register().full_name(uid)
        return Text(f"phần giao của {unit.vi}", f"share of {unit.en}")
    if kind == "item":
        place, _, name = uid.partition(" ")
        return Text(f"mục {place}: {name}", f"item {place}: {name}")
    return _NAMES(field)


def allocation(_who: Who, thing: str) -> Subject | None:
    """`thing`: plan/target, or one version of it."""
    plan, _, rest = thing.partition("/")
    code = rest.partition("/")[0]
    pack = workspace().plans.get(plan)
    target = pack.plan.target(code) if pack else None
    if target is None:
        return None
    name = target.name
    return Subject(
        title=Text(f"Giao chỉ tiêu {code} {name.vi}", f"Shares of target {code} {name.en}"),
        address=reverse("shares:allocation", args=[plan, code]),
        within=((ALLOCATION.kind, f"{plan}/{code}/"),),
        public=True,
    )


def own_plan(who: Who, thing: str) -> Subject | None:
    """`thing`: plan/unit. Raises ForbiddenError."""
    plan, _, uid = thing.partition("/")
    if plan not in workspace().plans or uid not in register():
        return None
    OWN_PLAN.require(who, "view", uid)
    rows = own_plan_queries.history(who, plan, uid)
    unit = register().full_name(uid)
    return Subject(
        title=Text(f"Kế hoạch riêng của {unit.vi}", f"The own plan of {unit.en}"),
        address=reverse("shares:own-plan", args=[plan, uid]),
        things=tuple((OWN_PLAN.kind, str(one.pk)) for one in rows),
    )


_VALUES = told(rule=room_words.RULES, levels=room_words.LEVELS, state=room_words.STATES)

READS |= {
    ALLOCATION.kind: Reads(ALLOCATION, "view", name=_name, value=_VALUES),
    OWN_PLAN.kind: Reads(OWN_PLAN, "view", name=_name, value=_VALUES),
}
HISTORIES |= {ALLOCATION.kind: allocation, OWN_PLAN.kind: own_plan}
