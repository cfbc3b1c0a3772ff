"""Plans, figures and tables over the API: what pages show, for programs.

Reads through `PlanQueries` under the same rules as the pages; see docs/api.md.
"""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from tinhso.kernel.people.access import public
from tinhso.kernel.units.api import Paged, Parameters, conditional, operation, page_fields
from tinhso.measure.figures import Value
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.targets import Standing
from tinhso.measure.text import InputError, Place
from tinhso.modules.plan import words
from tinhso.modules.plan.api_answers import Answers
from tinhso.modules.plan.api_asked import (
    UNKNOWN_PILLAR,
    Code,
    FigureAsked,
    OverviewAsked,
    PlanCode,
    SeriesAsked,
    Sort,
    TableAsked,
    about,
    indicator_of,
    indicator_shape,
    lens_of,
    queries_of,
    unit_of,
)
from tinhso.modules.plan.api_figures import OverviewShape, SeriesShape, TableShape, ValueAnswer
from tinhso.modules.plan.api_schemas import IndicatorAnswer, IndicatorList, PlanList, PlanShape
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.workspace import workspace

router = Router(tags=["plans"])
router.add_decorator(conditional(figures_key), mode="view")


@router.get(
    "",
    response=PlanList,
    operation_id="listPlans",
    **operation(
        "Các kế hoạch", "Plans", "Mọi kế hoạch đang được phục vụ.", "Every plan that is served."
    ),
)
@public
def list_plans(request: HttpRequest, asked: Query[Paged]) -> PlanList:
    place = workspace()
    manifest = place.store.current()
    simulated = None if manifest is None else bool(manifest.simulated)
    lines = [
        {
            **{
                name: getattr(one.pack, name)
                for name in ("code", "name", "description", "version", "example")
            },
            **{name: getattr(one.plan, name) for name in ("year", "title", "document", "unit")},
            "targets": len(one.plan.targets),
            "measured": simulated is not None,
            "simulated": simulated,
        }
        for one in place.plans.values()
    ]
    page = {**page_fields(request, asked, lines), "default": settings.TINHSO_DEFAULT_PLAN}
    return PlanList.model_validate(page, from_attributes=True)


@router.get(
    "/{plan}",
    response=PlanShape,
    operation_id="getPlan",
    **operation(
        "Một kế hoạch",
        "One plan",
        "Trụ cột, chỉ tiêu, nhiệm vụ, trách nhiệm, văn bản, mốc xuất phát, mâu thuẫn giữa các nguồn, chỗ nguồn chưa nói, thay đổi trong năm; các kỳ và cách nhìn địa giới để chọn.",
        "Pillars, targets, tasks, duties, documents, baselines, contradictions of sources, gaps, changes of the year; the periods and views to choose from.",
    ),
)
@public
def get_plan(request: HttpRequest, plan: PlanCode, asked: Query[Parameters]) -> PlanShape:
    queries = queries_of(plan)
    pack, data = queries.pack.pack, queries.plan
    given = {name: getattr(data, name) for name in PlanShape.model_fields if hasattr(data, name)}
    return PlanShape.model_validate(
        {
            **given,
            "about": about(queries),
            **{name: getattr(pack, name) for name in ("code", "version", "name")},
            "tasks": {
                "known": data.tasks_known,
                "total": data.tasks_total and data.tasks_total.count,
                "unknown": data.tasks_unknown,
                "source": data.tasks_total and data.tasks_total.source,
                "groups": data.groups,
            },
            "documents": list(pack.documents.values()),
            "supporting": [one.code for one in queries.supporting()],
            "default": queries.default_lens(),
            "periods": [
                {
                    "kind": kind,
                    "label": words.PERIOD_KINDS[kind],
                    "reporting": reporting,
                    "periods": periods,
                }
                for kind, reporting, periods in queries.periods()
            ],
            "views": queries.views(),
        },
        from_attributes=True,
    )


@router.get(
    "/{plan}/overview",
    response=OverviewShape,
    operation_id="getOverview",
    **operation(
        "Bảng chỉ tiêu",
        "The scoreboard",
        "Mỗi chỉ tiêu với con số, tử số, mẫu số, trạng thái so với mức, và mười hai tháng gần nhất, cho một đơn vị.",
        "Each target with its figure, numerator, denominator, where it stands, and twelve months, for one unit.",
    ),
)
@public
def get_overview(
    request: HttpRequest, plan: PlanCode, asked: Query[OverviewAsked]
) -> OverviewShape:
    queries = queries_of(plan)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    pillars = [one.code for one in queries.plan.pillars]
    if asked.pillar and asked.pillar not in pillars:
        where = Place("query.pillar")
        raise InputError([UNKNOWN_PILLAR(where, code=asked.pillar, known=", ".join(pillars))])
    judged = queries.unit_rows(unit, lens)
    shown = [
        row
        for row in judged
        if (not asked.pillar or row.target.pillar == asked.pillar)
        and (asked.standing is None or row.judgement.standing is asked.standing)
    ]
    answers = Answers(queries, lens)
    page = page_fields(request, asked, shown)
    tally = Counter(row.judgement.standing for row in judged)
    return OverviewShape.model_validate(
        {
            **page,
            "items": [answers.row(row) for row in page["items"]],
            "about": about(queries),
            "lens": lens,
            "unit": answers.unit(unit),
            "pillars": [
                {
                    "code": one.code,
                    "name": one.name,
                    "targets": sum(row.target.pillar == one.code for row in judged),
                }
                for one in queries.plan.pillars
            ],
            "tally": {one: tally[one] for one in Standing},
        },
        from_attributes=True,
    )


