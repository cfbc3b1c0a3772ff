"""The shapes of figures over the API. Nothing is rounded without the exact number beside it."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from pydantic import Field

from tinhso.kernel.units.api import Page, PointShape, Shape, TextShape
from tinhso.measure.boundaries import Level
from tinhso.measure.figures import Reason, Status
from tinhso.measure.forecast import NoForecast
from tinhso.measure.targets import Because, Standing
from tinhso.measure.text import Text
from tinhso.measure.writing import rounded
from tinhso.modules.plan.api_schemas import (
    About,
    BaselineShape,
    CheckShape,
    FieldShape,
    IndicatorShape,
    LensShape,
    PeriodShape,
    TargetShape,
)
from tinhso.modules.plan.outlook import Likelihood, Missing
from tinhso.modules.plan.pack import MeasuredIn

#: Places of a decimal that cannot be written to its end.
PLACES = 12
NOTICE = Text(
    "Số liệu mô phỏng: bản ghi làm nên các con số này do chương trình sinh ra để minh họa.",
    "Simulated data: the records behind these figures were invented by a program to illustrate.",
)


class Amount(Shape):
    """An exact number: `numerator / denominator`, in lowest terms. `decimal` says the same, to its
    last digit when `exact`, else to 12 places. A share is written as a share: 3/4 is 75 %."""

    decimal: str = Field(examples=["0.75"])
    exact: bool
    numerator: int = Field(examples=[3])
    denominator: int = Field(examples=[4])

    @classmethod
    def of(cls, value: Fraction) -> Amount:
        text = rounded(value, PLACES)
        text = text.rstrip("0").rstrip(".")
        return cls(
            decimal=text,
            exact=Fraction(text) == value,
            numerator=value.numerator,
            denominator=value.denominator,
        )


def amount(value: Fraction | None) -> Amount | None:
    return None if value is None else Amount.of(value)


class CellShape(Shape):
    """A part of a figure. `amount` null: nobody has told anything, which is not zero."""

    amount: int | None
    unattributed: int = Field(description="Of it, what no single unit below can claim.")
    state_day: date | None = Field(description="Mean day of a register's states.")


class UnitRef(Shape):
    uid: str
    code: str
    level: Level
    name: TextShape
    point: PointShape | None


class ValueShape(Shape):
    """One figure: status, the exact value, and the sums that it is the ratio of."""

    indicator: str
    unit: UnitRef
    period: str
    view: str
    snapshot: int
    status: Status
    reason: Reason | None
    reason_text: TextShape | None
    value: Amount | None = Field(description="Null unless the status is `measured`.")
    numerator: CellShape
    denominator: CellShape
    known: CellShape | None
    former: bool = Field(description="The view does not know the unit: shown as its territory.")
    partly: bool = Field(description="The unit existed in part of the period only.")
    expected_units: int
    reported_units: int


class ThresholdShape(Shape):
    operator: str = Field(examples=[">="])
    amount: Amount = Field(description="In the value's own measure: 3/4 for 75 %.")
    measure: MeasuredIn


class JudgementShape(Shape):
    standing: Standing
    standing_text: TextShape
    because: Because
    because_text: TextShape
    change: Amount | None = Field(description="From the period before, in the value's measure.")


class ForecastShape(Shape):
    """The value at the target's date, as forecast from months up to `as_of` of one snapshot. Shares
    are floating-point numbers: they are estimates, not sums. All null where `reason` says why."""

    chance: float | None = Field(description="Of meeting the target at its date, 0 to 1.")
    likelihood: Likelihood | None = Field(description="The chance in a word (IPCC's scale).")
    likelihood_text: TextShape | None
    expected: float | None = Field(description="As likely to be exceeded as not.")
    low: float | None = Field(description="With `high`: holds the value in four cases of five.")
    high: float | None
    as_of: date
    deadline: date
    months: int = Field(description="Months of the unit that told something new.")
    peers: int = Field(description="Units of its level beside it that the course was read from.")
    snapshot: int
    method: str = Field(description="Version of the method; see docs/measure.md, Forecasts.")
    reason: NoForecast | None
    reason_text: TextShape | None


class OutlookShape(Shape):
    """A forecast, or why none is there to show."""

    forecast: ForecastShape | None
    missing: Missing | None
    missing_text: TextShape | None


class TrendPoint(Shape):
    period: str = Field(examples=["2025-06"])
    status: Status
    value: Amount | None


class ScaleShape(Shape):
    """The ends of the ruler that a page draws the value on."""

    low: Amount
    high: Amount


class RowShape(Shape):
    """A figure against its target. The level is the plan's, for its own unit."""

    target: TargetShape | None
    value: ValueShape
    threshold: ThresholdShape | None
    judgement: JudgementShape | None
    baseline: BaselineShape | None = Field(description="Start measured by the same definition.")
    scale: ScaleShape
    trend: list[TrendPoint] = Field(description="Twelve months up to the period's end.")
    fresh: date | None = Field(description="Newest day that the records behind it know of.")
    outlook: OutlookShape | None = Field(description="Null for an indicator without a target.")


