"""Opening a number over the API: how it was made, counted again, and its records."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Query, Router

from tinhso.kernel.people.access import may, public
from tinhso.kernel.units.api import NotFoundError, conditional, next_address, operation
from tinhso.measure.explain import PartExplanation, explain, rows
from tinhso.measure.streams import Sensitivity
from tinhso.measure.text import Place
from tinhso.modules.plan import opening, published
from tinhso.modules.plan.api_answers import Answers, explained, published_shape, roles
from tinhso.modules.plan.api_asked import (
    NO_SUCH_PART,
    Code,
    FigureAsked,
    PartRole,
    PlanCode,
    RecordsAsked,
    about,
    indicator_of,
    indicator_shape,
    lens_of,
    queries_of,
    unit_of,
)
from tinhso.modules.plan.api_figures import ExplanationShape, RecordsShape
from tinhso.modules.plan.api_schemas import FieldShape
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.policies import RECORDS

router = Router(tags=["explanations"])
router.add_decorator(conditional(figures_key), mode="view")


@router.get(
    "/{plan}/indicators/{code}/explanation",
    response=ExplanationShape,
    operation_id="getExplanation",
    **operation(
        "Mở một con số",
        "Open a figure",
        "Định nghĩa, câu lệnh SQL của từng phần, bản chụp, các đơn vị được tính, kết quả đếm lại từ bản ghi, phần chưa gán được, dấu chất lượng, các lần đã công bố.",
        "Definition, the SQL of each part, snapshot, units counted, the recount from the records, what is unattributed, quality marks, published versions.",
    ),
)
@public
def get_explanation(
    request: HttpRequest, plan: PlanCode, code: Code, asked: Query[FigureAsked]
) -> ExplanationShape:
    queries = queries_of(plan)
    wanted = indicator_of(queries, code)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    opened = opening.open_value(queries, wanted, unit, lens, (Sensitivity.PUBLIC,))
    answers = Answers(queries, lens)
    base = request.path.removesuffix("explanation") + "records"
    query = urlencode({"period": lens.period.code, "view": lens.view.code, "unit": unit})
    addresses = [f"{base}/{role}?{query}" for role, part in roles(opened) if part is not None]
    return ExplanationShape.model_validate(
        {
            "about": about(queries),
            "lens": lens,
            "indicator": indicator_shape(queries, wanted),
            "value": answers.value(opened.value),
            "parts": explained(opened, addresses),
            "quality": answers.quality(opened.value, queries.checks(wanted, unit, lens)),
            "published": [published_shape(one) for one in published.versions(plan, opened.value)],
        },
        from_attributes=True,
    )


@router.get(
    "/{plan}/indicators/{code}/records/{part}",
    response=RecordsShape,
    operation_id="listRecords",
    **operation(
        "Bản ghi của một phần",
        "Records of a part",
        "Chính những bản ghi làm nên tử số hay mẫu số. Mọi người xem được 10 bản ghi đầu, chỉ các trường công khai; người có quyền mở bản ghi xem được tất cả, thêm các trường nội bộ. Không bao giờ có dữ liệu cá nhân.",
        "The very records behind a numerator or denominator. Everybody may open the first 10, public fields only; who may open records may open all, with internal fields. Personal data never.",
    ),
)
@public
def list_records(
    request: HttpRequest, plan: PlanCode, code: Code, part: PartRole, asked: Query[RecordsAsked]
) -> RecordsShape:
    queries = queries_of(plan)
    wanted = indicator_of(queries, code)
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    everything = may(request, RECORDS, "open", unit)
    seen = (Sensitivity.PUBLIC, Sensitivity.INTERNAL) if everything else (Sensitivity.PUBLIC,)
    value = queries.figures.value(wanted, unit, lens.period, lens.view)
    found = explain(queries.figures, queries.workspace.streams, value, seen)
    wanted_part: PartExplanation | None = getattr(found, part.value)
    if wanted_part is None:
        known = ", ".join(one for one in PartRole if getattr(found, one.value)) or "–"
        raise NotFoundError(
            NO_SUCH_PART(Place("path.part"), indicator=wanted, part=part.value, known=known)
        )
    connection = opening.open_lake(queries)
    limit = asked.limit if everything else max(0, min(asked.limit, opening.SAMPLE - asked.offset))
    records = rows(connection, wanted_part, limit=limit, offset=asked.offset)
    open_to = records.total if everything else min(records.total, opening.SAMPLE)
    end = asked.offset + asked.limit
    return RecordsShape.model_validate(
        {
            "total": records.total,
            "open_to": open_to,
            "limit": asked.limit,
            "offset": asked.offset,
            "next": next_address(request, end, asked.limit) if end < open_to else None,
            "items": [dict(zip(records.fields, row, strict=True)) for row in records.rows],
            "about": about(queries),
            "part": part.value,
            "fields": [
                FieldShape.model_validate(field)
                for name in records.fields
                if (field := wanted_part.stream.field(name))
            ],
        },
        from_attributes=True,
    )
