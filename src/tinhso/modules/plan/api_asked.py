"""What may be asked of a plan over the API: parameters, and finding what an address names."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from ninja import Path
from pydantic import Field

from tinhso.kernel.units import queries as units
from tinhso.kernel.units.api import NotFoundError, Paged, Parameters, said
from tinhso.measure.targets import Standing
from tinhso.measure.text import InputError, Place, message, nearest
from tinhso.modules.plan.api_figures import NOTICE
from tinhso.modules.plan.api_schemas import About, IndicatorShape
from tinhso.modules.plan.lens import PERIOD, VIEW, read_lens
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import UnknownPlanError, workspace

UNKNOWN_PLAN = message(
    "plan-unknown",
    vi="Không có kế hoạch “{code}”. Gần nhất: {near}. Danh sách: /api/v1/plans.",
    en="There is no plan “{code}”. Nearest: {near}. All of them: /api/v1/plans.",
)
UNKNOWN_INDICATOR = message(
    "indicator-unknown",
    vi="Kế hoạch {plan} không có chỉ tiêu hay chỉ số “{code}”. Gần nhất: {near}. Danh sách: /api/v1/plans/{plan}/indicators.",
    en="Plan {plan} has no target or indicator “{code}”. Nearest: {near}. All of them: /api/v1/plans/{plan}/indicators.",
)
UNKNOWN_PILLAR = message(
    "pillar-unknown",
    vi="Không có trụ cột “{code}”. Các trụ cột: {known}.",
    en="There is no pillar “{code}”. The pillars: {known}.",
)
NO_SUCH_PART = message(
    "part-missing",
    vi="Chỉ số {indicator} ở đây không có phần “{part}”. Các phần: {known}.",
    en="Indicator {indicator} has no part “{part}” here. Its parts: {known}.",
)

PlanCode = Annotated[str, Path(examples=["binh-phuoc-2025"])]
Code = Annotated[str, Path(examples=["CQS-03"])]


class LensAsked(Parameters):
    period: Annotated[
        str | None,
        said(
            "Kỳ: 2025, 2025-H1, 2025-Q2, 2025-06, 2025-06a (1–14), 2025-06b, 2025-06-ytd; thêm r cho kỳ báo cáo 15–14. Mặc định là kỳ của trang.",
            "Period: 2025, 2025-H1, 2025-Q2, 2025-06, 2025-06a (1–14), 2025-06b, 2025-06-ytd; add r for the reporting calendar 15–14. By default the page's.",
        ),
    ] = Field(None, max_length=20, examples=["2025-Q2"])
    view: Annotated[
        str | None,
        said(
            "Địa giới: then (như tại thời điểm của bản ghi, mặc định) hoặc một ngày dạng 2025-07-01.",
            "Boundaries: then (as units were on each record's date, the default) or a day like 2025-07-01.",
        ),
    ] = Field(None, max_length=20, examples=["then"])


class FigureAsked(LensAsked):
    unit: Annotated[
        str | None,
        said(
            "Đơn vị (uid, xem /units); mặc định là đơn vị của kế hoạch.",
            "Unit (uid, see /units); by default the plan's own.",
        ),
    ] = Field(None, max_length=60, examples=["p70"])


class OverviewAsked(FigureAsked, Paged):
    pillar: Annotated[str | None, said("Chỉ một trụ cột (mã).", "Only one pillar (its code).")] = (
        Field(None, max_length=60)
    )
    standing: Annotated[
        Standing | None, said("Chỉ một trạng thái.", "Only rows that stand so.")
    ] = Field(None, examples=["behind"])


class Sort(StrEnum):
    NAME = "name"
    VALUE = "value"
    VALUE_DOWN = "-value"
    NUMERATOR = "numerator"
    NUMERATOR_DOWN = "-numerator"
    DENOMINATOR = "denominator"
    DENOMINATOR_DOWN = "-denominator"


class TableAsked(FigureAsked, Paged):
    sort: Annotated[
        Sort,
        said(
            "Thứ tự; dấu trừ là từ cao xuống. Chưa có số liệu luôn ở cuối.",
            "Order; a minus begins with the highest. What is not measured always comes last.",
        ),
    ] = Field(Sort.NAME)
    below: Annotated[
        Literal["children", "communes"],
        said(
            "Các đơn vị trực tiếp bên dưới, hoặc mọi xã bên dưới.",
            "The units directly below, or every commune below.",
        ),
    ] = Field("children")


class SeriesAsked(FigureAsked):
    by: Annotated[
        Literal["month", "period"],
        said(
            "Từng tháng đến hết kỳ, hoặc chính kỳ đó và các kỳ cùng loại trước nó.",
            "Month by month up to the period's end, or the period and those of its kind before it.",
        ),
    ] = Field("month")
    count: Annotated[int, said("Bao nhiêu điểm (1–120).", "Points (1–120).")] = Field(
        12, ge=1, le=120
    )


class RecordsAsked(FigureAsked, Paged):
    limit: Annotated[
        int,
        said("Số bản ghi nhiều nhất trong một trang (1–100).", "Most records in a page (1–100)."),
    ] = Field(10, ge=1, le=100)


class PartRole(StrEnum):
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    KNOWN = "known"


def queries_of(code: str) -> PlanQueries:
    """Raises NotFoundError, NotMeasuredError."""
    place = workspace()
    try:
        return PlanQueries(place, code)
    except UnknownPlanError:
        near = nearest(code, place.plans) or ", ".join(place.plans)
        raise NotFoundError(UNKNOWN_PLAN(Place("path.plan"), code=code, near=near)) from None


def lens_of(queries: PlanQueries, asked: LensAsked) -> Lens:
    """The lens of an address, by the pages' own rules. Raises InputError with places."""
    page = HttpRequest()
    page.GET = QueryDict(urlencode({PERIOD: asked.period or "", VIEW: asked.view or ""}))
    try:
        return read_lens(page, queries)
    except InputError as error:
        raise InputError(
            replace(one, place=Place(f"query.{one.code.partition('-')[0]}"))
            for one in error.problems
        ) from error


