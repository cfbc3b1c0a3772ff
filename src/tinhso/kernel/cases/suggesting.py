"""Who should have a case by the routing table, with what the register and the desks say of it today."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from tinhso.kernel.cases import routing
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.routing import Route
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.units.register import register
from tinhso.measure.boundaries import Level


def suggestion(case: Case, day: date) -> Route:
    """Who should have a case by the routing table, and how each rule was tried."""
    rules = routing.rules()
    names = register()
    places: dict[str, str] = {}
    province = names.at(case.home_id, day).uid
    path = names.boundaries.map(day).path(province)
    province = next((one for one in path if names.level(one) is Level.PROVINCE), province)
    places["province"] = province
    within: tuple[str, ...] = ()
    if case.place_id:
        here = names.at(case.place_id, day).uid
        within = (case.place_id, here, *names.ancestors(here, day))
        if names.level(here) is Level.COMMUNE:
            places["commune"] = here
    for uid in names.lives:
        if names.level(uid) is Level.AGENCY and names.version(uid, day) is not None:
            places[f"department:{names.nearest(uid, day).code}"] = uid
    limited = {one.to for one in rules if one.most_open is not None}
    counted = {
        unit: Case.objects.filter(lead_id=unit, open=True).count()
        for unit in {places[one] for one in limited if one in places}
    }
    now = timezone.localtime()
    at = routing.Moment(now.time(), calendar().at_work(now))
    kind, category = case.kind, case.category
    return routing.route(rules, kind, category, day, places, counted, within=within, at=at)
