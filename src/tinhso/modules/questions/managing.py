"""Officers' pages about what is public: write an answer nobody asked for, correct, withdraw, review."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, day_of, whole
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.questions import answers, officers, queries
from tinhso.modules.questions.answers import Written
from tinhso.modules.questions.fields import name_of, rules
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.policies import ANSWER

NO_UNIT = message(
    "answer-unit",
    vi="Chọn cơ quan trả lời: một đơn vị mà bạn được công khai câu trả lời.",
    en="Choose the agency that answers: a unit for which you may publish.",
)


def written(request: HttpRequest) -> Written:
    posted = request.POST
    return Written(
        posted.get("title", ""), posted.get("text", ""), posted.get("question", ""),
        posted.get("basis", ""), day_of(request, "holds_until", needed=False),
    )  # fmt: skip


def _composed(request: HttpRequest, who: Who) -> Answer:
    unit = request.POST.get("unit", "")
    if unit not in own_units(who):
        raise InputError([NO_UNIT(Place("unit"))])
    return answers.compose(who, unit, request.POST.get("field", ""), written(request))


@asks(ANSWER, "review")
def compose(request: HttpRequest) -> HttpResponse:
    """Publish an answer to what people often want to know."""
    who, filled = who_is(request), Filled(None)
    if request.method == "POST":
        try:
            made = _composed(request, who)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            messages.success(request, gettext("Đã công khai câu trả lời."))
            return redirect("questions:answer", made.code)
    choose = ("", Text("chọn lĩnh vực", "choose the field"))
    context = {
        "plan_code": "",
        "filled": filled,
        "fields": [choose, *rules().fields.items()],
        "own": [(uid, card(uid).name) for uid in own_units(who)],
    }
    return render(
        request, "questions/compose.html", context, status=400 if filled.problems else 200
    )


def own_units(who: Who) -> list[str]:
    """The units for which `who` may publish."""
    seats = dict.fromkeys(seat.unit for seat in who.seats if seat.unit)
    return [unit for unit in seats if ANSWER.ask(who, "review", unit)]


@asks(ANSWER, "review")
def to_review(request: HttpRequest) -> HttpResponse:
    """Answers whose last day is past or near."""
    who = who_is(request)
    rows = [(one, queries.stale(one.holds_until)) for one in queries.to_review(who)]
    context = {
        "plan_code": "",
        "rows": rows,
        "ahead": rules().review_ahead_days,
        "simulated": any(one.simulated for one, _ in rows),
    }
    return render(request, "questions/to_review.html", context)


@asks(ANSWER, "review")
def manage(request: HttpRequest, code: str) -> HttpResponse:
    """Correct an answer, say that it still holds, or withdraw it; what readers found lacking."""
    who, found = who_is(request), queries.answer_of(code)
    if found is None:
        raise Http404
    one, versions = found
    ANSWER.require(who, "review", one.unit_id)
    now = versions[0]
    filled = Filled(
        None, title=now.title, question=now.question, text=now.text, basis=now.basis,
        holds_until=now.holds_until or "",
    )  # fmt: skip
    if request.method == "POST":
        try:
            _change(request, who, one)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            return redirect("questions:answer", one.code)
    context = {
        "plan_code": "",
        "answer": one,
        "now": now,
        "filled": filled,
        "field_name": name_of(one.field),
        "unit_name": card(one.unit_id).name,
        "remarks": one.remarks.order_by("-on")[:100],
        "simulated": one.simulated,
        "stale": queries.stale(one.holds_until),
    }
    return render(request, "questions/manage.html", context, status=400 if filled.problems else 200)


def _change(request: HttpRequest, who: Who, one: Answer) -> None:
    """Raises InputError: also where somebody else changed the answer, or its question, meanwhile."""
    posted = request.POST
    reason, seen, events = posted.get("reason", ""), whole(posted.get("seen", "")), whole(posted.get("events", ""))  # fmt: skip
    if posted.get("viec") == "thoi":
        if one.case is not None:
            officers.take_back(who, one.case, reason, seen=events)
        else:
            seat = ANSWER.require(who, "review", one.unit_id).seat
            answers.withdraw(who.actor(seat), one, reason, seen=seen)
        messages.success(request, gettext("Đã thôi công khai."))
    elif one.case is not None:
        officers.correct(who, one.case, written(request), reason, seen=events)
        messages.success(request, gettext("Đã lưu phiên bản mới; bản cũ vẫn xem được."))
    else:
        answers.correct(who, one, written(request), reason, seen=seen)
        messages.success(request, gettext("Đã lưu phiên bản mới; bản cũ vẫn xem được."))