# -- indicators ------------------------------------------------------------------------------------


@router.get(
    "/{plan}/indicators",
    response=IndicatorList,
    operation_id="listIndicators",
    tags=["indicators"],
    **operation(
        "Các chỉ số",
        "Indicators",
        "Định nghĩa của mọi chỉ số: các phần, biểu thức, nguồn.",
        "The definition of every indicator: parts, expressions, source.",
    ),
)
@public
def list_indicators(request: HttpRequest, plan: PlanCode, asked: Query[Paged]) -> IndicatorList:
    queries = queries_of(plan)
    page = page_fields(request, asked, list(queries.pack.indicators))
    items = [indicator_shape(queries, code) for code in page["items"]]
    return IndicatorList.model_validate({**page, "items": items, "about": about(queries)})


@router.get(
    "/{plan}/indicators/{code}",
    response=IndicatorAnswer,
    operation_id="getIndicator",
    tags=["indicators"],
    **operation(
        "Định nghĩa một chỉ số",
        "An indicator's definition",
        "Mã của chỉ số, hoặc của chỉ tiêu dựa trên nó.",
        "By the code of the indicator, or of a target that rests on it.",
    ),
)
@public
def get_indicator(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[Parameters]
) -> IndicatorAnswer:
    queries = queries_of(plan)
    return IndicatorAnswer(
        about=about(queries), indicator=indicator_shape(queries, indicator_of(queries, code))
    )


@router.get(
    "/{plan}/indicators/{code}/value",
    response=ValueAnswer,
    operation_id="getValue",
    tags=["indicators"],
    **operation(
        "Một con số",
        "One figure",
        "Con số của một đơn vị trong một kỳ, so với chỉ tiêu nếu có.",
        "The figure of a unit in a period, against its target if there is one.",
    ),
)
@public
def get_value(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[FigureAsked]
) -> ValueAnswer:
    queries = queries_of(plan)
    wanted = indicator_of(queries, code)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    answers, target = Answers(queries, lens), queries.target_of(code)
    row = answers.row(queries.row(target, unit, lens)) if target else answers.lone_row(wanted, unit)
    return ValueAnswer.model_validate(
        {"about": about(queries), "lens": lens, "row": row}, from_attributes=True
    )


@router.get(
    "/{plan}/indicators/{code}/table",
    response=TableShape,
    operation_id="getTable",
    tags=["indicators"],
    **operation(
        "Bảng theo đơn vị",
        "A table by unit",
        "Con số của các đơn vị bên dưới, và phần không đơn vị nào giữ riêng (rest), để cộng lại đúng bằng đơn vị trên.",
        "Figures of the units below, and what none of them holds (rest), so that all adds up to the parent.",
    ),
)
@public
def get_table(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[TableAsked]
) -> TableShape:
    queries = queries_of(plan)
    wanted = indicator_of(queries, code)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    table = queries.table(wanted, unit, lens)
    values, rest = list(table.rows), (table.rest_numerator, table.rest_denominator)
    if asked.below == "communes":
        values = queries.values(wanted, queries.communes(unit, lens), lens)
        day = lens.view.day or lens.period.last_day
        values.sort(key=lambda value: queries.units.nearest(value.unit, day).name)
        rest = (None, None)
    answers, marked = Answers(queries, lens), queries.outliers(values)
    page = page_fields(request, asked, ordered(values, asked.sort))
    return TableShape.model_validate(
        {
            **page,
            "items": [answers.table_row(value, marked) for value in page["items"]],
            "about": about(queries),
            "lens": lens,
            "parent": answers.value(table.parent),
            "rest": {"numerator": rest[0], "denominator": rest[1]},
        },
        from_attributes=True,
    )


def ordered(values: list[Value], sort: Sort) -> list[Value]:
    """In the asked order; names are in order already. What is not measured comes last."""
    name, down = sort.value.lstrip("-"), sort.value.startswith("-")
    if name == "name":
        return values
    keyed = [(one, one.value if name == "value" else getattr(one, name).amount) for one in values]
    known = sorted(
        ((one, key) for one, key in keyed if key is not None),
        key=lambda pair: pair[1],
        reverse=down,
    )
    return [*(one for one, _ in known), *(one for one, key in keyed if key is None)]


@router.get(
    "/{plan}/indicators/{code}/series",
    response=SeriesShape,
    operation_id="getSeries",
    tags=["indicators"],
    **operation(
        "Diễn biến", "A series", "Các kỳ nối nhau, cũ trước.", "Consecutive periods, oldest first."
    ),
)
@public
def get_series(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[SeriesAsked]
) -> SeriesShape:
    queries = queries_of(plan)
    wanted = indicator_of(queries, code)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    last = lens.period
    if asked.by == "month":
        ends = last.end if last.reporting else last.last_day
        last = Period.of(PeriodKind.MONTH, ends.year, ends.month, reporting=last.reporting)
    values = queries.figures.series(wanted, unit, last.series(asked.count), lens.view)
    answers, target = Answers(queries, lens), queries.target_of(code)
    return SeriesShape.model_validate(
        {
            "total": asked.count,
            "limit": asked.count,
            "offset": 0,
            "next": None,
            "items": [{"period": one.period, "value": answers.value(one)} for one in values],
            "about": about(queries),
            "lens": lens,
            "threshold": answers.threshold(target) if target else None,
        },
        from_attributes=True,
    )
