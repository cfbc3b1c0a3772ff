"""The page for a meeting of the steering committee: one screen, two printed pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tinhso.kernel.people.access import public
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure.text import InputError
from tinhso.modules.documents import queries
from tinhso.modules.documents.meeting import meeting_of
from tinhso.modules.plan.frozen.reading import FrozenPublication, PublicationCard, publication_cards
from tinhso.modules.plan.workspace import UnknownPlanError


@public
@limited(HEAVY)
def meeting(request: HttpRequest) -> HttpResponse:
    """Published figures only: everybody may see them, and they do not move during the meeting."""
    cards = publication_cards(settings.TINHSO_DEFAULT_PLAN)
    asked = request.GET.get("cong-bo", "") or _default(cards)
    context: dict[str, Any] = {
        "choice": Filled(None, None, **{"cong-bo": asked}),
        "publications": [(one.name, queries.label_of(one)) for one in cards],
        "plan_code": "",
    }
    if not cards:
        return render(request, "documents/meeting.html", context)
    try:
        published = FrozenPublication(asked)
    except InputError as error:
        context["choice"] = Filled(request.GET, error)
        return render(request, "documents/meeting.html", context, status=400)
    except UnknownPlanError:
        return render(request, "documents/meeting.html", context, status=404)
    context |= {
        "found": meeting_of(published, timezone.localdate()),
        "simulated": published.card.simulated,
        "address": published.card.address,
    }
    return render(request, "documents/meeting.html", context)


def _default(cards: list[PublicationCard]) -> str:
    """The newest that has a period before it to compare with, else the newest."""
    periods = {(one.period.code, one.view.code) for one in cards}
    compared = (c for c in cards if (c.period.previous().code, c.view.code) in periods)
    found = next(compared, cards[0] if cards else None)
    return found.name if found else ""
