"""Reported figures over the API: what is asked for, owed, waiting; and sending, with a token."""

# ruff: noqa: ARG001 (ninja hands every operation the request; `asked` refuses unknown parameters)

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from ninja import Body, Path, Query, Router

from tinhso.kernel.people.access import Access, public
from tinhso.kernel.people.accounts import BadTokenError, who_is
from tinhso.kernel.people.policy import Answer as Asked
from tinhso.kernel.people.policy import ForbiddenError, Need
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.api import NotFoundError, Parameters, TextShape, operation
from tinhso.measure.text import Place, Text, message
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting import actions, queries
from tinhso.modules.reporting.api_shapes import (
    ReportAnswerShape,
    ReportedFigureShape,
    ReportEventShape,
    ReportHistoryShape,
    ReportingDutyList,
    ReportingDutyShape,
    ReportList,
    ReportPartsShape,
    ReportPeriodShape,
    ReportSentShape,
    ReportShape,
    SentReport,
)
from tinhso.modules.reporting.checks import Parts, Typed
from tinhso.modules.reporting.examining import Report
from tinhso.modules.reporting.known import Cell, NoSuchReportError
from tinhso.modules.reporting.models import Answer
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.requests import Request, due_day, periods_of

NO_REPORT = message(
    "report-unknown",
    vi="Không có kỳ báo cáo này. Các nghĩa vụ và kỳ: /api/v1/reporting/duties.",
    en="There is no such report. Duties and periods: /api/v1/reporting/duties.",
)

router = Router(tags=["reporting"])

V = TypeVar("V", bound=Callable[..., Any])

PlanCode = Annotated[str, Path(examples=["binh-phuoc-2025"])]
DutyCode = Annotated[str, Path(examples=["XA-THANG"])]
PeriodCode = Annotated[str, Path(examples=["2025-12r"])]
Unit = Annotated[str, Path(examples=["c25363.2025"])]
Code = Annotated[str, Path(examples=["HTS-02"])]


def within_reach(verb: str, *, writes: bool = False) -> Callable[[V], V]:
    """An operation for those with a right; it asks for the thing's unit itself. `writes`: it takes
    POST, from a token only: a browser's session would let any page send in somebody's name."""

    def declare(view: V) -> V:
        view.access = Access(FIGURE, verb)  # type: ignore[attr-defined]
        view.writes = writes  # type: ignore[attr-defined]
        return view

    return declare


def _somewhere(who: Who, verb: str) -> None:
    if not FIGURE.anywhere(who, verb):
        need = Need.RIGHT if who.signed_in else Need.SIGN_IN
        raise ForbiddenError(Asked(FIGURE, FIGURE.verbs[verb], "", need))


@router.get(
    "/duties",
    response=ReportingDutyList,
    operation_id="listReportingDuties",
    **operation(
        "Nghĩa vụ báo cáo số liệu",
        "Reporting duties",
        "Cấp nào báo cáo chỉ số nào, các kỳ, hạn gửi, các bước duyệt, ai quy định.",
        "Which level reports which indicators, periods, deadlines, steps of approval, and who chose them.",
    ),
)
@public
def list_duties(request: HttpRequest, asked: Query[Parameters]) -> ReportingDutyList:
    day = who_is(request).day
    return ReportingDutyList(
        items=[
            ReportingDutyShape(
                plan=pack.code,
                code=duty.code,
                name=_text(duty.name),
                indicators=list(duty.indicators),
                level=duty.level.value,
                every=duty.every.value,
                calendar="reporting" if duty.reporting else "civil",
                due_days=duty.due_days,
                steps=[one.value for one in duty.steps],
                control=duty.control,
                basis=_text(duty.basis),
                periods=[
                    ReportPeriodShape(
                        code=one.code,
                        name=_text(one.label),
                        first_day=one.start,
                        last_day=one.last_day,
                        due=due_day(duty, one),
                    )
                    for one in periods_of(duty, day)
                ],
            )
            for pack in workspace().plans.values()
            for duty in pack.plan.reporting
        ]
    )


@router.get(
    "/owed",
    response=ReportList,
    operation_id="listOwedReports",
    **operation(
        "Số liệu tôi phải báo cáo",
        "What I owe",
        "Các kỳ còn số liệu phải nhập của mọi đơn vị trong phạm vi, gấp trước.",
        "Requests with figures still to enter, of all units within reach, the most urgent first.",
    ),
)
@within_reach("enter")
def list_owed(request: HttpRequest, asked: Query[Parameters]) -> ReportList:
    who = who_is(request)
    _somewhere(who, "enter")
    found = [_request(one.request, list(one.cells)) for one in queries.owed(who, below=True)]
    return ReportList(simulated=queries.simulated(), items=found)


@router.get(
    "/waiting",
    response=ReportList,
    operation_id="listWaitingFigures",
    **operation(
        "Số liệu chờ tôi duyệt",
        "What waits for my approval",
        "Số liệu đang ở bước mà người hỏi được duyệt.",
        "Figures at a step that the one who asks can take.",
    ),
)
@within_reach("view")
def list_waiting(request: HttpRequest, asked: Query[Parameters]) -> ReportList:
    who = who_is(request)
    _somewhere(who, "view")
    by_request: dict[Request, list[Cell]] = {}
    for one in queries.waiting_for(who):
        by_request.setdefault(one.cell.request, []).append(one.cell)
    items = [_request(asked_for, cells) for asked_for, cells in by_request.items()]
    return ReportList(simulated=queries.simulated(), items=items)


