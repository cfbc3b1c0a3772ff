"""The shapes of scorecards over the API. Numbers are exact; unknown is null, never 0."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from tinhso.kernel.units.api import Page, Shape, TextShape
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import (
    Certainty,
    Counted,
    Unknown,
)
from tinhso.measure.scorecards.ranking import NotRanked
from tinhso.modules.plan.api_figures import Amount
from tinhso.modules.plan.api_schemas import About, LensShape, PeriodShape, SourceShape
from tinhso.modules.scorecards.models import RoundState


class RuleThresholdShape(Shape):
    operator: str = Field(examples=[">="])
    amount: Amount


class StepShape(Shape):
    threshold: RuleThresholdShape
    points: Amount


class RuleShape(Shape):
    """How a leaf is scored. Which fields are there depends on `kind`; `said` says it in words."""

    kind: str = Field(examples=["proportional"])
    said: TextShape
    threshold: RuleThresholdShape | None = None
    start: Amount | None = None
    steps: list[StepShape] | None = None
    each: Amount | None = None
    most: Amount | None = None


class ComponentShape(Shape):
    """A component of the tree: a branch with `parts`, or a leaf with `rule`."""

    code: str
    name: TextShape
    points: Amount
    source: SourceShape
    certainty: Certainty
    indicator: str | None
    column: str | None
    no_source: TextShape | None
    larger_denominator: str | None
    levels: list[Level]
    assumed: TextShape | None
    note: TextShape | None
    rule: RuleShape | None
    parts: list[ComponentShape]


class SmallestShape(Shape):
    component: str
    denominator: int


class GroupShape(Shape):
    code: str
    name: TextShape
    level: Level
    has: str | None = Field(description="Only units with something in this denominator.")
    lacks: str | None = Field(description="Only units with nothing in this denominator.")
    without: list[str]
    smallest: list[SmallestShape]


class CardLine(Shape):
    code: str
    name: TextShape
    description: TextShape
    counted: Counted
    total: Amount
    source: SourceShape
    certainty: Certainty
    version: str
    of_tables: bool = Field(description="Scores provinces by imported tables, not units.")
    example: TextShape | None = Field(description="Who chose the points, where no document does.")
    unknown: Unknown
    unknown_why: TextShape
    known_at_least: Amount


class CardList(Page[CardLine]):
    about: About


class CardShape(CardLine):
    gaps: list[TextShape]
    parts: list[ComponentShape]
    groups: list[GroupShape]


class CardAnswer(Shape):
    about: About
    card: CardShape


class ReadingShape(Shape):
    status: Status
    value: Amount | None
    numerator: int | None
    denominator: int | None
    why: TextShape | None


class ScoreShape(Shape):
    """Points of a component. points = not_applicable + unknown + known; earned is of known."""

    code: str | None = Field(description="Null: the whole card.")
    status: Status
    points: Amount
    earned: Amount | None = Field(description="Null where nothing is measured.")
    unknown: Amount
    not_applicable: Amount
    reachable: Amount
    met: bool | None
    reading: ReadingShape | None
    parts: list[ScoreShape]


class GainShape(Shape):
    component: str
    points: Amount
    reaches: RuleThresholdShape | None
    more: int | None = Field(description="More of the numerator; below 0: fewer.")
    unknown: bool
    said: TextShape


class ContributionShape(Shape):
    component: str
    before: Amount
    now: Amount
    change: Amount


class RankChangeShape(Shape):
    """Places gained: `own` through the unit's points, `others` through other units."""

    before: int
    now: int
    own: int
    others: int
    parts: list[ContributionShape]


class RankedShape(Shape):
    unit: str
    name: TextShape
    rank: int | None
    tied: int
    mark: Amount | None = Field(description="Share of the points, 0 to 1.")
    earned: Amount | None
    reachable: Amount
    unknown: Amount
    why: NotRanked | None
    why_said: TextShape | None
    change: RankChangeShape | None


class ScoreAnswer(Shape):
    about: About
    lens: LensShape
    card: str
    unit: str
    exists: bool
    group: str | None
    mark: Amount | None
    score: ScoreShape
    gains: list[GainShape]
    ranked: RankedShape | None
    units_ranked: int


class RankingAnswer(Page[RankedShape]):
    about: About
    lens: LensShape
    card: str
    group: GroupShape


class TableLine(Shape):
    """A period of which something is known: imports, or single results that packs name."""

    period: PeriodShape
    imports: int


class TableList(Page[TableLine]):
    about: About


class PeerShape(Shape):
    unit: str
    rank: int | None
    score: Amount | None
    of: int | None
    reckoned: Amount | None
    parts: dict[str, Amount]
    source: SourceShape | None


class BoughtShape(Shape):
    component: str
    value: Amount
    best: Amount
    points: Amount
    rank: int
    places: int


class PlaceShape(Shape):
    unit: str
    to_tenth: Amount | None = Field(description="Null where the table does not tell.")
    bought: list[BoughtShape]


class ImportShape(Shape):
    number: int
    source: str
    reason: str
    imported_at: datetime
    imported_by: str


class TableAnswer(Page[PeerShape]):
    """A national table. It was published; none of it is simulated."""

    simulated: bool = False
    card: str
    period: PeriodShape
    whole: bool
    expected: int
    imports: list[ImportShape]
    place: PlaceShape | None


class RoundShape(Shape):
    id: UUID
    card: str
    period: str
    group: str
    unit: str
    version: str
    state: RoundState
    opened_at: datetime
    opened_by: str
    assess_by: date
    appeal_by: date | None
    ended_at: datetime | None
    snapshot: int | None = Field(
        description="Of the measured points, kept at closing; null before, and for a round closed without ranks."
    )
    reason: str
    simulated: bool


class RoundList(Page[RoundShape]):
    about: About


class UnitInRoundShape(Shape):
    unit: str
    leaves: int
    claimed_leaves: int
    verified_leaves: int
    claimed: str | None = Field(description="An exact decimal.", examples=["56.4"])
    verified: str | None
    appeals: int
    undecided: int
    rank: int | None = Field(description="By verified points, once the round is closed.")
    tied: int
    mark: Amount | None
    not_ranked: TextShape | None = Field(description="Why it has no rank in a closed round.")


class RoundAnswer(Page[UnitInRoundShape]):
    about: About
    round: RoundShape


class AppealShape(Shape):
    asked: str
    text: str
    made_at: datetime
    before: str | None
    decided_at: datetime | None
    points: str | None
    decision: str


class LineShape(Shape):
    component: str
    measured: Amount | None
    measured_status: Status
    claimed: str | None
    evidence: str
    verified: str | None
    finding: str
    appeal: AppealShape | None


class LinesAnswer(Page[LineShape]):
    about: About
    round: RoundShape
    unit: str
