"""The queue, entering for callers, the day's view: pages to look at and to begin from."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from tinhso.kernel.cases.contacts import cases_of
from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.cases.queries import seen_by
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.faces import PRESSING, Pressing
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.filled import Filled, whole
from tinhso.kernel.people.policy import ForbiddenError
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.asked import unit_asked, written
from tinhso.measure.text import InputError
from tinhso.modules.feedback import (
    officer_case,
    officer_day,
    officer_forms,
    officer_queue,
    officer_rules,
)
from tinhso.modules.feedback.categories import names as categories
from tinhso.modules.feedback.officer_actions import enter, may_enter
from tinhso.modules.feedback.officer_day import NO_AGENCY, NOT_KNOWN, AskedDay
from tinhso.modules.feedback.officer_queue import Asked, Counts
from tinhso.modules.feedback.officer_then import listing_then
from tinhso.modules.feedback.officer_words import KIND, category_name, read_out
from tinhso.modules.feedback.words import t

#: What can be done to many at once.
BULK = ("route", "hand_over", "extend", "reject")


def address(request: HttpRequest, **changes: str) -> str:
    """The page's own query with some of it changed; "" takes a part away."""
    query = request.GET.copy()
    query.pop("trang", None)
    for name, value in changes.items():
        name = name.replace("_", "-")  # noqa: PLW2901 (names of addresses have dashes)
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