class PillarCount(Shape):
    code: str
    name: TextShape
    targets: int


class OverviewShape(Page[RowShape]):
    """The targets with their figures for one unit. `tally` counts all of them, not the filtered."""

    about: About
    lens: LensShape
    unit: UnitRef
    pillars: list[PillarCount]
    tally: dict[Standing, int]


class ValueAnswer(Shape):
    about: About
    lens: LensShape
    row: RowShape


class TableRow(ValueShape):
    outlier: bool = Field(description="Far from the others in this table; see docs of measure.")


class RestShape(Shape):
    """What of the parent no row holds, so that all adds up; null where parts do not add."""

    numerator: int | None
    denominator: int | None


class TableShape(Page[TableRow]):
    about: About
    lens: LensShape
    parent: ValueShape
    rest: RestShape


class SeriesPoint(Shape):
    period: PeriodShape
    value: ValueShape


class SeriesShape(Page[SeriesPoint]):
    about: About
    lens: LensShape
    threshold: ThresholdShape | None


class ExplainedPart(Shape):
    """A part opened. `sql` run on the snapshot gives `amount` again; `recounted` did so just now."""

    role: str
    label: TextShape
    amount: int | None
    unattributed: int
    state_day: date | None
    recounted: int | None
    agrees: bool
    stream: str
    first_day: date | None
    last_day: date
    units: list[str]
    sql: str
    records: int = Field(description="How many records it rests on.")
    records_sql: str
    records_address: str


class CheckResultShape(CheckShape):
    records: int = Field(description="Records that raise the question.")
    over: int
    share: Amount | None


class QualityShape(Shape):
    expected_units: int = Field(description="Units that should have records; 0: not asked.")
    reported_units: int
    missing_units: int
    fresh: date | None
    rows_read: int = Field(description="Rows of the numerator's stream that came in.")
    rows_quarantined: int = Field(description="Of them, refused and not counted.")
    unlike_itself: list[str] = Field(
        description="Months in which the unit was far from its own earlier ones; see docs of measure."
    )
    months_compared: int = Field(description="Months that had enough earlier ones to compare with.")
    checks: list[CheckResultShape]


class PublishedShape(Shape):
    """A published version: stays as it was. `differs` from what is measured now."""

    number: int
    published_at: datetime
    published_by: str
    reason: str
    snapshot: int
    status: str
    numerator: int | None
    denominator: int | None
    value: Amount | None
    differs: bool


class ExplanationShape(Shape):
    about: About
    lens: LensShape
    indicator: IndicatorShape
    value: ValueShape
    parts: list[ExplainedPart]
    quality: QualityShape
    published: list[PublishedShape]


class RecordsShape(Page[dict[str, object]]):
    """Records behind a part. `total` counts all; `open_to` is how many of them you may open."""

    about: About
    part: str
    fields: list[FieldShape]
    open_to: int
