"""What a unit was assigned, and what it promises in its own plan. Pure: two plain values compared.

A unit may promise more than it was assigned, or the same sooner; never less, never later.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from tinhso.measure import writing
from tinhso.measure.text import Place, Problem, Text, message
from tinhso.modules.shares.rules import NO_MILESTONES, Milestones
from tinhso.modules.shares.typed import write_percent

TOO_LITTLE = message(
    "own-item-less",
    vi="{value} % không đạt mức được giao ({assigned} %). Ghi một mức cao hơn, hoặc để trống để giữ mức được giao.",
    en="{value} % falls short of what was assigned ({assigned} %). Give a higher level, or leave it empty to keep the assigned one.",
)
TOO_MUCH = message(
    "own-item-above",
    vi="{value} % vượt mức trần được giao ({assigned} %). Ghi một mức thấp hơn, hoặc để trống để giữ mức được giao.",
    en="{value} % is above the assigned ceiling ({assigned} %). Give a lower level, or leave it empty to keep the assigned one.",
)
TOO_LATE = message(
    "own-item-later",
    vi="Ngày {value} muộn hơn hạn được giao ({assigned}). Ghi một ngày sớm hơn, hoặc để trống để giữ hạn được giao.",
    en="{value} is later than the assigned deadline ({assigned}). Give an earlier day, or leave it empty to keep the assigned one.",
)
GOES_ON = message(
    "own-item-goes-on",
    vi="Việc này làm thường xuyên hoặc định kỳ: đặt hạn sớm hơn là làm ít kỳ hơn được giao. Để trống.",
    en="This task goes on or recurs: an earlier deadline would mean fewer periods than assigned. Leave it empty.",
)


class Kind(StrEnum):
    """What an item of an own plan is."""

    TARGET = "target"
    TASK = "task"


@dataclass(frozen=True)
class Assigned:
    """One thing that the province gave a unit: a share of a target, or a task (việc được giao).

    `value` and `milestones` are fractions of one; None where parts that came together cannot be
    weighed. `role` is how the unit takes part in a task: lead, coordinate. `answers`: the positions
    that the share names. `version` says which version of the share or task it is.
    """

    kind: Kind
    source: str
    version: int
    code: str
    name: Text
    role: str = ""
    rhythm: str = ""
    product: str = ""
    operator: str = ""
    value: Fraction | None = None
    milestones: Milestones = NO_MILESTONES
    deadline: date | None = None
    answers: str = field(default="", compare=False)
    simulated: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.source}"


@dataclass(frozen=True)
class Promise:
    """What a unit says that it will reach, and by when."""

    value: Fraction | None
    deadline: date | None


#: What of an assigned thing matters to whoever took it over.
FIELDS = ("name", "role", "operator", "value", "milestones", "product", "rhythm", "deadline")


@dataclass(frozen=True)
class Change:
    """One field that differs from what was taken over."""

    field: str
    before: object
    after: object


def changes(taken: Assigned, now: Assigned) -> tuple[Change, ...]:
    """What has changed since it was taken over; a version that says the same changes nothing."""
    pairs = ((one, getattr(taken, one), getattr(now, one)) for one in FIELDS)
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def short(assigned: Assigned, value: Fraction) -> bool:
    """Whether a level falls short of the assigned one. "Less" is the worse side of the target."""
    if assigned.value is None:
        return False
    if assigned.operator.startswith("<"):
        return value > assigned.value
    return value < assigned.value


def recurs(assigned: Assigned) -> bool:
    """Whether it goes on, so that ending sooner is doing less."""
    return assigned.rhythm not in ("", "once", "unknown")


def late(assigned: Assigned, deadline: date) -> bool:
    if recurs(assigned):
        return deadline != assigned.deadline
    return assigned.deadline is not None and deadline > assigned.deadline


def kept(assigned: Assigned, promise: Promise) -> bool:
    """Whether a promise holds all that was assigned."""
    if assigned.value is not None and (promise.value is None or short(assigned, promise.value)):
        return False
    if promise.deadline is None:
        return assigned.deadline is None
    return not late(assigned, promise.deadline)


def problems(
    assigned: Assigned, value: Fraction | None, deadline: date | None, at: tuple[Place, Place]
) -> list[Problem]:
    """Why a unit may not set these for itself; `at` are the places of value and deadline."""
    found = []
    if value is not None and short(assigned, value):
        ceiling = assigned.operator.startswith("<")
        told = least(assigned.value or Fraction(0), down=ceiling)
        say = TOO_MUCH if ceiling else TOO_LITTLE
        found.append(say(at[0], value=write_percent(value), assigned=told))
    if deadline is not None and late(assigned, deadline):
        if recurs(assigned):
            found.append(GOES_ON(at[1]))
        else:
            found.append(TOO_LATE(at[1], value=_day(deadline), assigned=_day(assigned.deadline)))
    return found


def _day(day: date | None) -> Text:
    return Text("–", "–") if day is None else Text(*(writing.day(day, to) for to in ("vi", "en")))


def least(value: Fraction, *, down: bool = False) -> str:
    """The level in per cent with three decimals that still holds `value`: weighed shares have more.

    >>> least(Fraction(1, 3)), least(Fraction(3, 4))
    ('33,334', '75')
    """
    thousandths = math.floor(value * 100_000) if down else math.ceil(value * 100_000)
    return write_percent(Fraction(thousandths, 100_000))


@dataclass(frozen=True)
class Apart:
    """Where a plan's items and what is assigned now do not match. Keys are those of `Assigned`."""

    missing: tuple[Assigned, ...] = ()
    changed: tuple[tuple[Assigned, tuple[Change, ...]], ...] = ()  # as it is now
    withdrawn: tuple[Assigned, ...] = ()  # as it was taken over

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.withdrawn)

    @property
    def owed(self) -> int:
        """How many assigned things a plan does not hold as they are now."""
        return len(self.missing) + len(self.changed)


def apart(taken: Iterable[Assigned], now: Sequence[Assigned]) -> Apart:
    had = {one.key: one for one in taken}
    keys = {one.key for one in now}
    both = ((one, changes(had[one.key], one)) for one in now if one.key in had)
    return Apart(
        missing=tuple(one for one in now if one.key not in had),
        changed=tuple((one, found) for one, found in both if found),
        withdrawn=tuple(one for key, one in had.items() if key not in keys),
    )
