"""Officers' pages: what waits, and one question with everything that can be done about it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from tinhso.kernel.cases.actions import Done, events_of, standing_of
from tinhso.kernel.cases.as_of import open_at
from tinhso.kernel.cases.contacts import opened
from tinhso.kernel.cases.faces import clocks
from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.queries import matching, may_split, may_view, seen_by
from tinhso.kernel.cases.routing import Route
from tinhso.kernel.cases.standing import Event, Standing
from tinhso.kernel.cases.suggesting import rule_of, suggestion, why_there
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import DAY_WRONG, Filled, day_of, read_day, whole
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.kernel.units.queries import card, descendants
from tinhso.measure.text import InputError, Place, Text, message
from tinhso.modules.questions import actions, officers, queries
from tinhso.modules.questions.answers import Written
from tinhso.modules.questions.fields import checked, name_of
from tinhso.modules.questions.fields import rules as fields

NONE_CHOSEN = message(
    "question-none-chosen",
    vi="Chưa chọn câu hỏi nào. Đánh dấu vào ô đầu dòng.",
    en="No question is chosen. Tick the box at the beginning of a row.",
)
NO_REASON = message(
    "question-reject-reason",
    vi="Ghi lý do không tiếp nhận; người hỏi sẽ đọc dòng này.",
    en="Say why they are not accepted; those who asked will read it.",
)
PAGE = 50
#: Days are asked for up to this year.
LAST_YEAR = 2199
#: Questions that one bulk act takes; the product's choice, so that its page still says what became of each.
MOST_AT_ONCE = 200

NO_CASE = message(
    "question-unknown",
    vi="Không có câu hỏi nào mang mã {code}.",
    en="No question has the code {code}.",
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: Acts whose form is one text, under the name that the act needs.
TEXTS = {
    "ask": "text", "reply": "text", "opinion": "text", "note": "text", "return": "reason",
    "resume": "reason", "proceed": "reason", "extend": "reason", "reject": "reason",
    "send_back": "reason", "reopen": "reason", "take_back": "reason",
}  # fmt: skip
SPLIT = Text("tách thành câu hỏi khác", "split off another question")
#: Acts that write an answer.
WRITES = ("draft", "review", "correct")


@asks(CASE, "view")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the one who looks, then everything within reach."""
    who = who_is(request)
    done, filled = [], Filled(None)
    if request.method == "POST":
        try:
            done = _bulk(request, who)
        except InputError as error:
            filled = Filled(request.POST, error)
    now, status = timezone.now(), 400 if filled.problems else 200
    text, typed = (request.GET.get(one, "").strip() for one in ("tim", "ngay"))
    seen = seen_by(who, actions.KIND).select_related("lead", "home").order_by("-received_at")
    if text:
        seen = seen.filter(matching(text))
    day = read_day(typed) if typed else None
    if typed and (day is None or day.year > LAST_YEAR):
        day = None
        filled, status = (
            Filled(request.GET, InputError([DAY_WRONG(Place("ngay"), value=typed[:40])])),
            400,
        )
    at = datetime.combine(day + timedelta(days=1), time.min, LOCAL) if day else now
    listed = Paginator(list(open_at(seen, at)) if day else seen, PAGE).get_page(
        request.GET.get("trang")
    )
    context = {
        "plan_code": "",
        "waiting": [_row(one, now) for one in queries.waiting(who)],
        "rest": [_row(one, at) for one in listed],
        "listed": listed,
        "late": sum(_late(one, at) for one in listed.paginator.object_list) if day else 0,
        "day": day,
        "ahead": at > now,
        "review": len(queries.to_review(who)),
        "text": text,
        "simulated": seen.filter(simulated=True).exists(),
        "filled": filled,
        "done": done,
        "failed": sum(bool(one.problems) for one in done),
        "chosen": filled.all("case"),
        "may_route": CASE.anywhere(who, "route"),
        "units": _units(),
    }
    return render(request, "questions/desk.html", context, status=status)


def _bulk(request: HttpRequest, who: Who) -> list[Done]:
    """The same act on the chosen questions, each as it was seen. Raises InputError where none was chosen
    or what the act needs is wrong; then nothing was done."""
    posted = request.POST
    keys = dict(one.partition("@")[::2] for one in posted.getlist("case")[:MOST_AT_ONCE])
    wanted = {uuid.UUID(key) for key in keys if _UUID.fullmatch(key)}
    chosen = list(seen_by(who, actions.KIND).filter(pk__in=wanted).order_by("received_at"))
    if not chosen:
        raise InputError([NONE_CHOSEN(Place("case"))])
    seen = [(one, whole(keys[str(one.pk)])) for one in chosen]
    if posted.get("viec") == "reject":
        reason = posted.get("reason", "").strip()
        if not reason:
            raise InputError([NO_REASON(Place("reason"))])
        return officers.do_many(who, seen, "reject", lambda _: {"reason": reason})
    typed = posted.get("unit", "").strip()
    unit = unit_asked(typed) if typed else ""
    return officers.do_many(
        who, seen, "route", lambda one: {"unit": unit or suggestion(one, who.day).unit}
    )


