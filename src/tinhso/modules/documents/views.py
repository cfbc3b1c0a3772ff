"""Pages of documents: the list, making one, one with its files, templates, verifying."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.base import File
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.files.kinds import DOCX
from tinhso.kernel.files.messages import EMPTY
from tinhso.kernel.ledger.models import Entry
from tinhso.kernel.ledger.words import act_in_words
from tinhso.kernel.people.access import asks, may
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.documents import actions, queries
from tinhso.modules.documents.fields import Fields, proposed, read_fields
from tinhso.modules.documents.kinds import About, Kind, kind_of, kinds
from tinhso.modules.documents.models import Document, Rendering
from tinhso.modules.documents.policies import DOCUMENT, TEMPLATE
from tinhso.modules.documents.states import ACTS
from tinhso.modules.plan.frozen.reading import FrozenPublication
from tinhso.modules.plan.workspace import UnknownPlanError

NO_PUBLICATION = message(
    "document-publication-needed",
    vi="Chọn một lần công bố trong danh sách: văn bản chỉ lấy con số đã công bố.",
    en="Choose a publication from the list: documents take published figures only.",
)
NOT_YOUR_UNIT = message(
    "document-issuer-unit",
    vi="Chọn đơn vị ban hành trong số đơn vị mà bạn được soạn văn bản.",
    en="Choose the issuing unit among those in whose name you may make documents.",
)

LISTED, CITED = 40, 60

STATES = {
    "": Text("Tất cả", "All"),
    "draft": Text("Bản nháp", "Drafts"),
    "made": Text("Đã hoàn thành", "Made"),
    "signed": Text("Đã ký số", "Signed"),
}
FORMS = {
    "docx": (Text("Word (.docx)", "Word (.docx)"), "docx", DOCX.content_type),
    "pdf": (Text("PDF", "PDF"), "pdf", "application/pdf"),
    "signed": (Text("PDF đã ký số", "signed PDF"), "pdf", "application/pdf"),
}


def base_of(request: HttpRequest) -> str:
    """The site's own address, without a last slash, as the one who asks reaches it."""
    return request.build_absolute_uri("/").rstrip("/")


def sent(request: HttpRequest) -> File[bytes]:
    """The file in the field `file`. Raises InputError where there is none."""
    upload = request.FILES.get("file")
    if upload is None:
        raise InputError([EMPTY(Place("file"))])
    return upload


def unit_of(_request: HttpRequest, document: uuid.UUID, form: str = "") -> str:  # noqa: ARG001 (a part of the address)
    return str(get_object_or_404(Document, pk=document).unit_id)


