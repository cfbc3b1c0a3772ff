"""The office's page where figures are published: what was published, and publishing anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.units.queries import card
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.plan.actions import has_ended, publish
from tinhso.modules.plan.models import Publication
from tinhso.modules.plan.policies import PUBLICATION
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace

NOT_OFFERED = message(
    "publication-period",
    vi="Chưa có số liệu cho kỳ “{period}” để công bố. Chọn một kỳ trong danh sách.",
    en="There are no figures of the period “{period}” to publish. Choose one from the list.",
)

#: The newest publications that the page lists.
SHOWN = 40


def _unit_of(_request: HttpRequest, plan_code: str) -> str:
    """A plan's figures are those of its unit."""
    try:
        return workspace().plan(plan_code).plan.unit
    except UnknownPlanError:
        raise Http404 from None


@asks(PUBLICATION, "publish", unit=_unit_of)
def publishing(request: HttpRequest, plan_code: str) -> HttpResponse:
    try:
        queries = PlanQueries(workspace(), plan_code)
    except NotMeasuredError:
        return render(request, "plan/not_measured.html", {"plan_code": ""}, status=503)
    offered = _periods(queries)
    default = queries.default_lens().period
    newest = default if default in offered else max(offered, default=default)
    filled = Filled(None, period=newest.code)
    if request.method == "POST":
        try:
            number = _publish(request, queries)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã công bố, lần %(n)s.") % {"n": number})
            return redirect("plan:publishing", plan_code)
    context = {
        "plan_code": plan_code,
        "plan": queries.plan,
        "filled": filled,
        "periods": [(one.code, one.label) for one in offered],
        "publications": Publication.objects.filter(plan=plan_code).order_by("-id")[:SHOWN],
        "simulated": queries.manifest.simulated,
        "snapshot": queries.manifest.snapshot,
    }
    return render(request, "plan/publishing.html", context, status=400 if filled.problems else 200)


def _periods(queries: PlanQueries) -> list[Period]:
    """What can be published: the periods of the plan's year that have ended."""
    return [one for _, _, group in queries.periods() for one in group if has_ended(one)]


def _publish(request: HttpRequest, queries: PlanQueries) -> int:
    """Publish what the form asks for, as the units were then. Raises InputError, ForbiddenError."""
    who = who_is(request)
    seat = PUBLICATION.require(who, "publish", queries.plan.unit).seat
    assert seat is not None
    period = Period.parse(request.POST.get("period", ""))
    if has_ended(period) and period not in _periods(queries):
        raise InputError([NOT_OFFERED(Place("period"), period=period.code)])
    done = publish(
        who.actor(seat),
        queries,
        period,
        View(),
        by=f"{seat.title.vi}, {card(seat.unit).name.vi}"[:200],
        reason=request.POST.get("reason", ""),
    )
    return done.publication.number