@router.get(
    "/{plan}/{duty}/{period}",
    response=ReportList,
    operation_id="getReportingOverview",
    **operation(
        "Tình hình một kỳ báo cáo",
        "How a reporting period stands",
        "Mọi đơn vị trong phạm vi và mọi chỉ số của kỳ: thiếu, muộn, chờ ai, mâu thuẫn.",
        "All units within reach and all indicators of the period: missing, late, waiting for whom, contradictory.",
    ),
)
@within_reach("view")
def get_overview(
    request: HttpRequest,
    plan: PlanCode,
    duty: DutyCode,
    period: PeriodCode,
    asked: Query[Parameters],
) -> ReportList:
    who = who_is(request)
    _somewhere(who, "view")
    try:
        found = queries.overview(who, plan, duty, period)
    except NoSuchReportError:
        raise NotFoundError(NO_REPORT(Place("path"))) from None
    items = [_request(row.request, list(row.cells)) for row in found.rows]
    return ReportList(simulated=queries.simulated(), items=items)


@router.get(
    "/{plan}/{duty}/{period}/{unit}/figures/{indicator}",
    response=ReportHistoryShape,
    operation_id="getReportedFigure",
    **operation(
        "Một số liệu và lịch sử của nó",
        "A figure and its history",
        "Ai nhập, duyệt, trả lại, từ số nào sang số nào.",
        "Who entered, approved, returned it, from what to what.",
    ),
)
@within_reach("view")
def get_figure(
    request: HttpRequest,
    plan: PlanCode,
    duty: DutyCode,
    period: PeriodCode,
    unit: Unit,
    indicator: Code,
    asked: Query[Parameters],
) -> ReportHistoryShape:
    try:
        cell, events = queries.history(who_is(request), plan, duty, period, unit, indicator)
    except NoSuchReportError:
        raise NotFoundError(NO_REPORT(Place("path"))) from None
    shown = [
        ReportEventShape(
            at=one.at,
            by=one.by,
            position=_text(one.position),
            what=_text(one.what),
            comment=one.comment,
            answer=_answer(one.answer),
            before=None if one.before is None else _answer(one.before),
        )
        for one in events
    ]
    return ReportHistoryShape(figure=_figure(cell), events=shown)


@router.post(
    "/{plan}/{duty}/{period}/{unit}/answers",
    response=ReportSentShape,
    operation_id="sendReportedFigures",
    **operation(
        "Gửi số liệu (hệ thống kết nối)",
        "Send figures (connected systems)",
        "Cần mã truy cập có quyền reporting.figure:enter. Mọi số đúng thì gửi hết, có một số sai thì không gửi gì; số giống lần gửi trước được bỏ qua. Sau đó chờ duyệt như số do người nhập.",
        "Needs a token with reporting.figure:enter. All figures are sent, or none where one is wrong; a figure as it was sent before is passed over. Then they wait for approval like those that people enter.",
    ),
)
@within_reach("enter", writes=True)
def send_answers(
    request: HttpRequest,
    plan: PlanCode,
    duty: DutyCode,
    period: PeriodCode,
    unit: Unit,
    asked: Query[Parameters],
    sent: Body[SentReport],
) -> ReportSentShape:
    who = who_is(request)
    _somewhere(who, "enter")
    if who.scopes is None:
        raise BadTokenError
    try:
        known, one = queries.request_of(who, plan, duty, period, unit, verb="enter")
    except NoSuchReportError:
        raise NotFoundError(NO_REPORT(Place("path"))) from None
    typed = {
        figure.indicator: Typed(
            figure.kind,
            "" if figure.numerator is None else str(figure.numerator),
            "" if figure.denominator is None else str(figure.denominator),
            figure.reason,
            figure.explanation,
            figure.correction,
        )
        for figure in sent.figures
    }
    done, _ = actions.send(who, known, one, Report(typed, sent.evidence))
    fresh, _ = queries.request_of(who, plan, duty, period, unit, verb="enter")
    return ReportSentShape(sent=len(done), request=_request(one, fresh.cells(unit)))


def _text(text: Text) -> TextShape:
    return TextShape(vi=text.vi, en=text.en)


def _parts(parts: Parts | None) -> ReportPartsShape | None:
    if parts is None:
        return None
    return ReportPartsShape(numerator=parts.numerator, denominator=parts.denominator)


def _answer(answer: Answer) -> ReportAnswerShape:
    return ReportAnswerShape(
        number=answer.number,
        kind=answer.kind,
        parts=ReportPartsShape(numerator=answer.numerator, denominator=answer.denominator),
        reason=answer.reason,
        explanation=answer.explanation,
        correction=answer.correction,
        evidence=answer.evidence,
        simulated=answer.simulated,
    )


def _figure(cell: Cell) -> ReportedFigureShape:
    answer = cell.figure.answer if cell.figure is not None else None
    return ReportedFigureShape(
        indicator=cell.indicator.code,
        standing=cell.standing.value,
        late_days=cell.late,
        waits_for=cell.step.value if cell.step else None,
        waits_in=cell.step_unit or None,
        number=answer.number if answer else None,
        kind=answer.kind if answer else None,
        parts=_parts(cell.parts),
        elsewhere=_parts(cell.elsewhere),
        contradictions=[TextShape(vi=one.to("vi"), en=one.to("en")) for one in cell.contradictions],
    )


def _request(one: Request, cells: list[Cell]) -> ReportShape:
    return ReportShape(
        plan=one.plan,
        duty=one.duty.code,
        period=one.period.code,
        unit=one.unit,
        as_of=one.as_of,
        due=one.due,
        took_over=list(one.took_over),
        holder=one.holder or None,
        figures=[_figure(cell) for cell in cells],
    )
