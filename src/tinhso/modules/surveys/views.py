"""Answering with a ticket, and what surveys found. A ticket is never part of an address."""

from __future__ import annotations

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from tinhso.kernel.cases.kinds import kinds
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure.text import InputError, Text
from tinhso.modules.surveys import actions, queries, tickets
from tinhso.modules.surveys.asked import survey
from tinhso.modules.surveys.models import Sheet

CSV_HEAD = (
    "unit", "unit_name", "matter", "half_month", "question", "answer", "count", "answered", "simulated",
)  # fmt: skip


def form_context(ticket: str, filled: Filled | None = None) -> dict[str, object]:
    """What the form `surveys/_form.html` needs, for pages of other rooms too."""
    first, *more = survey().questions
    wrong = filled.wrong(first.code) if filled else []
    return {
        "ticket": ticket,
        "first": first,
        "more": more,
        "filled": filled or Filled(None),
        "rating_wrong": wrong,
        "smallest": survey().smallest_group,
    }


def given(request: HttpRequest, ticket: str) -> HttpResponse:
    """The form with a ticket just given, to be answered at once or later: for pages of other rooms. Of
    the page that it is given on, whose address names a case, the answer's request tells nothing."""
    response = render(request, "surveys/given.html", form_context(ticket) | {"plan_code": ""})
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@public
@never_cache
def answer(request: HttpRequest) -> HttpResponse:
    """Answer with the ticket in hand; without one, a field to copy it into."""
    filled, ticket = Filled(None), request.POST.get("ticket", "")
    if request.method == "POST" and request.POST.get("viec") == "gui":
        chosen = {one.code: request.POST.get(one.code, "") for one in survey().questions}
        try:
            actions.answer(ticket, chosen, request.POST.get("remark", ""), who_is(request).day)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            return render(request, "surveys/thanks.html", {"plan_code": ""})
    context = form_context(ticket, filled) | {"plan_code": ""}
    return render(request, "surveys/answer.html", context, status=400 if filled.problems else 200)


@public
def results(request: HttpRequest) -> HttpResponse:
    """What groups said that are large enough: all of them together, and those of a half-month, by the
    agency that settled the case or by its place.

    Raises Http404 for a half-month of which nothing is shown.
    """
    by = _asked_by(request)
    halves, half = queries.half_months(by), request.GET.get("nua-thang", "")
    if half and half not in halves:
        raise Http404(half)
    half = half or next(iter(halves), "")
    shown = queries.results(who_is(request), half, by)
    # What is simulated and what is real are never added up.
    simulated = bool(shown) and all(one.simulated for one in shown)
    context = {
        "plan_code": "",
        "by_place": by == Sheet.By.PLACE,
        "results": shown,
        "together": queries.together(simulated=simulated),
        "half": half,
        "halves": [(one, half_month_name(one)) for one in halves],
        "half_name": half_month_name(half) if half else None,
        "together_simulated": simulated,
        "simulated": any(one.simulated for one in shown),
        "matters": {one.code: one.name for one in kinds()},
        "smallest": survey().smallest_group,
    }
    return render(request, "surveys/results.html", context)


def _asked_by(request: HttpRequest) -> Sheet.By:
    """Whether the reader asks for agencies' sheets or places'. Raises Http404 for anything else."""
    asked = request.GET.get("theo", "")
    if asked not in ("", "noi"):
        raise Http404(asked)
    return Sheet.By.PLACE if asked else Sheet.By.AGENCY


def half_month_name(half: str) -> Text:
    """A half-month in words: "2025-06a" as "1–14/6/2025"."""
    last = tickets.last_day(half)
    first = 1 if half.endswith("a") else 15
    return Text(f"{first}–{last.day}/{last.month}/{last.year}", f"{first}–{last.day} {last:%b %Y}")


@public
@limited(HEAVY)
def download(request: HttpRequest) -> HttpResponse:
    """The same groups for a spreadsheet: a row for each question and answer of a group."""
    by = _asked_by(request)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="khao-sat.csv"'
    rows = csv.writer(answer)
    rows.writerow(CSV_HEAD)
    first, *_ = survey().questions
    for one in queries.results(who_is(request), by=by):
        group = (one.unit, one.name.vi, one.matter, one.half_month)
        rows.writerow(
            (*group, first.code, "satisfied", one.answers * one.satisfied, one.answers, int(one.simulated))
        )  # fmt: skip
        for told in one.more:
            for code, share in zip(told.question.answers, told.shares, strict=False):
                rows.writerow(
                    (*group, told.question.code, code, share.count, told.answers, int(one.simulated))
                )  # fmt: skip
    return answer
