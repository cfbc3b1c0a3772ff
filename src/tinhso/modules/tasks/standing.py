"""How many tasks that a unit leads are late or at risk, for the page of the day."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.notices.standings import Fact, Stand, tells_standing
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.plan.workspace import UnknownPlanError
from tinhso.modules.tasks.queries import counts_of, tasks_of
from tinhso.modules.tasks.states import State
from tinhso.modules.tasks.words import STATES


@tells_standing("tasks")
def standing_of_tasks(who: Who, unit: str) -> Stand | None:
    plan = settings.TINHSO_DEFAULT_PLAN
    try:
        rows = tasks_of(unit, who.day, plan)
    except UnknownPlanError:
        return None
    if not rows:
        return None
    counts = counts_of(rows)
    with override("vi"):
        page = reverse("tasks:list")

    def fact(state: State) -> Fact:
        asked = urlencode({"co-quan": unit, "trang-thai": state.value})
        words = STATES[state]
        text = Text(f"{counts[state]} {words.vi}", f"{counts[state]} {words.en}")
        return Fact(text, f"{page}?{asked}", bad=counts[state] > 0)

    total = Text(f"chủ trì {len(rows)}", f"{len(rows)} in the lead")
    whole = Fact(total, f"{page}?{urlencode({'co-quan': unit})}")
    facts = (fact(State.OVERDUE), fact(State.AT_RISK), whole)
    return Stand(Text("Nhiệm vụ", "Tasks"), facts, any(one.simulated for one in rows))
