"""A term told day by day: which days counted, and why the others did not (giải thích hạn)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.terms import Pause, Span, Term, merged
from tinhso.measure.text import Text

RECEIPT = Text("ngày nhận, không tính", "the day of receipt, does not count")
STOOD = Text("đồng hồ dừng trong ngày", "the clock stood during the day")
MOVED = Text("rơi vào ngày nghỉ, lùi sang ngày làm việc", "falls on a day off, moves on")


@dataclass(frozen=True)
class Day:
    """`number`: the how-manieth day of the term; None: the day does not count, `why` says so."""

    day: date
    number: int | None
    why: Text | None


def walk(
    term: Term, begin: date, pauses: Sequence[Pause], calendar: WorkCalendar, until: date
) -> Iterator[Day]:
    """Every day from the one on which a term in days begins to the one on which it is due (`until`).

    `begin` is the day of the event that begins it, after `from_opening`. Terms in hours have no days.
    """
    if term.span not in (Span.WORKING_DAYS, Span.DAYS):
        return
    over = calendar.closes(until)
    stood = [(since, end) for since, end in merged(pauses) if since < over]
    number, day = 0, begin
    if term.amount:
        yield Day(begin, None, RECEIPT)
        day += timedelta(days=1)
    while day <= until:
        off = calendar.why_off(day) if term.span is Span.WORKING_DAYS else None
        why = off or (STOOD if _stood(day, term, stood, calendar) else None)
        if why is None and number >= term.amount > 0:
            why = calendar.why_off(day) or MOVED
        if why is None:
            number += 1
        yield Day(day, None if why else number, why)
        day += timedelta(days=1)


def _stood(
    day: date, term: Term, stood: Sequence[tuple[datetime, datetime]], calendar: WorkCalendar
) -> bool:
    """Whether the clock stood at some moment of the day that matters to the term."""
    parts: Sequence[tuple[datetime, datetime]] = calendar.sessions(day)
    if term.span is Span.DAYS:
        midnight = datetime.combine(day, time.min, LOCAL)
        parts = [(midnight, midnight + timedelta(days=1))]
    return any(max(a, since) < min(b, until) for a, b in parts for since, until in stood)
