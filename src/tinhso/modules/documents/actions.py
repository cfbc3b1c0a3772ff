"""Every write of this room: drafting, making, signing documents, and changing templates.

Made documents are never changed. What is made is rendered before the transaction, so that a document
is there with all its files or not at all.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from tinhso.kernel.files.actions import accept, looked_at
from tinhso.kernel.files.kinds import DOCX
from tinhso.kernel.ledger.actor import Actor
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.targets import Standing
from tinhso.measure.text import NOWHERE, InputError, Place, message
from tinhso.modules.documents import pdf, word
from tinhso.modules.documents.codes import new_document_code
from tinhso.modules.documents.content import Content, content_of
from tinhso.modules.documents.fields import Fields
from tinhso.modules.documents.kinds import About, Kind, kind_of
from tinhso.modules.documents.models import CitedFigure, Document, Rendering, WordTemplate
from tinhso.modules.documents.policies import DOCUMENT, TEMPLATE
from tinhso.modules.documents.states import ACTS, State
from tinhso.modules.documents.templates_in_use import InUse, in_use
from tinhso.modules.plan.frozen.reading import FrozenPublication, last_day_of
from tinhso.modules.plan.workspace import NotMeasuredError
from tinhso.modules.shares.queries import GivenTarget, given_on

ABOUT_NEEDED = message(
    "document-about-needed",
    vi="Chọn đơn vị mà văn bản nói đến.",
    en="Choose the unit that the document is about.",
)
NOT_IN_PUBLICATION = message(
    "document-unit-not-published",
    vi="Lần công bố {publication} không có số liệu của đơn vị “{unit}”. Chọn một đơn vị trong danh sách.",
    en="Publication {publication} has no figures of the unit “{unit}”. Choose one from the list.",
)
PERIOD_KIND = message(
    "document-period-kind",
    vi="Loại văn bản này không lập cho kỳ {period}. Chọn lần công bố của kỳ khác.",
    en="This kind of document is not made for {period}. Choose the publication of another period.",
)
NOTHING_TO_URGE = message(
    "document-nothing-to-urge",
    vi="{unit} không có chỉ tiêu nào chưa đạt hoặc chưa có số liệu trong kỳ này, nên không có gì để đôn đốc.",
    en="{unit} has no target that is not met or without data in this period, so there is nothing to urge.",
)
ALREADY_MADE = message(
    "document-already-made",
    vi="Văn bản đã hoàn thành nên không sửa, không bỏ được. Lập văn bản mới nếu cần thay.",
    en="The document is made, so it is neither changed nor discarded. Make another one in its place.",
)
NOT_MADE = message(
    "document-not-made",
    vi="Văn bản còn là bản nháp. Hoàn thành rồi mới ký.",
    en="The document is still a draft. Make it, then sign it.",
)
DISCARDED = message(
    "document-discarded",
    vi="Bản nháp đã bị bỏ. Lập văn bản mới nếu cần.",
    en="The draft was discarded. Make a new document if one is needed.",
)
ALREADY_SIGNED = message(
    "document-already-signed",
    vi="Văn bản đã được ký.",
    en="The document is signed already.",
)
NOT_MEASURED = message(
    "document-not-measured",
    vi="Chưa lập được bảng giao chỉ tiêu: số liệu của trang chưa được tính. Người vận hành chạy tinhso measure rồi lập lại.",
    en="An assignment table cannot be made: the site's figures are not measured. The operator runs tinhso measure, then make it again.",
)
CHANGED_MEANWHILE = message(
    "document-changed-meanwhile",
    vi="Có người vừa sửa bản nháp. Mở lại để xem trước khi hoàn thành.",
    en="Somebody has just changed the draft. Open it again before you make it.",
)


def check_choice(kind: Kind, published: FrozenPublication, about: str) -> None:
    """Whether a document of `kind` can be made of the publication about the unit. Raises InputError."""
    period = published.card.period
    if period.kind not in kind.periods:
        raise InputError([PERIOD_KIND(Place("publication"), period=period.label)])
    if kind.about is About.UNIT and not about:
        raise InputError([ABOUT_NEEDED(Place("about"))])
    if about and about not in published.units:
        params = {"publication": published.card.name, "unit": about}
        raise InputError([NOT_IN_PUBLICATION(Place("about"), **params)])
    if kind.is_letter:
        asked = (Standing.UNKNOWN, Standing.BEHIND, Standing.ON_THE_WAY)
        if not any(row.standing in asked for row in published.rows(about)):
            raise InputError([NOTHING_TO_URGE(Place("about"), unit=published.units[about].name)])


def draft(
    actor: Actor,
    kind: Kind,
    published: FrozenPublication,
    *,
    unit: str,
    about: str,
    fields: Fields,
    account: Any = None,
) -> Document:
    """A draft that `unit` will issue; `account` (its id) is whose draft it is, None for the system's.
    Raises InputError as `check_choice`."""
    about = "" if kind.about is About.PLAN else about
    check_choice(kind, published, about)
    with transaction.atomic():
        made = Document.objects.create(
            code=new_document_code(),
            kind=kind.code,
            unit_id=unit,
            about_id=about or None,
            publication=published.card.name,
            content=published.card.content,
            simulated=published.card.simulated,
            fields=fields.kept(),
            drafted_by_id=account,
            changed_at=timezone.now(),
        )
        after = {
            "code": made.code,
            "kind": kind.code,
            "publication": made.publication,
            "about": about,
        }
        record(actor, f"{DOCUMENT.kind}.draft", _thing(made), after=after)
    return made


def change(actor: Actor, document: Document, fields: Fields) -> None:
    """Other fields for a draft. Raises InputError as `_ready`."""
    with transaction.atomic():
        found = _ready(document, "change")
        before, found.fields, found.changed_at = found.fields, fields.kept(), timezone.now()
        found.save(update_fields=["fields", "changed_at"])
        record(actor, f"{DOCUMENT.kind}.change", _thing(found), before=before, after=found.fields)


def discard(actor: Actor, document: Document) -> None:
    """Remove a draft. Raises InputError as `_ready`."""
    with transaction.atomic():
        found = _ready(document, "discard")
        record(actor, f"{DOCUMENT.kind}.discard", _thing(found), before={"code": found.code})
        found.delete()


def preview(document: Document, base: str) -> bytes:
    """A draft as a PDF, kept nowhere."""
    return pdf.pdf_of(_content(document, base), timezone.localdate())


def make(actor: Actor, document: Document, *, by: str, base: str) -> Document:
    """Freeze a draft: render it, keep its files with their digests. `by` is the position that makes it.

    Raises InputError (as `_ready`; what is wrong with the office's template or with the publication's
    files).
    """
    _check(document.state, "make")
    template = in_use(kind_of(document.kind), document.unit_id)
    content = _content(document, base)
    files = {
        Rendering.Form.DOCX: word.docx_of(content, template.content),
        Rendering.Form.PDF: pdf.pdf_of(content, timezone.localdate()),
    }
    with transaction.atomic():
        found = _ready(document, "make")
        if found.changed_at != document.changed_at:
            raise InputError([CHANGED_MEANWHILE(NOWHERE)])
        found.made_at, found.made_by = timezone.now(), by[:200]
        found.template, found.template_digest = template.name, template.digest
        found.simulated = bool(content.simulated)  # by its figures, or by the shares that it took
        found.save()
        digests = {form.value: _keep(found, form, kept).digest for form, kept in files.items()}
        CitedFigure.objects.bulk_create(
            CitedFigure(document=found, figure=figure) for figure in content.cited
        )
        after = {
            "code": found.code,
            "kind": found.kind,
            "publication": found.publication,
            "content": found.content,
            "template": found.template_digest,
            **({"allocations": content.taken} if content.taken else {}),
            **digests,
        }
        record(actor, f"{DOCUMENT.kind}.make", _thing(found), after=after)
    return found


def sign(actor: Actor, document: Document) -> Rendering:
    """Sign a made document's PDF with the office's key. Raises InputError."""
    from tinhso.modules.documents.signing import signed  # noqa: PLC0415 (every process would wait for it)

    _check(document.state, "sign")
    own = document.renderings.get(form=Rendering.Form.PDF)
    done = signed(bytes(own.bytes), timezone.now())
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = _keep(
                    document,
                    Rendering.Form.SIGNED,
                    done.content,
                    certificate=done.certificate,
                    signer=done.signer,
                )
        except IntegrityError as error:
            raise InputError([ALREADY_SIGNED(NOWHERE)]) from error
        after = {"signed": kept.digest, "certificate": done.certificate}
        record(actor, f"{DOCUMENT.kind}.sign", _thing(document), after=after)
    return kept


def replace_template(
    who: Who, kind: Kind, unit: str, upload: File[bytes], sample: Content
) -> WordTemplate:
    """A unit's own Word template from now on. `sample` is what it is tried with.

    Raises ForbiddenError, and InputError with everything that the template names wrongly.
    """
    seat = TEMPLATE.require(who, "replace", unit).seat
    assert who.account is not None
    word.check_template(looked_at(upload, [DOCX]), sample)  # before anything is kept
    with transaction.atomic():
        upload.seek(0)
        stored = accept(who, upload, [DOCX], unit=unit, seat=seat)
        return _next_template(who.actor(seat), kind, unit, who.account, stored.id, stored.digest)


def own_template_no_more(who: Who, kind: Kind, unit: str) -> WordTemplate:
    """Back to the product's own template. Raises ForbiddenError."""
    seat = TEMPLATE.require(who, "replace", unit).seat
    with transaction.atomic():
        return _next_template(who.actor(seat), kind, unit, who.account, None, "")