@asks(CASE, "view")
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the one who asks, or all that they may read."""
    who, now, filled = who_is(request), timezone.now(), Filled(request.GET)
    states = kind(KIND).states
    asked = Asked()
    try:
        asked = officer_forms.asked_in(request, states)
    except InputError as error:
        filled = Filled(request.GET, error)
    number = whole(request.GET.get("trang", "1"))
    found = (
        listing_then(who, asked, number, asked.then.last)
        if asked.then
        else officer_queue.listing(who, asked, number, now)
    )
    following = found.rows[0] if found.rows and found.number == 1 and not asked.everything else None
    to_hide, all_to_hide = officer_queue.asked_to_hide(who)
    context = {
        "asked": asked,
        "asked_unit": _written(asked.unit) if asked.unit is not None else filled.get("co-quan"),
        "ahead": asked.then is not None and asked.then.last > now,
        "filled": filled,
        "found": found,
        "rows": found.rows,
        "next": following,
        "before": f"{address(request)}&trang={found.number - 1}" if found.number > 1 else "",
        "after": f"{address(request)}&trang={found.number + 1}"
        if found.number < found.pages
        else "",
        "tally": _tally(request, asked, found.counted),
        "to_hide": to_hide,
        "all_to_hide": all_to_hide,
        "states": [
            (states[code].name, n, address(request, trang_thai=code), asked.state == code)
            for code, n in sorted(found.counted.states.items())
        ],
        "categories": [(NOT_KNOWN, category_name("")), *categories().items()],
        "chosen_category": NOT_KNOWN if asked.category == "" else asked.category,
        "kept": [
            (one, request.GET[one]) for one in ("nhan", "tra-loi", "ca") if request.GET.get(one)
        ],
        "agencies": [t(NO_AGENCY), *officer_forms.agencies()] if asked.everything else (),
        "here": address(request).lstrip("?"),
        "mine": address(request, xem="", ngay="", ca="", nhan="", tra_loi=""),
        "all": address(request, xem="tat-ca", ngay="", ca="", nhan="", tra_loi=""),
        "plain": address(request, trang_thai="", han="", linh_vuc="", co_quan="", tim=""),
        "bulk": [] if asked.then else [kind(KIND).acts[one] for one in BULK],
        "may_enter": may_enter(who).allowed,
        "simulated": any(row.simulated for row in found.rows),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/queue.html", context, status=status)


def _written(unit: str) -> str:
    return written(unit) if unit else t(NO_AGENCY)


def _tally(request: HttpRequest, asked: Asked, counted: Counts) -> list[tuple[object, ...]]:
    return [
        (one, words, counted.pressing[one], address(request, han=one.value), asked.pressing is one)
        for one, words in PRESSING.items()
    ]


# -- entering while talking ------------------------------------------------------------------------


@asks(CASE, "enter")
def enter_case(request: HttpRequest) -> HttpResponse:
    """A form that is filled in while somebody talks; saved, it says what to read out."""
    who = who_is(request)
    if not may_enter(who):
        raise ForbiddenError(may_enter(who))
    filled = Filled(None, key=uuid.uuid4(), channel="phone")
    if request.method == "POST":
        filled = Filled(request.POST)
        if request.POST.get("viec") != "xem":
            try:
                told, person = officer_forms.told(request)
                made = enter(who, told, person, request.FILES.getlist("files"))
            except InputError as error:
                filled = Filled(request.POST, error)
            else:
                return _receipt(request, made.case, made.secret)
    context = {
        "filled": filled,
        "categories": officer_forms.category_options(),
        "communes": officer_forms.communes(),
        **_caller(who, filled.get("phone")),
        **_alike(who, filled),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/enter.html", context, status=status)


def _receipt(request: HttpRequest, case: Case, secret: str) -> HttpResponse:
    whole_clock = officer_case.now_of(case).clock("whole")
    assert whole_clock is not None
    found = whole_clock.due(calendar())
    context = {"case": case, "secret": secret, "aloud": read_out(case.code), "due": found}
    return render(request, "feedback/officers/receipt.html", context)


@asks(CASE, "enter")
@require_POST
def caller(request: HttpRequest) -> HttpResponse:
    """A part of the form: the earlier cases of a telephone number, which stands in no address."""
    found = _caller(who_is(request), request.POST.get("phone", ""))
    return render(request, "feedback/officers/_caller.html", found)


@asks(CASE, "enter")
@require_POST
def nearby(request: HttpRequest) -> HttpResponse:
    """A part of the form: open cases that may tell of the same thing."""
    found = _alike(who_is(request), Filled(request.POST))
    return render(request, "feedback/officers/_alike.html", found)


def _caller(who: Who, phone: str) -> dict[str, object]:
    """Earlier cases within reach; how many others there are is said, not what they are."""
    if len("".join(filter(str.isdecimal, phone))) < 9:
        return {"earlier": None}
    rows = cases_of(phone=phone).filter(kind=KIND)
    readable = rows.filter(pk__in=seen_by(who, KIND).values("pk"))
    shown = officer_queue.shown(readable[:8], timezone.now())
    return {"earlier": shown, "elsewhere": rows.count() - readable.count()}


def _alike(who: Who, filled: Filled) -> dict[str, object]:
    typed = filled.get("place").strip()
    if not typed:
        return {"alike": None}
    try:
        place = unit_asked(typed, "place")
    except InputError:  # still being typed: the form itself says what is wrong when it is sent
        return {"alike": None}
    found = officer_case.alike(
        title=filled.get("title"), category=filled.get("category"), place=place
    )
    readable = set(
        seen_by(who, KIND).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )
    shown = [one for one in found if one.pk in readable]
    return {"alike": officer_queue.shown(shown, timezone.now())}


# -- the routing table ------------------------------------------------------------------------------------


@asks(CASE, "view")
def routing_table(request: HttpRequest) -> HttpResponse:
    """Every rule with its days and its reason; and where a case would go, with each rule that was looked at."""
    parts = officer_rules.table(timezone.localdate())
    rows = [row for _, part in parts for row in part]
    filled, found = Filled(request.GET), None
    try:
        supposed = officer_rules.supposed_in(request)
    except InputError as error:
        filled = Filled(request.GET, error)
    else:
        if "linh-vuc" in request.GET:
            found = officer_rules.found(supposed, rows)
    context = {
        "parts": parts,
        "filled": filled,
        "found": found,
        "offered": officer_rules.offered(),
        "communes": officer_forms.communes(),
        "now": timezone.localtime(),
        "own": officer_rules.are_own(),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/routing.html", context, status=status)


# -- the day --------------------------------------------------------------------------------------------


@asks(CASE, "view")
def day(request: HttpRequest) -> HttpResponse:
    """Received, answered, waiting, late: of a day or shift, on one sheet."""
    who, now, filled = who_is(request), timezone.now(), Filled(request.GET)
    try:
        asked = officer_day.asked_in(request)
    except InputError as error:
        filled, asked = Filled(request.GET, error), officer_day.today()
    context = {
        "asked": asked,
        "shifts": [(one.code, one.name) for one in officer_day.SHIFTS],
        "filled": filled,
        "sheet": officer_day.sheet(who, asked, now),
        "running": asked.runs(now),
        "ahead": asked.since > now,
        "lists": _lists(asked, now),
    }
    status = 400 if filled.problems else 200
    return render(request, "feedback/officers/day.html", context, status=status)


def _lists(asked: AskedDay, now: datetime) -> dict[str, str]:
    """The queries of the lists behind a sheet's numbers."""

    def query(**parts: str) -> str:
        said = {name.replace("_", "-"): value for name, value in parts.items()}
        return f"?{urlencode(said)}{f'&ca={asked.shift.code}' if asked.shift.code else ''}"

    day = asked.day.isoformat()
    open_then = "?xem=tat-ca" if asked.runs(now) else query(ngay=day)
    return {
        "received": query(nhan=day),
        "answered": query(tra_loi=day),
        "waiting": open_then,
        "late": f"{open_then}&han={Pressing.LATE.value}",
    }
