"""The way of an annex into the plan: send the file, look at what was understood, save."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages as said
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCX, XLSX
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.plan.pack import Plan
from tinhso.modules.tasks import actions, importing, pages
from tinhso.modules.tasks.annex.rows import Part
from tinhso.modules.tasks.drafts import By
from tinhso.modules.tasks.policies import TASK
from tinhso.modules.tasks.words import RHYTHMS

FILE_NEEDED = message(
    "annex-file-needed",
    vi="Chọn tệp phụ lục (.docx hoặc .xlsx).",
    en="Choose the annex (.docx or .xlsx).",
)


def _plan_unit(_request: HttpRequest, **_: object) -> str:
    return pages.plan_of(settings.TINHSO_DEFAULT_PLAN).unit


def _unit_of_file(_request: HttpRequest, file: uuid.UUID) -> str:
    return str(get_object_or_404(StoredFile, pk=file).unit_id)


@asks(TASK, "manage", unit=_plan_unit)
def send(request: HttpRequest) -> HttpResponse:
    plan = pages.plan_of(settings.TINHSO_DEFAULT_PLAN)
    filled = Filled(None)
    if request.method == "POST":
        try:
            kept = _keep(request, plan)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            document = request.POST.get("document", "").strip()[:200]
            address = reverse("tasks:preview", args=[kept.pk])
            request.session[f"annex-{kept.pk}"] = document
            return redirect(address)
    context = {"plan": plan, "plan_code": settings.TINHSO_DEFAULT_PLAN, "filled": filled}
    return render(request, "tasks/import.html", context, status=400 if filled.problems else 200)


def _keep(request: HttpRequest, plan: Plan) -> StoredFile:
    """The annex, kept if it can be read. Raises InputError."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise InputError([FILE_NEEDED(Place("file"))])
    who = who_is(request)
    seat = TASK.require(who, "manage", plan.unit).seat
    assert seat is not None
    with transaction.atomic():
        kept = accept(who, file, (DOCX, XLSX), unit=seat.unit, seat=seat)
        importing.annex_of(plan, kept)
    return kept


@asks(TASK, "manage", unit=_unit_of_file)
@limited(HEAVY)
def preview(request: HttpRequest, file: uuid.UUID) -> HttpResponse:
    """Row by row what was understood; nothing is saved before somebody says so."""
    code = settings.TINHSO_DEFAULT_PLAN
    plan = pages.plan_of(code)
    kept = get_object_or_404(StoredFile, pk=file)
    context = {"plan": plan, "plan_code": code, "file": kept}
    try:
        annex = importing.annex_of(plan, kept)
    except InputError as error:
        context |= {"filled": Filled(request.POST, error)}
        return render(request, "tasks/import.html", context, status=400)
    except FileNotFoundError:
        raise Http404 from None
    found = importing.lines(code, annex)
    filled = importing.first_filled(found)
    document = request.POST.get("document", request.session.get(f"annex-{kept.pk}", ""))
    if request.method == "POST":
        try:
            new = importing.chosen(request, found, document.strip()[:200], code)
            who = who_is(request)
            by = By.person(who, TASK.require(who, "manage", plan.unit).seat)
            made = actions.create_many(by, code, new, kept)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            told = gettext("Đã lưu %(count)s nhiệm vụ từ phụ lục.") % {"count": len(made)}
            said.success(request, told)
            return redirect("tasks:list")
    context |= {
        "document": document,
        "agreed": bool(request.POST.get("dong-y")),
        "filled": filled,
        "lines": found,
        "unclear": sum(line.unclear for line in found),
        "left_out": [one for one in annex.rows if one.part is Part.LEFT_OUT],
        "rhythms": [(one.value, word) for one, word in RHYTHMS.items()],
        "targets": plan.targets,
        "choices": pages.unit_choices(plan),
    }
    return render(request, "tasks/preview.html", context, status=400 if filled.problems else 200)
