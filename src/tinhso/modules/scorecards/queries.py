"""What pages and the API ask of scorecards: points of a unit, rankings, why a rank changed.

Every figure comes from the plan's face; the reckoning is that of `measure.scorecards`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tinhso.measure.figures import Status, Value
from tinhso.measure.scorecards.definitions import Component, Group, Scorecard
from tinhso.measure.scorecards.ranking import RankChange, Ranked, Ranking, rank, rank_change
from tinhso.measure.scorecards.reaching import Gain, gains
from tinhso.measure.scorecards.scoring import (
    OTHER_LEVEL,
    Reading,
    Score,
    mark,
    score,
    score_group,
)
from tinhso.measure.text import Text
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.words import REASONS

OTHER_GROUP = Text(
    "Tiêu chí không áp dụng cho nhóm của đơn vị này.",
    "The component does not apply to the group of this unit.",
)
LARGER_UNKNOWN = Text(
    "Mẫu số là số lớn hơn của hai hệ thống, mà một hệ thống chưa có số.",
    "The denominator is the larger of two systems' counts, and one of them is not known.",
)
NOTHING_COUNTED = Text(
    "Mẫu số bằng 0 ở cả hai hệ thống: không có gì thuộc diện tính.",
    "The denominator is 0 in both systems: nothing falls under this figure.",
)


class UnknownCardError(LookupError):
    """The plan's packs have no scorecard of that code."""


class UnknownGroupError(LookupError):
    """The scorecard has no group of that code."""


@dataclass(frozen=True)
class UnitScore:
    """A unit's points, with its place in its group where it has one."""

    card: Scorecard
    unit: str
    group: Group | None
    score: Score
    mark: Fraction | None
    gains: tuple[Gain, ...]
    row: Ranked | None
    ranked: int  # how many of the group have a rank
    change: RankChange | None
    exists: bool


@dataclass(frozen=True)
class RankingPage:
    """A ranking with that of the period before, where there is one."""

    card: Scorecard
    ranking: Ranking
    changes: Mapping[str, RankChange | None]
    before: Ranking | None


