"""How many of a unit's targets are met by its own share, for the page of the day."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.notices.standings import Fact, Stand, tells_standing
from tinhso.kernel.people.who import Who
from tinhso.measure.targets import Standing
from tinhso.measure.text import Text
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.words import STANDINGS
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace
from tinhso.modules.shares.queries import ShareQueries


@tells_standing("shares")
def standing_of_shares(who: Who, unit: str) -> Stand | None:
    """As the unit's page of targets tells it, for the period that the plan opens with."""
    plan = settings.TINHSO_DEFAULT_PLAN
    try:
        queries = ShareQueries(who, PlanQueries(workspace(), plan))
    except (NotMeasuredError, UnknownPlanError):
        return None
    shares = queries.of_unit(unit, queries.plan.default_lens())
    found = Counter(one.row.judgement.standing for one in shares if one.row and one.row.judgement)
    if not found:
        return None
    with override("vi"):
        address = reverse("shares:unit", args=[plan, unit])
    facts = [
        Fact(
            Text(f"{found[one]} {STANDINGS[one].vi}", f"{found[one]} {STANDINGS[one].en}"),
            address,
            bad=one is Standing.BEHIND,
        )
        for one in Standing
        if found[one]
    ]
    made_up = bool(queries.plan.manifest.simulated) or any(
        one.allocation.simulated for one in shares
    )
    return Stand(Text("Chỉ tiêu được giao", "Targets given"), tuple(facts), made_up)