@dataclass(frozen=True)
class Row:
    case: Case
    state: Text
    unit: Text
    due: Any
    late: bool
    routable: bool


def _row(case: Case, at: datetime) -> Row:
    """A question as it stands, or as it stood at `at`, where it was folded up to then."""
    due = case.pressing_at
    unit = card(case.lead_id or case.home_id).name
    state = kind(case.kind).states[case.state].name
    return Row(case, state, unit, due, _late(case, at), case.state == "received")


def _late(case: Case, at: datetime) -> bool:
    return bool(case.open and case.pressing_at and case.pressing_at < at)


@asks(CASE, "view")
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """One question: what is known, what happened, what can be done."""
    one = get_object_or_404(Case, pk=case, kind=actions.KIND)
    who = who_is(request)
    if not may_view(who, one):
        raise ForbiddenError(CASE.ask(who, "view", one.lead_id or one.home_id))
    filled, doing, contact = Filled(None), "", None
    if request.method == "POST":
        doing = request.POST.get("viec", "")
        try:
            if doing == "contact":
                contact = _contact(request, who, one)
            elif doing == "split":
                made = _split(request, who, one)
                messages.success(
                    request, gettext("Đã tách thành câu hỏi này; người hỏi theo dõi cả hai.")
                )
                return redirect("questions:case", made.pk)
            else:
                _do(request, who, one, doing)
                messages.success(request, gettext("Đã ghi."))
                return redirect("questions:case", one.pk)
        except InputError as error:
            filled = Filled(request.POST, error)
    return _case(request, who, one, filled, doing, contact)


def _case(
    request: HttpRequest, who: Who, one: Case, filled: Filled, doing: str, contact: Any
) -> HttpResponse:
    standing = standing_of(one)
    now = timezone.now()
    ways = officers.possible_for(who, one, standing, now)
    history = events_of(one)
    named = [(rule.code, rule.name) for rule, _, _ in ways]
    if may_split(who, one):
        named.append(("split", SPLIT))
    context = {
        "plan_code": "",
        "case": one,
        "standing": standing,
        "field_name": name_of(one.category),
        "home": card(one.home_id).name,
        "lead": card(one.lead_id).name if one.lead_id else None,
        "members": [card(uid).name for uid in standing.members],
        "clocks": clocks(standing, now, _CLOCKS),
        "history": _history(standing, history),
        "acts": [_form(who, one, code, name, filled, doing) for code, name in named],
        "filled": filled,
        "contact": contact,
        "may_contact": CASE.ask(who, "contact", one.lead_id or one.home_id, purpose="x").allowed,
        "known": queries.search(f"{one.title} {one.text}", limit=4, least=0.4),
        "similar": queries.similar(one) if one.open else [],
        "public": queries.public().filter(case=one).first(),
        "simulated": one.simulated,
        "units": _units(),
        "fields": [("", Text("giữ nguyên", "as it is")), *fields().fields.items()],
    }
    return render(request, "questions/case.html", context, status=400 if filled.problems else 200)


@dataclass(frozen=True)
class ActForm:
    """An act as a form: `kind` says of which shape; what was typed stays with the act it was typed for."""

    code: str
    name: Text
    kind: str
    filled: Filled
    open: bool
    route: Route | None = None  # what the routing table proposes, and how each rule was tried


def _form(who: Who, one: Case, code: str, name: Text, filled: Filled, doing: str) -> ActForm:
    shape = (
        "write" if code in WRITES
        else "text" if code in TEXTS
        else code if code in ("route", "hand_over", "consult", "merge", "split")
        else "button"
    )  # fmt: skip
    mine = filled.problems and doing == code
    route = suggestion(one, who.day) if code == "route" else None
    begins = filled if mine else _first(one, code, route)
    main = code in ("route", "draft", "review", "answer", "opinion")
    return ActForm(code, name, shape, begins, bool(mine) or main, route)


def _first(one: Case, code: str, route: Route | None) -> Filled:
    """What a form begins with: the draft under review, the answer to be corrected, a proposed route."""
    if route is not None:
        return Filled(None, unit=written(route.unit) if route.unit else "")
    if code in WRITES:
        before = ("draft", "review", "answer", "correct")
        said = officers.last(one, *before)
        if said is None:
            return Filled(None, title=one.title, question=one.text)
        values = {
            k: said.data.get(k, "") for k in ("title", "question", "text", "basis", "holds_until")
        }
        return Filled(None, **values, public="1" if said.data.get("public", True) else "")
    return Filled(None)


