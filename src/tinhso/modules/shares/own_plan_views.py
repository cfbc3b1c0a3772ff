"""Pages of own plans: who has one, one unit's, one version of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks, may
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares import own_plans
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plan_queries import (
    Filter,
    contents,
    history,
    tally,
    version_of,
)
from tinhso.modules.shares.own_plan_queries import own_plans as lines_of
from tinhso.modules.shares.own_plans import By, Signed
from tinhso.modules.shares.pages import room_frame, room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.queries import ShareQueries


def own_unit(_request: HttpRequest, plan_code: str, uid: str, **_: object) -> str:  # noqa: ARG001
    """The unit whose plan it is, for routes that ask the policy. Raises Http404."""
    if uid not in register():
        raise Http404(uid)
    return uid


@asks(OWN_PLAN, "view")
@limited(HEAVY)
@room_page
def plans(request: HttpRequest, queries: ShareQueries, lens: Lens) -> HttpResponse:
    """Who has none, a draft, one that waits or is approved, and whose no longer matches."""
    lines = lines_of(queries.who, queries)
    asked = request.GET.get("tinh-trang", "")
    chosen = Filter(asked) if asked in list(Filter) else None
    today = queries.plan.units.boundaries.map(queries.who.day)
    context = room_frame(queries, lens) | {
        "lines": [
            (one, card(one.unit), one.unit in today, words.state(one.newest), words.match(one))
            for one in lines
            if chosen is None or one.fits(chosen)
        ],
        "total": len(lines),
        "tally": [(one, words.FILTERS[one], count) for one, count in tally(lines)],
        "chosen": chosen,
        "without": sum(one.newest is None for one in lines),
    }
    return render(request, "shares/own_plans.html", context)


@asks(OWN_PLAN, "view", unit=own_unit)
@room_page
def own_plan(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """A unit's plan beside what it was assigned, with the acts that the one who asks may do."""
    return page(request, queries, lens, uid, Filled(None))


@asks(OWN_PLAN, "view", unit=own_unit)
@room_page
def version(
    request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str, version: int
) -> HttpResponse:
    """One version as it stands, to read and to print."""
    one = version_of(queries.who, queries.plan, uid, version)
    if one is None:
        raise Http404(str(version))
    context = room_frame(queries, lens) | {
        "card": card(uid),
        "one": one,
        "state": words.state(one),
        "shown": contents(queries, uid, one),
    }
    return render(request, "shares/own_plan_version.html", context)


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def hand_in(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    here = reverse("shares:own-plan", args=[queries.plan.pack.code, uid])
    if request.method != "POST":
        return redirect(here)
    posted = request.POST
    try:
        signed = Signed(
            number=posted.get("so", "").strip(),
            issued=day_of(request, "ngay", needed=False),
            link=posted.get("dia-chi", "").strip(),
            upload=request.FILES.get("tep"),
        )
        own_plans.submit(By.person(queries.who, "submit", uid), queries, uid, signed)
    except InputError as error:
        return page(request, queries, lens, uid, Filled(posted, error), doing="hand-in")
    messages.success(request, gettext("Đã gửi kế hoạch, chờ cơ quan thường trực duyệt."))
    return redirect(here)


@asks(OWN_PLAN, "approve", unit=own_unit)
@room_page
def settle(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """Approve or return what waits, told apart by the field `viec`."""
    plan, posted = queries.plan.pack.code, request.POST
    here = reverse("shares:own-plan", args=[plan, uid])
    if request.method != "POST":
        return redirect(here)
    approve = posted.get("viec") == "duyet"
    by = By.person(queries.who, "approve" if approve else "return", uid)
    try:
        own_plans.decide(
            by,
            queries,
            uid,
            posted.get("ke-hoach", ""),
            approve=approve,
            reason=posted.get("ly-do", ""),
        )
    except InputError as error:
        return page(request, queries, lens, uid, Filled(posted, error), doing="settle")
    said = gettext("Đã duyệt kế hoạch.") if approve else gettext("Đã trả lại kế hoạch.")
    messages.success(request, said)
    return redirect(here)


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def begin(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """A new version from the last one."""
    plan = queries.plan.pack.code
    here = reverse("shares:own-plan", args=[plan, uid])
    if request.method == "POST":
        try:
            own_plans.start(By.person(queries.who, "submit", uid), plan, uid)
        except InputError as error:
            return page(request, queries, lens, uid, Filled(request.POST, error), doing="draft")
        messages.success(request, gettext("Đã mở bản mới để soạn."))
    return redirect(here)


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def drop(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """The draft goes; what was handed in stays."""
    plan = queries.plan.pack.code
    here = reverse("shares:own-plan", args=[plan, uid])
    if request.method == "POST":
        try:
            own_plans.discard(By.person(queries.who, "submit", uid), plan, uid)
        except InputError as error:
            return page(request, queries, lens, uid, Filled(request.POST, error), doing="draft")
        messages.success(request, gettext("Đã bỏ bản nháp."))
    return redirect(here)


def page(
    request: HttpRequest,
    queries: ShareQueries,
    lens: Lens,
    uid: str,
    filled: Filled,
    *,
    doing: str = "",
) -> HttpResponse:
    """The unit's page; `doing` names the form that `filled` is of."""
    rows = history(queries.who, queries.plan.pack.code, uid)
    newest = rows[0] if rows else None
    waits = newest if newest and newest.state == OwnPlan.State.SUBMITTED else None
    draft = newest if newest and newest.state == OwnPlan.State.DRAFT else None
    shown = contents(queries, uid, newest)
    may_edit = may(request, OWN_PLAN, "submit", uid) and waits is None
    context = room_frame(queries, lens) | {
        "card": card(uid),
        "filled": filled,
        "doing": doing,
        "newest": newest,
        "state": words.state(newest),
        "rows": [(one, words.state(one)) for one in rows if one is not draft],
        "shown": shown,
        "waits": waits,
        "draft": draft,
        "editing": may_edit and draft is not None,
        "may_edit": may_edit,
        "next": newest.version + 1 if newest else 1,
        "may_decide": may(request, OWN_PLAN, "approve", uid) and waits is not None,
    }
    status = 400 if filled.problems else 200
    return render(request, "shares/own_plan.html", context, status=status)
