"""The history of a document: drafted, changed, made, signed."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from tinhso.kernel.ledger.histories import HISTORIES, READS, Reads, Subject, words
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.documents import rank_histories  # noqa: F401 (declares its own)
from tinhso.modules.documents.kinds import kinds
from tinhso.modules.documents.models import Document
from tinhso.modules.documents.policies import DOCUMENT, TEMPLATE

NAMES = words(
    code=("mã", "code"),
    kind=("loại", "kind"),
    publication=("lần công bố", "publication"),
    about=("về đơn vị", "about the unit"),
    superior=("cơ quan chủ quản", "superior body"),
    issuer=("cơ quan ban hành", "issuing body"),
    number=("số", "number"),
    sign=("ký hiệu", "sign"),
    place=("địa danh", "place"),
    date=("ngày", "date"),
    abstract=("trích yếu", "abstract"),
    addressee=("kính gửi", "addressee"),
    remarks=("nhận xét", "remarks"),
    answer_by=("trả lời trước ngày", "answer by"),
    recipients=("nơi nhận", "recipients"),
    authority=("thẩm quyền ký", "authority to sign"),
    title=("chức vụ người ký", "title of the signer"),
    signer=("người ký", "signer"),
    content=("mã băm số liệu", "digest of the figures"),
    template=("mã băm mẫu Word", "digest of the Word template"),
    allocations=("đợt giao đã lấy", "allocations taken"),
    docx=("mã băm tệp Word", "digest of the Word file"),
    pdf=("mã băm tệp PDF", "digest of the PDF"),
    signed=("mã băm tệp đã ký", "digest of the signed file"),
    certificate=("chứng thư số", "certificate"),
)


def _value(name: str, value: Any) -> Text | None:
    return kinds()[value].name if name == "kind" and value in kinds() else None


def document(who: Who, thing: str) -> Subject | None:
    """Raises ForbiddenError."""
    try:
        one = Document.objects.filter(pk=uuid.UUID(thing)).first()
    except ValueError:
        return None
    if one is None:
        return None
    DOCUMENT.require(who, "view", one.unit_id)
    name = str(one.fields.get("abstract", "")) or one.code
    return Subject(
        title=Text(f"{one.code} {name}", f"{one.code} {name}"),
        address=reverse("documents:one", args=[one.pk]),
        things=((DOCUMENT.kind, str(one.pk)),),
    )


def templates(who: Who, thing: str) -> Subject | None:
    """`thing`: the unit whose Word templates they are. Raises ForbiddenError."""
    if thing not in register():
        return None
    TEMPLATE.require(who, "view", thing)
    unit = register().full_name(thing)
    return Subject(
        title=Text(f"Mẫu Word của {unit.vi}", f"Word templates of {unit.en}"),
        address=reverse("documents:templates"),
        within=tuple((TEMPLATE.kind, f"{kind}/{thing}/") for kind in kinds()),
    )


READS[TEMPLATE.kind] = Reads(
    TEMPLATE, "view", name=words(file=("mã băm tệp mẫu", "digest of the template"))
)
HISTORIES[TEMPLATE.kind] = templates
READS[DOCUMENT.kind] = Reads(DOCUMENT, "view", name=NAMES, value=_value)
HISTORIES[DOCUMENT.kind] = document
