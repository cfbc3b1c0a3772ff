"""Documents and published figures by their codes, for programs."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

# No `from __future__ import annotations` here: ninja reads the annotations of what `@asks` wraps, and
# would look for their names in the module of `@asks`.

import hashlib
import uuid
from datetime import datetime
from typing import Annotated, Literal

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import asks, public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.api import (
    NotFoundError,
    Page,
    Paged,
    Parameters,
    Shape,
    TextShape,
    conditional,
    operation,
    page_fields,
    said,
)
from tinhso.kernel.units.register import register
from tinhso.measure.text import Place, message
from tinhso.modules.documents import queries
from tinhso.modules.documents.codes import code_of, read
from tinhso.modules.documents.models import Document, Rendering
from tinhso.modules.documents.policies import DOCUMENT
from tinhso.modules.documents.views import FORMS, download_of
from tinhso.modules.plan.frozen.reading import last_day_of, later_figures

NO_DOCUMENT = message(
    "document-missing",
    vi="Không có văn bản {id} trong phạm vi của bạn. Danh sách: /api/v1/documents.",
    en="There is no document {id} within your reach. All of them: /api/v1/documents.",
)
NO_NUMBER = message(
    "number-missing",
    vi="Không có con số nào mang mã “{code}”. Xem lại từng chữ.",
    en="No figure has the code “{code}”. Look at each letter again.",
)

DocumentId = Annotated[uuid.UUID, Path(examples=["00000000-0000-4000-8000-000000000000"])]


class OfficialDocumentShape(Shape):
    """A document without its contents. `made_at` null: a draft."""

    id: uuid.UUID
    code: str = Field(examples=["VB-7K2M9QX4"])
    kind: str
    abstract: str
    numbering: str
    unit: str
    about: TextShape | None
    publication: str = Field(description="Name of the publication that its figures are from.")
    simulated: bool
    changed_at: datetime
    made_at: datetime | None
    signed: bool


class OfficialDocumentList(Page[OfficialDocumentShape]):
    simulated: bool = Field(description="Whether any document of the list rests on simulated data.")


class DocumentFileShape(Shape):
    form: str
    digest: str = Field(description="SHA-256.")
    size: int
    at: datetime
    signer: str


class OfficialDocumentAnswer(Shape):
    simulated: bool
    document: OfficialDocumentShape
    files: list[DocumentFileShape]


class NumberShape(Shape):
    """A published figure. `numerator` null: nobody told it, which is not 0."""

    simulated: bool
    code: str
    indicator: str
    unit: str
    unit_name: TextShape
    period: str
    publication: str
    content: str = Field(description="SHA-256 of the publication, which the code is bound to.")
    status: str
    numerator: int | None
    denominator: int | None
    value_exact: str | None = Field(description="A fraction in lowest terms.", examples=["3/4"])
    why: TextShape | None = Field(description="Why there is no value.")
    revised: bool = Field(description="A later publication of the same period holds this figure.")


class DocumentsAsked(Paged):
    kind: Annotated[
        str, said("Loại văn bản, ví dụ report.", "Kind of document, such as report.")
    ] = Field("", examples=["report"])
    state: Annotated[
        Literal["", "draft", "made", "signed"],
        said("draft bản nháp, made đã hoàn thành, signed đã ký.", "draft, made or signed."),
    ] = Field("", examples=["made"])


def _key(request: HttpRequest) -> list[str]:
    who = who_is(request)
    newest = Document.objects.aggregate(at=Max("changed_at"), made=Max("made_at"))
    signed = Rendering.objects.aggregate(id=Max("id"))["id"]
    count = Document.objects.count()
    return [str(newest), str(signed), str(count), f"{who.account} {who.seats} {who.scopes}"]


router = Router(tags=["documents"])
router.add_decorator(conditional(_key), mode="view")


@router.get(
    "",
    response=OfficialDocumentList,
    operation_id="listDocuments",
    **operation(
        "Văn bản",
        "Documents",
        "Văn bản trong phạm vi của người hỏi, mới nhất trước.",
        "Documents within the reach of who asks, newest first.",
    ),
)
@asks(DOCUMENT, "view")
def list_documents(request: HttpRequest, asked: Query[DocumentsAsked]) -> OfficialDocumentList:
    rows = queries.rows_for(who_is(request), kind=asked.kind, state=asked.state)
    page = page_fields(request, asked, rows)
    items = [_shape(one) for one in page["items"]]
    simulated = any(one.simulated for one in items)
    return OfficialDocumentList.model_validate({**page, "items": items, "simulated": simulated})


@router.get(
    "/{document}",
    response=OfficialDocumentAnswer,
    operation_id="getDocument",
    **operation(
        "Một văn bản",
        "One document",
        "Số, ký hiệu, lần công bố, và mã băm từng tệp.",
        "Number, sign, publication, and the digest of each file.",
    ),
)
@asks(DOCUMENT, "view")
def get_document(
    request: HttpRequest, document: DocumentId, asked: Query[Parameters]
) -> OfficialDocumentAnswer:
    found = _found(request, document)
    files = queries.files_of(found)
    line = queries.line_of(found, signed=any(one.form == "signed" for one in files))
    return OfficialDocumentAnswer(
        simulated=found.simulated,
        document=_shape(line),
        files=[DocumentFileShape.model_validate(one) for one in files],
    )


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_file = operation(
    "Một tệp của văn bản",
    "A file of a document",
    "Word, PDF hoặc PDF đã ký, đúng từng byte như lúc lập.",
    "Word, PDF or signed PDF, byte for byte as it was made.",
)
_file["openapi_extra"] |= {
    "responses": {
        200: {
            "description": "OK",
            "content": {FORMS[form][2]: _BINARY for form in ("pdf", "docx")},
        }
    }
}


@router.get("/{document}/{form}", operation_id="getDocumentFile", **_file)
@asks(DOCUMENT, "view")
@limited(HEAVY)
def get_file(
    request: HttpRequest,
    document: DocumentId,
    form: Annotated[Literal["docx", "pdf", "signed"], Path(examples=["pdf"])],
    asked: Query[Parameters],
) -> HttpResponse:
    found = _found(request, document)
    kept = found.renderings.filter(form=form).first()
    if kept is None:
        raise NotFoundError(NO_DOCUMENT(Place("path.form"), id=f"{document}/{form}"))
    return download_of(bytes(kept.bytes), f"{found.code}.{FORMS[form][1]}", FORMS[form][2])


def _found(request: HttpRequest, document: uuid.UUID) -> Document:
    """Within reach; what is not is answered like what does not exist."""
    rows = DOCUMENT.rows(who_is(request), "view", Document.objects.filter(pk=document))
    found = rows.first()
    if found is None:
        raise NotFoundError(NO_DOCUMENT(Place("path.document"), id=document))
    return found


def _shape(line: queries.DocumentLine) -> OfficialDocumentShape:
    return OfficialDocumentShape.model_validate({**vars(line), "kind": line.kind.code})


def _number_key(request: HttpRequest) -> list[str]:
    """A published figure never changes; that it was revised does."""
    found = read(request.path.rstrip("/").rpartition("/")[2]).figure
    later = later_figures(found) if found else []
    return [hashlib.sha256(str([one.figure.id for one in later]).encode()).hexdigest()]


numbers_router = Router(tags=["documents"])
numbers_router.add_decorator(conditional(_number_key), mode="view")


@numbers_router.get(
    "/{code}",
    response=NumberShape,
    operation_id="getNumber",
    **operation(
        "Con số theo mã",
        "A figure by its code",
        "Con số đã công bố mà một văn bản in mã của nó, đúng như lúc công bố.",
        "The published figure whose code a document prints, as it was published.",
    ),
)
@public
def get_number(
    request: HttpRequest,
    code: Annotated[str, Path(examples=["16J-39C"], max_length=40)],
    asked: Query[Parameters],
) -> NumberShape:
    found = read(code).figure
    if found is None:
        raise NotFoundError(NO_NUMBER(Place("path.code"), code=code))
    figure, cell = found.figure, found.figure.cell
    return NumberShape(
        simulated=found.card.simulated,
        code=code_of(found),
        indicator=found.indicator,
        unit=found.unit,
        unit_name=TextShape.model_validate(
            register().full_name(found.unit, last_day_of(found.card))
        ),
        period=found.card.period.code,
        publication=found.card.name,
        content=found.card.content,
        status=cell.status,
        numerator=cell.numerator,
        denominator=cell.denominator,
        value_exact=None if figure.value is None else str(figure.value),
        why=TextShape.model_validate(figure.why) if figure.why else None,
        revised=bool(later_figures(found)),
    )
