"""Allocations over the API: what pages show, for programs. Numbers are exact fractions."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.api import (
    NotFoundError,
    Paged,
    conditional,
    operation,
    page_fields,
    said,
)
from tinhso.measure.text import Place, message, nearest
from tinhso.modules.plan.api_answers import Answers
from tinhso.modules.plan.api_asked import Code, LensAsked, PlanCode, about, lens_of, queries_of
from tinhso.modules.plan.api_figures import Amount, amount
from tinhso.modules.plan.api_schemas import LensShape
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares.api_shapes import (
    AllocationAnswer,
    AllocationShape,
    ChangedShareShape,
    GivenTo,
    LostShareShape,
    OwnPlanLine,
    OwnPlanList,
    OwnPlanShape,
    OwnShareShape,
    PassedShareShape,
    SharePartShape,
    ShareSumShape,
    TargetShares,
    TargetSharesList,
    UnitSharesAnswer,
    UnitShareShape,
)
from tinhso.modules.shares.inheritance import Given, Held
from tinhso.modules.shares.models import Allocation, OwnPlan, Share
from tinhso.modules.shares.own_plan_queries import own_plans
from tinhso.modules.shares.queries import OwnShare, ShareQueries, UnitShare, differences, newest
from tinhso.modules.shares.rules import Sum

UNKNOWN_TARGET = message(
    "target-unknown",
    vi="Kế hoạch {plan} không có chỉ tiêu “{code}”. Gần nhất: {near}. Danh sách: /api/v1/plans/{plan}/allocations.",
    en="Plan {plan} has no target “{code}”. Nearest: {near}. All of them: /api/v1/plans/{plan}/allocations.",
)
UNKNOWN_VERSION = message(
    "allocation-missing",
    vi="Chỉ tiêu {code} không có phiên bản giao số {number}.",
    en="Target {code} has no allocation of version {number}.",
)


def _key(request: HttpRequest) -> list[str]:
    return [*figures_key(request), str(newest())]


router = Router(tags=["shares"])
router.add_decorator(conditional(_key), mode="view")

#: Own plans go by the reader's rights, and change without the figures: no key of their own.
own_plans_router = Router(tags=["shares"])


class AllocationAsked(LensAsked):
    version: Annotated[
        int | None,
        said("Phiên bản; mặc định là bản hiện hành.", "Version; by default the one in force."),
    ] = Field(None, ge=1, le=2**31 - 1)


@router.get(
    "/{plan}/allocations",
    response=TargetSharesList,
    operation_id="listAllocations",
    **operation(
        "Các chỉ tiêu và phần giao",
        "Targets and how they are given",
        "Mỗi chỉ tiêu: bản giao hiện hành, bao nhiêu đơn vị có phần giao, cộng lại được bao nhiêu so với mức của tỉnh.",
        "For each target: the allocation in force, how many units have a share, and what the shares add up to against the province's level.",
    ),
)
@public
@limited(HEAVY)
def list_allocations(request: HttpRequest, plan: PlanCode, asked: Query[Paged]) -> TargetSharesList:
    queries = ShareQueries(who_is(request), queries_of(plan))
    lines = [
        TargetShares(
            code=one.target.code,
            giveable=one.giveable,
            units=one.shares,
            allocation=_version(one.allocation) if one.allocation else None,
            sum=_sum(one.sum) if one.sum else None,
        )
        for one in queries.targets()
    ]
    page = {**page_fields(request, asked, lines), "about": about(queries.plan)}
    return TargetSharesList.model_validate(page, from_attributes=True)


@router.get(
    "/{plan}/allocations/{code}",
    response=AllocationAnswer,
    operation_id="getAllocation",
    **operation(
        "Một chỉ tiêu được giao",
        "How one target is given",
        "Phần giao của từng đơn vị trên bản đồ của ngày đang xem, nhận từ đơn vị nào, số liệu và trạng thái; phần chưa gán được; các phiên bản và điều khác bản trước.",
        "Each unit's share on the map of the day in view, from whom it came, its figure and standing; shares of nobody; versions, and what differs from the one before.",
    ),
)
@public
@limited(HEAVY)
def get_allocation(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[AllocationAsked]
) -> AllocationAnswer:
    queries = ShareQueries(who_is(request), queries_of(plan))
    target, lens = _target(queries, code), lens_of(queries.plan, asked)
    versions = list(queries.versions(code))
    number = asked.version or (versions[0].number if versions else 0)
    chosen = next((one for one in versions if one.number == number), None)
    if chosen is None and asked.version:
        where = Place("query.version")
        raise NotFoundError(UNKNOWN_VERSION(where, code=code, number=asked.version))
    earlier = next((one for one in versions if one.number == number - 1), None)
    shown = queries.view(target, chosen, lens) if chosen else None
    answers = Answers(queries.plan, lens)
    return AllocationAnswer(
        about=about(queries.plan),
        lens=_lens(lens),
        target=code,
        giveable=queries.giveable(target),
        day=answers.day,
        versions=[_version(one) for one in versions],
        allocation=_version(chosen) if chosen else None,
        sum=_sum(shown.sum) if shown else None,
        rows=[_row(answers, one) for one in shown.rows] if shown else [],
        lost=[
            LostShareShape(part=_part(one.given), above=answers.unit(one.above))
            for one in shown.lost
        ]
        if shown
        else [],
        unshared=list(shown.unshared) if shown else [],
        changed=[
            ChangedShareShape(unit=one.uid, before=_given(one.before), after=_given(one.after))
            for one in (differences(earlier, chosen) if earlier and chosen else ())
        ],
    )


@router.get(
    "/{plan}/units/{uid}/shares",
    response=UnitSharesAnswer,
    operation_id="getSharesOfUnit",
    **operation(
        "Chỉ tiêu giao cho một đơn vị",
        "The shares of one unit",
        "Mọi phần giao mà đơn vị phải đạt trên bản đồ của ngày đang xem; với đơn vị không còn: phần giao đã theo sang đâu.",
        "Every share that the unit has on the map of the day in view; for a unit that is no more, where its shares went.",
    ),
)
@public
@limited(HEAVY)
def get_shares_of_unit(
    request: HttpRequest,
    plan: PlanCode,
    uid: Annotated[str, Path(max_length=60, examples=["p70"])],
    asked: Query[LensAsked],
) -> UnitSharesAnswer:
    queries = ShareQueries(who_is(request), queries_of(plan))
    lens, unit = lens_of(queries.plan, asked), units.card(uid).uid
    answers = Answers(queries.plan, lens)
    return UnitSharesAnswer(
        about=about(queries.plan),
        lens=_lens(lens),
        unit=answers.unit(unit),
        day=answers.day,
        shares=[
            OwnShareShape(
                target=one.target.code,
                allocation=_version(one.allocation),
                share=_row(answers, one.row) if one.row else None,
                passed=_passed(answers, one),
            )
            for one in queries.of_unit(unit, lens)
        ],
    )


@own_plans_router.get(
    "/{plan}/own-plans",
    response=OwnPlanList,
    operation_id="listOwnPlans",
    **operation(
        "Kế hoạch riêng của các đơn vị",
        "Units' own plans",
        "Các đơn vị trong phạm vi quyền của người hỏi: đơn vị nào đã có kế hoạch riêng, ở trạng thái nào, có còn khớp với phần được giao không, đơn vị nào chưa có. Không có quyền thì danh sách trống.",
        "The units within the reader's rights: which have a plan of their own, in which state, whether it still matches what was assigned, and which have none. Without the right the list is empty.",
    ),
)
@public
def list_own_plans(request: HttpRequest, plan: PlanCode, asked: Query[Paged]) -> OwnPlanList:
    found = queries_of(plan)
    answers = Answers(found, found.default_lens())
    lines = [
        OwnPlanLine(
            unit=answers.unit(one.unit),
            asked_for=one.asked_for,
            newest=_own_plan(one.newest) if one.newest else None,
            approved=_own_plan(one.in_force) if one.in_force else None,
            assigned=one.given,
            match=one.match,
            missing=len(one.apart.missing),
            changed=len(one.apart.changed),
            withdrawn=len(one.apart.withdrawn),
        )
        for one in own_plans(who_is(request), ShareQueries(who_is(request), found))
    ]
    page = {**page_fields(request, asked, lines), "about": about(found)}
    return OwnPlanList.model_validate(page, from_attributes=True)


def _target(queries: ShareQueries, code: str) -> Target:
    """Raises NotFoundError."""
    target = queries.plan.plan.target(code)
    if target is None:
        known = [one.code for one in queries.plan.plan.targets]
        near, plan = nearest(code, known) or "–", queries.plan.pack.code
        raise NotFoundError(UNKNOWN_TARGET(Place("path.code"), plan=plan, code=code, near=near))
    return target


def _lens(lens: Lens) -> LensShape:
    return LensShape.model_validate(lens, from_attributes=True)


def _version(one: Allocation) -> AllocationShape:
    plain = {
        name: getattr(one, name) for name in AllocationShape.model_fields if name != "threshold"
    }
    return AllocationShape(**plain, threshold=Amount.of(one.threshold_amount))


def _sum(one: Sum) -> ShareSumShape:
    return ShareSumShape(
        value=amount(one.value),
        target=Amount.of(one.target),
        difference=amount(one.difference),
        denominator=one.denominator,
        coverage=amount(one.coverage),
        counted=list(one.counted),
        without_denominator=list(one.without),
        within=list(one.within),
    )


def _part(one: Given) -> SharePartShape:
    return SharePartShape(
        unit=one.uid,
        amount=Amount.of(one.amount),
        milestones=[amount(step) for step in one.milestones],
        answers=one.answers,
        note=one.note,
        denominator=one.denominator,
    )


def _given(one: Share | None) -> GivenTo | None:
    if one is None:
        return None
    return GivenTo(
        amount=Amount.of(one.amount),
        milestones=[amount(step) for step in one.milestones],
        answers=one.answers,
        note=one.note,
    )


def _row(answers: Answers, row: UnitShare) -> UnitShareShape:
    held: Held = row.held
    return UnitShareShape(
        unit=answers.unit(held.uid),
        amount=amount(held.amount),
        milestones=[amount(step) for step in held.milestones],
        parts=[_part(one) for one in held.parts],
        without_share=list(held.without),
        value=answers.value(row.value),
        goal=amount(row.goal),
        quarter=row.quarter,
        standing=row.judgement.standing if row.judgement else None,
    )


def _passed(answers: Answers, one: OwnShare) -> PassedShareShape | None:
    if one.passed is None:
        return None
    heir = answers.unit(one.passed_to) if one.passed_to else None
    return PassedShareShape(part=_part(one.passed), to=heir)


def _own_plan(one: OwnPlan) -> OwnPlanShape:
    names = [name for name in OwnPlanShape.model_fields if name not in ("has_file", "items")]
    told = {name: getattr(one, name) for name in names}
    return OwnPlanShape(**told, has_file=one.file_id is not None, items=len(one.items.all()))
