"""Which days and hours are worked (lịch làm việc), and why a day is not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from tinhso.measure.text import Text

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

#: Beyond its last listed day a calendar goes on for so many years with weekends alone; what is due
#: there is provisional.
YEARS_BEYOND = 15

WEEKEND = Text("cuối tuần", "weekend")


@dataclass(frozen=True)
class Special:
    """A day that is not what its weekday says: off, or worked instead of another."""

    name: Text
    source: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """Working time of the offices of one place.

    `hours`: from when to when a day is worked, in order. `weekdays`: 1 is Monday. `first`: the first
    day that the calendar knows; the days before are a matter of weekdays alone. `announced_until`: the
    last day for which the state has said what is off.
    """

    code: str
    name: Text
    hours: tuple[tuple[time, time], ...]
    weekdays: frozenset[int]
    first: date
    announced_until: date
    off: Mapping[date, Special] = field(default_factory=dict)
    worked: Mapping[date, Special] = field(default_factory=dict)

    def __post_init__(self) -> None:
        edges = [edge for session in self.hours for edge in session]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError(f"calendar {self.code}: hours overlap or run backward")
        if not self.weekdays:
            raise ValueError(f"calendar {self.code}: no weekday is worked")

    # -- days --------------------------------------------------------------------------------------

    def works(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.isoweekday() in self.weekdays and day not in self.off

    def why_off(self, day: date) -> Text | None:
        """Why nobody works on `day`; None where it is worked."""
        if self.works(day):
            return None
        special = self.off.get(day)
        return special.name if special else WEEKEND

    def announced(self, day: date) -> bool:
        """Whether the state has said, for all days up to `day`, which are off."""
        return day <= self.announced_until

    def next_working(self, day: date) -> date:
        """`day` itself, or the next one that is worked."""
        return self._days[self._at(day)]

    def after(self, day: date, n: int) -> date:
        """The `n`-th working day after `day` (which does not count); n >= 1."""
        return self._days[bisect_right(self._days, day) + n - 1]

    def working_days(self, since: date, until: date) -> int:
        """How many days are worked in [since, until)."""
        return max(0, self._at(until) - self._at(since))

    # -- hours -------------------------------------------------------------------------------------

    def sessions(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """From when to when `day` is worked; nothing where it is not."""
        if not self.works(day):
            return ()
        return tuple(
            (datetime.combine(day, a, LOCAL), datetime.combine(day, b, LOCAL))
            for a, b in self.hours
        )

    def opens(self, day: date) -> datetime:
        """When offices open on a day that is worked."""
        return datetime.combine(day, self.hours[0][0], LOCAL)

    def closes(self, day: date) -> datetime:
        """When offices close on a day that is worked."""
        return datetime.combine(day, self.hours[-1][1], LOCAL)

    def at_work(self, moment: datetime) -> bool:
        moment = moment.astimezone(LOCAL)
        return any(a <= moment < b for a, b in self.sessions(moment.date()))

    def next_opening(self, moment: datetime) -> datetime:
        """`moment` itself if offices are open, otherwise when they next open."""
        moment = moment.astimezone(LOCAL)
        day = moment.date()
        for begin, end in self.sessions(day):
            if moment < end:
                return max(moment, begin)
        return self.opens(self.after(day, 1))

    def seconds(self, since: datetime, until: datetime) -> int:
        """Seconds of office time in [since, until)."""
        since, until = since.astimezone(LOCAL), until.astimezone(LOCAL)
        if until <= since:
            return 0
        first, last = since.date(), until.date()
        if first == last:
            return self._within(first, since, until)
        whole = self.working_days(first + timedelta(days=1), last) * self.day_seconds
        return self._within(first, since, until) + whole + self._within(last, since, until)

    @cached_property
    def day_seconds(self) -> int:
        """Office time of a day, in seconds."""
        return sum(_seconds(b) - _seconds(a) for a, b in self.hours)

    def _within(self, day: date, since: datetime, until: datetime) -> int:
        return sum(
            max(0, int((min(b, until) - max(a, since)).total_seconds()))
            for a, b in self.sessions(day)
        )

    # -- the list of working days ------------------------------------------------------------------

    @cached_property
    def _days(self) -> Sequence[date]:
        listed = [*self.off, *self.worked, self.first, self.announced_until]
        begin = date(min(listed).year - YEARS_BEYOND, 1, 1)
        end = date(max(listed).year + YEARS_BEYOND + 1, 1, 1)
        plain = _plain(begin, end, self.weekdays)
        return sorted((plain - self.off.keys()) | self.worked.keys())

    def _at(self, day: date) -> int:
        """Where `day` is or would be in the list of working days."""
        return bisect_left(self._days, day)


@lru_cache(maxsize=8)
def _plain(begin: date, end: date, weekdays: frozenset[int]) -> frozenset[date]:
    """The days in [begin, end) that their weekdays alone make worked; calendars differ from it little."""
    every = (begin + timedelta(days=n) for n in range((end - begin).days))
    return frozenset(day for day in every if day.isoweekday() in weekdays)


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
