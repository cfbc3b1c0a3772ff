"""Pages for everybody: what a code on paper stands for, and whether a file is ours."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tinhso.kernel.files.actions import looked_at
from tinhso.kernel.files.kinds import DOCX, PDF
from tinhso.kernel.people.access import may, public
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.documents import queries
from tinhso.modules.documents.codes import code_of, read
from tinhso.modules.documents.fields import Fields
from tinhso.modules.documents.models import Document
from tinhso.modules.documents.policies import DOCUMENT
from tinhso.modules.documents.views import cited_page, sent
from tinhso.modules.plan.frozen.reading import (
    FoundFigure,
    FrozenPublication,
    last_day_of,
    later_figures,
)
from tinhso.modules.plan.lens import lens_query
from tinhso.modules.plan.queries import Lens
from tinhso.modules.plan.workspace import UnknownPlanError


@public
def lookup(request: HttpRequest) -> HttpResponse:
    """A field for a code; with one, on to its page."""
    typed = request.GET.get("ma", "").strip()[:40]
    if typed:
        plain = "".join(one for one in typed if one.isalnum() or one == "-")
        return redirect("documents:code", plain or "-")
    return render(request, "documents/lookup.html", {"plan_code": ""})


@public
@limited(HEAVY)
def code(request: HttpRequest, code: str) -> HttpResponse:
    """A published figure, or a document, by the code that paper carries."""
    asked = read(code)
    if asked.figure is not None:
        return _figure(request, asked.figure)
    if asked.document:
        found = Document.objects.filter(code=asked.document).exclude(made_at=None).first()
        if found is not None:
            return _document(request, found)
    context = {"typed": code, "plan_code": ""}
    return render(request, "documents/lookup.html", context, status=404)


def _figure(request: HttpRequest, found: FoundFigure) -> HttpResponse:
    context: dict[str, Any] = {
        "found": found,
        "short_code": code_of(found),
        "cell": found.figure.cell,
        "unit": register().full_name(found.unit, last_day_of(found.card)),
        "later": later_figures(found),
        "citing": queries.citing(found.figure.id),
        "simulated": found.card.simulated,
        "plan_code": "",
        "problems": (),
    }
    try:
        published = FrozenPublication(found.card.name)
    except (InputError, UnknownPlanError) as error:
        # The figure itself is in the database; what is told is that its files are not as they were.
        context["problems"] = error.problems if isinstance(error, InputError) else ()
        return render(request, "documents/figure.html", context)
    target = next((t for t in published.plan.targets if t.indicator == found.indicator), None)
    files = published.thawed.files
    context |= {
        "target": target,
        "row": published.row(target, found.unit) if target else None,
        "definition": published.thawed.definition(f"indicators/{found.indicator}.yaml"),
        "statements": [
            (path, files[path].decode())
            for path in sorted(files)
            if path.startswith(f"sql/{found.indicator}.")
        ],
        "served": found.card.plan,
        "open_query": lens_query(
            Lens(found.card.period, found.card.view), **{"don-vi": found.unit}
        ),
    }
    return render(request, "documents/figure.html", context)


def _document(request: HttpRequest, found: Document) -> HttpResponse:
    """A made document: what it is, and every number in it with its code, so that who holds the paper
    and scans its QR finds the number."""
    context = {
        "document": found,
        "line": queries.line_of(found, signed=False),
        "fields": Fields.of(found.fields),
        "files": queries.files_of(found),
        "publication": found.publication.split("/"),
        **cited_page(request, found),
        "may_view": may(request, DOCUMENT, "view", found.unit_id),
        "simulated": found.simulated,
        "plan_code": "",
    }
    return render(request, "documents/public.html", context)


@public
@limited(HEAVY)
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a file is a document of ours, intact, and who signed it. Nothing is kept."""
    from tinhso.modules.documents.verifying import verdict  # noqa: PLC0415 (every process would wait for it)

    context: dict[str, Any] = {"plan_code": "", "filled": Filled(None)}
    status = 200
    if request.method == "POST":
        try:
            upload = sent(request)
            context |= {"verdict": verdict(looked_at(upload, (PDF, DOCX))), "name": upload.name}
        except InputError as error:
            context["filled"] = Filled(request.POST, error)
            status = 400
    return render(request, "documents/verify.html", context, status=status)
