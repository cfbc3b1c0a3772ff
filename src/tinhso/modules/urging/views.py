"""Today's work of whoever asks, and what was said to whom."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tinhso.kernel.people.access import asks, signed_in
from tinhso.kernel.people.accounts import who_is
from tinhso.modules.urging import queries
from tinhso.modules.urging.policies import REMINDER
from tinhso.modules.urging.rules import rules

LISTED = 50


@signed_in
def today(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    found = queries.todays(who)
    groups = (
        ("late", [one for one in found if one.late > 0]),
        ("dated", [one for one in found if one.need.due and one.late <= 0]),
        ("waiting", [one for one in found if not one.need.due]),
    )
    context = {
        "section": "today",
        "groups": groups,
        "count": len(found),
        "simulated": any(one.need.simulated for one in found),
        "seated": any(seat.unit for seat in who.seats),
        "said": queries.said_to(who),
        "day": who.day,
        "rules": rules(),
    }
    return render(request, "urging/today.html", context)


@asks(REMINDER, "view")
def sent(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    page = Paginator(queries.said(who), LISTED).get_page(request.GET.get("trang"))
    context = {
        "section": "urging",
        "page": page,
        "nobodys": queries.nobodys(who),
        "rules": rules(),
        "day": who.day,
    }
    return render(request, "urging/sent.html", context)