def _next_template(
    actor: Actor, kind: Kind, unit: str, account: Any, file: Any, digest: str
) -> WordTemplate:
    newest = WordTemplate.objects.filter(kind=kind.code, unit=unit).aggregate(n=Max("number"))["n"]
    made = WordTemplate.objects.create(
        kind=kind.code,
        unit_id=unit,
        number=(newest or 0) + 1,
        file_id=file,
        at=timezone.now(),
        by_id=account,
    )
    thing = Thing(TEMPLATE.kind, f"{kind.code}/{unit}/{made.number}", unit)
    record(actor, f"{TEMPLATE.kind}.replace", thing, after={"file": digest})
    return made


def position(title: str, unit: str) -> str:
    """How a document names who made it: a position and its unit, no person."""
    return f"{title}, {card(unit).name.vi}"


def template_of(document: Document) -> InUse:
    return in_use(kind_of(document.kind), document.unit_id)


def _content(document: Document, base: str) -> Content:
    published = FrozenPublication(document.publication)
    return content_of(
        kind_of(document.kind),
        Fields.of(document.fields),
        published,
        document.about_id or "",
        code=document.code,
        base=base,
        given=_given(published) if document.kind == "assignment" else (),
    )


def _given(published: FrozenPublication) -> list[GivenTarget]:
    """The shares in force now. Raises InputError where figures, which they are weighed by, are not made."""
    today = Who(timezone.localdate())
    try:
        return given_on(today, published.card.plan, last_day_of(published.card))
    except NotMeasuredError as error:
        raise InputError([NOT_MEASURED(NOWHERE)]) from error


def _ready(document: Document, act: str) -> Document:
    """The row, locked where the database can, in the state that the act is done from.

    Raises InputError (`document-already-made`, `document-discarded`).
    """
    found = Document.objects.select_for_update().filter(pk=document.pk).first()
    _check(found.state if found else State.DISCARDED, act)
    assert found is not None
    return found


def _check(state: State, act: str) -> None:
    """Raises InputError where the act is not done from that state."""
    if state is ACTS[act].since:
        return
    refusals = {
        State.DRAFT: NOT_MADE,
        State.MADE: ALREADY_MADE,
        State.SIGNED: ALREADY_SIGNED if act == "sign" else ALREADY_MADE,
        State.DISCARDED: DISCARDED,
    }
    raise InputError([refusals[state](NOWHERE)])


def _keep(document: Document, form: Rendering.Form, content: bytes, **more: str) -> Rendering:
    return Rendering.objects.create(
        document=document,
        form=form,
        digest=hashlib.sha256(content).hexdigest(),
        bytes=content,
        size=len(content),
        at=timezone.now(),
        **more,
    )


def _thing(document: Document) -> Thing:
    return Thing(DOCUMENT.kind, str(document.pk), document.unit_id)
