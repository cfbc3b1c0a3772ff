"""The page for a meeting of the steering committee, and the decisions that are taken on it: one screen,
two printed pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks, public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError
from tinhso.modules.documents import queries
from tinhso.modules.documents.decisions import decide as take
from tinhso.modules.documents.decisions import followed, may_decide
from tinhso.modules.documents.meeting import meeting_of
from tinhso.modules.plan.frozen.reading import (
    FrozenPublication,
    PublicationCard,
    last_day_of,
    publication_cards,
)
from tinhso.modules.plan.workspace import NotMeasuredError, UnknownPlanError, workspace
from tinhso.modules.shares.queries import GivenTarget, given_on
from tinhso.modules.tasks.pages import unit_choices
from tinhso.modules.tasks.policies import TASK

#: Overdue tasks shown; the rest are a link away.
OVERDUE = 4


@public
@limited(HEAVY)
def meeting(request: HttpRequest) -> HttpResponse:
    """Published figures: everybody may see them, and they do not move during the meeting."""
    return _page(request, request.GET.get("cong-bo", ""))


def _plan_unit(_request: HttpRequest) -> str:
    return workspace().plan(settings.TINHSO_DEFAULT_PLAN).plan.unit


@asks(TASK, "manage", unit=_plan_unit)
@limited(HEAVY)
def decide(request: HttpRequest) -> HttpResponse:
    """A decision becomes a task; a form that is not right comes back as it was filled in."""
    asked = request.POST.get("cong-bo", "")
    page = f"{reverse('documents:meeting')}?{urlencode({'cong-bo': asked})}"
    if request.method != "POST":
        return redirect("documents:meeting")
    code = settings.TINHSO_DEFAULT_PLAN
    try:
        made = take(who_is(request), request, code, workspace().plan(code).plan)
    except InputError as error:
        return _page(request, asked, error)
    messages.success(request, gettext("Đã giao nhiệm vụ %(code)s.") % {"code": made.code})
    return redirect(f"{page}#ket-luan")


def _page(request: HttpRequest, asked: str, wrong: InputError | None = None) -> HttpResponse:
    """`wrong`: what is wrong with the decision that was posted."""
    cards = publication_cards(settings.TINHSO_DEFAULT_PLAN)
    asked = asked or _default(cards)
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
    who, today = who_is(request), timezone.localdate()
    tasks = followed(published.card.plan, today)
    found = meeting_of(published, given_to(who, published), tasks, today)
    may = may_decide(who, published.plan)
    first = Filled(None, None)
    doing = request.POST.get("target", "") if wrong else None
    context |= {
        "found": found,
        "tasks": tasks,
        "overdue": tasks.overdue[:OVERDUE],
        "today": today,
        "simulated": published.card.simulated,
        "address": published.card.address,
        "may_decide": may.allowed,
        "needs_second": may.need == "second-factor",
        "choices": unit_choices(published.plan) if may.allowed else (),
        "first": first,
        "filled": Filled(request.POST, wrong) if wrong else first,
        "doing": doing,
        "further_open": doing in [one.row.target.code for one in found.further],
    }
    return render(request, "documents/meeting.html", context, status=400 if wrong else 200)


def given_to(who: Who, published: FrozenPublication) -> list[GivenTarget]:
    """The shares in force; none while figures, which they are weighed by, are not measured."""
    try:
        return given_on(who, published.card.plan, last_day_of(published.card))
    except NotMeasuredError:
        return []


def asked_for(request: HttpRequest) -> str:
    """The publication that an address names, else the one that a meeting looks at first."""
    asked = request.GET.get("cong-bo", "")
    return asked or _default(publication_cards(settings.TINHSO_DEFAULT_PLAN))


def _default(cards: list[PublicationCard]) -> str:
    """The newest that has a period before it to compare with, else the newest."""
    periods = {(one.period.code, one.view.code) for one in cards}
    compared = (c for c in cards if (c.period.previous().code, c.view.code) in periods)
    found = next(compared, cards[0] if cards else None)
    return found.name if found else ""
