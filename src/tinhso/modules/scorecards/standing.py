"""A unit's rank in the plan's own ranking, for the page of the day."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from tinhso.kernel.notices.standings import Fact, Stand, tells_standing
from tinhso.kernel.people.who import Who
from tinhso.measure.text import Text
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace
from tinhso.modules.scorecards.queries import CardQueries


@tells_standing("scorecards")
def standing_of_ranks(who: Who, unit: str) -> Stand | None:  # noqa: ARG001 (rankings are everybody's)
    """In the first of the plan's rankings that has a group of the unit's; without the year before."""
    plan = settings.TINHSO_DEFAULT_PLAN
    try:
        queries = PlanQueries(workspace(), plan)
    except (NotMeasuredError, UnknownPlanError):
        return None
    cards, lens = CardQueries(queries), queries.default_lens()
    for card in cards.cards:
        group = None if card.of_tables else cards.group_of(card, unit, lens)
        if group is None:
            continue
        ranking = cards.ranking(card, group, lens)
        row = ranking.row(unit)
        if row is None or row.rank is None:
            continue
        of = len(ranking.ranked)
        with override("vi"):
            address = reverse("scorecards:ranking", args=[plan, card.code, group.code])
        facts = (Fact(Text(f"thứ {row.rank} trong {of}", f"{row.rank} of {of}"), address),)
        name = Text(f"Xếp hạng {card.code}", f"Rank in {card.code}")
        return Stand(name, facts, bool(queries.manifest.simulated))
    return None
