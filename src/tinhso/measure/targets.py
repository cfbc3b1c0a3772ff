"""Targets: whether a figure meets one, and whether it is nearer than before. No forecast is made
here: whether it will arrive is asked of `forecast`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from tinhso.measure.figures import Status
from tinhso.measure.periods import Period


class Standing(StrEnum):
    """Where a figure stands against its target (đã đạt, đang tiến tới, chậm ...)."""

    MET = "met"
    ON_THE_WAY = "on-the-way"
    BEHIND = "behind"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Judged(Protocol):
    """What is judged: a value that is measured now, or one as it was published."""

    @property
    def status(self) -> Status: ...
    @property
    def value(self) -> Fraction | None: ...
    @property
    def period(self) -> Period: ...


class Because(StrEnum):
    """What a standing rests on, so that a page can say it in a sentence."""

    VALUE = "value"  # the value meets the target
    DEADLINE = "deadline"  # the period reaches the deadline and the target is not met
    NEARER = "nearer"  # nearer to the target than in the period before
    NOT_NEARER = "not-nearer"
    FIRST = "first"  # no period before it has a value to compare with
    NO_VALUE = "no-value"


@dataclass(frozen=True)
class Threshold:
    """A target's level. `operator` is one of > >= < <=; `amount` in the value's own measure
    (3/4 for 75 %). "Trên 75 %" is >, "đạt 75 %" is >=."""

    operator: str
    amount: Fraction

    def is_met_by(self, value: Fraction) -> bool:
        """Compared unrounded: 75 % exactly is not above 75 %."""
        match self.operator:
            case ">":
                return value > self.amount
            case ">=":
                return value >= self.amount
            case "<":
                return value < self.amount
            case "<=":
                return value <= self.amount
        raise ValueError(f"unknown operator {self.operator!r}")

    def distance(self, value: Fraction) -> Fraction:
        return abs(self.amount - value)


@dataclass(frozen=True)
class Judgement:
    standing: Standing
    because: Because
    change: Fraction | None = None  # from the period before, in the value's own measure


def judge(
    value: Judged, before: Judged | None, threshold: Threshold, deadline: date | None
) -> Judgement:
    """Where `value` stands against its target.

    Not met and the deadline within or before the period: behind. Not met but nearer than in the
    period of the same kind before: on the way. Not nearer: behind. Nothing to compare with: on
    the way, and the reason says so.
    """
    if value.status is Status.NOT_APPLICABLE:
        return Judgement(Standing.NOT_APPLICABLE, Because.NO_VALUE)
    if value.value is None:
        return Judgement(Standing.UNKNOWN, Because.NO_VALUE)
    earlier = before.value if before is not None else None
    change = None if earlier is None else value.value - earlier
    if threshold.is_met_by(value.value):
        return Judgement(Standing.MET, Because.VALUE, change)
    if deadline is not None and value.period.last_day >= deadline:
        return Judgement(Standing.BEHIND, Because.DEADLINE, change)
    if earlier is None:
        return Judgement(Standing.ON_THE_WAY, Because.FIRST)
    if threshold.distance(value.value) < threshold.distance(earlier):
        return Judgement(Standing.ON_THE_WAY, Because.NEARER, change)
    return Judgement(Standing.BEHIND, Because.NOT_NEARER, change)
