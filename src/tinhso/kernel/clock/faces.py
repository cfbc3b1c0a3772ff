"""How late something is, in words, and which days did not count: pure functions (đồng hồ nói thành lời)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.clock import Clock, Reading, read
from tinhso.kernel.clock.terms import Pause, Span
from tinhso.measure.text import Text

_DAY = timedelta(days=1)


class Pressing(StrEnum):
    """How a due date stands (tình trạng hạn); the value is what addresses say."""

    LATE = "tre"
    TODAY = "hom-nay"
    AHEAD = "con-han"
    STANDS = "dung"


PRESSING: Mapping[Pressing, Text] = {
    Pressing.LATE: Text("Trễ hạn", "Late"),
    Pressing.TODAY: Text("Hạn hôm nay", "Due today"),
    Pressing.AHEAD: Text("Còn hạn", "Due later"),
    Pressing.STANDS: Text("Đồng hồ đang dừng", "The clock stands"),
}


@dataclass(frozen=True)
class Lateness:
    pressing: Pressing
    words: Text


def pressing_at(due_at: datetime | None, now: datetime) -> Pressing:
    """How a due date stands at `now`; None: its clock stands."""
    if due_at is None:
        return Pressing.STANDS
    if now > due_at:
        return Pressing.LATE
    today = due_at.astimezone(LOCAL).date() == now.astimezone(LOCAL).date()
    return Pressing.TODAY if today else Pressing.AHEAD


def lateness(due_at: datetime | None, now: datetime, days: WorkCalendar) -> Lateness:
    """How far off something is; None: its clock stands. Days are working days."""
    pressing = pressing_at(due_at, now)
    if due_at is None:
        return Lateness(pressing, Text("đồng hồ đang dừng", "the clock stands"))
    due, today = due_at.astimezone(LOCAL), now.astimezone(LOCAL).date()
    if pressing is Pressing.LATE:
        n = days.working_days(due.date() + _DAY, today + _DAY)
        if n:
            words = Text(f"trễ {n} ngày làm việc", f"{n} working day{_s(n)} late")
        else:
            passed = duration(now - due_at)
            words = Text(f"trễ {passed.vi}", f"{passed.en} late")
        return Lateness(pressing, words)
    left = duration(due_at - now)
    if pressing is Pressing.TODAY:
        return Lateness(pressing, Text(f"hạn hôm nay, còn {left.vi}", f"due today, {left.en} left"))
    n = days.working_days(today + _DAY, due.date() + _DAY)
    words = (
        Text(f"còn {n} ngày làm việc", f"{n} working day{_s(n)} left")
        if n
        else Text(f"còn {left.vi}", f"{left.en} left")
    )
    return Lateness(pressing, words)


def duration(length: timedelta) -> Text:
    """A length of time as people say it, in two parts at most.

    >>> duration(timedelta(hours=27, minutes=5)).vi
    '1 ngày 3 giờ'
    """
    minutes = max(1, int(length.total_seconds()) // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        (days, "ngày", "day"),
        (hours, "giờ", "hour"),
        (minutes if not days else 0, "phút", "minute"),
    ]
    said = [(n, vi, en) for n, vi, en in parts if n]
    return Text(
        " ".join(f"{n} {vi}" for n, vi, _ in said),
        " ".join(f"{n} {en}{_s(n)}" for n, _, en in said),
    )


def _s(n: int) -> str:
    return "" if n == 1 else "s"


@dataclass(frozen=True)
class Uncounted:
    """Days from `since` to `until`, both meant, that did not count, and why."""

    since: date
    until: date
    why: Text


def uncounted(
    clock: Clock, until: date, days: WorkCalendar, reasons: Mapping[str, Text]
) -> list[Uncounted]:
    """The days after a clock's beginning up to and with `until` that its term did not count.

    What a pause took from a term in hours is no whole day: it is not listed here.
    """
    begin = days.next_opening(clock.begin) if clock.term.from_opening else clock.begin
    found: list[Uncounted] = []
    for day, why in _uncounted(clock, begin.astimezone(LOCAL).date(), until, days, reasons):
        last = found[-1] if found else None
        if last is not None and last.why == why and day - last.until == _DAY:
            found[-1] = Uncounted(last.since, day, why)
        else:
            found.append(Uncounted(day, day, why))
    return found


def _uncounted(
    clock: Clock, begin: date, until: date, days: WorkCalendar, reasons: Mapping[str, Text]
) -> Iterator[tuple[date, Text]]:
    span = clock.term.span
    day = begin
    while day < until:
        day += _DAY
        off = days.why_off(day)
        if off is not None:
            if span in (Span.WORKING_DAYS, Span.WORKING_HOURS):
                yield day, off
        elif span in (Span.WORKING_DAYS, Span.DAYS):
            stood = next((one for one in clock.pauses if _touches(one, day, days)), None)
            if stood is not None:
                yield day, reasons[stood.reason]


def _touches(pause: Pause, day: date, days: WorkCalendar) -> bool:
    end = pause.until or datetime.max.replace(tzinfo=LOCAL)
    return any(max(pause.since, a) < min(end, b) for a, b in days.sessions(day))


@dataclass(frozen=True)
class ClockFace:
    """A clock as a page shows it. `stands_because`: the reason of the pause that is open."""

    name: Text
    clock: Clock
    reading: Reading
    lateness: Lateness
    stands_since: datetime | None
    stands_because: Text | None
    stood: Text | None
    uncounted: tuple[Uncounted, ...]


def face(
    name: Text, clock: Clock, now: datetime, days: WorkCalendar, reasons: Mapping[str, Text]
) -> ClockFace:
    """One clock at `now`, with everything that explains it."""
    reading = read(clock, now, days)
    stands = clock.open_pause
    until = reading.if_now.day
    return ClockFace(
        name,
        clock,
        reading,
        lateness(reading.due.at if reading.due else None, clock.end or now, days),
        stands.since if stands else None,
        reasons[stands.reason] if stands else None,
        duration(reading.stood) if reading.stood else None,
        tuple(uncounted(clock, until, days, reasons)),
    )
