"""The shapes of the plan's answers: a plan as data, definitions, streams. See `api_figures` for figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from tinhso.kernel.units.api import Page, Shape, TextShape
from tinhso.measure.boundaries import Level
from tinhso.measure.definitions import Aggregate, Better, CheckKind, Kind, Window
from tinhso.measure.periods import PeriodKind
from tinhso.measure.streams import FieldType, Nature, Sensitivity
from tinhso.measure.text import Text
from tinhso.modules.plan.pack import DocumentKind, KnownBy, MeasuredIn, Operator

#: The lake writes wall time without its zone; an answer names the zone (RFC 3339).
Moment = Annotated[
    datetime, AfterValidator(lambda at: at.replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")))
]


class About(Shape):
    """What the figures of an answer rest on."""

    plan: str = Field(examples=["binh-phuoc-2025"])
    example: bool = Field(description="True: no real plan, shown to explain how one is written.")
    snapshot: int = Field(description="The state of the records that every figure is made from.")
    computed_at: str = Field(examples=["2026-01-03T02:10:00+07:00"])
    simulated: bool = Field(description="True: records behind these figures are invented.")
    simulated_by: list[str] = Field(description="What made the invented records.")
    notice: TextShape | None = Field(
        description="Show this with any figure; null when all is real."
    )


class PeriodShape(Shape):
    """A period. Half-open: `end` is the first day not in it."""

    code: str = Field(examples=["2025-Q2"])
    kind: PeriodKind
    reporting: bool = Field(description="True: the state's reporting calendar, 15th to 14th.")
    label: TextShape
    start: date
    end: date
    last_day: date


class ViewShape(Shape):
    """A boundary view: `then`, or a day whose map of units figures are carried to."""

    code: str = Field(examples=["then"])
    day: date | None


class LensShape(Shape):
    period: PeriodShape
    view: ViewShape


class PeriodGroup(Shape):
    kind: PeriodKind
    label: TextShape
    reporting: bool
    periods: list[PeriodShape]


class SourceShape(Shape):
    document: str = Field(examples=["382/KH-UBND"])
    item: TextShape | None


class DocumentShape(Shape):
    code: str
    kind: DocumentKind
    title: TextShape
    issuer: TextShape | None
    issued: date | None
    in_force: date | None
    site: str
    item: str
    note: TextShape | None


class PillarShape(Shape):
    code: str
    name: TextShape


class TargetShape(Shape):
    """A target. `threshold` is in the unit of `measure`: 75 with `percent` is 75 %."""

    code: str
    pillar: str
    indicator: str
    name: TextShape
    operator: Operator
    threshold: Decimal = Field(examples=["75"])
    measure: MeasuredIn
    deadline: date
    level: Level
    known_by: list[KnownBy]
    references: list[SourceShape]
    notes: list[TextShape]
    gaps: list[TextShape]


class TaskShape(Shape):
    code: str
    name: TextShape
    owner: str | None
    start: date | None
    deadline: date | None
    references: list[SourceShape]
    note: TextShape | None


class TaskGroup(Shape):
    code: str
    name: TextShape
    tasks: list[TaskShape]
    references: list[SourceShape]


class Tasks(Shape):
    """`total` is what the source counts, `known` what it names; null where it does not count."""

    known: int
    total: int | None
    unknown: int | None
    source: SourceShape | None
    groups: list[TaskGroup]


class DutyShape(Shape):
    code: str
    agency: str | None
    bodies: TextShape | None
    duty: TextShape
    references: list[SourceShape]


class RankShape(Shape):
    place: int
    of: int | None


class BaselinePartShape(Shape):
    name: TextShape
    value: Decimal


class BaselineShape(Shape):
    """A published figure from before the plan; a target's own start only if `same_definition`."""

    code: str
    name: TextShape
    year: int | None
    value: Decimal
    measure: MeasuredIn
    same_definition: bool
    source: SourceShape
    approximate: bool
    out_of: Decimal | None
    rank: RankShape | None
    parts: list[BaselinePartShape]
    targets: list[str]
    difference: TextShape | None


class ClaimShape(Shape):
    value: str
    source: SourceShape


class ContradictionShape(Shape):
    code: str
    subject: TextShape
    claims: list[ClaimShape]
    document: str | None
    handling: TextShape | None


class GapShape(Shape):
    code: str
    subject: TextShape
    text: TextShape
    targets: list[str]


