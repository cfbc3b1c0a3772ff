"""How a target becomes the shares of units: pure functions of exact fractions.

A share is a fraction of one (3/4 for 75 %), as figures are. Nothing here rounds, except that a
share made from a gap goes to whole tenths of a point: nobody can be told to reach 71.3528 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from tinhso.measure.boundaries import Level

QUARTERS = 4
#: Shares made by a formula are whole tenths of a percentage point.
STEP = Fraction(1, 1000)


class Rule(StrEnum):
    """By what the shares of an allocation were made (cách giao)."""

    SAME = "same"  # one value for all
    BY_LEVEL = "by-level"  # one value for each level of units
    BY_GAP = "by-gap"  # each closes the same part of its own gap
    BY_HAND = "by-hand"  # typed in a table
    WORKBOOK = "workbook"  # from an Excel file


@dataclass(frozen=True)
class Receiver:
    """A unit that may get a share. `baseline` and `denominator` are its own, of the basis period;
    None is unknown. `inside` is the nearest unit above it that gets a share too, or ""."""

    uid: str
    level: Level
    baseline: Fraction | None = None
    denominator: int | None = None
    inside: str = ""


def same(receivers: Iterable[Receiver], amount: Fraction) -> dict[str, Fraction]:
    """Everybody gets `amount`."""
    return {one.uid: amount for one in receivers}


def by_level(
    receivers: Iterable[Receiver], amounts: Mapping[Level, Fraction]
) -> dict[str, Fraction]:
    """Everybody gets its level's amount; units of other levels get none."""
    return {one.uid: amounts[one.level] for one in receivers if one.level in amounts}


def by_gap(
    receivers: Iterable[Receiver], target: Fraction, closing: Fraction
) -> dict[str, Fraction]:
    """Each closes the part `closing` (> 0; 1 is all) of its own gap to `target`.

    share = min(1, ceil((b + closing x max(0, target - b)) x 1000) / 1000) with b the unit's
    baseline: rounded up to a tenth of a point, so that rounding never makes the sum fall short.
    Who is at the target already keeps what it has. Who has no baseline gets no share here.

    >>> by_gap([Receiver("a", Level.COMMUNE, Fraction(1, 2))], Fraction(3, 4), Fraction(1, 2))
    {'a': Fraction(5, 8)}
    """
    return {
        one.uid: min(
            Fraction(1),
            ceil((one.baseline + closing * max(Fraction(0), target - one.baseline)) / STEP) * STEP,
        )
        for one in receivers
        if one.baseline is not None
    }


Milestones = tuple[Fraction | None, ...]  # four: by the end of each quarter; None is not set
NO_MILESTONES: Milestones = (None,) * QUARTERS


def even_steps(baseline: Fraction, share: Fraction, first: int) -> Milestones:
    """Equal steps from the baseline to the share over the quarters `first` to 4.

    The last is the share itself; those before go down to whole tenths of a point.

    >>> even_steps(Fraction(1, 2), Fraction(4, 5), 2)[1:]
    (Fraction(3, 5), Fraction(7, 10), Fraction(4, 5))
    """
    count = QUARTERS - first + 1
    if count <= 0:
        return NO_MILESTONES
    parts = [Fraction(step, count) for step in range(1, count)]
    steps = [floor((baseline + (share - baseline) * part) / STEP) * STEP for part in parts]
    return (*[None] * (first - 1), *steps, share)


@dataclass(frozen=True)
class Sum:
    """What the province would reach if every unit met its share exactly: the ratio of sums.

    `value` is None when no unit counts. `counted` units rest on `denominator` in all; those in
    `without` have no denominator (or zero) and are left out; those in `within` lie in a unit that
    counts already. `whole` is the province's own denominator, None where unknown.
    """

    value: Fraction | None
    target: Fraction
    denominator: int
    counted: tuple[str, ...]
    without: tuple[str, ...]
    within: tuple[str, ...]
    whole: int | None = None

    @property
    def difference(self) -> Fraction | None:
        """Above (+) or short of (-) the target, in the value's own measure."""
        return None if self.value is None else self.value - self.target

    @property
    def coverage(self) -> Fraction | None:
        """The part of the province's own denominator that the counted units hold."""
        return Fraction(self.denominator, self.whole) if self.whole else None


def summed(
    receivers: Iterable[Receiver],
    shares: Mapping[str, Fraction],
    target: Fraction,
    whole: int | None = None,
) -> Sum:
    """Sum of share x denominator over sum of denominators; the order makes no difference."""
    numerator, denominator = Fraction(0), 0
    counted, without, within = [], [], []
    for one in receivers:
        share = shares.get(one.uid)
        if share is None:
            continue
        if one.inside:
            within.append(one.uid)
        elif not one.denominator:
            without.append(one.uid)
        else:
            counted.append(one.uid)
            numerator += share * one.denominator
            denominator += one.denominator
    value = numerator / denominator if denominator else None
    return Sum(value, target, denominator, tuple(counted), tuple(without), tuple(within), whole)


def weighted(parts: Sequence[tuple[Fraction, int | None]]) -> Fraction | None:
    """One value for several: sum of value x denominator over sum of denominators.

    Equal values need no weights. None when values differ and a denominator is missing or zero.
    """
    if len({value for value, _ in parts}) == 1:
        return parts[0][0]
    if not parts or not all(denominator for _, denominator in parts):
        return None
    total = sum(denominator or 0 for _, denominator in parts)
    return sum((value * (denominator or 0) for value, denominator in parts), Fraction(0)) / total
