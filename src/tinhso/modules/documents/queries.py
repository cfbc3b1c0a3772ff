"""What pages and the API ask of documents. Each read takes who asks and gives what that person may see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tinhso.kernel.people.policy import Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import UnitCard, card
from tinhso.kernel.units.register import register
from tinhso.measure.text import Text
from tinhso.modules.documents.codes import code_of
from tinhso.modules.documents.fields import Fields, whom
from tinhso.modules.documents.kinds import Kind, kind_of
from tinhso.modules.documents.models import CitedFigure, Document, Rendering
from tinhso.modules.documents.policies import DOCUMENT
from tinhso.modules.plan.frozen.reading import (
    FoundFigure,
    PublicationCard,
    publication_cards,
    published_figure,
)


@dataclass(frozen=True)
class DocumentLine:
    """A document in a list. `issued_by` is its unit's name today."""

    id: uuid.UUID
    code: str
    kind: Kind
    abstract: str
    numbering: str
    unit: str
    issued_by: Text
    about: Text | None
    publication: str
    simulated: bool
    changed_at: datetime
    made_at: datetime | None
    signed: bool


@dataclass(frozen=True)
class FileLine:
    """A file of a made document."""

    form: str
    digest: str
    size: int
    at: datetime
    signer: str


@dataclass(frozen=True)
class CitedLine:
    """A figure that a document cites, with its code."""

    code: str
    found: FoundFigure
    unit: Text


def rows_for(
    who: Who, *, kind: str = "", state: str = "", text: str = ""
) -> Sequence[DocumentLine]:
    """Documents that `who` may see, the newest first. `state`: draft, made, signed or "" for all."""
    rows = DOCUMENT.rows(who, "view", Document.objects.order_by("-changed_at", "-id"))
    if kind:
        rows = rows.filter(kind=kind)
    match state:
        case "draft":
            rows = rows.filter(made_at=None)
        case "made":
            rows = rows.exclude(made_at=None)
        case "signed":
            rows = rows.filter(renderings__form=Rendering.Form.SIGNED)
    if text:
        named = Q(code__icontains=text) | Q(fields__abstract__icontains=text)
        rows = rows.filter(named | Q(fields__number=text))
    found = list(rows[:500])
    signed = set(
        Rendering.objects.filter(document__in=found, form=Rendering.Form.SIGNED).values_list(
            "document_id", flat=True
        )
    )
    return [line_of(one, signed=one.pk in signed) for one in found]


def line_of(document: Document, *, signed: bool) -> DocumentLine:
    fields = Fields.of(document.fields)
    return DocumentLine(
        document.pk,
        document.code,
        kind_of(document.kind),
        fields.abstract,
        fields.numbering,
        document.unit_id,
        card(document.unit_id).name,
        card(document.about_id).name if document.about_id else None,
        document.publication,
        document.simulated,
        document.changed_at,
        document.made_at,
        signed,
    )


def files_of(document: Document) -> list[FileLine]:
    order = [form.value for form in Rendering.Form]
    rows = document.renderings.defer("bytes")
    found = [FileLine(r.form, r.digest, r.size, r.at, r.signer) for r in rows]
    return sorted(found, key=lambda one: order.index(one.form))


def cited_in(document: Document, start: int, end: int) -> list[CitedLine]:
    """The cited figures from `start` up to, not including, `end`, in the order of their numbers."""
    rows = CitedFigure.objects.filter(document=document).order_by("figure")[start:end]
    units = register()
    found = (published_figure(row.figure) for row in rows)
    return [
        CitedLine(code_of(one), one, units.full_name(one.unit, one.card.period.last_day))
        for one in found
        if one is not None
    ]


def citing(figure: int, most: int = 20) -> list[DocumentLine]:
    """Made documents that cite a figure: that they exist is public, what they hold is not."""
    rows = Document.objects.filter(cited__figure=figure).exclude(made_at=None)
    return [line_of(one, signed=False) for one in rows.order_by("-made_at")[:most]]


def issuing_units(who: Who) -> list[UnitCard]:
    """Units in whose name `who` may make documents: those of the seats that give the right."""
    found = {
        seat.unit: None
        for seat in who.seats
        if seat.unit and DOCUMENT.ask(who, "make", seat.unit).need is Need.NOTHING
    }
    return [card(uid) for uid in found]


def publications_for(plan: str = "") -> list[tuple[str, Text]]:
    """Publications to choose from, as name and label."""
    return [(one.name, label_of(one)) for one in publication_cards(plan)]


def label_of(one: PublicationCard) -> Text:
    """`quý II năm 2025, lần 2 – binh-phuoc-2025`, marked where simulated."""
    label = one.period.label
    vi, en = f"{label.vi}, lần {one.number}", f"{label.en}, no. {one.number}"
    if one.view.day is not None:
        vi, en = f"{vi}, địa giới {one.view.code}", f"{en}, boundaries of {one.view.code}"
    mark = (" – mô phỏng", " – simulated") if one.simulated else ("", "")
    return Text(f"{vi} ({one.plan}){mark[0]}", f"{en} ({one.plan}){mark[1]}")


def succession_note(who: Who, uid: str) -> Text | None:
    """Where the unit has ended: who answers for it today. None while it lives."""
    own = card(uid, who.day)
    if own.living:
        return None
    heirs = ", ".join(whom(uid, who.day).splitlines())
    return Text(
        f"{own.name.vi} không còn từ ngày sáp nhập, sắp xếp; hôm nay người trả lời là: {heirs}.",
        f"{own.name.en} has ended; today the one who answers is: {heirs}.",
    )
