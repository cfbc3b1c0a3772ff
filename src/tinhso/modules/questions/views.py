"""Pages for everybody: search and lists, an answer with its versions, agencies' numbers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.units.queries import card
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError
from tinhso.modules.questions import answers, queries
from tinhso.modules.questions.fields import name_of, rules
from tinhso.modules.questions.models import Answer
from tinhso.modules.questions.policies import ANSWER

#: A cookie that remembers which answers this browser has judged; nothing else is known of it.
JUDGED = "da-danh-gia"


def filters(request: HttpRequest) -> tuple[str, str, str]:
    """Text, field and unit in an address. Raises Http404 for a field or unit that there is none of."""
    text = request.GET.get("tim", "").strip()[:300]
    field, unit = request.GET.get("linh-vuc", ""), request.GET.get("co-quan", "")
    if (field and field not in rules().fields) or (unit and unit not in register()):
        raise Http404
    return text, field, unit


@public
def index(request: HttpRequest) -> HttpResponse:
    """Search, or the newest answers, narrowed by field and agency."""
    text, field, unit = filters(request)
    shown = (
        queries.Listed(queries.search(text, field=field, unit=unit), 0, 1, 1)
        if text
        else queries.listed(field=field, unit=unit, page=whole(request.GET.get("trang", "1")))
    )
    context: dict[str, Any] = {
        "plan_code": "",
        "section": "questions",
        "text": text,
        "field": field,
        "field_name": name_of(field) if field else None,
        "unit": unit,
        "unit_name": card(unit).name if unit else None,
        "shown": shown,
        "fields": queries.by_field(),
        "units": queries.by_unit(),
        "simulated": any(one.simulated for one in shown.answers),
        "earlier": _page(request, shown.page - 1) if shown.page > 1 else "",
        "later": _page(request, shown.page + 1) if shown.page < shown.pages else "",
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "questions/_list.html", context)
    return render(request, "questions/index.html", context)


def _page(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["trang"] = str(number)
    return f"?{query.urlencode()}"


@public
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """One answer: what it says now, what it said before, and whether it helped."""
    found = queries.answer_of(code)
    if found is None:
        context = {"plan_code": "", "section": "questions", "text": code}
        return render(request, "questions/none.html", context, status=404)
    one, versions = found
    judged = request.COOKIES.get(JUDGED, "").split(".")
    filled = Filled(None)
    if request.method == "POST" and one.withdrawn_at is None:
        helpful = request.POST.get("viec") == "huu-ich"
        try:
            if one.code not in judged:
                word = request.POST.get("word", "")
                answers.thank(who_is(request), one, helpful=helpful, word=word)
        except InputError as error:
            filled = Filled(request.POST, error)
        else:
            answer_ = redirect("questions:answer", one.code)
            kept = ".".join([*filter(None, judged), one.code][-50:])
            answer_.set_cookie(
                JUDGED, kept, max_age=90 * 86400, samesite="Lax", httponly=True,
                secure=request.is_secure(),
            )  # fmt: skip
            return answer_
    return _answer(request, one, versions, filled, judged=one.code in judged)


def _answer(
    request: HttpRequest, one: Answer, versions: list[Any], filled: Filled, *, judged: bool
) -> HttpResponse:
    now = versions[0]
    gone = one.withdrawn_at is not None
    context = {
        "plan_code": "",
        "section": "questions",
        "answer": one,
        "now": now,
        "versions": versions,
        "field_name": name_of(one.field),
        "unit_name": card(one.unit_id).name,
        "stale": queries.stale(one.holds_until),
        "simulated": one.simulated,
        "judged": judged,
        "filled": filled,
        "alike": []
        if gone
        else [
            found
            for found in queries.search(one.title, limit=5, least=0.4)
            if found.code != one.code
        ][:3],
        "may_manage": bool(ANSWER.ask(who_is(request), "review", one.unit_id)),
        "title": gettext("Câu trả lời đã thôi công khai") if gone else one.title,
    }
    status = 410 if gone else 400 if filled.problems else 200
    return render(request, "questions/answer.html", context, status=status)


@public
def agencies(request: HttpRequest) -> HttpResponse:
    """What each agency did with its questions: answered in time, median, waiting."""
    context = {
        "plan_code": "",
        "section": "questions",
        "rows": queries.numbers(who_is(request).day),
        "simulated": queries.any_simulated(),
        "published": {one.code: one.count for one in queries.by_unit()},
    }
    return render(request, "questions/agencies.html", context)
