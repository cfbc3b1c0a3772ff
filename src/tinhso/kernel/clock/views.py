"""The working calendar for everybody, and a term reckoned day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from tinhso.kernel.clock.calendar import LOCAL, Special, WorkCalendar
from tinhso.kernel.clock.calendars import calendar
from tinhso.kernel.clock.terms import Due, Span, Term, due
from tinhso.kernel.clock.walk import Day, walk
from tinhso.kernel.people.access import public
from tinhso.measure.text import InputError, Place, Problem, Text, message

#: Longer than any term of the law; a page of days stays a page.
MOST = 400

SPANS = {
    Span.WORKING_DAYS: Text("ngày làm việc", "working days"),
    Span.DAYS: Text("ngày", "days"),
    Span.WORKING_HOURS: Text("giờ làm việc", "working hours"),
    Span.HOURS: Text("giờ", "hours"),
}

BAD_BEGIN = message(
    "clock-begin",
    vi="“{found}” không phải ngày giờ trong lịch. Viết theo mẫu 2026-02-13T16:00.",
    en='"{found}" is not a day and time of the calendar. Write it as 2026-02-13T16:00.',
)
BAD_AMOUNT = message(
    "clock-amount",
    vi="Thời hạn là một số nguyên từ {least} tới {most}.",
    en="A term is a whole number from {least} to {most}.",
)


@dataclass(frozen=True)
class Listed:
    """A day of the calendar's list."""

    day: date
    special: Special
    worked: bool
    announced: bool


@dataclass(frozen=True)
class Reckoned:
    term: Term
    begin: datetime
    due: Due
    days: tuple[Day, ...]
    span: Text


@public
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The days off of a year with their sources; with `tu`, `so`, `tinh-theo`: when that is due."""
    days = calendar()
    years = range(days.first.year, max(days.off).year + 1)
    asked = request.GET.get("nam", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else timezone.localdate().year
    year = min(max(year, years[0]), years[-1])
    reckoned: Reckoned | None = None
    problems: tuple[Problem, ...] = ()
    if "tu" in request.GET:
        try:
            reckoned = _reckoned(request, days)
        except InputError as error:
            problems = tuple(error.problems)
    context = {
        "section": "calendar",
        "calendar": days,
        "year": year,
        "years": years,
        "listed": _listed(days, year),
        "spans": [(span.value, text) for span, text in SPANS.items()],
        "asked": {name: request.GET.get(name, "") for name in ("tu", "so", "tinh-theo", "mo-cua")},
        "now": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "reckoned": reckoned,
        "problems": problems,
    }
    return render(request, "clock/calendar.html", context, status=400 if problems else 200)


def _listed(days: WorkCalendar, year: int) -> list[Listed]:
    found = [
        Listed(day, special, worked, days.announced(day))
        for worked, among in ((False, days.off), (True, days.worked))
        for day, special in among.items()
        if day.year == year
    ]
    return sorted(found, key=lambda one: one.day)


def _reckoned(request: HttpRequest, days: WorkCalendar) -> Reckoned:
    told, amount = request.GET["tu"], request.GET.get("so", "")
    asked = request.GET.get("tinh-theo", "")
    span = Span(asked) if asked in set(Span) else Span.WORKING_DAYS
    problems = []
    try:
        begin = datetime.fromisoformat(told).replace(tzinfo=LOCAL)
    except ValueError:
        begin = None
    if begin is None or not days.first <= begin.date() < date(max(days.off).year + 1, 1, 1):
        problems.append(BAD_BEGIN(Place("tu"), found=told))
    least = 0 if span is Span.WORKING_DAYS else 1
    if not amount.isdecimal() or not least <= int(amount) <= MOST:
        problems.append(BAD_AMOUNT(Place("so"), least=least, most=MOST))
    if problems or begin is None:
        raise InputError(problems)
    term = Term(int(amount), span, "mo-cua" in request.GET)
    found = due(term, begin, [], days)
    assert found is not None  # nothing stands
    first = (days.next_opening(begin) if term.from_opening else begin).date()
    steps = tuple(walk(term, first, [], days, found.day))
    return Reckoned(term, begin, found, steps, SPANS[span])
