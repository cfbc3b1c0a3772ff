"""The office's pages of rounds: list and opening, one round with its steps, one unit's lines."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.files.actions import accept
from tinhso.kernel.files.kinds import DOCUMENTS
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.people.access import asks, may
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, day_of
from tinhso.kernel.people.who import Seat
from tinhso.kernel.units import queries as units
from tinhso.kernel.units.register import register
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.text import InputError, Place, message
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.scorecards import round_actions, round_queries
from tinhso.modules.scorecards.models import Line, Round, RoundState
from tinhso.modules.scorecards.pages import card_of, group_of, plan_queries
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.queries import CardQueries
from tinhso.modules.scorecards.round_results import measured_in, result_of
from tinhso.modules.scorecards.templatetags.scorecard_words import field_points

NO_PERIOD = message(
    "round-period",
    vi="Chưa có số liệu cho kỳ “{period}”. Chọn một kỳ trong danh sách.",
    en="There are no figures of the period “{period}”. Choose one from the list.",
)
#: Days that units have to assess themselves, as the form first proposes.
ASSESS_DAYS, APPEAL_DAYS = 14, 7


@asks(ROUND, "view")
def all_rounds(request: HttpRequest, plan_code: str) -> HttpResponse:
    """Every round of a plan within reach, and the cards that one can be opened for."""
    queries, who = plan_queries(plan_code), who_is(request)
    cards = queries.pack.pack.scorecards
    context = {
        "plan_code": plan_code,
        "card": None,
        "rounds": [
            (one, Period.parse(one.period), cards[one.card], cards[one.card].group(one.group))
            for one in round_queries.rounds(who, plan_code)
            if one.card in cards
        ],
        "cards": [card for card in cards.values() if card.groups and not card.of_tables],
    }
    return render(request, "scorecards/rounds.html", context)


@asks(ROUND, "view")
def rounds(request: HttpRequest, plan_code: str, card_code: str) -> HttpResponse:
    queries = plan_queries(plan_code)
    card, who = card_of(queries, card_code), who_is(request)
    may_manage = may(request, ROUND, "manage", queries.root)
    offered = _periods(queries)
    first = queries.default_lens().period.code
    filled = Filled(None, period=first, assess_by=timezone.localdate() + timedelta(ASSESS_DAYS))
    if request.method == "POST":
        try:
            made = _open(request, queries, card, offered)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã mở đợt."))
            return redirect("scorecards:round", made.pk)
    context = {
        "plan_code": plan_code,
        "card": card,
        "filled": filled,
        "rounds": [
            (one, Period.parse(one.period), card, card.group(one.group))
            for one in round_queries.rounds(who, plan_code, card.code)
        ],
        "may_manage": may_manage,
        "can_open": bool(card.groups) and not card.of_tables,
        "periods": [(one.code, one.label) for one in offered],
        "groups": [(one.code, one.name) for one in card.groups],
    }
    return render(
        request, "scorecards/rounds.html", context, status=400 if filled.problems else 200
    )


def _periods(queries: PlanQueries) -> list[Period]:
    """The periods of the plan's year that records reach."""
    grid = queries.figures.cube.grid
    return [
        one
        for _, reporting, group in queries.periods()
        for one in group
        if not reporting and grid.slots(one) is not None
    ]


def _open(
    request: HttpRequest, queries: PlanQueries, card: Scorecard, offered: list[Period]
) -> Round:
    if request.POST.get("viec") != "mo":
        raise Http404
    who = who_is(request)
    seat = ROUND.require(who, "manage", queries.root).seat
    assert seat is not None
    group = group_of(card, request.POST.get("group", ""))
    code = request.POST.get("period", "")
    period = next((one for one in offered if one.code == code), None)
    if period is None:
        raise InputError([NO_PERIOD(Place("period"), period=code)])
    assess_by = day_of(request, "assess_by")
    assert assess_by is not None
    members = CardQueries(queries).members(group, Lens(period, View()))
    return round_actions.open_round(
        who.actor(seat),
        card,
        group,
        members,
        plan=queries.pack.code,
        period=period.code,
        unit=queries.root,
        assess_by=assess_by,
        by=in_words(seat),
    )


def in_words(seat: Seat) -> str:
    """Who acts, as a round names them: position and unit, no person."""
    return f"{seat.title.vi}, {units.card(seat.unit).name.vi}"[:200]


