"""Honesty checks over the API: the rule, who stands out, and the records in question."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tinhso.kernel.people.access import may, public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.api import NotFoundError, Shape, TextShape, conditional, operation
from tinhso.measure.boundaries import Level
from tinhso.measure.streams import Sensitivity
from tinhso.measure.text import Place, message, nearest
from tinhso.modules.plan import checks, opening
from tinhso.modules.plan.api_answers import Answers
from tinhso.modules.plan.api_asked import FigureAsked, PlanCode, about, lens_of, queries_of, unit_of
from tinhso.modules.plan.api_figures import Amount, UnitRef
from tinhso.modules.plan.api_schemas import About, CheckShape, FieldShape, LensShape
from tinhso.modules.plan.pages import figures_key
from tinhso.modules.plan.policies import RECORDS

UNKNOWN_CHECK = message(
    "check-unknown",
    vi="Kế hoạch {plan} không có phép kiểm “{code}”. Gần nhất: {near}.",
    en="Plan {plan} has no check “{code}”. Nearest: {near}.",
)

router = Router(tags=["checks"])
router.add_decorator(conditional(figures_key), mode="view")


class AlarmShape(Shape):
    """When a unit stands out. `expected` null: units are compared with those of their level."""

    false_alarms: Amount
    at_least: int
    expected: Amount | None


class CheckedUnit(Shape):
    """`chance`: that an honest unit has as many records in question; null: not compared."""

    unit: UnitRef
    records: int
    over: int
    chance: float | None
    stands_out: bool


class CheckedLevel(Shape):
    """Units of one level that have records, the most surprising first."""

    level: Level
    usual: float | None = Field(description="Share of honest units; null: not compared.")
    spread: float | None = Field(description="Correlation of records of one unit.")
    limit: float | None = Field(description="The chance below which a unit stands out.")
    units: list[CheckedUnit]


class CheckedPart(Shape):
    """Records that a check asks about at the unit, a sample; personal data never."""

    role: TextShape
    label: TextShape
    stream: str
    where: str
    amount: int
    recounted: int | None
    sql: str
    records_sql: str
    fields: list[FieldShape]
    records: list[dict[str, object]]


class CheckAnswer(Shape):
    about: About
    lens: LensShape
    unit: UnitRef
    check: CheckShape
    alarm: AlarmShape | None
    indicators: list[str]
    levels: list[CheckedLevel]
    parts: list[CheckedPart]


@router.get(
    "/{plan}/checks/{code}",
    response=CheckAnswer,
    operation_id="getCheck",
    **operation(
        "Một phép kiểm tính trung thực",
        "One honesty check",
        "Cách tính, quy tắc cảnh báo, các đơn vị nổi bật theo từng cấp, và bản ghi đáng hỏi của một đơn vị. Bản ghi hiện theo quyền như ở phần mở con số.",
        "Its formula, its alarm rule, the units that stand out at each level, and a unit's records in question. Records are shown by the rights that opening a figure asks for.",
    ),
)
@public
@limited(HEAVY)
def get_check(
    request: HttpRequest,
    plan: PlanCode,
    code: Annotated[str, Path(examples=["KT-NOP-HO"])],
    asked: Query[FigureAsked],
) -> CheckAnswer:
    queries = queries_of(plan)
    try:
        compiled = checks.find_check(queries, code)
    except KeyError:
        known = [one.check.code for one in queries.pack.checks]
        near = nearest(code, known) or ", ".join(known)
        raise NotFoundError(
            UNKNOWN_CHECK(Place("path.code"), plan=plan, code=code, near=near)
        ) from None
    lens, unit = lens_of(queries, asked), unit_of(queries, asked)
    everything = may(request, RECORDS, "open", unit)
    seen = (Sensitivity.PUBLIC, Sensitivity.INTERNAL) if everything else (Sensitivity.PUBLIC,)
    answers, check = Answers(queries, lens), compiled.check
    alarm = check.alarm
    return CheckAnswer.model_validate(
        {
            "about": about(queries),
            "lens": lens,
            "unit": answers.unit(unit),
            "check": check,
            "alarm": alarm
            and {
                "false_alarms": Amount.of(alarm.false_alarms),
                "at_least": alarm.at_least,
                "expected": alarm.expected and Amount.of(alarm.expected),
            },
            "indicators": list(check.indicators),
            "levels": [_level(answers, one) for one in checks.levels(queries, compiled, lens)],
            "parts": [
                _part(one) for one in opening.open_check(queries, compiled, unit, lens, seen)
            ],
        },
        from_attributes=True,
    )


def _level(answers: Answers, found: checks.LevelLines) -> dict[str, object]:
    compared = found.comparison
    return {
        "level": found.level,
        "usual": compared and compared.usual,
        "spread": None if compared is None else compared.spread,
        "limit": compared and compared.limit,
        "units": [
            {
                "unit": answers.unit(line.asked.unit),
                "records": line.asked.records,
                "over": line.asked.over,
                "chance": line.verdict and line.verdict.chance,
                "stands_out": line.stands_out,
            }
            for line in found.lines
        ],
    }


def _part(one: opening.OpenedPart) -> dict[str, object]:
    part = one.part
    return {
        "role": one.role,
        "label": part.measured.part.label,
        "stream": part.stream.code,
        "where": part.measured.part.where,
        "amount": part.cell.amount,
        "recounted": one.recounted,
        "sql": part.sql,
        "records_sql": part.rows_sql,
        "fields": list(one.fields),
        "records": [dict(zip(one.sample.fields, row, strict=True)) for row in one.sample.rows],
    }