class CardQueries:
    """Reads of one plan's scorecards. Make one a request; it holds no state of its own."""

    def __init__(self, queries: PlanQueries) -> None:
        self.queries = queries

    @property
    def cards(self) -> list[Scorecard]:
        """The plan's own first, then those of the packs it uses."""
        return list(self.queries.pack.pack.scorecards.values())[::-1]

    def card(self, code: str) -> Scorecard:
        """Raises UnknownCardError."""
        found = self.queries.pack.pack.scorecards.get(code)
        if found is None:
            raise UnknownCardError(code)
        return found

    def group(self, card: Scorecard, code: str) -> Group:
        """Raises UnknownGroupError."""
        found = card.group(code)
        if found is None:
            raise UnknownGroupError(code)
        return found

    # -- what is read ------------------------------------------------------------------------------

    def value(self, code: str, unit: str, lens: Lens) -> Value:
        return self.queries.figures.value(code, unit, lens.period, lens.view)

    def readings(
        self, card: Scorecard, unit: str, lens: Lens, group: Group | None
    ) -> dict[str, Reading]:
        """What each leaf reads for a unit; leaves without a source are left out: unknown."""
        return {
            leaf.code: self._reading(leaf, unit, lens, group)
            for leaf in card.leaves
            if leaf.indicator
        }

    def _reading(self, leaf: Component, unit: str, lens: Lens, group: Group | None) -> Reading:
        if leaf.levels and self.queries.units.level(unit) not in leaf.levels:
            return Reading(Status.NOT_APPLICABLE, why=OTHER_LEVEL)
        if group is not None and leaf.code in group.without:
            return Reading(Status.NOT_APPLICABLE, why=OTHER_GROUP)
        reading = reading_of(self.value(leaf.indicator, unit, lens))
        if leaf.larger_denominator:
            other = self.value(leaf.larger_denominator, unit, lens).denominator.amount
            return over_the_larger(reading, other)
        return reading

    # -- groups ------------------------------------------------------------------------------------

    def members(self, group: Group, lens: Lens) -> list[str]:
        """The units of a group in the lens's period and view, below the plan's own unit."""
        found = self.queries.by_level(self.queries.root, lens).get(group.level, [])
        return sorted(unit for unit in found if self._belongs(group, unit, lens))

    def _belongs(self, group: Group, unit: str, lens: Lens) -> bool:
        if group.has and not self._counts(group.has, unit, lens):
            return False
        return not (group.lacks and self._counts(group.lacks, unit, lens))

    def _counts(self, indicator: str, unit: str, lens: Lens) -> bool:
        return bool(self.value(indicator, unit, lens).denominator.amount)

    def group_of(self, card: Scorecard, unit: str, lens: Lens) -> Group | None:
        """The group that the unit is compared in; None where the card has none for it."""
        level = self.queries.units.level(unit)
        return next(
            (
                group
                for group in card.groups
                if group.level is level and self._belongs(group, unit, lens)
            ),
            None,
        )

    # -- points and ranks --------------------------------------------------------------------------

    def ranking(self, card: Scorecard, group: Group, lens: Lens) -> Ranking:
        units = self.members(group, lens)
        table = {unit: self.readings(card, unit, lens, group) for unit in units}
        return rank(card, group, score_group(card, table))

    def ranking_page(self, card: Scorecard, group: Group, lens: Lens) -> RankingPage:
        """A ranking, and why each rank is another than in the period of the same kind before."""
        now, before = self.ranking(card, group, lens), self.before(card, group, lens)
        changes = {
            row.unit: rank_change(card, before, now, row.unit) if before else None
            for row in now.rows
        }
        return RankingPage(card, now, changes, before)

    def before(self, card: Scorecard, group: Group, lens: Lens) -> Ranking | None:
        """The ranking of the period before; None where records do not reach so far back."""
        earlier = lens.period.previous()
        if self.queries.figures.cube.grid.slots(earlier) is None:
            return None
        return self.ranking(card, group, Lens(earlier, lens.view))

    def unit_score(self, card: Scorecard, unit: str, lens: Lens) -> UnitScore:
        group = self.group_of(card, unit, lens)
        readings = self.readings(card, unit, lens, group)
        whole, row, change, ranked = score(card, readings), None, None, 0
        if group is not None:
            page = self.ranking_page(card, group, lens)
            row, change = page.ranking.row(unit), page.changes.get(unit)
            ranked = len(page.ranking.ranked)
            whole = row.score if row is not None else whole
        place = self.queries.figures.places.place(unit, lens.period, lens.view)
        return UnitScore(
            card,
            unit,
            group,
            whole,
            mark(card, whole),
            gains(whole),
            row,
            ranked,
            change,
            place is not None,
        )


def reading_of(value: Value) -> Reading:
    """A figure as a leaf reads it."""
    return Reading(
        value.status,
        value.value,
        value.numerator.amount,
        value.denominator.amount,
        REASONS[value.reason] if value.reason else None,
    )


def over_the_larger(reading: Reading, other: int | None) -> Reading:
    """A reading whose denominator is the larger of its own and of `other`.

    Without one of the two nobody knows which is the larger: unknown. Both 0: not applicable.
    """
    own = reading.denominator
    if own is None or other is None:
        return Reading(Status.UNKNOWN, None, reading.numerator, None, LARGER_UNKNOWN)
    larger = max(own, other)
    if larger == 0:
        return Reading(Status.NOT_APPLICABLE, None, reading.numerator, 0, NOTHING_COUNTED)
    if reading.numerator is None:
        return Reading(Status.UNKNOWN, None, None, larger, reading.why)
    value = Fraction(reading.numerator, larger)
    return Reading(Status.MEASURED, value, reading.numerator, larger)


def shown_day(lens: Lens) -> date:
    """The day as of which names of units are shown."""
    return lens.view.day or lens.period.last_day
