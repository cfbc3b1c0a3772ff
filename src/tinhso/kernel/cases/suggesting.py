"""Who should have a case by the routing table, with what the register and the desks say of it today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone

from tinhso.kernel.cases import routing
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.routing import Route
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.units.register import UnitRegister, register
from tinhso.measure.boundaries import Level
from tinhso.measure.text import Text

#: Of a routing its event keeps which rule decided, and for which unit.
RULE, SUGGESTED = "rule", "suggested"

NO_RULE = Text(
    "không quy tắc điều phối nào hợp; người điều phối tự chọn",
    "no routing rule fits; whoever routed it chose",
)


def with_reason(case: Case, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a routing says, and what the table says of it at this moment: load and hour will be others
    when somebody asks why."""
    category = str(data.get("category") or case.category)
    found = suggestion(case, timezone.localdate(), category)
    rule = found.rule.code if found.rule else ""
    return {**data, RULE: rule, SUGGESTED: found.unit}


def why_there(data: Mapping[str, Any], at: datetime) -> Text | None:
    """Why a case was routed there at that moment, by what its event kept; None where it kept nothing."""
    code, suggested = data.get(RULE), str(data.get(SUGGESTED, ""))
    if code is None:
        return None
    if not code:
        return NO_RULE
    known = {one.code: one.why for one in routing.rules()}
    why = known.get(str(code), Text(str(code), str(code)))
    if suggested == data.get("unit"):
        return Text(f"theo quy tắc: {why.vi}", f"by the rule: {why.en}")
    unit = register().full_name(suggested, at.astimezone(LOCAL).date())
    return Text(
        f"quy tắc “{why.vi}” gợi ý {unit.vi}; người điều phối chọn nơi khác",
        f"the rule “{why.en}” suggested {unit.en}; whoever routed it chose another",
    )


def rule_of(data: Mapping[str, Any]) -> str:
    """The rule that an event kept, if the table still has it; "" otherwise."""
    code = str(data.get(RULE, ""))
    return code if any(one.code == code for one in routing.rules()) else ""


def suggestion(case: Case, day: date, category: str | None = None) -> Route:
    """Who should have a case by the routing table, and how each rule was tried; `category`: what it is
    being re-sorted to."""
    category = case.category if category is None else category
    at = datetime.combine(day, timezone.localtime().time(), LOCAL)
    return where_to(case.kind, category, case.home_id, case.place_id or "", at)


def where_to(kind: str, category: str, home: str, place: str, at: datetime) -> Route:
    """Who should have such a case at a moment, on that day's map; how many each has open is asked now.
    `home`, `place`: uids, as a case has them, "" where the place is not known."""
    rules, names, at = routing.rules(), register(), at.astimezone(LOCAL)
    day = at.date()
    places = units_named(home, day)
    within: tuple[str, ...] = ()
    if place:
        here = names.at(place, day).uid
        within = (place, here, *names.ancestors(here, day))
        if names.level(here) is Level.COMMUNE:
            places["commune"] = here
    limited = {one.to for one in rules if one.most_open is not None}
    counted = {
        unit: Case.objects.filter(lead_id=unit, open=True).count()
        for unit in {places[one] for one in limited if one in places}
    }
    moment = routing.Moment(at.time(), calendar().at_work(at))
    return routing.route(rules, kind, category, day, places, counted, within=within, at=moment)


def units_named(home: str, day: date) -> dict[str, str]:
    """What rules may route to on a day, by what they call it; besides, the commune of a place."""
    names = register()
    province = names.at(home, day).uid
    path = names.boundaries.map(day).path(province)
    province = next((one for one in path if names.level(one) is Level.PROVINCE), province)
    return {"province": province, **_departments(names, day)}


@lru_cache(maxsize=4)
def _departments(names: UnitRegister, day: date) -> Mapping[str, str]:
    """The agencies of a day as rules call them; every routing asks, and many at once for each case."""
    found = {}
    for uid in names.lives:
        if names.level(uid) is Level.AGENCY and (one := names.version(uid, day)) is not None:
            found[f"department:{one.code}"] = uid
    return found
