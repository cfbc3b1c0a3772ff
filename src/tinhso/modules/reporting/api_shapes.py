"""What the API of reported figures answers and takes, as shapes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tinhso.kernel.units.api import Shape, TextShape


class ReportPeriodShape(Shape):
    code: str
    name: TextShape
    first_day: date
    last_day: date
    due: date


class ReportingDutyShape(Shape):
    plan: str
    code: str
    name: TextShape
    indicators: list[str]
    level: str
    every: str
    calendar: str
    due_days: int
    steps: list[str]
    control: bool
    basis: TextShape
    periods: list[ReportPeriodShape]


class ReportPartsShape(Shape):
    """Null is unknown, never zero."""

    numerator: int | None
    denominator: int | None


class ReportedFigureShape(Shape):
    """How a figure stands today. `kind` is null as long as nothing was sent."""

    indicator: str
    standing: str
    late_days: int
    waits_for: str | None
    waits_in: str | None
    number: int | None
    kind: str | None
    parts: ReportPartsShape | None
    elsewhere: ReportPartsShape | None
    contradictions: list[TextShape]


class ReportShape(Shape):
    plan: str
    duty: str
    period: str
    unit: str
    as_of: date
    due: date
    took_over: list[str]
    holder: str | None
    figures: list[ReportedFigureShape]


class ReportList(Shape):
    simulated: bool
    items: list[ReportShape]


class ReportingDutyList(Shape):
    items: list[ReportingDutyShape]


class ReportAnswerShape(Shape):
    number: int
    kind: str
    parts: ReportPartsShape
    reason: str
    explanation: str
    correction: str
    evidence: str
    simulated: bool


class ReportEventShape(Shape):
    at: datetime
    by: str
    position: TextShape
    what: TextShape
    comment: str
    answer: ReportAnswerShape
    before: ReportAnswerShape | None


class ReportHistoryShape(Shape):
    figure: ReportedFigureShape
    events: list[ReportEventShape]


class SentFigure(BaseModel):
    """One figure that is sent; numbers are whole, never texts."""

    model_config = ConfigDict(extra="forbid")

    indicator: str = Field(max_length=40, examples=["HTS-02"])
    kind: str = Field("value", max_length=20, examples=["value"])
    numerator: Annotated[int, Field(ge=0, le=10**15 - 1)] | None = None
    denominator: Annotated[int, Field(ge=0, le=10**15 - 1)] | None = None
    reason: str = Field("", max_length=2000)
    explanation: str = Field("", max_length=2000)
    correction: str = Field("", max_length=2000)


class SentReport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    evidence: str = Field("", max_length=300, examples=["15/BC-UBND"])
    figures: list[SentFigure] = Field(max_length=200)


class ReportSentShape(Shape):
    sent: int
    request: ReportShape
