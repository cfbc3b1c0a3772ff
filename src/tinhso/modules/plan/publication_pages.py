"""Publications for everybody: the list, one with what differs today, and its archive."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure.figures import Reason
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError, Text
from tinhso.modules.plan.frozen.archive import archive, file_name
from tinhso.modules.plan.frozen.cells import PublishedCell
from tinhso.modules.plan.frozen.differences import Difference, differences
from tinhso.modules.plan.frozen.naming import publications as publications_of
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.pages import frame, plan_page
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.words import REASONS

#: Publications, and cells that differ, on a page.
LISTED, SHOWN = 50, 40


@public
@plan_page
def publications(request: HttpRequest, queries: PlanQueries, lens: Lens) -> HttpResponse:
    page = Paginator(publications_of(queries.pack.code), LISTED).get_page(request.GET.get("trang"))
    rows = [(one, Period.parse(one.period)) for one in page]
    context = frame(queries, lens, "data") | {"page": page, "rows": rows}
    return render(request, "plan/publications.html", context)


def one_of(plan: str, period: str, view: str, number: int) -> Publication:
    """Raises Http404."""
    if number > 2**31 - 1:  # more than a database can count
        raise Http404(number)
    found = publications_of(plan).filter(period=period, view=view, number=number).first()
    if found is None:
        raise Http404(f"{plan}/{period}/{view}/{number}")
    return found


@public
@limited(HEAVY)
@plan_page
def publication(
    request: HttpRequest, queries: PlanQueries, lens: Lens, period: str, view: str, number: int
) -> HttpResponse:
    one = one_of(queries.pack.code, period, view, number)
    own = Lens(Period.parse(one.period), View.parse(one.view))
    found = differences(queries, one)
    page = Paginator(found.differing, SHOWN).get_page(request.GET.get("trang"))
    context = frame(queries, lens, "data") | {
        "publication": one,
        "simulated": queries.manifest.simulated or one.simulated,
        "own": own,
        "day": own.view.day or own.period.last_day,
        "found": found,
        "page": page,
        "lines": [_line(queries, each) for each in page],
        "revisions": publications_of(one.plan)
        .filter(period=one.period, view=one.view)
        .exclude(pk=one.pk),
    }
    return render(request, "plan/publication.html", context)


def _line(queries: PlanQueries, one: Difference) -> dict[str, object]:
    compiled = queries.figures.indicators.get(one.was.indicator)
    return {
        "difference": one,
        "indicator": compiled.indicator if compiled else None,
        "was_why": _why(one.was),
        "now_why": _why(one.now),
    }


def _why(cell: PublishedCell | None) -> Text | None:
    """Why a cell has no value, in words."""
    if cell is None or cell.status == "measured":
        return None
    reason = (cell.marks or {}).get("reason")
    if reason:
        return REASONS[Reason(reason)]
    unknown = cell.status == "unknown"
    return (
        Text("chưa có số liệu", "no data") if unknown else Text("không áp dụng", "not applicable")
    )


@public
@limited(HEAVY)
def download(
    request: HttpRequest, plan_code: str, period: str, view: str, number: int
) -> HttpResponse:
    """The archive; for a publication from before archives, a page that says why there is none."""
    one = one_of(plan_code, period, view, number)
    try:
        content = archive(one)
    except InputError as error:
        context = {"problems": error.problems, "plan_code": plan_code}
        return render(request, "plan/no_archive.html", context, status=409)
    return zipped(one, content)


def zipped(one: Publication, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(one)}.zip"'
    return response
