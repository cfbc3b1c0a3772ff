"""Figures over the API, made from measured values: nothing is rounded without the exact number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from tinhso.kernel.units.api import PointShape, TextShape
from tinhso.measure.figures import Value
from tinhso.measure.quality import CheckResult
from tinhso.measure.targets import Judgement
from tinhso.measure.text import Text
from tinhso.modules.plan import words
from tinhso.modules.plan.api_figures import (
    Amount,
    CheckResultShape,
    ExplainedPart,
    ForecastShape,
    JudgementShape,
    OutlookShape,
    PublishedShape,
    QualityShape,
    RowShape,
    ScaleShape,
    TableRow,
    ThresholdShape,
    TrendPoint,
    UnitRef,
    ValueShape,
    amount,
)
from tinhso.modules.plan.api_schemas import BaselineShape, CheckShape, TargetShape
from tinhso.modules.plan.opening import Opened, OpenedPart
from tinhso.modules.plan.outlook import Outlook
from tinhso.modules.plan.pack import Target
from tinhso.modules.plan.published import PublishedVersion
from tinhso.modules.plan.queries import Lens, PlanQueries, TargetRow

Code = TypeVar("Code", bound=StrEnum)


class Answers:
    """Shapes of one plan's figures under one lens."""

    def __init__(self, queries: PlanQueries, lens: Lens) -> None:
        self.queries, self.lens = queries, lens
        self.day = lens.view.day or lens.period.last_day

    def unit(self, uid: str) -> UnitRef:
        units = self.queries.units
        point = units.point(uid, self.day)
        return UnitRef(
            uid=uid,
            code=units.nearest(uid, self.day).code,
            level=units.level(uid),
            name=TextShape.model_validate(units.full_name(uid, self.day)),
            point=None if point is None else PointShape(lat=point[0], lon=point[1]),
        )

    def value(self, value: Value) -> ValueShape:
        return ValueShape.model_validate(self._fields(value), from_attributes=True)

    def table_row(self, value: Value, outliers: frozenset[str]) -> TableRow:
        fields = {**self._fields(value), "outlier": value.unit in outliers}
        return TableRow.model_validate(fields, from_attributes=True)

    def _fields(self, value: Value) -> dict[str, object]:
        return {
            **{name: getattr(value, name) for name in _COPIED},
            "indicator": value.indicator.code,
            "unit": self.unit(value.unit),
            "period": value.period.code,
            "view": value.view.code,
            "reason_text": words.REASONS[value.reason] if value.reason else None,
            "value": amount(value.value),
        }

    def threshold(self, target: Target) -> ThresholdShape:
        threshold = target.required
        return ThresholdShape(
            operator=threshold.operator,
            amount=Amount.of(threshold.amount),
            measure=target.measure,
        )

    def row(self, row: TargetRow) -> RowShape:
        target = row.target
        trend = self.queries.trend(target.indicator, row.value.unit, self.lens)
        low, high = self.queries.scale(row.indicator)
        return RowShape(
            target=TargetShape.model_validate(target),
            value=self.value(row.value),
            threshold=self.threshold(target),
            judgement=_judgement(row.judgement),
            baseline=None if row.baseline is None else BaselineShape.model_validate(row.baseline),
            scale=ScaleShape(low=Amount.of(low), high=Amount.of(high)),
            trend=_trend(trend),
            fresh=row.fresh,
            outlook=_outlook(row.outlook),
        )

    def lone_row(self, code: str, unit: str) -> RowShape:
        """The row of an indicator that no target rests on."""
        value = self.queries.figures.value(code, unit, self.lens.period, self.lens.view)
        low, high = self.queries.scale(value.indicator)
        return RowShape(
            target=None,
            value=self.value(value),
            threshold=None,
            judgement=None,
            baseline=None,
            scale=ScaleShape(low=Amount.of(low), high=Amount.of(high)),
            trend=_trend(self.queries.trend(code, unit, self.lens)),
            fresh=self.queries.fresh(value),
            outlook=None,
        )

    def quality(self, value: Value, checks: Sequence[CheckResult]) -> QualityShape:
        facts = self.queries.manifest.streams[value.indicator.numerator.stream]
        own = self.queries.own_history(value)
        return QualityShape(
            expected_units=value.expected_units,
            reported_units=value.reported_units,
            missing_units=value.missing_units,
            fresh=self.queries.fresh(value),
            rows_read=facts.read,
            rows_quarantined=facts.quarantined,
            unlike_itself=[one.code for one in own.unlike],
            months_compared=own.asked,
            checks=[
                CheckResultShape(
                    **CheckShape.model_validate(one.check).model_dump(),
                    records=one.records,
                    over=one.over,
                    share=amount(one.share),
                )
                for one in checks
            ],
        )


