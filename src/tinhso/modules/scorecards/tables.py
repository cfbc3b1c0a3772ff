"""National tables: what was imported or is published, a province among its peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Source
from tinhso.measure.figures import Status
from tinhso.measure.periods import Period
from tinhso.measure.scorecards.definitions import Published, Scorecard
from tinhso.measure.scorecards.ranking import place_of
from tinhso.measure.scorecards.reaching import Bought, distance, places_bought
from tinhso.measure.scorecards.scoring import Reading, Score, score
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.scorecards.models import NationalTable

#: The place that the plan's overall goal names: among the ten leading provinces.
GOAL_PLACE = 10


@dataclass(frozen=True)
class PeerRow:
    """A province in a table. `rank` and `score` as published; `reckoned` by the card's weights,
    None where a part is not known. `by_score` is the rank by published scores, None without."""

    unit: str
    rank: int | None
    score: Fraction | None
    of: int | None
    parts: Mapping[str, Fraction]
    reckoned: Fraction | None
    by_score: int | None = None
    source: Source | None = None


@dataclass(frozen=True)
class PeerTable:
    """A table of one period: whole and imported, or the few results that packs name."""

    card: Scorecard
    period: Period
    rows: tuple[PeerRow, ...]
    table: NationalTable | None
    expected: int  # provinces of the country at the period's end

    @property
    def is_whole(self) -> bool:
        return len(self.rows) >= self.expected

    def row(self, unit: str) -> PeerRow | None:
        return next((row for row in self.rows if row.unit == unit), None)


@dataclass(frozen=True)
class Place:
    """A province among its peers. `to_goal`: how much its score lacks to rank tenth, in the
    table's own points; None where the table does not tell."""

    row: PeerRow
    whole: Score
    to_goal: Fraction | None
    bought: tuple[Bought, ...]
    comparable: bool  # whether every province's components are known


class TableQueries:
    """Reads of national tables; everybody may see them."""

    def __init__(self, queries: PlanQueries) -> None:
        self.queries = queries
        self.units: UnitRegister = queries.units

    def periods(self, card: Scorecard) -> list[Period]:
        """Periods of which anything is known, newest first."""
        imported = NationalTable.objects.filter(card=card.code).values_list("period", flat=True)
        codes = {*imported, *(one.period for one in self._facts(card))}
        return sorted(map(Period.parse, codes), reverse=True)

    def revisions(self, card: Scorecard, period: Period) -> list[NationalTable]:
        """Imports of a period, newest first."""
        rows = NationalTable.objects.filter(card=card.code, period=period.code)
        return list(rows.order_by("-number"))

    def table(self, card: Scorecard, period: Period) -> PeerTable:
        """The newest import of a period; without one, what packs name."""
        newest = next(iter(self.revisions(card, period)), None)
        if newest is None:
            rows = [_of_fact(card, one) for one in self._facts(card) if one.period == period.code]
        else:
            rows = [
                peer_row(
                    card,
                    one.unit_id,
                    one.rank,
                    Fraction(one.score) if one.score else None,
                    {name: Fraction(value) for name, value in one.parts.items()},
                )
                for one in newest.rows.all()
            ]
        expected = len(self.units.on(period.last_day, Level.PROVINCE))
        rows = _with_ranks(rows)
        rows.sort(key=lambda row: (row.rank or row.by_score or 999, row.unit))
        return PeerTable(card, period, tuple(rows), newest, expected)

    def unit_then(self, unit: str, day: date) -> str:
        """The unit that stood for `unit` on a day, before or after its own time."""
        return self.units.at(unit, day).uid if unit in self.units else unit

    def place(self, found: PeerTable, unit: str) -> Place | None:
        row = found.row(unit)
        if row is None:
            return None
        card = found.card
        table = {one.unit: readings_of(card, one) for one in found.rows}
        scores = [one.score for one in found.rows if one.score is not None]
        to_goal = None
        if found.is_whole and row.score is not None and len(scores) == len(found.rows):
            to_goal = distance(row.score, scores, GOAL_PLACE)
        tabled = card.tabled
        complete = card.of_tables or all(set(card.columns) <= set(one.parts) for one in found.rows)
        comparable = found.is_whole and complete and bool(card.columns)
        bought = places_bought(tabled, table, unit) if comparable else ()
        return Place(row, score(tabled, table[unit]), to_goal, bought, comparable)

    def _facts(self, card: Scorecard) -> list[Published]:
        return [one for one in self.queries.pack.pack.results if one.card == card.code]


def readings_of(card: Scorecard, row: PeerRow) -> dict[str, Reading]:
    return {
        leaf.code: Reading(Status.MEASURED, row.parts[leaf.column])
        for leaf in card.tabled.leaves
        if leaf.column in row.parts
    }


def peer_row(
    card: Scorecard,
    unit: str,
    rank: int | None,
    points: Fraction | None,
    parts: Mapping[str, Fraction],
    of: int | None = None,
    source: Source | None = None,
) -> PeerRow:
    row = PeerRow(unit, rank, points, of, parts, None, None, source)
    whole = score(card.tabled, readings_of(card, row))
    reckoned = whole.earned if card.columns and whole.known == card.total else None
    return PeerRow(unit, rank, points, of, parts, reckoned, None, source)


def _of_fact(card: Scorecard, one: Published) -> PeerRow:
    return peer_row(card, one.unit, one.rank, one.score, one.parts or {}, one.of, one.source)


def _with_ranks(rows: list[PeerRow]) -> list[PeerRow]:
    """The rank by published scores; only where every row has one, for else nobody knows it."""
    scores = [row.score for row in rows if row.score is not None]
    if len(scores) < len(rows) or len(rows) < GOAL_PLACE:
        return rows
    return [
        PeerRow(
            *(row.unit, row.rank, row.score, row.of, row.parts, row.reckoned),
            place_of(row.score, scores)[0] if row.score is not None else None,
            row.source,
        )
        for row in rows
    ]