def round_of(request: HttpRequest, round_id: uuid.UUID) -> tuple[Round, PlanQueries, Scorecard]:
    """The round in an address. Raises Http404 also where it is out of reach."""
    found = round_queries.a_round(who_is(request), round_id)
    if found is None:
        raise Http404
    queries = plan_queries(found.plan)
    return found, queries, card_of(queries, found.card)


@asks(ROUND, "view")
def one_round(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """A round with its units, and the steps that the one who asks may take."""
    made, queries, card = round_of(request, round_id)
    filled = Filled(None, appeal_by=timezone.localdate() + timedelta(APPEAL_DAYS))
    if request.method == "POST":
        try:
            said = _step(request, made, queries, card)
        except InputError as error:
            made.refresh_from_db()
            filled = Filled(request.POST, error)
        else:
            messages.success(request, said)
            return redirect("scorecards:round", made.pk)
    period = Period.parse(made.period)
    context = {
        "plan_code": made.plan,
        "made": made,
        "card": card,
        "group": card.group(made.group),
        "period": period,
        "day": period.last_day,
        "units": queries.units,
        "lines": round_queries.units_in(who_is(request), made),
        "filled": filled,
        "doing": request.POST.get("viec", ""),
        "may_manage": may(request, ROUND, "manage", made.unit_id),
        "simulated": made.simulated or bool(queries.manifest.simulated),
        "steps": list(RoundState),
        "other_version": made.version != card.version,
        "in_excel": round_queries.offered(who_is(request), made),
        "result": result_of(who_is(request), made),
    }
    return render(request, "scorecards/round.html", context, status=400 if filled.problems else 200)


def _step(request: HttpRequest, made: Round, queries: PlanQueries, card: Scorecard) -> str:
    """One of the round's steps; says what was done. Raises InputError, ForbiddenError."""
    who, step = who_is(request), request.POST.get("viec")
    if step not in ("tham-dinh", "kien-nghi", "dong", "huy"):
        raise Http404
    actor = who.actor(ROUND.require(who, "manage", made.unit_id).seat)
    match step:
        case "tham-dinh":
            round_actions.begin_verification(actor, made)
            return gettext("Đã chuyển sang thẩm định.")
        case "kien-nghi":
            appeal_by = day_of(request, "appeal_by")
            assert appeal_by is not None
            round_actions.begin_appeals(actor, made, appeal_by)
            return gettext("Đã chuyển sang nhận kiến nghị.")
        case "dong":
            measured = measured_in(CardQueries(queries), made, card, round_queries.units_of(made))
            round_actions.close(actor, made, card, measured)
            return gettext("Đã đóng đợt.")
    round_actions.cancel(actor, made, request.POST.get("reason", ""))
    return gettext("Đã hủy đợt.")


def _uid(_request: HttpRequest, round_id: uuid.UUID, uid: str) -> str:  # noqa: ARG001 (the address's)
    """The unit in the address. Raises Http404 for one that never was."""
    if uid not in register():
        raise Http404
    return uid


@asks(ROUND, "view", unit=_uid)
def unit_lines(request: HttpRequest, round_id: uuid.UUID, uid: str) -> HttpResponse:
    """A unit's lines; each act is a form of its own, told apart by the field `viec`."""
    made, queries, card = round_of(request, round_id)
    if not made.lines.filter(unit=uid).exists():
        raise Http404
    error: InputError | None = None
    if request.method == "POST":
        try:
            said = _act(request, made, card, uid)
        except InputError as found:
            error = found
            made.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("scorecards:round-unit", made.pk, uid)
    doing = request.POST.get("viec", "")
    lines = round_queries.unit_lines(CardQueries(queries), made, card, uid)
    today, period = timezone.localdate(), Period.parse(made.period)
    context = {
        "plan_code": made.plan,
        "made": made,
        "card": card,
        "unit": uid,
        "units": queries.units,
        "now": units.standing(uid),
        "period": period,
        "day": period.last_day,
        "lines": lines,
        "doing": doing,
        "status_note": error,
        "may_assess": made.may_assess_on(today) and may(request, ROUND, "assess", uid),
        "may_verify": made.state == RoundState.VERIFYING and may(request, ROUND, "verify", uid),
        "may_appeal": made.may_appeal_on(today) and may(request, ROUND, "appeal", uid),
        "may_decide": made.state == RoundState.APPEALS and may(request, ROUND, "decide", uid),
        "claims": _form(request, error, doing == "tu-cham", _claimed(lines)),
        "findings": _form(request, error, doing == "tham-dinh", _found(lines)),
        "appealing": _form(request, error, doing == "kien-nghi", {}),
        "appealable": [(one.leaf.code, one.leaf.name) for one in lines if one.appeal is None],
        "deciding": [
            (one, _form(request, error, request.POST.get("line") == str(one.line.pk), {}))
            for one in lines
            if one.appeal is not None and not one.appeal.is_decided
        ],
        "simulated": made.simulated or bool(queries.manifest.simulated),
    }
    return render(request, "scorecards/round_unit.html", context, status=400 if error else 200)


def _form(
    request: HttpRequest, error: InputError | None, here: bool, first: dict[str, object]
) -> Filled:
    """A form as it was sent, where it is the one with the mistake; else as it first is."""
    if error is not None and here:
        return Filled(request.POST, error)
    return Filled(None, None, **first)


def _claimed(lines: list[round_queries.UnitLine]) -> dict[str, object]:
    first: dict[str, object] = {}
    for one in lines:
        first[f"diem-{one.leaf.code}"] = field_points(one.line.claimed)
        first[f"can-cu-{one.leaf.code}"] = one.line.evidence
    return first


def _found(lines: list[round_queries.UnitLine]) -> dict[str, object]:
    """What was verified; before that, what was claimed, for the verifier to agree with."""
    first: dict[str, object] = {}
    for one in lines:
        points = one.line.claimed if one.line.verified is None else one.line.verified
        first[f"diem-{one.leaf.code}"] = field_points(points)
        first[f"nhan-xet-{one.leaf.code}"] = one.line.finding
    return first


def _act(request: HttpRequest, made: Round, card: Scorecard, uid: str) -> str:
    """One of the page's acts; says what was done. Raises InputError, ForbiddenError."""
    posted, who = request.POST, who_is(request)
    match posted.get("viec"):
        case "tu-cham":
            seat = ROUND.require(who, "assess", uid).seat
            claims = {
                leaf.code: round_actions.Claim(
                    posted.get(f"diem-{leaf.code}", ""),
                    posted.get(f"can-cu-{leaf.code}", ""),
                    _file(request, f"tep-{leaf.code}", uid, seat),
                )
                for leaf in card.leaves
                if f"diem-{leaf.code}" in posted
            }
            round_actions.self_assess(who.actor(seat), made, card, uid, claims)
            return gettext("Đã ghi điểm tự chấm.")
        case "tham-dinh":
            seat = ROUND.require(who, "verify", uid).seat
            findings = {
                leaf.code: round_actions.Finding(
                    posted.get(f"diem-{leaf.code}", ""), posted.get(f"nhan-xet-{leaf.code}", "")
                )
                for leaf in card.leaves
                if f"diem-{leaf.code}" in posted
            }
            round_actions.verify(who.actor(seat), made, card, uid, findings)
            return gettext("Đã ghi điểm thẩm định.")
        case "kien-nghi":
            seat = ROUND.require(who, "appeal", uid).seat
            line = made.lines.filter(unit=uid, component=posted.get("component", "")).first()
            if line is None:
                raise Http404
            file = _file(request, "file", uid, seat)
            round_actions.appeal(
                *(who.actor(seat), made, card, line),
                points=posted.get("points", ""),
                text=posted.get("text", ""),
                file=file,
            )
            return gettext("Đã gửi kiến nghị.")
        case "quyet-dinh":
            seat = ROUND.require(who, "decide", uid).seat
            line = _line(made, uid, posted.get("line", ""))
            round_actions.decide(
                *(who.actor(seat), made, card, line.appeal),
                points=posted.get("points", ""),
                decision=posted.get("decision", ""),
            )
            return gettext("Đã quyết định kiến nghị.")
    raise Http404


def _line(made: Round, uid: str, pk: str) -> Line:
    found = None
    if pk.isascii() and pk.isdecimal() and len(pk) < 18:
        lines = made.lines.filter(unit=uid, pk=int(pk), appeal__isnull=False)
        found = lines.select_related("appeal").first()
    if found is None:
        raise Http404
    return found


def _file(request: HttpRequest, name: str, uid: str, seat: Seat | None) -> StoredFile | None:
    upload = request.FILES.get(name)
    if upload is None:
        return None
    who = who_is(request)
    return accept(who, upload, DOCUMENTS, unit=uid, seat=seat, place=Place(name))
