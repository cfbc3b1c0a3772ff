"""What units' own plans need of whom, for whoever reminds people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tinhso.kernel.notices import needs
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import Plan
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, workspace
from tinhso.modules.shares.assigned import assigned_on
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plan_queries import asked_units, taken
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import apart
from tinhso.modules.shares.queries import ShareQueries

KINDS = {
    "make": Text("lập và gửi kế hoạch riêng", "make the own plan and hand it in"),
    "mend": Text("sửa kế hoạch riêng bị trả lại", "mend the own plan that was returned"),
    "renew": Text(
        "lập bản mới: phần được giao đã đổi", "make a new version: what was assigned has changed"
    ),
    "approve": Text("duyệt hoặc trả lại kế hoạch riêng", "approve or return the own plan"),
}


@needs.tells_needs("shares", KINDS)
def needs_of_own_plans(day: date) -> Iterator[needs.Need]:
    """What waits for a decision, whenever it was handed in; and in the year of the province's plan:
    units that are asked for a plan and have none, plans that were returned, and approved ones that no
    longer hold what is assigned. There are no such days in the plans that these could be late for."""
    for code, pack in workspace().plans.items():
        plan = pack.plan
        handed_in = _newest(code)
        for unit, one in handed_in.items():
            if one.state == OwnPlan.State.SUBMITTED:
                yield _need("approve", "approve", plan, code, unit, _day(one.submitted_at), one)
        if plan.year == day.year:
            yield from _of_the_year(plan, code, handed_in, day)


def _of_the_year(
    plan: Plan, code: str, handed_in: dict[str, OwnPlan], day: date
) -> Iterator[needs.Need]:
    today = register().boundaries.map(day)
    for unit in asked_units(register(), plan.unit, plan.year):
        if unit in today and unit not in handed_in:
            yield _need("make", "submit", plan, code, unit, date(plan.year, 1, 1))
    approved = {}
    for unit, one in handed_in.items():
        if unit not in today:
            continue
        if one.state == OwnPlan.State.RETURNED:
            yield _need("mend", "submit", plan, code, unit, _day(one.decided_at), one)
        elif one.state == OwnPlan.State.APPROVED and one.itemised:
            approved[unit] = one
    if not approved:
        return
    try:
        queries = ShareQueries(Who(day), PlanQueries(workspace(), code))
    except NotMeasuredError:  # without figures nothing is assigned by them either
        return
    now = assigned_on(queries, day)
    for unit, one in approved.items():
        if apart(taken(one.items.all()), now.get(unit, [])):
            yield _need("renew", "submit", plan, code, unit, _day(one.decided_at), one)


def _newest(plan: str) -> dict[str, OwnPlan]:
    """By unit the newest version that was handed in; drafts were not."""
    rows = OwnPlan.objects.filter(plan=plan).exclude(state=OwnPlan.State.DRAFT)
    return {one.unit_id: one for one in rows.order_by("version").prefetch_related("items")}


def _day(moment: datetime | None) -> date:
    assert moment is not None  # a constraint of the table holds it to the state
    return timezone.localtime(moment).date()


def _need(
    kind: str,
    verb: str,
    plan: Plan,
    code: str,
    unit: str,
    since: date,
    one: OwnPlan | None = None,
) -> needs.Need:
    with override("vi"):
        address = reverse("shares:own-plan", args=[code, unit])
    return needs.Need(
        f"shares.{kind}",
        f"{code}/{one.version if one else 0}",
        unit,
        OWN_PLAN.right(verb),
        Text(
            f"Kế hoạch riêng thực hiện {plan.document}", f"Own plan in pursuance of {plan.document}"
        ),
        address,
        since,
        None,
        one.simulated if one else False,
    )
