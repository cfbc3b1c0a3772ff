"""One unit's points: earned, not known, not applicable, each apart (chấm điểm)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import (
    ByRank,
    Component,
    Penalty,
    Proportional,
    Scorecard,
    Steps,
    Unknown,
    YesNo,
)
from tinhso.measure.targets import Threshold
from tinhso.measure.text import Text

ZERO, ONE = Fraction(0), Fraction(1)

NO_SOURCE = Text("Chưa có nguồn số liệu cho tiêu chí này.", "No source of figures yet.")
NOT_READ = Text("Chưa có số liệu.", "No figure.")
OTHER_LEVEL = Text(
    "Tiêu chí không áp dụng cho cấp của đơn vị này.",
    "The component does not apply to units of this level.",
)
NOT_GIVEN = Text("Chưa ai thẩm định tiêu chí này.", "Nobody has verified this component.")
NEEDS_GROUP = Text(
    "Chấm theo thứ hạng trong nhóm nên chỉ có điểm ở bảng xếp hạng.",
    "Scored by the rank in a group, so there are points in a ranking only.",
)


@dataclass(frozen=True)
class Reading:
    """What a leaf reads for one unit: the figure's status, its exact value and its two sums."""

    status: Status
    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    why: Text | None = None  # why it is not measured


UNREAD = Reading(Status.UNKNOWN, why=NOT_READ)


@dataclass(frozen=True)
class Score:
    """A component's points for one unit, the exact sum of its parts'.

    `points` = `out` (not applicable) + `open` (unknown) + what is known; of what is known `earned`
    is earned. `risk` is what penalties that are not known may still take.
    """

    component: Component | None  # None: the card as a whole
    points: Fraction
    earned: Fraction
    open: Fraction
    out: Fraction
    risk: Fraction
    parts: tuple[Score, ...] = ()
    reading: Reading | None = None
    met: bool | None = None  # a leaf's threshold: met or not; None where there is no answer

    @property
    def reachable(self) -> Fraction:
        return self.points - self.out

    @property
    def known(self) -> Fraction:
        """The points of what is measured, earned or not."""
        return self.reachable - self.open

    @property
    def missing(self) -> Fraction:
        """Known and not earned."""
        return self.known - self.earned

    @property
    def lowest(self) -> Fraction:
        return self.earned - self.risk

    @property
    def highest(self) -> Fraction:
        return self.earned + self.open

    @property
    def status(self) -> Status:
        """Measured where anything of it is; not applicable where nothing applies."""
        readings = [leaf.reading for leaf in self.leaves if leaf.reading is not None]
        found = {one.status for one in readings}
        for status in (Status.MEASURED, Status.UNKNOWN):
            if status in found:
                return status
        return Status.NOT_APPLICABLE

    @property
    def leaves(self) -> Iterator[Score]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves

    @property
    def nodes(self) -> Iterator[Score]:
        """Every component's score, branches before their parts."""
        for part in self.parts:
            yield part
            yield from part.nodes


def score(
    card: Scorecard,
    readings: Mapping[str, Reading],
    places: Mapping[str, Fraction] | None = None,
) -> Score:
    """The points of one unit. `readings` by the leaf's code; one that is left out is unknown.

    `places` (leaf -> share of the points, 0 to 1) is what `ByRank` leaves earn; without it they
    are unknown, since nobody is compared.
    """
    parts = tuple(_score(part, readings, places) for part in card.parts)
    return _sum(None, card.total, parts)


def _score(
    component: Component, readings: Mapping[str, Reading], places: Mapping[str, Fraction] | None
) -> Score:
    if component.parts:
        parts = tuple(_score(part, readings, places) for part in component.parts)
        return _sum(component, component.points, parts)
    reading = readings.get(component.code, UNREAD)
    if component.no_source is not None and reading is UNREAD:
        reading = Reading(Status.UNKNOWN, why=NO_SOURCE)
    penalty = component.rule if isinstance(component.rule, Penalty) else None
    if reading.status is Status.NOT_APPLICABLE:
        return _leaf(component, reading, out=component.points)
    by_rank = isinstance(component.rule, ByRank)
    if reading.status is Status.MEASURED and by_rank and places is None:
        reading = Reading(
            Status.UNKNOWN, reading.value, reading.numerator, reading.denominator, NEEDS_GROUP
        )
    if reading.status is Status.UNKNOWN:
        return _leaf(
            component, reading, open=component.points, risk=penalty.most if penalty else ZERO
        )
    if by_rank:
        assert places is not None
        share = places.get(component.code, ZERO)
        return _leaf(component, reading, earned=component.points * share, met=share == ONE)
    earned, met = earn(component, reading)
    return _leaf(component, reading, earned=earned, met=met)