def _do(request: HttpRequest, who: Who, one: Case, what: str) -> None:
    """Do what was asked for. Raises InputError, ForbiddenError, Http404."""
    posted = request.POST
    seen = whole(posted.get("seen", "")) or None
    if what in WRITES:
        said = _written(request)
        public = posted.get("public") == "1"
        if what == "draft":
            officers.draft(who, one, said, public=public, seen=seen)
        elif what == "review":
            officers.review(who, one, said, public=public, seen=seen)
        else:
            officers.correct(who, one, said, posted.get("reason", ""), seen=seen)
    elif what == "answer":
        officers.send(who, one, seen=seen)
    elif what == "make_public":
        officers.make_public(who, one, seen=seen)
    elif what == "take_back":
        officers.take_back(who, one, posted.get("reason", ""), seen=seen)
    elif what in TEXTS:
        officers.do(who, one, what, {TEXTS[what]: posted.get(TEXTS[what], "")}, seen=seen)
    elif what in ("route", "hand_over"):
        data = {"unit": unit_asked(posted.get("unit", "")), "reason": posted.get("reason", "")}
        if posted.get("field"):
            data["category"] = checked(posted["field"])
        officers.do(who, one, what, data, seen=seen)
    elif what == "consult":
        asked = [
            unit_asked(line, "units")
            for line in posted.get("units", "").splitlines()
            if line.strip()
        ]
        officers.do(who, one, what, {"units": asked, "text": posted.get("text", "")}, seen=seen)
    elif what == "merge":
        officers.do(who, one, what, {"case": _target(posted.get("case", ""))}, seen=seen)
    else:
        raise Http404


def _split(request: HttpRequest, who: Who, one: Case) -> Case:
    """The question that is taken out of another. Raises InputError, ForbiddenError."""
    posted = request.POST
    title, text = posted.get("title", ""), posted.get("text", "")
    if problems := actions.wording_problems(title, text):
        raise InputError(problems)
    return officers.split(who, one, title, text, posted.get("field", ""))


def _target(code: str) -> str:
    found = Case.objects.filter(kind=actions.KIND, code=code.strip().upper()).first()
    if found is None:
        raise InputError([NO_CASE(Place("case"), code=code.strip()[:40])])
    return str(found.pk)


def _written(request: HttpRequest) -> Written:
    posted = request.POST
    day: date | None = day_of(request, "holds_until", needed=False)
    return Written(
        posted.get("title", ""), posted.get("text", ""), posted.get("question", ""),
        posted.get("basis", ""), day,
    )  # fmt: skip


def _contact(request: HttpRequest, who: Who, one: Case) -> list[Any]:
    """Whoever asked, opened for a stated purpose and on record."""
    from django.db import transaction  # noqa: PLC0415

    unit, purpose = one.lead_id or one.home_id, request.POST.get("purpose", "")
    seat = CASE.require(who, "contact", unit, purpose=purpose).seat
    with transaction.atomic():
        thing = Thing("cases.case", str(one.pk), unit)
        record(who.actor(seat), "cases.contact.open", thing, reason=purpose.strip()[:500])
    senders = one.watchers.filter(sender=True).select_related("contact")
    return [opened(watcher.contact) for watcher in senders]


def _units() -> list[str]:
    home = actions.home_unit()
    return [written(home), *(written(one.uid) for one in descendants(home))]


_CLOCKS = {
    "whole": Text("Hạn trả lời người hỏi", "The asker is answered by"),
    "route": Text("Hạn điều phối", "Routed by"),
    "agency": Text("Hạn của cơ quan trả lời", "The agency's own term"),
    "member": Text("Hạn cho ý kiến", "Opinions by"),
    "review": Text("Hạn lãnh đạo duyệt", "Reviewed by the head by"),
}


@dataclass(frozen=True)
class Line:
    event: Event
    what: Text
    unit: Text | None
    to: list[Text]
    text: str
    reason: str
    why_there: Text | None
    rule: str  # the code of the rule that said so, if it is still there


def _history(standing: Standing, history: list[Event]) -> list[Line]:
    found = []
    for event in reversed(history):
        to = [event.data.get("unit", ""), *event.data.get("units", [])]
        found.append(
            Line(
                event,
                standing.kind.acts[event.act].name,
                card(event.unit).name if event.unit else None,
                [card(uid).name for uid in to if uid],
                str(event.data.get("text", "")),
                str(event.data.get("reason", "")),
                why_there(event.data, event.at),
                rule_of(event.data),
            )
        )
    return found