def indicator_of(queries: PlanQueries, code: str) -> str:
    """The indicator behind the code of a target or indicator. Raises NotFoundError."""
    target = queries.plan.target(code)
    if target is not None:
        return target.indicator
    if code in queries.pack.indicators:
        return code
    known = [*(target.code for target in queries.plan.targets), *queries.pack.indicators]
    near = nearest(code, known) or "–"
    raise NotFoundError(
        UNKNOWN_INDICATOR(Place("path.code"), plan=queries.pack.code, code=code, near=near)
    )


def unit_of(queries: PlanQueries, asked: FigureAsked) -> str:
    """Raises UnknownUnitError."""
    return units.card(asked.unit or queries.root).uid


def about(queries: PlanQueries) -> About:
    manifest = queries.manifest
    return About.model_validate(
        {
            "plan": queries.pack.code,
            "example": queries.pack.pack.example,
            "snapshot": manifest.snapshot,
            "computed_at": manifest.computed_at,
            "simulated": bool(manifest.simulated),
            "simulated_by": manifest.simulated,
            "notice": NOTICE if manifest.simulated else None,
        },
        from_attributes=True,
    )


def indicator_shape(queries: PlanQueries, code: str) -> IndicatorShape:
    indicator = queries.pack.indicators[code].indicator
    parts = zip(
        PartRole, (indicator.numerator, indicator.denominator, indicator.known), strict=True
    )
    copied = {
        name: getattr(indicator, name)
        for name in IndicatorShape.model_fields
        if name not in ("parts", "targets", "checks")
    }
    own = (*("label", "stream", "aggregate", "field", "where"), *("date", "until", "window"))
    return IndicatorShape.model_validate(
        {
            **copied,
            "parts": [
                {"role": role.value, **{name: getattr(part, name) for name in own}}
                for role, part in parts
                if part is not None
            ],
            "targets": [one.code for one in queries.plan.targets if one.indicator == code],
            "checks": [
                one.check.code for one in queries.pack.checks if code in one.check.indicators
            ],
        },
        from_attributes=True,
    )
