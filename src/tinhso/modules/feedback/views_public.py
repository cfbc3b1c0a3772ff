"""Reports for everybody: list, map, one report, agencies, feed, open data. Only what is published."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tinhso.kernel.cases.actions import standing_of
from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Attachment, Case
from tinhso.kernel.cases.waiting import published_text, published_title
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.people.access import public
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import API, HEAVY, limited
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Text
from tinhso.modules.feedback import agency_figures
from tinhso.modules.feedback import public as reports
from tinhso.modules.feedback.categories import categories, category_name
from tinhso.modules.feedback.pictures import picture_of
from tinhso.modules.feedback.places import communes
from tinhso.modules.feedback.public import Filter, filter_of, listed, published
from tinhso.modules.feedback.views_send import map_data, with_map
from tinhso.modules.feedback.words import (
    answers_to_all,
    due_words,
    steps,
    t,
    unit_name,
    where_of,
)

#: Reports in a feed.
FEED = 30
NAMES = ("linh-vuc", "xa", "tinh-trang", "co-quan", "tu", "den")


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, with filters, and the map of the same."""
    try:
        chosen = filter_of(request.GET)
        found = listed(chosen, request.GET.get("truoc", ""))
    except InputError as error:
        context = _frame() | {"problems": error.problems, "filled": Filled(request.GET)}
        return with_map(render(request, "feedback/list.html", context, status=400))
    asked = {name: value for name in NAMES if (value := request.GET.get(name, ""))}
    context = _frame() | {
        "cases": _rows(found.cases),
        "more": urlencode({**asked, "truoc": found.more}) if found.more else "",
        "query": urlencode(asked),
        "later": bool(request.GET.get("truoc")),
        "filtered": bool(asked),
        "filled": Filled(request.GET),
        "simulated": any(one.simulated for one in found.cases),
    }
    return with_map(render(request, "feedback/list.html", context))


def _frame() -> dict[str, Any]:
    return {
        "categories": [("", _ALL), *((one.code, one.name) for one in categories().values())],
        "communes": [("", _ALL), *((one.uid, one.name) for one in communes())],
        "agencies": [("", _ALL), *agency_figures.leads()],
        "states": _STATES,
        "map": map_data() | {"points": reverse("feedback:points"), "report": _report_address()},
        "plan_code": "",
        "section": "feedback",
    }


_ALL = Text("Tất cả", "All")
_STATES = (
    ("", _ALL),
    ("open", Text("Đang xử lý", "Being handled")),
    ("closed", Text("Đã kết thúc", "Closed")),
)


def _report_address() -> str:
    """The address of a report, for a script to put the code into."""
    return reverse("feedback:report", args=["MA"])


def _rows(cases: list[Case]) -> list[dict[str, Any]]:
    """Cards; those that have ended with what everybody reads of the answer."""
    states, answers = (
        kind(reports.KIND).states,
        answers_to_all(one for one in cases if not one.open),
    )
    return [_row(one, states[one.state].name, answers.get(one.pk, "")) for one in cases]


def _row(case: Case, state: Text, answer: str) -> dict[str, Any]:
    return {
        "case": case,
        "answer": answer,
        "title": published_title(case),
        "state": state,
        "where": where_of(case),
        "category": category_name(case.category),
        "agency": unit_name(case.lead_id) if case.lead_id else None,
    }


@public
@limited(API)
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """What a map's view holds, as JSON."""
    try:
        view = reports.view_of(request.GET.get("khung", ""))
        found = reports.on_map(view, filter_of(request.GET))
    except InputError as error:
        return JsonResponse({"problems": [t(one) for one in error.problems]}, status=400)
    return JsonResponse(found)


@public
@require_GET
def report(request: HttpRequest, code: str) -> HttpResponse:
    """A published report: what is public of it."""
    case = published_report(code)
    standing = standing_of(case)
    events = list(case.history.prefetch_related("attachments__file").order_by("n"))
    happened = steps(events, sender=False)
    told = [file.pk for step in happened for file in step.files]
    pictures = case.attachments.filter(public=True, file__kind__in=("jpeg", "png"))
    context = {
        "case": case,
        "title": published_title(case),
        "text": published_text(case),
        "photos": pictures.exclude(pk__in=told).order_by("id"),
        "state": standing.state_rule.name,
        "due": due_words(standing, timezone.now()),
        "steps": happened[::-1],
        "where": where_of(case),
        "category": category_name(case.category),
        "agency": unit_name(case.lead_id) if case.lead_id else None,
        "merged": case.merged_into if case.merged_into and case.merged_into.published_at else None,
        "here": reverse("feedback:report", args=[case.code]),
        "filled": Filled(None),
        "plan_code": "",
        "section": "feedback",
    }
    return render(request, "feedback/report.html", context)


