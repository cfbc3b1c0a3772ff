"""Pages of own plans: who has one, and one unit's."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks, may
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import words
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plans import decide, history, own_plans, submit
from tinhso.modules.shares.pages import room_frame, room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.queries import ShareQueries


def _unit(_request: HttpRequest, plan_code: str, uid: str) -> str:  # noqa: ARG001
    if uid not in register():
        raise Http404(uid)
    return uid


@asks(OWN_PLAN, "view")
@room_page
def plans(request: HttpRequest, queries: ShareQueries, lens: Lens) -> HttpResponse:
    lines = own_plans(queries.who, queries.plan)
    today = queries.plan.units.boundaries.map(queries.who.day)
    context = room_frame(queries, lens) | {
        "lines": [(one, card(one.unit), one.unit in today, _state(one.newest)) for one in lines],
        "without": sum(one.newest is None for one in lines),
        "today": queries.who.day,
    }
    return render(request, "shares/own_plans.html", context)


def _state(one: OwnPlan | None) -> object:
    return words.STATES[OwnPlan.State(one.state)] if one else None


@asks(OWN_PLAN, "view", unit=_unit)
@room_page
def own_plan(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """What a unit handed in, with the acts that the one who asks may do on it."""
    return _page(request, queries, lens, uid, Filled(None))


@asks(OWN_PLAN, "submit", unit=_unit)
@room_page
def hand_in(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    here = reverse("shares:own-plan", args=[queries.plan.pack.code, uid])
    if request.method != "POST":
        return redirect(here)
    posted = request.POST
    try:
        issued = day_of(request, "ngay")
        assert issued is not None
        submit(
            queries.who,
            queries.plan.pack.code,
            uid,
            number=posted.get("so", ""),
            issued=issued,
            link=posted.get("dia-chi", ""),
            upload=request.FILES.get("tep"),
        )
    except InputError as error:
        return _page(request, queries, lens, uid, Filled(posted, error), doing="hand-in")
    messages.success(request, gettext("Đã gửi kế hoạch, chờ cơ quan thường trực duyệt."))
    return redirect(here)


@asks(OWN_PLAN, "approve", unit=_unit)
@room_page
def settle(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """Approve or return what waits, told apart by the field `viec`."""
    plan, posted = queries.plan.pack.code, request.POST
    here = reverse("shares:own-plan", args=[plan, uid])
    if request.method != "POST":
        return redirect(here)
    approve = posted.get("viec") == "duyet"
    try:
        decide(
            queries.who,
            plan,
            uid,
            posted.get("ke-hoach", ""),
            approve=approve,
            reason=posted.get("ly-do", ""),
        )
    except InputError as error:
        return _page(request, queries, lens, uid, Filled(posted, error), doing="settle")
    said = gettext("Đã duyệt kế hoạch.") if approve else gettext("Đã trả lại kế hoạch.")
    messages.success(request, said)
    return redirect(here)


def _page(
    request: HttpRequest,
    queries: ShareQueries,
    lens: Lens,
    uid: str,
    filled: Filled,
    *,
    doing: str = "",
) -> HttpResponse:
    rows = history(queries.who, queries.plan.pack.code, uid)
    waits = next((one for one in rows if one.state == OwnPlan.State.SUBMITTED), None)
    context = room_frame(queries, lens) | {
        "card": card(uid),
        "filled": filled,
        "doing": doing,
        "rows": [(one, words.STATES[OwnPlan.State(one.state)]) for one in rows],
        "waits": waits,
        "may_submit": may(request, OWN_PLAN, "submit", uid) and waits is None,
        "may_decide": may(request, OWN_PLAN, "approve", uid) and waits is not None,
    }
    status = 400 if filled.problems else 200
    return render(request, "shares/own_plan.html", context, status=status)
