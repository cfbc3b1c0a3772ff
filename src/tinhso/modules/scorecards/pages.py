"""What the pages of scorecards share: finding the card, the group, the frame."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from tinhso.measure.scorecards.definitions import Group, Scorecard
from tinhso.measure.text import nearest
from tinhso.modules.plan.pages import frame
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace
from tinhso.modules.scorecards.queries import CardQueries


def card_of(queries: PlanQueries, code: str) -> Scorecard:
    """Raises Http404 with the nearest code."""
    cards = queries.pack.pack.scorecards
    if code not in cards:
        raise Http404(nearest(code, cards))
    return cards[code]


def group_of(card: Scorecard, code: str) -> Group:
    """Raises Http404 with the nearest code."""
    found = card.group(code)
    if found is None:
        raise Http404(nearest(code, [group.code for group in card.groups]))
    return found


def plan_queries(plan_code: str) -> PlanQueries:
    """The plan in an address of the office. Raises Http404 also before anything is measured."""
    try:
        return PlanQueries(workspace(), plan_code)
    except (UnknownPlanError, NotMeasuredError):
        raise Http404 from None


def card_frame(queries: PlanQueries, lens: Lens, card: Scorecard | None = None) -> dict[str, Any]:
    """The context that every page of this room has."""
    return frame(queries, lens, "scorecards") | {
        "cards": CardQueries(queries).cards,
        "card": card,
    }