def published_report(code: str) -> Case:
    """Raises Http404."""
    rows = Case.objects.filter(kind=reports.KIND, published_at__isnull=False)
    return get_object_or_404(rows.select_related("merged_into"), code=code.upper())


@public
@require_GET
def photo(request: HttpRequest, code: str, attachment: int) -> HttpResponse:
    """A picture that the office made public."""
    rows = Attachment.objects.select_related("file").filter(public=True)
    response = picture_of(
        request, get_object_or_404(rows, case=published_report(code), pk=attachment)
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@public
@require_GET
def agencies(request: HttpRequest) -> HttpResponse:
    """How agencies answer: true times, late ones, those opened again."""
    found = agency_figures.agencies()
    context = {
        "found": found,
        "simulated": found.simulated,
        "plan_code": "",
        "section": "feedback",
    }
    return render(request, "feedback/agencies.html", context)


@public
@require_GET
def agency(request: HttpRequest, uid: str) -> HttpResponse:
    """One agency's figures and newest reports."""
    if uid not in register():
        raise Http404
    found = agency_figures.agencies()
    cases = listed(Filter(agency=uid)).cases
    context = {
        "uid": uid,
        "name": unit_name(uid),
        "figures": next((one for one in found.rows if one.uid == uid), None),
        "made_at": found.made_at,
        "cases": _rows(cases),
        "simulated": found.simulated or any(one.simulated for one in cases),
        "plan_code": "",
        "section": "feedback",
    }
    return render(request, "feedback/agency.html", context)


@public
@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The reports published last as Atom (RFC 4287), by the same filters as the list: one received
    long before comes all the same."""
    try:
        chosen = filter_of(request.GET)
    except InputError as error:
        return HttpResponse(" ".join(t(one) for one in error.problems), status=400, content_type="text/plain; charset=utf-8")  # fmt: skip
    made = Atom1Feed(
        title=_("Phản ánh, kiến nghị qua 1022"),
        link=request.build_absolute_uri(reverse("feedback:list")),
        description="",
        language=get_language() or "vi",
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(),  # other filters are another feed
        author_name=_("Tổng đài 1022"),
    )
    newest = list(published(chosen).order_by("-published_at", "-received_at")[:FEED])
    answers = answers_to_all(newest)
    for one in newest:
        title, answer = published_title(one), answers.get(one.pk)
        told = published_text(one)[:500]
        if answer:
            told += "\n\n" + _("Trả lời: %s") % answer[:1000]
        made.add_item(
            title=f"[{_('Mô phỏng')}] {title}" if one.simulated else title,
            link=request.build_absolute_uri(reverse("feedback:report", args=[one.code])),
            description=linebreaks(told, autoescape=True),
            unique_id=f"urn:uuid:{one.pk}",
            pubdate=one.received_at,
            updateddate=max(one.changed_at, one.published_at or one.changed_at),
            categories=[t(category_name(one.category))],
        )
    return HttpResponse(made.writeString("utf-8"), content_type=made.content_type)


COLUMNS = (
    *("code", "received_at", "category", "category_name", "commune", "commune_name", "lat", "lon"),
    *("title", "text", "state", "agency", "agency_name", "answered_at", "closed_at"),
    *("reopened", "simulated", "answer"),
)
CHUNK = 2000


class _Line:
    def write(self, line: str) -> str:
        return line


@public
@limited(HEAVY)
@require_GET
def open_data(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Published reports as CSV (UTF-8), by the same filters as the list."""
    try:
        chosen = filter_of(request.GET)
    except InputError as error:
        return HttpResponse(" ".join(t(one) for one in error.problems), status=400, content_type="text/plain; charset=utf-8")  # fmt: skip
    response = StreamingHttpResponse(_lines(chosen), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="phan-anh.csv"'
    return response


def _lines(chosen: Filter) -> Iterator[str]:
    out = csv.writer(_Line())
    yield "\ufeff" + str(out.writerow(COLUMNS))
    rows = published(chosen).order_by("-received_at").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        answers = answers_to_all(chunk)
        for one in chunk:
            yield str(out.writerow(_cells(one, answers.get(one.pk, ""))))


def _cells(one: Case, answer: str) -> list[object]:
    return [
        one.code,
        _written(one.received_at),
        one.category,
        category_name(one.category).vi,
        one.place_id or "",
        unit_name(one.place_id).vi if one.place_id else "",
        "" if one.lat is None else one.lat,
        "" if one.lon is None else one.lon,
        _plain(published_title(one)),
        _plain(published_text(one)),
        one.state,
        one.lead_id or "",
        unit_name(one.lead_id).vi if one.lead_id else "",
        _written(one.answered_at),
        _written(one.closed_at),
        one.reopened,
        int(one.simulated),
        _plain(answer),
    ]


def _written(at: Any) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds") if at else ""


def _plain(text: str) -> str:
    """What no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text
