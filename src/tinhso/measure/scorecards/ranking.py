"""Units against each other: ranks with ties, who is not ranked and why, why a rank changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import Group, Scorecard
from tinhso.measure.scorecards.scoring import ZERO, Score, base, mark


class NotRanked(StrEnum):
    """Why a unit has no rank."""

    NOTHING_KNOWN = "nothing-known"
    NOTHING_APPLIES = "nothing-applies"
    TOO_LITTLE_KNOWN = "too-little-known"
    TOO_SMALL = "too-small"  # a denominator below the card's smallest


@dataclass(frozen=True)
class Ranked:
    """A unit in a ranking. `tied` units have this rank together; None: not ranked, and why."""

    unit: str
    score: Score
    mark: Fraction | None
    rank: int | None
    tied: int
    why: NotRanked | None = None
    smallest: int = 0  # with TOO_SMALL: the denominator asked for
    denominator: int = 0  # with TOO_SMALL: the denominator that the unit has


@dataclass(frozen=True)
class Ranking:
    """The units of a group: those with a rank by rank (ties by uid), then those without."""

    group: Group
    rows: tuple[Ranked, ...]

    @property
    def ranked(self) -> tuple[Ranked, ...]:
        return tuple(row for row in self.rows if row.rank is not None)

    @property
    def unranked(self) -> tuple[Ranked, ...]:
        return tuple(row for row in self.rows if row.rank is None)

    def row(self, unit: str) -> Ranked | None:
        return next((row for row in self.rows if row.unit == unit), None)


def rank(card: Scorecard, group: Group, scores: Mapping[str, Score]) -> Ranking:
    """Rank units by their marks. Equal marks share a rank and the next is skipped (15, 15, 17)."""
    refused = {unit: _refused(card, group, one) for unit, one in scores.items()}
    marks = {
        unit: found
        for unit, one in scores.items()
        if refused[unit] is None and (found := mark(card, one)) is not None
    }
    rows = []
    for unit, one in scores.items():
        own, why = marks.get(unit), refused[unit]
        if own is None:
            reason, asked, has = why or (NotRanked.NOTHING_KNOWN, 0, 0)
            rows.append(Ranked(unit, one, mark(card, one), None, 0, reason, asked, has))
            continue
        place, tied = place_of(own, marks.values())
        rows.append(Ranked(unit, one, own, place, tied))
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.unit))
    return Ranking(group, tuple(rows))


def place_of(own: Fraction, marks: Iterable[Fraction]) -> tuple[int, int]:
    """The rank of a mark among marks (its own included), and how many share it."""
    listed = list(marks)
    return 1 + sum(other > own for other in listed), sum(other == own for other in listed)


def _refused(card: Scorecard, group: Group, one: Score) -> tuple[NotRanked, int, int] | None:
    if one.status is Status.NOT_APPLICABLE:
        return NotRanked.NOTHING_APPLIES, 0, 0
    if one.known <= 0:
        return NotRanked.NOTHING_KNOWN, 0, 0
    if one.known < card.known_at_least * one.reachable:
        return NotRanked.TOO_LITTLE_KNOWN, 0, 0
    leaves = {leaf.component.code: leaf for leaf in one.leaves if leaf.component is not None}
    for smallest in group.smallest:
        reading = leaves[smallest.component].reading
        has = reading.denominator if reading is not None else None
        if has is not None and has < smallest.denominator:
            return NotRanked.TOO_SMALL, smallest.denominator, has
    return None


@dataclass(frozen=True)
class ComponentChange:
    """What a leaf added to a mark in two periods, in shares of the mark's whole."""

    code: str
    before: Fraction
    now: Fraction

    @property
    def change(self) -> Fraction:
        return self.now - self.before


@dataclass(frozen=True)
class RankChange:
    """Why a unit's rank is another than in the period before.

    `own` places come from the unit's own mark against the others' marks of before, `others` from
    what the others did (changed, came, went). Above 0 is upwards; together they are the change.
    """

    unit: str
    before: int
    now: int
    own: int
    others: int
    mark_before: Fraction
    mark_now: Fraction
    parts: tuple[ComponentChange, ...]

    @property
    def change(self) -> int:
        """Places gained; below 0: lost."""
        return self.before - self.now


def contributions(card: Scorecard, whole: Score) -> dict[str, Fraction]:
    """What each leaf adds to the mark; they sum to it exactly."""
    divisor = base(card, whole)
    return {
        leaf.component.code: leaf.earned / divisor if divisor > 0 else ZERO
        for leaf in whole.leaves
        if leaf.component is not None
    }


def rank_change(card: Scorecard, before: Ranking, now: Ranking, unit: str) -> RankChange | None:
    """Why the rank of `unit` changed; None where it had no rank in one of the two."""
    was, is_now = before.row(unit), now.row(unit)
    if was is None or is_now is None or was.rank is None or is_now.rank is None:
        return None
    assert was.mark is not None
    assert is_now.mark is not None
    others = [row.mark for row in before.ranked if row.unit != unit and row.mark is not None]
    between, _ = place_of(is_now.mark, [*others, is_now.mark])
    old, new = contributions(card, was.score), contributions(card, is_now.score)
    parts = [ComponentChange(code, old.get(code, ZERO), new.get(code, ZERO)) for code in new]
    parts.sort(key=lambda one: (-abs(one.change), one.code))
    return RankChange(
        unit,
        was.rank,
        is_now.rank,
        was.rank - between,
        between - is_now.rank,
        was.mark,
        is_now.mark,
        tuple(parts),
    )
