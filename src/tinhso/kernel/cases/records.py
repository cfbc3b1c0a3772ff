"""How records of cases write units, moments and words: what rooms that owe such records share."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from tinhso.kernel.clock.calendar import LOCAL, WorkCalendar
from tinhso.kernel.units.register import register
from tinhso.measure.text import fold


def code_on(uid: str | None, day: date) -> str | None:
    """The code that a unit bore on a day, as streams name units; None where it did not exist then."""
    span = register().boundaries.span(uid, day) if uid else None
    return span.code if span else None


def wall_clock(at: datetime | None) -> str | None:
    """A moment as the clock on the wall shows it, to the second."""
    return at.astimezone(LOCAL).replace(tzinfo=None).isoformat(timespec="seconds") if at else None


def working_days(since: datetime, until: datetime, days: WorkCalendar) -> int:
    """Working days after the day of `since`, up to and with that of `until`."""
    first, last = (one.astimezone(LOCAL).date() for one in (since, until))
    one = timedelta(days=1)
    return days.working_days(first + one, last + one)


def trace_of(text: str) -> str:
    """The same for texts in the same words, whatever their diacritics; tells nothing of the words."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]
