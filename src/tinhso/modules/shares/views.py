"""Pages of allocations: the targets, one target's shares, a unit's own."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tinhso.kernel.people.access import may, public, signed_in
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import whole
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units import queries as units
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import words
from tinhso.modules.shares.pages import room_frame, room_page, target_of
from tinhso.modules.shares.policies import ALLOCATION, OWN_PLAN
from tinhso.modules.shares.queries import ShareQueries, differences
from tinhso.modules.shares.rules import Rule


@public
def home(_request: HttpRequest) -> HttpResponse:
    return redirect("shares:targets", settings.TINHSO_DEFAULT_PLAN)


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """To the page of the unit where the one who asks holds a position, the first where several."""
    unit = next((seat.unit for seat in who_is(request).seats if seat.unit), "")
    if not unit:
        return redirect("my_account")
    return redirect("shares:unit", settings.TINHSO_DEFAULT_PLAN, unit)


@public
@limited(HEAVY)
@room_page
def targets(request: HttpRequest, queries: ShareQueries, lens: Lens) -> HttpResponse:
    lines = queries.targets()
    context = room_frame(queries, lens) | {
        "given": [one for one in lines if one.allocation],
        "not_given": [one for one in lines if not one.allocation],
        "may_assign": may(request, ALLOCATION, "assign", queries.plan.root),
        "may_see_plans": OWN_PLAN.anywhere(queries.who, "view"),
    }
    return render(request, "shares/targets.html", context)


@public
@limited(HEAVY)
@room_page
def allocation(request: HttpRequest, queries: ShareQueries, lens: Lens, code: str) -> HttpResponse:
    target = target_of(queries, code)
    versions = list(queries.versions(code))
    asked = whole(request.GET.get("lan", ""))
    number = asked or (versions[0].number if versions else 0)
    chosen = next((one for one in versions if one.number == number), None)
    if chosen is None and (asked or versions):
        raise Http404(str(number))
    context = room_frame(queries, lens) | {
        "target": target,
        "giveable": queries.giveable(target),
        "may_assign": may(request, ALLOCATION, "assign", queries.plan.root),
        "versions": versions,
    }
    if chosen is not None:
        shown = queries.view(target, chosen, lens)
        earlier = next((one for one in versions if one.number == number - 1), None)
        context |= {
            "allocation": chosen,
            "shown": shown,
            "map_lens": Lens(lens.period, View(shown.day)),
            "rule": words.RULES[Rule(chosen.rule)],
            "levels": [words.LEVELS[level] for level in words.LEVELS if level in chosen.levels],
            "basis": Period.parse(chosen.basis),
            "newest": chosen is versions[0],
            "earlier": earlier,
            "changed": differences(earlier, chosen) if earlier else [],
            "simulated": bool(queries.plan.manifest.simulated) or chosen.simulated,
        }
    return render(request, "shares/allocation.html", context)


@public
@limited(HEAVY)
@room_page
def unit(request: HttpRequest, queries: ShareQueries, lens: Lens, uid: str) -> HttpResponse:
    day = lens.view.day or lens.period.last_day
    card = units.card(uid, day)
    context = room_frame(queries, lens) | {
        "card": card,
        "unit": uid,
        "day": day,
        "map_lens": Lens(lens.period, View(day)),
        "shares": queries.of_unit(uid, lens),
        "may_see_plan": may(request, OWN_PLAN, "view", uid),
    }
    return render(request, "shares/unit.html", context)
