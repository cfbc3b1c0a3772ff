"""Two simulated allocations for the sample province, made by the room's own actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from tinhso.kernel.ledger.actor import SYSTEM
from tinhso.kernel.people.who import Who
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.shares import preparing
from tinhso.modules.shares.actions import Document, allocate
from tinhso.modules.shares.models import Allocation
from tinhso.modules.shares.preparing import Asked
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
