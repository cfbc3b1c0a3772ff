"""What would bring the points still missing, and places among peers (điểm còn lấy được)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import (
    Component,
    Proportional,
    Scorecard,
    Steps,
    YesNo,
)
from tinhso.measure.scorecards.ranking import place_of
from tinhso.measure.scorecards.scoring import Reading, Score, mark, score
from tinhso.measure.targets import Threshold


@dataclass(frozen=True)
class Gain:
    """Points that a leaf could still bring, and what it takes.

    `more`: how many more of the numerator (below 0: fewer) as the denominator stands; None where
    the figure has no numerator or the threshold is beyond the denominator. `reaches` is the
    threshold that brings `points`.
    """

    component: Component
    points: Fraction
    reaches: Threshold | None = None
    more: int | None = None
    unknown: bool = False  # the points of a leaf whose figure nobody has told


def gains(whole: Score) -> tuple[Gain, ...]:
    """Every leaf that could bring points, the most first; those not known come last."""
    found = [gain for leaf in whole.leaves if (gain := _gain(leaf)) is not None]
    return tuple(sorted(found, key=lambda one: (one.unknown, -one.points, one.component.code)))


def _gain(leaf: Score) -> Gain | None:
    component, reading = leaf.component, leaf.reading
    assert component is not None
    if reading is None or reading.status is Status.NOT_APPLICABLE:
        return None
    if reading.status is Status.UNKNOWN:
        return Gain(component, leaf.open, unknown=True) if leaf.open else None
    threshold, points = _next(component, leaf)
    if points <= 0:
        return None
    return Gain(component, points, threshold, more_of(reading, threshold) if threshold else None)


def _next(component: Component, leaf: Score) -> tuple[Threshold | None, Fraction]:
    """The threshold that brings more points, the nearest step first, and how many more."""
    match component.rule:
        case Proportional(threshold, _) | YesNo(threshold):
            return threshold, component.points - leaf.earned
        case Steps(steps):
            better = [one for one in steps if one.points > leaf.earned]
            if not better:
                return None, Fraction(0)
            return better[-1].threshold, better[-1].points - leaf.earned
    return None, leaf.missing


def more_of(reading: Reading, threshold: Threshold) -> int | None:
    """How many more of the numerator meet the threshold, the denominator staying as it is.

    Below 0 for a threshold from above. None where it cannot be met so.

    >>> more_of(Reading(Status.MEASURED, Fraction(3, 4), 75, 100), Threshold(">", Fraction(3, 4)))
    1
    """
    if reading.numerator is None or not reading.denominator:
        return None
    wanted = threshold.amount * reading.denominator
    match threshold.operator:
        case ">=":
            needed = ceil(wanted)
        case ">":
            needed = floor(wanted) + 1
        case "<=":
            needed = floor(wanted)
        case _:
            needed = ceil(wanted) - 1
    if not 0 <= needed <= reading.denominator:
        return None
    return needed - reading.numerator


@dataclass(frozen=True)
class Bought:
    """The places that one component would bring if it were as good as the best peer's."""

    component: Component
    value: Fraction
    best: Fraction
    points: Fraction  # more for the card, in its own points
    rank: int
    places: int


def distance(own: Fraction, marks: list[Fraction], place: int) -> Fraction | None:
    """How much a mark lacks to rank `place` or better among `marks` (its own included).

    0 where it does already; None where there are fewer marks than places.
    """
    others = sorted(marks, reverse=True)
    if len(others) < place:
        return None
    return max(Fraction(0), others[place - 1] - own)


def places_bought(
    card: Scorecard, table: Mapping[str, Mapping[str, Reading]], unit: str
) -> tuple[Bought, ...]:
    """For each component of a table of peers: the rank of `unit` if it alone reached the best
    value that any peer has, all else staying. The most places first."""
    marks = {peer: own for peer, one in table.items() if (own := _mark(card, one)) is not None}
    if unit not in marks:
        return ()
    now, _ = place_of(marks[unit], marks.values())
    found: list[Bought] = []
    for leaf in card.leaves:
        mine = table[unit].get(leaf.code)
        values = [
            one.value
            for readings in table.values()
            if (one := readings.get(leaf.code)) is not None and one.value is not None
        ]
        if mine is None or mine.value is None or not values:
            continue
        best = max(values)
        if best <= mine.value:
            continue
        raised = {**table[unit], leaf.code: Reading(Status.MEASURED, best)}
        then = score(card, raised)
        reached = mark(card, then)
        assert reached is not None
        place, _ = place_of(reached, [*(m for p, m in marks.items() if p != unit), reached])
        gained = then.earned - score(card, table[unit]).earned
        found.append(Bought(leaf, mine.value, best, gained, place, now - place))
    return tuple(sorted(found, key=lambda one: (-one.places, -one.points, one.component.code)))


def _mark(card: Scorecard, readings: Mapping[str, Reading]) -> Fraction | None:
    return mark(card, score(card, readings))
