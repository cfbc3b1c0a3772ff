"""Simulated allocations and own plans for the sample province, made by the room's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from django.utils import timezone

from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.people.who import Who
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.shares import preparing
from tinhso.modules.shares.actions import Document, NewAllocation, NewShare, allocate
from tinhso.modules.shares.assigned import assigned_on
from tinhso.modules.shares.models import Allocation, OwnPlan
from tinhso.modules.shares.own_plan_items import Typed, add, take_over
from tinhso.modules.shares.own_plans import By, decide, submit
from tinhso.modules.shares.preparing import Asked
from tinhso.modules.shares.promises import Kind
from tinhso.modules.shares.queries import LEVELS, ShareQueries
from tinhso.modules.shares.rules import Rule
from tinhso.modules.shares.typed import read_percent

BY = "Tỉnh Số (mô phỏng)"
#: The documents are unknown, since none was issued; the position is the one that the plan names.
HEAD = "Người đứng đầu đơn vị"


def simulate_allocations(plan: PlanQueries) -> int:
    """CQS-03 by gap to the communes, CQS-04 by level in a second version; how many were made.

    Targets that the plan does not have, and those that are given already, are passed over.
    """
    queries = ShareQueries(Who(timezone.localdate()), plan)
    year = plan.plan.year
    basis, day = Period.parse(f"{year}-Q1"), date(year, 4, 1)
    gap = {"phan-khoang-cach": "100"}
    by_level = {Level.AGENCY: "100", Level.DISTRICT: "97", Level.COMMUNE: "93"}
    steps = (
        ("CQS-03", Rule.BY_GAP, (Level.COMMUNE,), gap, ""),
        ("CQS-04", Rule.SAME, LEVELS, {"muc": "95"}, ""),
        (
            *("CQS-04", Rule.BY_LEVEL, LEVELS),
            {level.value: text for level, text in by_level.items()},
            "Giao theo cấp, sát khả năng của từng cấp hơn (mô phỏng).",
        ),
    )
    given = set(queries.in_force())
    made = [
        _make(queries, code, rule, levels, day, basis, parameters, reason)
        for code, rule, levels, parameters, reason in steps
        if code not in given and plan.plan.target(code) is not None
    ]
    return len(made)


def _make(
    queries: ShareQueries,
    code: str,
    rule: Rule,
    levels: tuple[Level, ...],
    day: date,
    basis: Period,
    parameters: Mapping[str, str],
    reason: str,
) -> Allocation:
    target = queries.plan.plan.target(code)
    assert target is not None
    asked = Asked(
        target=target,
        rule=rule,
        levels=levels,
        map_day=day,
        basis=basis,
        document=Document(),
        answers=HEAD,
        parameters=parameters,
        amount=read_percent(parameters.get("muc", "")),
        amounts={
            level: amount
            for level in levels
            if (amount := read_percent(parameters.get(level.value, ""))) is not None
        },
        closing=read_percent(parameters.get("phan-khoang-cach", "")),
        even=rule is Rule.BY_GAP,
    )
    lines = preparing.lines_by_rule(queries, asked, target.required.amount)
    new = preparing.new_allocation(asked, preparing.table(queries, asked, lines), reason)
    last = queries.version(code)
    after = last.number if last else 0
    code_of, root = queries.plan.pack.code, queries.plan.root
    return allocate(SYSTEM, code_of, root, new, by=BY, after=after, simulated=True)


def simulate_own_plans(plan: PlanQueries) -> int:
    """A few units that were given something make plans of it; how many. One is approved with a class of
    its own, one approved before its share rose, one waits, one was returned, one is a draft.

    Nothing where there are any. Units with most to do come first, so that both shares and tasks show.
    """
    today, code = timezone.localdate(), plan.pack.code
    if OwnPlan.objects.filter(plan=code).exists():
        return 0
    queries = ShareQueries(Who(today), plan)
    given = assigned_on(queries, today)
    ranked = sorted(given, key=lambda uid: (-len(given[uid]), uid))
    by = By.system(BY, today)
    ends = ("approve", "approve", "submit", "return", "draft")
    for number, (uid, end) in enumerate(zip(ranked, ends, strict=False)):
        take_over(by, queries, uid, simulated=True)
        if number == 0:
            typed = Typed(
                name="Mở lớp kỹ năng số cho tổ công nghệ số cộng đồng (mô phỏng)",
                product="Hai lớp, có danh sách người học",
                deadline=date(plan.plan.year, 12, 15),
                answers=HEAD,
            )
            add(by, code, uid, Kind.TASK, typed)
        if end == "draft":
            continue
        one = submit(by, queries, uid)
        if end != "submit":
            reason = "" if end == "approve" else "Nêu rõ ai chịu trách nhiệm từng mục (mô phỏng)."
            decide(by, queries, uid, str(one.pk), approve=end == "approve", reason=reason)
        if number == 1:
            _more_work(queries, uid)
    return min(len(ranked), len(ends))


def _more_work(queries: ShareQueries, uid: str) -> None:
    """The unit's share of one target (or of those it was made of) rises by a point, after its plan was
    approved: it shows."""
    the_map = queries.plan.units.boundaries.map(queries.who.day)
    for target, allocation in queries.in_force().items():
        shares = list(allocation.shares.all())
        mine = [
            one
            for one in shares
            if the_map.carry(one.unit_id).uid == uid and one.amount <= Fraction(98, 100)
        ]
        known = queries.plan.plan.target(target)
        if not mine or known is None:
            continue
        new = NewAllocation(
            target=known,
            rule=Rule.BY_HAND,
            levels=[Level(one) for one in allocation.levels],
            map_day=allocation.map_day,
            basis=Period.parse(allocation.basis),
            shares=[
                NewShare(
                    one.unit_id,
                    one.amount + Fraction(1, 100) if one in mine else one.amount,
                    one.milestones,
                    one.answers,
                    one.note,
                )
                for one in shares
            ],
            reason="Nâng mức của một đơn vị (mô phỏng).",
        )
        code, root = queries.plan.pack.code, queries.plan.root
        allocate(SYSTEM, code, root, new, by=BY, after=allocation.number, simulated=True)
        return
