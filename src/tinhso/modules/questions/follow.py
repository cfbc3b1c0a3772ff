"""Pages of whoever asks: ask, be offered what is answered already, follow, add, ask on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from tinhso.kernel.cases import contacts
from tinhso.kernel.cases.actions import standing_of
from tinhso.kernel.cases.contacts import Person, opened
from tinhso.kernel.cases.kinds import Role
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.standing import possible
from tinhso.kernel.cases.waiting import Waiting, text_for, title_for, waiting
from tinhso.kernel.people.access import public
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.people.limits import Bucket, Limit, limited
from tinhso.kernel.people.models import Account
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.kernel.units.queries import card
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.questions import actions, queries
from tinhso.modules.questions.actions import Asked
from tinhso.modules.questions.fields import name_of, rules
from tinhso.modules.surveys import actions as surveys
from tinhso.modules.surveys import views as survey_views

#: Asking and trying secrets: an address may hold many people, so it has room, but no machine's worth.
ASKING = Limit(
    "questions", address=Bucket(0.2, 60), person=Bucket(0.05, 20), methods=frozenset({"POST"})
)

NOT_FOUND = message(
    "question-follow",
    vi="Không có câu hỏi nào với hai mã này. Xem lại từng ký tự; mã bí mật thường chỉ có chữ số và các chữ từ a đến f.",
    en="No question has these two codes. Look at each character; the secret mostly has digits and the letters a to f only.",
)

#: What the public side shows of each act; others (notes, opinions) are the office's own.
TOLD: dict[str, Text] = {
    "receive": Text("Đã nhận câu hỏi", "Question received"),
    "route": Text("Chuyển tới cơ quan trả lời", "Routed to the agency that answers"),
    "hand_over": Text("Chuyển sang cơ quan khác", "Handed over to another agency"),
    "return": Text("Trả về điều phối", "Returned for routing"),
    "ask": Text("Cơ quan hỏi lại bạn", "The agency asks you"),
    "reply": Text("Bạn đã bổ sung", "You replied"),
    "resume": Text("Cơ quan soạn tiếp, không chờ nữa", "The agency goes on without waiting"),
    "extend": Text("Gia hạn trả lời", "The term was extended"),
    "draft": Text("Đã có dự thảo, chờ lãnh đạo duyệt", "Drafted, waiting for the head"),
    "review": Text("Lãnh đạo đã duyệt", "Approved by the head"),
    "send_back": Text("Dự thảo được sửa lại", "The draft is being changed"),
    "answer": Text("Trả lời", "Answer"),
    "correct": Text("Đính chính", "Correction"),
    "make_public": Text("Công khai câu trả lời", "Answer published"),
    "take_back": Text("Thôi công khai câu trả lời", "Answer taken out of public sight"),
    "reject": Text("Không tiếp nhận", "Not accepted"),
    "merge": Text("Nhập vào câu hỏi đã có", "Merged into an earlier question"),
    "withdraw": Text("Bạn đã rút câu hỏi", "You withdrew the question"),
    "reopen": Text("Bạn hỏi tiếp", "You asked on"),
}
#: Acts whose words the asker reads.
SPOKEN = frozenset({"ask", "reply", "answer", "correct", "reject", "reopen", "extend", "resume"})


@public
@limited(ASKING)
def ask(request: HttpRequest) -> HttpResponse:
    """The form; what is answered already is offered once before a question is sent."""
    who, filled = who_is(request), _first(request)
    offered: list[queries.Shown] = []
    if request.method == "POST":
        posted = request.POST
        text = f"{posted.get('title', '')} {posted.get('text', '')}"
        try:
            asked, person = _asked(request)
            if posted.get("viec") != "van-gui":
                offered = queries.offered(text)
            if not offered:
                case, secret = actions.ask(who, asked, person)
                messages.success(request, gettext("Đã gửi câu hỏi. Giữ hai mã dưới đây."))
                return redirect("questions:follow", case.code, secret)
            filled = Filled(posted)
        except InputError as error:
            filled = Filled(posted, error)
    choose = ("", Text("chọn lĩnh vực", "choose the field"))
    context = {
        "plan_code": "",
        "section": "questions",
        "filled": filled,
        "key": filled.get("key") or actions.fresh_key().partition(":")[2],
        "offered": offered,
        "fields": [choose, *rules().fields.items()],
        "places": place_choices(),
    }
    return render(request, "questions/ask.html", context, status=400 if filled.problems else 200)


def _first(request: HttpRequest) -> Filled:
    """What the form begins with: what was searched for, and what an account says of itself."""
    who, title = who_is(request), request.GET.get("tim", "")[:300]
    if not who.account:
        return Filled(None, title=title)
    account = Account.objects.get(pk=who.account)
    return Filled(None, title=title, name=account.name, email=account.email or "")


def _asked(request: HttpRequest) -> tuple[Asked, Person]:
    """The question that the form holds. Raises InputError where the place names no unit."""
    posted = request.POST
    asked = Asked(
        posted.get("title", ""), posted.get("text", ""), posted.get("field", ""),
        private=posted.get("private") == "1", key=_key(posted.get("key", "")),
    )  # fmt: skip
    person = Person(posted.get("name", ""), posted.get("phone", ""), posted.get("email", ""))
    typed = posted.get("place", "").strip()
    problems: list[Problem] = []
    try:
        place = actions.place_of(unit_asked(typed, "place")) if typed else ""
    except InputError as error:
        place, problems = "", [*error.problems]
    problems += actions.problems_of(asked, person)
    if problems:
        raise InputError(problems)
    return replace(asked, place=place), person


def _key(sent: str) -> str:
    fine = re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sent)
    return f"question:{sent}" if fine else ""


def place_choices() -> list[str]:
    """The communes of the province, to choose from while typing."""
    return [written(one.uid) for one in actions.communes()]


@public
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answers that fit what is being typed, as a part of a page."""
    text = f"{request.GET.get('title', '')} {request.GET.get('text', '')[:500]}"[:800]
    return render(request, "questions/_offered.html", {"offered": queries.offered(text)})