_COPIED = (
    *("snapshot", "status", "reason", "numerator", "denominator", "known"),
    *("former", "partly", "expected_units", "reported_units"),
)


def _judgement(judgement: Judgement) -> JudgementShape:
    return JudgementShape(
        standing=judgement.standing,
        standing_text=TextShape.model_validate(words.STANDINGS[judgement.standing]),
        because=judgement.because,
        because_text=TextShape.model_validate(words.BECAUSE[judgement.because]),
        change=amount(judgement.change),
    )


def _outlook(outlook: Outlook) -> OutlookShape:
    made = outlook.forecast
    return OutlookShape(
        forecast=None
        if made is None
        else ForecastShape(
            **{name: getattr(made, name) for name in _FORECAST},
            likelihood=outlook.likelihood,
            likelihood_text=_said(words.LIKELIHOODS, outlook.likelihood),
            reason_text=_said(words.NO_FORECAST, made.reason),
        ),
        missing=outlook.missing,
        missing_text=_said(words.MISSING, outlook.missing),
    )


_FORECAST = (
    *("chance", "expected", "low", "high", "as_of", "deadline"),
    *("months", "peers", "snapshot", "method", "reason"),
)


def _said(table: Mapping[Code, Text], code: Code | None) -> TextShape | None:
    return None if code is None else TextShape.model_validate(table[code])


def _trend(values: Sequence[Value]) -> list[TrendPoint]:
    return [
        TrendPoint(period=one.period.code, status=one.status, value=amount(one.value))
        for one in values
    ]


def explained(opened: Opened, addresses: Sequence[str]) -> list[ExplainedPart]:
    """The opened parts of a value; `addresses` of their records, in the same order."""
    named = [role for role, part in roles(opened) if part is not None]
    return [
        _explained(one, role, address)
        for one, role, address in zip(opened.parts, named, addresses, strict=True)
    ]


def roles(opened: Opened) -> list[tuple[str, object]]:
    """The roles of an explanation with their parts, None where the value has no such part."""
    found = opened.explanation
    return [
        ("numerator", found.numerator),
        ("denominator", found.denominator),
        ("known", found.known),
    ]


def _explained(one: OpenedPart, role: str, address: str) -> ExplainedPart:
    part = one.part
    return ExplainedPart(
        role=role,
        label=TextShape.model_validate(part.measured.part.label),
        amount=part.cell.amount,
        unattributed=part.cell.unattributed,
        state_day=part.cell.state_day,
        recounted=one.recounted,
        agrees=one.agrees,
        stream=part.stream.code,
        first_day=part.first_day,
        last_day=part.last_day,
        units=list(part.units),
        sql=part.sql,
        records=one.sample.total,
        records_sql=part.rows_sql,
        records_address=address,
    )


def published_shape(version: PublishedVersion) -> PublishedShape:
    copied = {
        name: getattr(version, name) for name in PublishedShape.model_fields if name != "value"
    }
    return PublishedShape(**copied, value=amount(version.value))
