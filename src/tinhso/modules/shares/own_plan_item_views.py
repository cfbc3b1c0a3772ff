"""Forms for what is in a unit's own plan: taking over, an item's own words, items of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import own_plan_items as items
from tinhso.modules.shares.models import OwnPlan, OwnPlanItem
from tinhso.modules.shares.own_plan_items import Taken, Typed
from tinhso.modules.shares.own_plan_views import own_unit, page
from tinhso.modules.shares.own_plans import By
from tinhso.modules.shares.pages import room_frame, room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import Kind, recurs
from tinhso.modules.shares.queries import ShareQueries
from tinhso.modules.shares.typed import write_amount, write_percent

#: As the form names them.
KINDS = {"chi-tieu": Kind.TARGET, "nhiem-vu": Kind.TASK}


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def take(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """Take over what was assigned: all of it, or the items that the form names."""
    if request.method == "POST":
        by, keys = By.person(queries.who, "submit", uid), request.POST.getlist("muc")
        try:
            done = items.take_over(by, queries, uid, keys)
        except InputError as error:
            return page(request, queries, lens, uid, Filled(request.POST, error), doing="draft")
        for line in _said(done):
            messages.success(request, line)
    return redirect("shares:own-plan", queries.plan.pack.code, uid)


def _said(done: Taken) -> list[str]:
    lines = []
    if done.added:
        lines.append(ngettext("Đã nhận %(n)s mục.", "Đã nhận %(n)s mục.", done.added))
        lines[-1] %= {"n": done.added}
    if done.renewed:
        lines.append(ngettext("Đã nhận lại %(n)s mục.", "Đã nhận lại %(n)s mục.", done.renewed))
        lines[-1] %= {"n": done.renewed}
    if done.removed:
        said = ngettext(
            "Đã bỏ %(n)s mục không còn được giao.",
            "Đã bỏ %(n)s mục không còn được giao.",
            done.removed,
        )
        lines.append(said % {"n": done.removed})
    if done.dropped:
        said = gettext(
            "Mức hoặc hạn riêng của %(codes)s không còn đáp ứng phần được giao mới, nên đã thay bằng mức, hạn được giao."
        )
        lines.append(said % {"codes": ", ".join(done.dropped)})
    return lines


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def new(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    """A target or a task that the unit adds."""
    asked = request.POST.get("loai") or request.GET.get("loai", "")
    kind = KINDS.get(asked, Kind.TARGET)
    filled = Filled(None)
    if request.method == "POST":
        by = By.person(queries.who, "submit", uid)
        try:
            items.add(by, queries.plan.pack.code, uid, kind, _typed(request))
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã thêm mục."))
            return redirect("shares:own-plan", queries.plan.pack.code, uid)
    return _form(request, queries, lens, uid, kind, filled, None)


@asks(OWN_PLAN, "submit", unit=own_unit)
@room_page
def item(
    request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str, item: int
) -> HttpResponse:
    """One item of the draft; `viec` tells saving from removing."""
    plan = queries.plan.pack.code
    here = reverse("shares:own-plan", args=[plan, uid])
    draft = OwnPlanItem.objects.filter(
        pk=item, own_plan__plan=plan, own_plan__unit=uid, own_plan__state=OwnPlan.State.DRAFT
    )
    one = draft.first()
    if one is None:
        language = get_language() or "vi"
        messages.error(request, items.GONE.text.to(language))
        return redirect(here)
    filled = Filled(None, **_first(one))
    if request.method == "POST":
        by, removing = By.person(queries.who, "submit", uid), request.POST.get("viec") == "bo"
        try:
            if removing:
                items.remove(by, plan, uid, item)
            else:
                items.change(by, plan, uid, item, _typed(request))
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã bỏ mục.") if removing else gettext("Đã lưu mục."))
            return redirect(here)
    return _form(request, queries, lens, uid, Kind(one.kind), filled, one)


def _typed(request: HttpRequest) -> Typed:
    """Raises InputError for a day that is none."""
    posted = request.POST
    return Typed(
        value=posted.get("gia-tri", ""),
        deadline=day_of(request, "han", needed=False),
        answers=posted.get("nguoi", ""),
        note=posted.get("ghi-chu", ""),
        name=posted.get("ten", ""),
        measure=posted.get("dvt", ""),
        product=posted.get("san-pham", ""),
    )


def _first(one: OwnPlanItem) -> dict[str, Any]:
    value = one.own_value
    return {
        "gia-tri": write_percent(value) if one.source else write_amount(value),
        "han": one.deadline or "",
        "nguoi": one.answers,
        "ghi-chu": one.note,
        "ten": one.name,
        "dvt": one.measure,
        "san-pham": one.product,
    }


def _form(
    request: HttpRequest,
    queries: ShareQueries,
    lens: Lens,
    uid: str,
    kind: Kind,
    filled: Filled,
    one: OwnPlanItem | None,
) -> HttpResponse:
    assigned = one.assigned if one else None
    context = room_frame(queries, lens) | {
        "card": card(uid),
        "filled": filled,
        "item": one,
        "assigned": assigned,
        "recurs": assigned is not None and recurs(assigned),
        "is_target": kind is Kind.TARGET,
        "asked": next(name for name, known in KINDS.items() if known is kind),
    }
    status = 400 if filled.problems else 200
    return render(request, "shares/own_item.html", context, status=status)
