"""A step of a round in Excel: one workbook for all units within reach, a preview, then keeping it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.core.files.base import File
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.returned import sent_or_seen
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.people.who import Who
from tinhso.measure.periods import Period
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.text import InputError, Place, Problem
from tinhso.modules.scorecards import round_actions, round_queries, round_workbook
from tinhso.modules.scorecards.models import Line, Round
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.queries import CardQueries
from tinhso.modules.scorecards.round_messages import NOTHING_NEW, SEEN_OTHERWISE
from tinhso.modules.scorecards.round_queries import ASSESS, STEPS, VERIFY
from tinhso.modules.scorecards.round_results import measured_in
from tinhso.modules.scorecards.round_views import round_of
from tinhso.modules.scorecards.round_workbook import Change

#: Problems that one answer names, and changes that a page lists.
MOST_PROBLEMS, MOST_LISTED = 100, 3000


@asks(ROUND, STEPS[ASSESS])
def assess(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Self-assessment in Excel."""
    return _workbook(request, round_id, ASSESS)


@asks(ROUND, STEPS[VERIFY])
def verify(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Verification in Excel."""
    return _workbook(request, round_id, VERIFY)


@asks(ROUND, STEPS[ASSESS])
@limited(HEAVY)
def assess_file(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    return _download(request, round_id, ASSESS)


@asks(ROUND, STEPS[VERIFY])
@limited(HEAVY)
def verify_file(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    return _download(request, round_id, VERIFY)


def _download(request: HttpRequest, round_id: uuid.UUID, step: str) -> HttpResponse:
    """The workbook of all units within reach; `don-vi` takes one unit only."""
    made, queries, card = round_of(request, round_id)
    found = round_queries.reach(who_is(request), made, step)
    one = request.GET.get("don-vi", "")
    if one and one not in found:
        raise Http404
    chosen = [one] if one else found
    content = round_workbook.write(
        *(made, card, step, _ordered(made, card, chosen, queries.units.full_name)),
        measured_in(CardQueries(queries), made, card, chosen).units,
        queries.units,
        "en" if get_language() == "en" else "vi",
    )
    response = HttpResponse(content, content_type=XLSX.content_type)
    name = f"{made.card}-{made.period}-{made.group}-{step}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _ordered(made: Round, card: Scorecard, units: Iterable[str], name: object) -> list[Line]:
    """Lines by the unit's name, then in the order of the card."""
    order = {leaf.code: number for number, leaf in enumerate(card.leaves)}
    lines = [one for one in made.lines.filter(unit__in=list(units)) if one.component in order]
    day = Period.parse(made.period).last_day
    names = {uid: name(uid, day).vi for uid in units}  # type: ignore[operator]
    return sorted(lines, key=lambda one: (names[one.unit_id], one.unit_id, order[one.component]))


def _workbook(request: HttpRequest, round_id: uuid.UUID, step: str) -> HttpResponse:
    """Take the workbook, send it back, see what it would change, keep it."""
    made, queries, card = round_of(request, round_id)
    units = round_queries.reach(who_is(request), made, step)
    filled, stored, problems = None, None, list[Problem]()
    if request.method == "POST":
        who = who_is(request)
        try:
            stored = _stored(request, made, step)
            filled = round_workbook.read(
                *(path_of(stored.digest), made, card, step, units, queries.units),
                str(who.account),
            )
            problems = list(filled.problems) or ([] if filled.changes else [NOTHING_NEW()])
            if request.POST.get("viec") == "ghi" and not problems:
                if request.POST.get("da-xem") == filled.digest:
                    _keep(who, made, card, step, filled.changes)
                    count = len(filled.changes)
                    said = ngettext("Đã ghi %(n)s dòng.", "Đã ghi %(n)s dòng.", count)
                    messages.success(request, said % {"n": count})
                    return redirect("scorecards:round", made.pk)
                problems = [SEEN_OTHERWISE()]
        except InputError as error:
            problems = list(error.problems)
            made.refresh_from_db()
    changes = filled.changes if filled is not None else ()
    context = {
        "plan_code": made.plan,
        "made": made,
        "card": card,
        "step": step,
        "is_assessing": step == ASSESS,
        "is_open": round_queries.is_open(made, step),
        "units": queries.units,
        "units_count": len(units),
        "period": Period.parse(made.period),
        "day": Period.parse(made.period).last_day,
        "group": card.group(made.group),
        "problems": problems[:MOST_PROBLEMS],
        "more_problems": max(0, len(problems) - MOST_PROBLEMS),
        "changes": changes[:MOST_LISTED],
        "change_count": len(changes),
        "more_changes": max(0, len(changes) - MOST_LISTED),
        "digest": filled.digest if filled is not None else "",
        "can_keep": bool(changes) and not (filled and filled.problems),
        "stored": stored if filled is not None else None,
    }
    return render(
        request, "scorecards/round_workbook.html", context, status=400 if problems else 200
    )


def _stored(request: HttpRequest, made: Round, step: str) -> StoredFile:
    """The file sent now, or the one that was looked at before. Raises InputError, Http404."""

    def keep(upload: File[bytes]) -> StoredFile:
        who = who_is(request)
        found = round_queries.reach(who, made, step)
        unit = found[0] if step == ASSESS and found else made.unit_id
        seat = ROUND.require(who, STEPS[step], unit).seat
        return accept(who, upload, [XLSX], unit=unit, seat=seat, place=Place("tep"))

    return sent_or_seen(request, keep)


def _keep(who: Who, made: Round, card: Scorecard, step: str, changes: Iterable[Change]) -> None:
    """Every changed line in one transaction, by the acts that the pages use."""
    units: dict[str, list[Change]] = {}
    for one in changes:
        units.setdefault(one.unit, []).append(one)
    with transaction.atomic():
        for unit, own in units.items():
            actor = who.actor(ROUND.require(who, STEPS[step], unit).seat)
            if step == ASSESS:
                claims: Mapping[str, round_actions.Claim] = {
                    one.leaf.code: round_actions.Claim(_typed(one), one.text) for one in own
                }
                round_actions.self_assess(actor, made, card, unit, claims)
            else:
                findings: Mapping[str, round_actions.Finding] = {
                    one.leaf.code: round_actions.Finding(_typed(one), one.text) for one in own
                }
                round_actions.verify(actor, made, card, unit, findings)


def _typed(one: Change) -> str:
    return "" if one.now is None else f"{one.now:f}"
