"""Answering with a ticket, and what surveys found. A ticket is never part of an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from tinhso.kernel.cases.kinds import kinds
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.measure.text import InputError
from tinhso.modules.surveys import actions, queries
from tinhso.modules.surveys.asked import survey


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
    }


def given(request: HttpRequest, ticket: str) -> HttpResponse:
    """The form with a ticket just given, to be answered at once or later: for pages of other rooms."""
    return render(request, "surveys/given.html", form_context(ticket) | {"plan_code": ""})


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
    context = {
        "plan_code": "",
        "results": queries.results(who_is(request)),
        "matters": {one.code: one.name for one in kinds()},
        "smallest": survey().smallest_group,
        "questions": survey().questions,
    }
    return render(request, "surveys/results.html", context)