@asks(DOCUMENT, "view")
def index(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    asked = {name: request.GET.get(name, "") for name in ("loai", "trang-thai", "tim")}
    kind = asked["loai"] if asked["loai"] in kinds() else ""
    state = asked["trang-thai"] if asked["trang-thai"] in STATES else ""
    rows = queries.rows_for(who, kind=kind, state=state, text=asked["tim"].strip()[:60])
    context = {
        "page": Paginator(rows, LISTED).get_page(request.GET.get("trang")),
        "kinds": kinds().values(),
        "states": STATES.items(),
        "kind": kind,
        "state": state,
        "text": asked["tim"],
        "filtered": bool(kind or state or asked["tim"]),
        "may_make": DOCUMENT.anywhere(who, "make"),
        "may_templates": TEMPLATE.anywhere(who, "view"),
        "plan_code": "",
    }
    return render(request, "documents/index.html", context)


@asks(DOCUMENT, "make")
@limited(HEAVY)
def compose(request: HttpRequest) -> HttpResponse:
    """Choose kind, publication and units in the address; fill in the rest; keep it as a draft."""
    who = who_is(request)
    asked = request.POST if request.method == "POST" else request.GET
    issuers = queries.issuing_units(who)
    offered = queries.publications_for()
    chosen = {
        "kind": asked.get("kind", ""),
        "publication": asked.get("publication", offered[0][0] if offered else ""),
        "unit": asked.get("unit", issuers[0].uid if issuers else ""),
        "about": asked.get("about", ""),
    }
    context: dict[str, Any] = {
        "kinds": kinds().values(),
        "publications": offered,
        "issuers": [(one.uid, one.name) for one in issuers],
        "chosen": chosen,
        "choice": Filled(None, None, **chosen),
        "plan_code": "",
        "needs_about": True,
    }
    if not chosen["kind"]:
        return render(request, "documents/compose.html", context)
    try:
        kind, published = _chosen(chosen, [one.uid for one in issuers], offered)
        context |= _choice_context(kind, published)
        about = "" if kind.about is About.PLAN else chosen["about"]
        context["chosen"]["about"] = about
        if kind.about is not About.PLAN and "about" not in asked:
            return render(request, "documents/compose.html", context)
        actions.check_choice(kind, published, about)
    except InputError as error:
        known = chosen["kind"] in kinds()
        context["choice"] = Filled(asked if known else None, error)
        context["chosen"] = chosen | {"kind": chosen["kind"] if known else ""}
        return render(request, "documents/compose.html", context, status=400)
    context |= {"ready": True, "note": queries.succession_note(who, about) if about else None}
    first = proposed(
        kind,
        chosen["unit"],
        about,
        document=published.plan.document,
        period=published.card.period.label,
        unit=published.units[about].name if about else published.root.name,
        today=timezone.localdate(),
    )
    filled = Filled(None, None, **first.kept())
    if request.method == "POST":
        try:
            fields = read_fields(request.POST)
            seat = DOCUMENT.require(who, "make", chosen["unit"]).seat
            made = actions.draft(
                who.actor(seat),
                kind,
                published,
                unit=chosen["unit"],
                about=about,
                fields=fields,
                account=who.account,
            )
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã lưu bản nháp."))
            return redirect("documents:one", made.pk)
    context["filled"] = filled
    status = 400 if filled.problems else 200
    return render(request, "documents/compose.html", context, status=status)


def _chosen(
    chosen: dict[str, str], issuers: list[str], offered: list[tuple[str, Text]]
) -> tuple[Kind, FrozenPublication]:
    """Raises InputError for what is not on offer."""
    kind = kind_of(chosen["kind"])
    problems = []
    if chosen["publication"] not in [name for name, _ in offered]:
        problems.append(NO_PUBLICATION(Place("publication")))
    if chosen["unit"] not in issuers:
        problems.append(NOT_YOUR_UNIT(Place("unit")))
    if problems:
        raise InputError(problems)
    try:
        return kind, FrozenPublication(chosen["publication"])
    except UnknownPlanError as error:
        raise InputError([NO_PUBLICATION(Place("publication"))]) from error


def _choice_context(kind: Kind, published: FrozenPublication) -> dict[str, Any]:
    root = published.root.uid
    abouts = [(one.uid, one.name) for one in published.units.values() if one.uid != root]
    if kind.about is About.ANY:
        abouts.insert(0, ("", Text("Mọi đơn vị", "All units")))
    return {
        "kind": kind,
        "needs_about": kind.about is not About.PLAN,
        "abouts": abouts,
        "simulated": published.card.simulated,
    }


@asks(DOCUMENT, "view", unit=unit_of)
def one(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Document, pk=document)
    who = who_is(request)
    forms = [(file, FORMS[file.form][0]) for file in queries.files_of(found)]
    context = {
        "document": found,
        "line": queries.line_of(found, signed=any(file.form == "signed" for file, _ in forms)),
        "fields": Fields.of(found.fields),
        "files": forms,
        "issuer": card(found.unit_id),
        "publication": found.publication.split("/"),
        **cited_page(request, found),
        "may_make": may(request, DOCUMENT, ACTS["make"].verb, found.unit_id),
        "may_sign": DOCUMENT.ask(who, ACTS["sign"].verb, found.unit_id),
        "can_sign": bool(settings.TINHSO_SIGNING_PKCS12),
        "entries": [
            (entry.at, act_in_words(entry.act))
            for entry in Entry.objects.filter(
                kind=DOCUMENT.kind, thing=str(found.pk), unit=found.unit_id
            ).order_by("id")
        ],
        "note": queries.succession_note(who, found.about_id) if found.about_id else None,
        "plan_code": "",
    }
    return render(request, "documents/one.html", context)


def cited_page(request: HttpRequest, found: Document) -> dict[str, Any]:
    """The figures that a document cites, a page of them; they were published, so all may see them."""
    page, total = max(1, whole(request.GET.get("trang", ""))), found.cited.count()
    return {
        "cited": queries.cited_in(found, (page - 1) * CITED, page * CITED),
        "cited_total": total,
        "page": page,
        "more": page * CITED < total,
    }


@asks(DOCUMENT, ACTS["change"].verb, unit=unit_of)
def edit(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Document, pk=document)
    who = who_is(request)
    filled = Filled(None, None, **Fields.of(found.fields).kept())
    if not found.is_draft:
        messages.warning(request, actions.ALREADY_MADE().to(request.LANGUAGE_CODE))
        return redirect("documents:one", found.pk)
    if request.method == "POST":
        try:
            seat = DOCUMENT.require(who, ACTS["change"].verb, found.unit_id).seat
            actions.change(who.actor(seat), found, read_fields(request.POST))
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã lưu bản nháp."))
            return redirect("documents:one", found.pk)
    context = {
        "document": found,
        "kind": kind_of(found.kind),
        "filled": filled,
        "simulated": found.simulated,
        "plan_code": "",
    }
    status = 400 if filled.problems else 200
    return render(request, "documents/edit.html", context, status=status)


@asks(DOCUMENT, ACTS["make"].verb, unit=unit_of)
@limited(HEAVY)
def preview(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """A draft as the PDF that it would become."""
    found = get_object_or_404(Document, pk=document)
    if not found.is_draft:
        return redirect("documents:file", found.pk, "pdf")
    try:
        content = actions.preview(found, base_of(request))
    except InputError as error:
        return _told(request, found, error)
    return download_of(content, f"nhap-{found.code}.pdf", "application/pdf")


@asks(DOCUMENT, "view", unit=unit_of)
def file(_request: HttpRequest, document: uuid.UUID, form: str) -> HttpResponse:
    """A file of a made document, byte for byte as it was made."""
    if form not in FORMS:
        raise Http404(form)
    kept = get_object_or_404(
        Rendering.objects.select_related("document"), document=document, form=form
    )
    _, ending, content_type = FORMS[form]
    mark = "-da-ky" if form == "signed" else ""
    return download_of(bytes(kept.bytes), f"{kept.document.code}{mark}.{ending}", content_type)


@asks(DOCUMENT, ACTS["make"].verb, unit=unit_of)
@limited(HEAVY)
def make(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Document, pk=document)
    if request.method != "POST":
        return redirect("documents:one", found.pk)
    who = who_is(request)
    seat = DOCUMENT.require(who, ACTS["make"].verb, found.unit_id).seat
    assert seat is not None
    try:
        by = actions.position(seat.title.vi, seat.unit)
        actions.make(who.actor(seat), found, by=by, base=base_of(request))
    except InputError as error:
        return _told(request, found, error)
    messages.success(request, gettext("Đã hoàn thành văn bản."))
    return redirect("documents:one", found.pk)


@asks(DOCUMENT, ACTS["sign"].verb, unit=unit_of)
@limited(HEAVY)
def sign(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Document, pk=document)
    if request.method != "POST":
        return redirect("documents:one", found.pk)
    who = who_is(request)
    seat = DOCUMENT.require(who, ACTS["sign"].verb, found.unit_id).seat
    try:
        actions.sign(who.actor(seat), found)
    except InputError as error:
        return _told(request, found, error)
    messages.success(request, gettext("Đã ký số."))
    return redirect("documents:one", found.pk)


@asks(DOCUMENT, ACTS["discard"].verb, unit=unit_of)
def discard(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Document, pk=document)
    if request.method != "POST":
        return redirect("documents:one", found.pk)
    who = who_is(request)
    seat = DOCUMENT.require(who, ACTS["discard"].verb, found.unit_id).seat
    try:
        actions.discard(who.actor(seat), found)
    except InputError as error:
        return _told(request, found, error)
    messages.success(request, gettext("Đã bỏ bản nháp."))
    return redirect("documents:index")


def _told(request: HttpRequest, found: Document, error: InputError) -> HttpResponse:
    """Back to the document, with what stands in the way."""
    for problem in error.problems:
        messages.error(request, problem.to(request.LANGUAGE_CODE))
    return redirect(reverse("documents:one", args=[found.pk]))


def download_of(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store, private"
    return response