@public
@limited(ASKING)
def follow_form(request: HttpRequest) -> HttpResponse:
    """Code and secret, typed."""
    filled = Filled(None)
    if request.method == "POST":
        code, secret = (
            request.POST.get("code", "").strip(),
            contacts.as_kept(request.POST.get("secret", "")),
        )
        if actions.by_secret(code, secret):
            return redirect("questions:follow", code.upper(), secret)
        filled = Filled(request.POST, InputError([NOT_FOUND(Place("secret"))]))
    context = {"plan_code": "", "section": "questions", "filled": filled}
    status = 400 if filled.problems else 200
    return render(request, "questions/follow_form.html", context, status=status)


@dataclass(frozen=True)
class Step:
    """Something that happened, as its asker sees it."""

    at: datetime
    what: Text
    unit: Text | None
    text: str


@public
@limited(ASKING)
@never_cache
def follow(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """A question as its asker sees it, and what can be done about it."""
    found = actions.by_secret(code, secret)
    if found is None:
        filled = Filled(None, InputError([NOT_FOUND(Place("secret"))]), code=code)
        context = {"plan_code": "", "section": "questions", "filled": filled}
        return render(request, "questions/follow_form.html", context, status=404)
    case, contact = found
    who, filled = who_is(request), Filled(None)
    if request.method == "POST":
        what = request.POST.get("viec", "")
        try:
            if what == "phieu":
                ticket = surveys.give(who.actor(), case, contact, who.day)
                return survey_views.given(request, ticket)
            if what in ("reply", "withdraw", "reopen"):
                seen = whole(request.POST.get("seen", ""))
                text = request.POST.get("text", "")
                actions.act_as_requester(who, case, contact, what, text, seen)
                return redirect("questions:follow", case.code, secret)
        except InputError as error:
            filled = Filled(request.POST, error)
    standing = standing_of(case)
    now = timezone.now()
    mine = {one.code for one in possible(standing, Role.REQUESTER, now)}
    here = waiting(case, contact)
    sender = here.sender
    context = {
        "plan_code": "",
        "section": "questions",
        "case": case,
        "secret": secret,
        "filled": filled,
        "standing": standing,
        "title": title_for(case, sender=sender),
        "text": text_for(case, sender=sender),
        "steps": steps(case, here),
        "may": mine if sender else set(),
        "lead": card(case.lead_id).name if case.lead_id else None,
        "field_name": name_of(case.category),
        "person": opened(contact),
        "public": queries.public().filter(case=case).first(),
        "fresh": case.events == 1,
        "ticket_waits": sender and surveys.may_have_one(case, contact)
        and case.state in ("answered", "published", "rejected"),
        "simulated": case.simulated,
        "language": get_language(),
    }  # fmt: skip
    return render(request, "questions/follow.html", context, status=400 if filled.problems else 200)


def steps(case: Case, here: Waiting) -> list[Step]:
    """What happened, oldest first, with the words that this person may read."""
    found = []
    for event in case.history.order_by("n"):
        if event.act not in TOLD:
            continue
        text = here.reads(event) if event.act in SPOKEN else ""
        unit = event.data.get("unit") if event.act in ("route", "hand_over") else event.unit
        name = card(str(unit)).name if unit else None
        found.append(Step(event.at, TOLD[event.act], name, text))
    return found
