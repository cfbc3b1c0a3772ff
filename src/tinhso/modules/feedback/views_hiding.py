"""Whoever finds something of their own on a published report asks for it to be hidden (xin che thông tin)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.cases.waiting import published_title
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import limited
from tinhso.measure.text import InputError
from tinhso.modules.feedback import actions
from tinhso.modules.feedback.views_public import published_report
from tinhso.modules.feedback.views_send import SEND
from tinhso.modules.feedback.words import EXPOSED


@public
@limited(SEND)
def ask_hiding(request: HttpRequest, code: str) -> HttpResponse:
    """What is exposed, in a choice and a few words; then what will become of it."""
    case, filled, told = published_report(code), Filled(None), ""
    if request.method == "POST":
        posted = request.POST
        try:
            new = actions.ask_hiding(
                who_is(request), case, posted.get("why", ""), posted.get("text", "")
            )
        except InputError as error:
            filled = Filled(posted, error)
        else:
            told = "new" if new else "same"
    context = {
        "case": case,
        "title": published_title(case),
        "exposed": EXPOSED.items(),
        "filled": filled,
        # Where nothing was chosen the form says so at its head.
        "why_wrong": filled.wrong("why") if "why" in request.POST else [],
        "told": told,
        "plan_code": "",
        "section": "feedback",
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/hiding.html", context, status=status)
