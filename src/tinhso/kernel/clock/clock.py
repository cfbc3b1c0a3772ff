"""How a clock stands at any moment (đồng hồ đang chạy, đang dừng, đã xong; đúng hạn hay trễ)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.clock.terms import Due, Pause, Span, Term, due


class State(StrEnum):
    RUNNING = "running"
    STANDING = "standing"
    ENDED = "ended"


@dataclass(frozen=True)
class Given:
    """More time that a clock was given: an extension."""

    amount: int
    span: Span


@dataclass(frozen=True)
class Clock:
    """What happened to one clock: it began, it stood, it was given more time, it ended.

    `term` holds what was given in its own span. `given`: each extension, in the span it was given in.
    `unit`: whose clock it is, where several of a name run at once.
    """

    name: str
    term: Term
    begin: datetime
    pauses: tuple[Pause, ...] = ()
    end: datetime | None = None
    given: tuple[Given, ...] = ()
    unit: str = ""

    @property
    def open_pause(self) -> Pause | None:
        return next((one for one in self.pauses if one.until is None), None)

    def paused(self, at: datetime, reason: str) -> Clock:
        """Stands from `at` on; a clock that stands already or has ended stays as it is."""
        if self.open_pause or self.end:
            return self
        return replace(self, pauses=(*self.pauses, Pause(at, None, reason)))

    def resumed(self, at: datetime) -> Clock:
        return replace(
            self,
            pauses=tuple(
                replace(one, until=max(at, one.since)) if one.until is None else one
                for one in self.pauses
            ),
        )

    def ended(self, at: datetime) -> Clock:
        return self if self.end else replace(self.resumed(at), end=at)

    def extended(self, amount: int, span: Span | None = None) -> Clock:
        """With so much more time (gia hạn), of what the term is counted in where no span is told."""
        more = Given(amount, span or self.term.span)
        same = more.span is self.term.span
        term = self.term.plus(amount) if same else self.term
        return replace(self, term=term, given=(*self.given, more))

    def retermed(self, term: Term) -> Clock:
        """As if it had begun with this term: what was given stays, in the span it was given in."""
        same = sum(one.amount for one in self.given if one.span is term.span)
        return replace(self, term=term.plus(same))

    def due(self, calendar: WorkCalendar) -> Due | None:
        """When it is over; None while it stands, unless it was over before. What was given in another
        span than that of the term begins when the term is over, one after the other."""
        found = due(self.term, self.begin, self.pauses, calendar)
        for more in self.given:
            if found is not None and more.span is not self.term.span:
                found = due(Term(more.amount, more.span), found.at, self.pauses, calendar)
        return found


@dataclass(frozen=True)
class Reading:
    """A clock at `now`.

    `due` is None while it stands, unless it was over before it stood; `if_now` tells when it would be
    due if it went on at `now`.
    `late`: it ended after it was due, or is not ended and due is past. `working_days`: from now until
    due, the day of `now` not counted; negative: so many working days after it.
    """

    state: State
    due: Due | None
    if_now: Due
    late: bool
    working_days: int
    stood: timedelta


def read(clock: Clock, now: datetime, calendar: WorkCalendar) -> Reading:
    """How `clock` stands at `now`; what happened after `now` is not known yet."""
    seen = _as_of(clock, now)
    when = seen.due(calendar)
    if_now = when or seen.resumed(now).due(calendar)
    assert if_now is not None
    until = seen.end or now
    state = State.ENDED if seen.end else State.STANDING if seen.open_pause else State.RUNNING
    return Reading(
        state,
        when,
        if_now,
        when is not None and until > when.at,
        _days_left(until, if_now, calendar),
        sum((_length(one, until) for one in seen.pauses), timedelta()),
    )


def _as_of(clock: Clock, now: datetime) -> Clock:
    pauses: Sequence[Pause] = [
        one if one.until is None or one.until <= now else replace(one, until=None)
        for one in clock.pauses
        if one.since <= now
    ]
    ended = clock.end is not None and clock.end <= now
    return replace(clock, pauses=tuple(pauses), end=clock.end if ended else None)


def _length(pause: Pause, until: datetime) -> timedelta:
    return max(timedelta(), min(pause.until or until, until) - pause.since)


def _days_left(now: datetime, when: Due, calendar: WorkCalendar) -> int:
    today = now.astimezone(LOCAL).date()
    day = timedelta(days=1)
    if today <= when.day:
        return calendar.working_days(today + day, when.day + day)
    return -calendar.working_days(when.day + day, today + day)