def _leaf(
    component: Component,
    reading: Reading,
    *,
    earned: Fraction = ZERO,
    open: Fraction = ZERO,  # noqa: A002 (the word of the domain)
    out: Fraction = ZERO,
    risk: Fraction = ZERO,
    met: bool | None = None,
) -> Score:
    return Score(component, component.points, earned, open, out, risk, (), reading, met)


def _sum(component: Component | None, points: Fraction, parts: tuple[Score, ...]) -> Score:
    return Score(
        component,
        points,
        sum((one.earned for one in parts), ZERO),
        sum((one.open for one in parts), ZERO),
        sum((one.out for one in parts), ZERO),
        sum((one.risk for one in parts), ZERO),
        parts,
    )


def score_given(
    card: Scorecard, readings: Mapping[str, Reading], given: Mapping[str, Fraction]
) -> Score:
    """The points of one unit as somebody verified them (leaf -> points), not as they are measured.

    A leaf without given points is not applicable where its reading says so, else unknown.
    """
    parts = tuple(_score_given(part, readings, given) for part in card.parts)
    return _sum(None, card.total, parts)


def _score_given(
    component: Component, readings: Mapping[str, Reading], given: Mapping[str, Fraction]
) -> Score:
    if component.parts:
        parts = tuple(_score_given(part, readings, given) for part in component.parts)
        return _sum(component, component.points, parts)
    reading = readings.get(component.code, UNREAD)
    if component.code in given:
        known = replace(reading, status=Status.MEASURED, why=None)
        return _leaf(component, known, earned=given[component.code])
    if reading.status is Status.NOT_APPLICABLE:
        return _leaf(component, reading, out=component.points)
    unknown = replace(reading, status=Status.UNKNOWN, why=NOT_GIVEN)
    risk = component.rule.most if isinstance(component.rule, Penalty) else ZERO
    return _leaf(component, unknown, open=component.points, risk=risk)


def earn(component: Component, reading: Reading) -> tuple[Fraction, bool | None]:
    """The points that a measured leaf earns, and whether its threshold is met.

    Values are compared unrounded: at exactly 80 % a rule "> 80 %" is not met.
    """
    value = reading.value
    assert value is not None
    match component.rule:
        case Proportional(threshold, start):
            met = threshold.is_met_by(value)
            return component.points * (ONE if met else _way(value, start, threshold)), met
        case Steps(steps):
            found = next((one for one in steps if one.threshold.is_met_by(value)), None)
            return (found.points if found else ZERO), found is steps[0]
        case YesNo(threshold):
            met = threshold.is_met_by(value)
            return (component.points if met else ZERO), met
        case Penalty(each, most):
            count = value if reading.numerator is None else Fraction(reading.numerator)
            taken = min(most, max(ZERO, each * count))
            return -taken, taken == 0
    raise ValueError(f"{component.code} has no rule that earns by itself")


def _way(value: Fraction, start: Fraction, threshold: Threshold) -> Fraction:
    """How far from `start` to the threshold a value has come, 0 to 1."""
    if threshold.amount == start:
        return ZERO
    return max(ZERO, min(ONE, (value - start) / (threshold.amount - start)))


def base(card: Scorecard, whole: Score) -> Fraction:
    """What a mark is a share of: the reachable points, or those of them that are known."""
    return whole.known if card.unknown is Unknown.LEFT_OUT else whole.reachable


def mark(card: Scorecard, whole: Score) -> Fraction | None:
    """The share of the points that a unit has (0 to 1); None where nothing is known.

    Not applicable leaves both sides; unknown as the card says.
    """
    divisor = base(card, whole)
    if whole.known <= 0 or divisor <= 0:
        return None
    return whole.earned / divisor


def places_by_rank(
    card: Scorecard, group: Mapping[str, Mapping[str, Reading]]
) -> dict[str, dict[str, Fraction]]:
    """For each unit of a group, the share that its `ByRank` leaves earn among the group's units."""
    found: dict[str, dict[str, Fraction]] = {unit: {} for unit in group}
    for leaf in card.leaves:
        rule = leaf.rule
        if not isinstance(rule, ByRank):
            continue
        values = {
            unit: reading.value if rule.higher else -reading.value
            for unit, readings in group.items()
            if (reading := readings.get(leaf.code, UNREAD)).status is Status.MEASURED
            and reading.value is not None
        }
        last = len(values) - 1
        for unit, value in values.items():
            ahead = sum(other > value for other in values.values())
            found[unit][leaf.code] = Fraction(last - ahead, last) if last else ONE
    return found


def score_group(card: Scorecard, group: Mapping[str, Mapping[str, Reading]]) -> dict[str, Score]:
    """The points of every unit of a group, those by rank included."""
    places = places_by_rank(card, group)
    return {unit: score(card, readings, places[unit]) for unit, readings in group.items()}