class ChangeShape(Shape):
    code: str
    text: TextShape
    date: date | None
    about: TextShape | None
    consequence: TextShape | None
    agencies: list[str]
    source: SourceShape | None


class AgencyShape(Shape):
    code: str
    name: TextShape
    note: TextShape | None


class ProvinceShape(Shape):
    code: str
    name: TextShape
    districts: int | None
    communes: int | None


class PlanLine(Shape):
    """A plan in the list. `simulated` is null before anything has been measured."""

    code: str
    name: TextShape
    description: TextShape
    version: str
    example: bool
    year: int
    title: TextShape
    document: str
    unit: str
    targets: int
    measured: bool
    simulated: bool | None


class PlanList(Page[PlanLine]):
    default: str = Field(description="The plan that the front page opens.")


class PlanShape(Shape):
    """A plan as its pack says it, and how its figures can be looked at."""

    about: About
    code: str
    version: str
    name: TextShape
    title: TextShape
    subject: TextShape | None
    goal: TextShape
    year: int
    unit: str
    document: str
    standing_agency: str
    carries_on: list[str]
    source: SourceShape | None
    province: ProvinceShape | None
    agencies: list[AgencyShape]
    pillars: list[PillarShape]
    targets: list[TargetShape]
    tasks: Tasks
    duties: list[DutyShape]
    documents: list[DocumentShape]
    baselines: list[BaselineShape]
    contradictions: list[ContradictionShape]
    gaps: list[GapShape]
    changes: list[ChangeShape]
    supporting: list[str] = Field(description="Indicators that no target rests on.")
    default: LensShape = Field(description="Period and view where none are asked for.")
    periods: list[PeriodGroup]
    views: list[ViewShape]


class PartShape(Shape):
    """An aggregate of one stream under a filter; `where` is an expression over its fields."""

    role: str = Field(examples=["numerator"])
    label: TextShape
    stream: str
    aggregate: Aggregate
    field: str
    where: str = Field(examples=["submitted_online and result_electronic"])
    date: str
    until: str
    window: Window


class IndicatorShape(Shape):
    code: str
    name: TextShape
    plain: TextShape
    kind: Kind
    unit: TextShape = Field(description="What one of the numerator is.")
    better: Better
    source: SourceShape
    gaps: list[TextShape]
    reported_by: list[Level]
    version: str
    checked_by: str
    next_review: str
    parts: list[PartShape]
    targets: list[str] = Field(description="Targets that rest on it.")
    checks: list[str] = Field(description="Honesty checks that bear on it.")


class IndicatorList(Page[IndicatorShape]):
    about: About


class IndicatorAnswer(Shape):
    about: About
    indicator: IndicatorShape


class CheckShape(Shape):
    """A declared question about bent figures; it never changes a figure."""

    code: str
    name: TextShape
    plain: TextShape
    kind: CheckKind
    basis: TextShape = Field(description="Who chose the threshold, and why.")


class FieldShape(Shape):
    name: str
    type: FieldType
    label: TextShape
    required: bool
    sensitivity: Sensitivity
    values: list[str]
    value_names: dict[str, TextShape] = Field(description="How people call the values.")
    minimum: int | None
    maximum: int | None
    future: bool
    pattern: str

    @field_validator("value_names", mode="before")
    @classmethod
    def _by_value(cls, names: Iterable[tuple[str, Text]] | dict[str, TextShape]) -> object:
        return dict(names)


class StreamShape(Shape):
    """A kind of record. Facts are of the measured snapshot; null before anything is measured."""

    code: str
    name: TextShape
    description: TextShape
    nature: Nature
    key: list[str]
    unit: str
    default_date: str
    successor_unit: str
    fields: list[FieldShape]
    rows: int | None
    first_day: date | None
    last_day: date | None
    read: int | None
    quarantined: int | None
    simulated: bool | None
    simulated_by: list[str]


class StreamList(Page[StreamShape]):
    simulated: bool


class BatchShape(Shape):
    batch: int
    event: str
    at: Moment
    stream: str
    file: str
    rows_read: int
    rows_added: int
    rows_corrected: int
    rows_bad: int
    simulated: bool
    simulated_by: str


class BatchList(Page[BatchShape]):
    simulated: bool


class SchemaLine(Shape):
    name: str = Field(examples=["indicators"])
    title: str
    address: str


class SchemaList(Page[SchemaLine]):
    pass


class Words(Shape):
    """What the codes in answers mean: kind of code -> code -> text."""

    words: dict[str, dict[str, TextShape]]
