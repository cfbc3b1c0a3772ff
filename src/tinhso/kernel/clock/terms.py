"""When something is due: a pure function of the term, its beginning, the pauses and the calendar.

The day of the event that begins a term in days does not count, and a term in days that would end on a
day off ends with the next working day (Bộ luật Dân sự 2015, điều 147 and 148).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar


class Span(StrEnum):
    """What a term is counted in."""

    WORKING_DAYS = "working-days"  # ngày làm việc
    DAYS = "days"  # ngày
    WORKING_HOURS = "working-hours"  # giờ làm việc
    HOURS = "hours"  # giờ, kể cả đêm và ngày nghỉ


@dataclass(frozen=True)
class Term:
    """A length of time that somebody has (thời hạn).

    `amount` is a whole number of at least 1, of working days also 0: within the same day. `from_opening`:
    what comes when offices are closed counts as come when they next open.
    """

    amount: int
    span: Span
    from_opening: bool = False

    def __post_init__(self) -> None:
        least = 0 if self.span is Span.WORKING_DAYS else 1
        if self.amount < least:
            raise ValueError(f"a term of {self.amount} {self.span}")

    def plus(self, amount: int) -> Term:
        """The same term, extended (gia hạn)."""
        return Term(self.amount + amount, self.span, self.from_opening)


@dataclass(frozen=True)
class Pause:
    """A clock stands in [since, until); `until` None: it stands still. `reason` is the rule's code."""

    since: datetime
    until: datetime | None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError("a pause that ends before it begins")


@dataclass(frozen=True)
class Due:
    """`at`: the last moment in time. `day`: the last day in time. `certain`: all days off up to then
    are announced; where not, the day may still move."""

    at: datetime
    day: date
    certain: bool


#: Longer than offices are ever closed.
_LONG = timedelta(days=40)


def due(term: Term, begin: datetime, pauses: Sequence[Pause], calendar: WorkCalendar) -> Due | None:
    """When the term is over; None while a pause is open, for then nobody knows. A pause that began when
    the term was over already changes nothing, open or not.

    `begin` and the pauses carry time zones. Pauses may overlap, come in any order, and begin before
    the term does.
    """
    over, still = (
        [one for one in pauses if one.until is not None],
        [p for p in pauses if not p.until],
    )
    if still:
        # Whether it matters is seen where it lasts so long that office hours fall into it.
        lasting = [replace(one, until=one.since + _LONG) for one in still]
        found = due(term, begin, over, calendar)
        return found if found == due(term, begin, [*over, *lasting], calendar) else None
    if term.from_opening:
        begin = calendar.next_opening(begin)
    begin = begin.astimezone(LOCAL)
    stood = merged(pauses)
    if term.span is Span.HOURS:
        return _at(_after_seconds(term.amount * 3600, begin, stood), calendar)
    if term.span is Span.WORKING_HOURS:
        return _at(_after_office_time(term.amount * 3600, begin, stood, calendar), calendar)
    if term.span is Span.WORKING_DAYS:
        return _on(_working_day(term.amount, begin, stood, calendar), calendar)
    return _on(_day(term.amount, begin, stood, calendar), calendar)


def counted(
    term: Term, begin: datetime, pauses: Sequence[Pause], until: datetime, calendar: WorkCalendar
) -> int:
    """How many working days a clock has run by `until`, counted as a term in working days counts them:
    after the day of its beginning, without those in whose office hours it stood. Pauses are over."""
    if term.from_opening:
        begin = calendar.next_opening(begin)
    first, last = begin.astimezone(LOCAL).date(), until.astimezone(LOCAL).date()
    day = timedelta(days=1)
    stood = sum(first < one <= last for one in _touched(merged(pauses), calendar))
    return calendar.working_days(first + day, last + day) - stood


def merged(pauses: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    """Closed pauses as intervals that do not touch, in order."""
    found: list[tuple[datetime, datetime]] = []
    spans = sorted(
        (p.since.astimezone(LOCAL), p.until.astimezone(LOCAL))
        for p in pauses
        if p.until is not None
    )
    for since, until in spans:
        if since == until:
            continue
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found


def _at(moment: datetime, calendar: WorkCalendar) -> Due:
    return Due(moment, moment.date(), calendar.announced(moment.date()))


def _on(day: date, calendar: WorkCalendar) -> Due:
    return Due(calendar.closes(day), day, calendar.announced(day))


def _after_seconds(
    seconds: int, begin: datetime, stood: Sequence[tuple[datetime, datetime]]
) -> datetime:
    end = begin + timedelta(seconds=seconds)
    for since, until in stood:
        if since < end and until > begin:
            end += until - max(since, begin)
    return end


def _after_office_time(
    seconds: int,
    begin: datetime,
    stood: Sequence[tuple[datetime, datetime]],
    calendar: WorkCalendar,
) -> datetime:
    left, at = seconds, begin
    for since, until in stood:
        if until <= at:
            continue
        run = calendar.seconds(at, since)
        if run >= left:
            break
        left, at = left - run, until
    return _reached(left, at, calendar)


def _reached(seconds: int, at: datetime, calendar: WorkCalendar) -> datetime:
    """The first moment by which so much office time has passed since `at`; seconds >= 1."""
    day = at.date()
    for begin, end in calendar.sessions(day):
        here = max(0, int((end - max(begin, at)).total_seconds()))
        if here >= seconds:
            return max(begin, at) + timedelta(seconds=seconds)
        seconds -= here
    whole, rest = divmod(seconds - 1, calendar.day_seconds)
    day = calendar.after(day, whole + 1)
    rest += 1
    for begin, end in calendar.sessions(day):
        here = int((end - begin).total_seconds())
        if here >= rest:
            return begin + timedelta(seconds=rest)
        rest -= here
    raise AssertionError("a day holds all its seconds")


def _working_day(
    amount: int,
    begin: datetime,
    stood: Sequence[tuple[datetime, datetime]],
    calendar: WorkCalendar,
) -> date:
    """The day on which the amount is full. A day counts if the clock ran through all its office hours."""
    day = begin.date()
    if amount == 0:
        same = calendar.next_working(day)
        if same == day and begin >= calendar.closes(day):
            same = calendar.after(day, 1)
        day = same - timedelta(days=1)
        amount = 1
    touched = [one for one in _touched(stood, calendar) if one > day]
    found = calendar.after(day, amount)
    for one in touched:
        if one <= found:
            found = calendar.after(found, 1)
    return found


def _touched(stood: Sequence[tuple[datetime, datetime]], calendar: WorkCalendar) -> Iterator[date]:
    """Working days in whose office hours the clock stood for a while, each once, in order."""
    last = date.min
    for since, until in stood:
        day = calendar.next_working(since.date())
        while calendar.opens(day) < until:
            here = max(since, calendar.opens(day)), min(until, calendar.closes(day))
            if day > last and calendar.seconds(*here):
                last = day
                yield day
            day = calendar.after(day, 1)


def _day(
    amount: int,
    begin: datetime,
    stood: Sequence[tuple[datetime, datetime]],
    calendar: WorkCalendar,
) -> date:
    """As with working days, but every day counts, and the last one moves to a working day."""
    first = begin.date()
    found = first + timedelta(days=amount)
    last = first
    for since, until in stood:
        if since >= calendar.closes(calendar.next_working(found)):
            break  # the term was over
        day = max(since.date(), last + timedelta(days=1))
        while datetime.combine(day, time.min, LOCAL) < until:
            if day > found:
                break
            found, last = found + timedelta(days=1), day
            day += timedelta(days=1)
    return calendar.next_working(found)
