"""Publications over the API: what was published, what differs today, and the archive."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.api import (
    NotFoundError,
    Page,
    Paged,
    Parameters,
    Shape,
    conditional,
    operation,
    page_fields,
)
from tinhso.measure.ingest import Event
from tinhso.measure.text import InputError, message
from tinhso.measure.text import Place as Where
from tinhso.modules.plan.api_asked import PlanCode, about, queries_of
from tinhso.modules.plan.api_figures import Amount, amount
from tinhso.modules.plan.api_schemas import About, BatchShape
from tinhso.modules.plan.frozen.archive import archive
from tinhso.modules.plan.frozen.cells import PublishedCell
from tinhso.modules.plan.frozen.differences import Difference, differences
from tinhso.modules.plan.frozen.naming import publications
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.publication_pages import one_of, zipped

NO_PUBLICATION = message(
    "publication-missing",
    vi="Kế hoạch {plan} không có lần công bố {name}. Danh sách: /api/v1/plans/{plan}/publications.",
    en="Plan {plan} has no publication {name}. All of them: /api/v1/plans/{plan}/publications.",
)

router = Router(tags=["publications"])
router.add_decorator(conditional(figures_key), mode="view")

#: An archive changes once more, when its entry gets its proof: its ETag is that of its content.
archives_router = Router(tags=["publications"])

PeriodCode = Annotated[str, Path(examples=["2025-Q2"])]
ViewCode = Annotated[str, Path(examples=["then"])]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])]


class PublicationShape(Shape):
    """All figures of a plan for one period and view, as approved at one time. A revision has a reason.

    Digests are empty for publications from before version 0.2, which kept figures only.
    """

    name: str = Field(examples=["binh-phuoc-2025/2025-Q2/then/1"])
    plan: str
    period: str
    view: str
    number: int
    published_at: datetime
    published_by: str
    reason: str
    snapshot: int
    simulated: bool
    definitions: str = Field(description="Digest of the definitions it was measured by.")
    boundaries: str = Field(description="Digest of the map of units.")
    content: str = Field(description="SHA-256 of publication.json; the ledger holds it.")
    archive: str | None = Field(description="Address of the archive; null where there is none.")


class PublicationList(Page[PublicationShape]):
    about: About


class PublicationAnswer(Shape):
    about: About
    publication: PublicationShape
    files: dict[str, str] = Field(description="Path in the archive -> SHA-256.")


class PublishedCellShape(Shape):
    """A frozen figure. `marks` holds its quality marks, and why it is not measured."""

    indicator: str
    unit: str
    status: str
    numerator: int | None
    denominator: int | None
    value: Amount | None
    marks: dict[str, Any] | None


class PublishedCellList(Page[PublishedCellShape]):
    about: About
    publication: PublicationShape


class DifferenceShape(Shape):
    """A cell that is measured otherwise now, and because of what."""

    published: PublishedCellShape
    now: PublishedCellShape | None = Field(description="Null: measured no more.")
    batches: list[BatchShape] = Field(description="Whose records made the difference.")
    definition_changed: bool


class DifferenceList(Page[DifferenceShape]):
    about: About
    publication: PublicationShape
    map_changed: bool
    traced: bool = Field(
        description="False: the lake has lost the publication's snapshot, so no batch is named."
    )


def _found(plan: str, period: str, view: str, number: int) -> Publication:
    try:
        return one_of(plan, period, view, number)
    except Http404:
        name = f"{period}/{view}/{number}"
        raise NotFoundError(NO_PUBLICATION(Where("path"), plan=plan, name=name)) from None


def _shape(request: HttpRequest, one: Publication) -> PublicationShape:
    base = request.path.partition("/publications")[0]
    where = f"{base}/publications/{one.period}/{one.view}/{one.number}/archive"
    own = {name: getattr(one, name) for name in PublicationShape.model_fields if name != "archive"}
    return PublicationShape(**own, archive=where if one.content else None)


def _cell(cell: PublishedCell) -> PublishedCellShape:
    return PublishedCellShape(**{**vars(cell), "value": amount(cell.value)})


def _difference(one: Difference) -> DifferenceShape:
    return DifferenceShape(
        published=_cell(one.was),
        now=None if one.now is None else _cell(one.now),
        batches=[_batch(event) for event in one.causes],
        definition_changed=one.definition_changed,
    )


def _batch(event: Event) -> BatchShape:
    told = {**vars(event), "simulated": bool(event.simulated), "simulated_by": event.simulated}
    return BatchShape.model_validate(told)


@router.get(
    "/{plan}/publications",
    response=PublicationList,
    operation_id="listPublications",
    **operation(
        "Các lần công bố",
        "Publications",
        "Mới nhất trước; lần sau của cùng kỳ là đính chính, có lý do.",
        "Newest first; a later one of the same period is a revision, with its reason.",
    ),
)
@public
def list_publications(request: HttpRequest, plan: PlanCode, asked: Query[Paged]) -> PublicationList:
    queries = queries_of(plan)
    page = page_fields(request, asked, list(publications(queries.pack.code)))
    items = [_shape(request, one) for one in page["items"]]
    return PublicationList.model_validate({**page, "items": items, "about": about(queries)})


@router.get(
    "/{plan}/publications/{period}/{view}/{number}",
    response=PublicationAnswer,
    operation_id="getPublication",
    **operation(
        "Một lần công bố",
        "One publication",
        "Ai công bố, lúc nào, từ bản chụp nào, mã băm của định nghĩa, bản đồ và từng tệp.",
        "Who published it, when, from which snapshot; digests of definitions, map and each file.",
    ),
)
@public
def get_publication(
    request: HttpRequest,
    plan: PlanCode,
    period: PeriodCode,
    view: ViewCode,
    number: Number,
    asked: Query[Parameters],
) -> PublicationAnswer:
    queries = queries_of(plan)
    one = _found(plan, period, view, number)
    files = {row.path: row.file_id for row in one.files.order_by("path")}
    return PublicationAnswer(about=about(queries), publication=_shape(request, one), files=files)


@router.get(
    "/{plan}/publications/{period}/{view}/{number}/figures",
    response=PublishedCellList,
    operation_id="listPublishedFigures",
    **operation(
        "Con số đã công bố",
        "Published figures",
        "Mọi ô số liệu, đúng như lúc công bố.",
        "Every cell as it was published.",
    ),
)
@public
def list_published_figures(
    request: HttpRequest,
    plan: PlanCode,
    period: PeriodCode,
    view: ViewCode,
    number: Number,
    asked: Query[Paged],
) -> PublishedCellList:
    queries = queries_of(plan)
    one = _found(plan, period, view, number)
    page = page_fields(request, asked, list(one.figures.order_by("pk")))
    return PublishedCellList.model_validate(
        {
            **page,
            "items": [_cell(PublishedCell.of(figure)) for figure in page["items"]],
            "about": about(queries),
            "publication": _shape(request, one),
        }
    )


@router.get(
    "/{plan}/publications/{period}/{view}/{number}/differences",
    response=DifferenceList,
    operation_id="listDifferences",
    **operation(
        "Khác với số liệu đang tính",
        "What is measured otherwise now",
        "Chỉ những ô khác, mỗi ô với các lô bản ghi làm nó khác đi, và định nghĩa có đổi hay không.",
        "Only cells that differ, each with the batches whose records made the difference, and whether its definition has changed.",
    ),
)
@public
@limited(HEAVY)
def list_differences(
    request: HttpRequest,
    plan: PlanCode,
    period: PeriodCode,
    view: ViewCode,
    number: Number,
    asked: Query[Paged],
) -> DifferenceList:
    queries = queries_of(plan)
    one = _found(plan, period, view, number)
    found = differences(queries, one)
    page = page_fields(request, asked, found.differing)
    return DifferenceList.model_validate(
        {
            **page,
            "items": [_difference(each) for each in page["items"]],
            "about": about(queries),
            "publication": _shape(request, one),
            "map_changed": found.map_changed,
            "traced": found.traced,
        }
    )


_ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
_told = operation(
    "Gói tệp để tự kiểm",
    "The archive to verify",
    "ZIP gồm tệp văn bản thường: con số, định nghĩa, câu lệnh, bản đồ, bằng chứng nhật ký, mã băm. Cùng một lần công bố luôn cho cùng các byte.",
    "A ZIP of plain files: figures, definitions, statements, map, ledger proof, digests. The same publication gives the same bytes.",
)
_told["openapi_extra"] |= {"responses": {200: {"description": "OK", "content": _ZIP}}}


@archives_router.get(
    "/{plan}/publications/{period}/{view}/{number}/archive",
    operation_id="getArchive",
    **_told,
)
@public
@limited(HEAVY)
def get_archive(
    request: HttpRequest,
    plan: PlanCode,
    period: PeriodCode,
    view: ViewCode,
    number: Number,
    asked: Query[Parameters],
) -> HttpResponse:
    queries_of(plan)
    one = _found(plan, period, view, number)
    try:
        return zipped(one, archive(one))
    except InputError as error:
        raise NotFoundError(error.problems[0]) from error
