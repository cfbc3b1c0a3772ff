"""What a round ends with: the points measured at closing, and the ranking by verified points.

Both are kept with the round. The ranking follows the rules of every ranking of the card: marks are
compared as exact fractions, ties share a rank, too small and too little known are not ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tinhso.kernel.people.who import Who
from tinhso.measure.figures import Status
from tinhso.measure.periods import Period
from tinhso.measure.places import View
from tinhso.measure.scorecards.definitions import Group, Scorecard
from tinhso.measure.scorecards.ranking import NotRanked, Ranking, rank
from tinhso.measure.scorecards.scoring import Reading, Score, score_given, score_group
from tinhso.measure.text import Text
from tinhso.modules.plan.queries import Lens
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.models import Line, Round, VerifiedPlace
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.queries import OTHER_GROUP, CardQueries


@dataclass(frozen=True)
class Measured:
    """What the records give the units of a round now: leaf scores by unit, and what they came of.

    `units` is empty where the records do not reach the round's period.
    """

    snapshot: int
    computed_at: str
    units: Mapping[str, Mapping[str, Score]]


def measured_in(cards: CardQueries, made: Round, card: Scorecard, units: Iterable[str]) -> Measured:
    """The measured points of units in a round, compared with each other where a rule asks for it."""
    manifest = cards.queries.manifest
    lens, group = Lens(Period.parse(made.period), View()), card.group(made.group)
    if cards.queries.figures.cube.grid.slots(lens.period) is None:
        return Measured(manifest.snapshot, manifest.computed_at, {})
    found = score_group(card, {one: cards.readings(card, one, lens, group) for one in units})
    return Measured(
        manifest.snapshot,
        manifest.computed_at,
        {
            unit: {leaf.component.code: leaf for leaf in whole.leaves if leaf.component is not None}
            for unit, whole in found.items()
        },
    )


def keep_measured(lines: Iterable[Line], measured: Measured) -> None:
    """Write what was measured into lines; the caller saves them."""
    for line in lines:
        found = measured.units.get(line.unit_id, {}).get(line.component)
        reading = found.reading if found is not None else None
        line.status = Status.UNKNOWN if reading is None else reading.status
        line.measured = str(found.earned) if found and line.status == Status.MEASURED else ""
        line.numerator = reading.numerator if reading is not None else None
        line.denominator = reading.denominator if reading is not None else None


def verified_ranking(card: Scorecard, group: Group, lines: Iterable[Line]) -> Ranking:
    """The units of a round by their verified points. `lines` hold what was measured, too."""
    given: dict[str, dict[str, Fraction]] = {}
    readings: dict[str, dict[str, Reading]] = {}
    for line in lines:
        own = given.setdefault(line.unit_id, {})
        if line.verified is not None:
            own[line.component] = Fraction(line.verified)
        readings.setdefault(line.unit_id, {})[line.component] = Reading(
            Status(line.status), None, line.numerator, line.denominator
        )
    others = Reading(Status.NOT_APPLICABLE, why=OTHER_GROUP)
    scores = {
        unit: score_given(
            card, {leaf.code: own.get(leaf.code, others) for leaf in card.leaves}, given[unit]
        )
        for unit, own in readings.items()
    }
    return rank(card, group, scores)


def places_of(made: Round, ranking: Ranking) -> list[VerifiedPlace]:
    """The rows of a ranking, to be kept with the round."""
    return [
        VerifiedPlace(
            round=made,
            unit_id=row.unit,
            rank=row.rank,
            tied=row.tied,
            mark="" if row.mark is None else str(row.mark),
            earned=str(row.score.earned),
            reachable=str(row.score.reachable),
            open=str(row.score.open),
            why=row.why or "",
            smallest=row.smallest,
            denominator=row.denominator,
        )
        for row in ranking.rows
    ]


@dataclass(frozen=True)
class Placed:
    """A unit in the ranking of a closed round; exact. `why` is empty where it has a rank."""

    unit: str
    rank: int | None
    tied: int
    mark: Fraction | None
    earned: Fraction
    reachable: Fraction
    open: Fraction
    why: Text


@dataclass(frozen=True)
class Result:
    """The ranking of a closed round, as far as it may be seen. `ranked`: how many have a rank."""

    rows: tuple[Placed, ...]
    ranked: int
    whole: bool  # whether all units of the round are in sight

    @property
    def with_rank(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.rows if one.rank is not None)

    @property
    def without(self) -> tuple[Placed, ...]:
        return tuple(one for one in self.rows if one.rank is None)


def result_of(who: Who, made: Round) -> Result | None:
    """By rank, ties by uid, then those without. None for a round that was closed without ranks."""
    if made.snapshot is None:
        return None
    seen = ROUND.rows(who, "view", made.places.all())
    rows = sorted(map(_placed, seen), key=lambda one: (one.rank is None, one.rank or 0, one.unit))
    ranked = made.places.filter(rank__isnull=False).count()
    return Result(tuple(rows), ranked, len(rows) == made.places.count())


def _placed(one: VerifiedPlace) -> Placed:
    return Placed(
        one.unit_id,
        one.rank,
        one.tied,
        Fraction(one.mark) if one.mark else None,
        Fraction(one.earned),
        Fraction(one.reachable),
        Fraction(one.open),
        words.why_not_ranked(
            NotRanked(one.why) if one.why else None, one.denominator, one.smallest
        ),
    )
