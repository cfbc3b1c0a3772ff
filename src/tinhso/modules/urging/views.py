"""Today's work of whoever asks, and what was said to whom."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from tinhso.kernel.notices.standings import standing_of
from tinhso.kernel.people.access import asks, signed_in
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.register import register
from tinhso.modules.urging import queries
from tinhso.modules.urging.actions import remind_now
from tinhso.modules.urging.policies import REMINDER
from tinhso.modules.urging.rules import rules

LISTED = 50

#: Whoever holds a position in one of these roles sees at the top where its unit stands.
AT_A_GLANCE = ("leader", "officer")


@signed_in
def today(request: HttpRequest) -> HttpResponse:
    who = who_is(request)
    found = queries.todays(who)
    groups = (
        ("late", [one for one in found if one.late > 0]),
        ("dated", [one for one in found if one.need.due and one.late <= 0]),
        ("waiting", [one for one in found if not one.need.due]),
    )
    unit = next((seat.unit for seat in who.seats if seat.unit and seat.role in AT_A_GLANCE), "")
    context = {
        "section": "today",
        "own_unit": unit,
        "units": register(),
        "stands": list(standing_of(who, unit)) if unit else [],
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
        "units": register(),
        "rules": rules(),
        "day": who.day,
        "may_send": REMINDER.anywhere(who, "send"),
        "strong": who.strong,
    }
    return render(request, "urging/sent.html", context)


@asks(REMINDER, "send")
@limited(HEAVY)
def send_now(request: HttpRequest) -> HttpResponse:
    """The day's digests go out at once, for those who cannot wait for the worker's hour."""
    if request.method == "POST":
        count = remind_now(who_is(request), site=settings.TINHSO_SITE)
        if count:
            text = ngettext("Đã nhắc %(n)s người.", "Đã nhắc %(n)s người.", count)
            messages.success(request, text % {"n": count})
        else:
            said = gettext("Không còn ai cần nhắc hôm nay: việc đến mốc đã nhắc cả.")
            messages.info(request, said)
    return redirect("urging:sent")
