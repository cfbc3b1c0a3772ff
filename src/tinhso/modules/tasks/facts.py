"""What is known of a task, as plain values: the only thing that its state is worked out from.

A fact has the day on which it came to be known; what came later than a day is not seen on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class Rhythm(StrEnum):
    """How often something is due (chu kỳ).

    `ONCE` and the recurring ones have a last day; `CONTINUOUS` (thường xuyên) has none by its
    nature, `UNKNOWN` none that the source names: the two are not the same.
    """

    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half-yearly"
    YEARLY = "yearly"
    CONTINUOUS = "continuous"
    UNKNOWN = "unknown"


#: Months in the period of what recurs.
MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}
DATED = frozenset({Rhythm.ONCE, *MONTHS})


class Decision(StrEnum):
    """What became of something that was put forward."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Version:
    """What the task is from `day` on. `start` and `deadline` are first and last day, both within."""

    number: int
    day: date
    rhythm: Rhythm = Rhythm.UNKNOWN
    start: date | None = None
    deadline: date | None = None
    cancelled: bool = False
    reason: str = ""
    needs: frozenset[str] = frozenset()  # the tasks that have to be finished first


@dataclass(frozen=True)
class Report:
    """Progress as it was told. `done_on`: it says that all is done, since that day.

    `percent` is whole per cent; `period` is the last day of the period meant, of what recurs.
    `part` is the coordinating agency whose own part this is about; "" where the lead tells of the
    whole. Only the whole can be done: parts are for the lead to put together.
    """

    number: int
    day: date
    percent: int | None = None
    done_on: date | None = None
    period: date | None = None
    decision: Decision = Decision.WAITING
    decided_on: date | None = None
    part: str = ""


@dataclass(frozen=True)
class Extension:
    """More time that was asked for (đề nghị gia hạn)."""

    number: int
    asked_on: date
    wanted: date
    decision: Decision = Decision.WAITING
    decided_on: date | None = None


@dataclass(frozen=True)
class Ask:
    """Something that another agency was asked for (đề nghị phối hợp)."""

    number: int
    to: str
    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """All that is known of a task, in any order."""

    versions: tuple[Version, ...]
    reports: tuple[Report, ...] = ()
    extensions: tuple[Extension, ...] = ()
    asks: tuple[Ask, ...] = ()

    def on(self, day: date) -> Seen | None:
        """What was known at the end of a day; None where the task had not been given by then."""
        versions = sorted(
            (one for one in self.versions if one.day <= day), key=lambda one: (one.day, one.number)
        )
        if not versions:
            return None
        return Seen(
            versions[-1],
            versions[0].day,
            tuple(
                sorted(
                    (_report_on(one, day) for one in self.reports if one.day <= day),
                    key=lambda one: (one.day, one.number),
                )
            ),
            tuple(
                sorted(
                    (_extension_on(one, day) for one in self.extensions if one.asked_on <= day),
                    key=lambda one: (one.asked_on, one.number),
                )
            ),
            tuple(
                sorted(
                    (_ask_on(one, day) for one in self.asks if one.asked_on <= day),
                    key=lambda one: (one.asked_on, one.number),
                )
            ),
        )


def _later(moment: date | None, day: date) -> bool:
    return moment is not None and moment > day


def _report_on(one: Report, day: date) -> Report:
    if _later(one.decided_on, day):
        return replace(one, decision=Decision.WAITING, decided_on=None)
    return one


def _extension_on(one: Extension, day: date) -> Extension:
    if _later(one.decided_on, day):
        return replace(one, decision=Decision.WAITING, decided_on=None)
    return one


def _ask_on(one: Ask, day: date) -> Ask:
    return replace(one, answered_on=None) if _later(one.answered_on, day) else one


@dataclass(frozen=True)
class Seen:
    """A task as it was known at the end of a day, everything oldest first."""

    now: Version
    given_on: date
    reports: tuple[Report, ...] = ()
    extensions: tuple[Extension, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def whole(self) -> tuple[Report, ...]:
        """The lead's reports: about the whole task."""
        return tuple(one for one in self.reports if not one.part)

    @property
    def newest_by_part(self) -> dict[str, Report]:
        """The last report of each that reported: of the lead under "", of the others by their uid."""
        return {one.part: one for one in self.reports}

    @property
    def dues(self) -> tuple[date, ...]:
        """Every day by which something is due, in order; empty where there is none or none is known."""
        return dues(self.now.rhythm, self.now.start or self.given_on, self.now.deadline)

    def done_on(self, due: date | None) -> date | None:
        """Since when what was due is done, confirmed; None while it is not."""
        return min(self._done(due, Decision.ACCEPTED), default=None)

    def said_done_on(self, due: date | None) -> date | None:
        """The day on which the lead says that it was done, while nobody has decided on that."""
        return min(self._done(due, Decision.WAITING), default=None)

    def _done(self, due: date | None, decision: Decision) -> list[date]:
        recurs = self.now.rhythm in MONTHS
        return [
            one.done_on
            for one in self.whole
            if one.done_on is not None
            and one.decision is decision
            and (not recurs or one.period == due)
        ]

    @property
    def open_ask(self) -> Ask | None:
        return next((one for one in self.asks if one.answered_on is None), None)

    @property
    def open_extension(self) -> Extension | None:
        return next((one for one in self.extensions if one.decision is Decision.WAITING), None)


def dues(rhythm: Rhythm, start: date, deadline: date | None) -> tuple[date, ...]:
    """The due days between start and deadline (both within): calendar periods' last days; the last
    period may be cut short by the deadline.

    >>> [d.isoformat() for d in dues(Rhythm.QUARTERLY, date(2025, 2, 10), date(2025, 8, 15))]
    ['2025-03-31', '2025-06-30', '2025-08-15']
    """
    if deadline is None:
        return ()
    months = MONTHS.get(rhythm)
    if months is None:
        return (deadline,) if rhythm is Rhythm.ONCE else ()
    found: list[date] = []
    year, month = start.year, (start.month - 1) // months * months + months
    while True:
        end = _last_of(year, month)
        if end >= deadline:
            return (*found, deadline)
        found.append(end)
        month += months
        if month > 12:
            year, month = year + 1, month - 12


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
