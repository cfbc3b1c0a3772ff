"""Every write of this room: drafts, sending, approving, returning.

Each takes who asks and asks the policy itself; sending and ruling lock the figure, write its entry
in the ledger, and with the last step owe the record to the lake, all in one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.ledger.entries import Thing, record
from tinhso.kernel.ledger.outbox import owe_records
from tinhso.kernel.people.policy import Answer as Asked
from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, Problem, Text, message
from tinhso.modules.plan.pack import Step
from tinhso.modules.plan.workspace import workspace
from tinhso.modules.reporting.checks import (
    Answered,
)
from tinhso.modules.reporting.examining import Report, examine
from tinhso.modules.reporting.known import Known, known_of, passed, record_key
from tinhso.modules.reporting.models import Answer, Draft, ReportedFigure, Ruling
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.recorded import STREAM
from tinhso.modules.reporting.requests import Request, figure_of, step_unit, steps_left
from tinhso.modules.reporting.standing import State

NOTHING_TYPED = message(
    "report-empty",
    vi="Chưa có số liệu nào mới để gửi. Điền ít nhất một mục, hoặc chọn “Chưa có số liệu” và ghi lý do.",
    en="There is nothing new to send. Fill in at least one figure, or choose “No data” and say why.",
)
STILL_RUNNING = message(
    "report-running",
    vi="Kỳ {period} chưa hết (ngày cuối {last}). Lưu nháp được; gửi từ ngày hôm sau.",
    en="The period {period} is not over (its last day is {last}). Keep a draft; send from the day after.",
)
CHANGED_SINCE = message(
    "figure-changed",
    vi="{name}: có người vừa gửi lại hoặc duyệt. Mở lại trang để xem số mới.",
    en="{name}: somebody has just sent or approved it again. Open the page anew to see it.",
)
OWN_FIGURE = message(
    "approve-own",
    vi="{name}: bạn là người gửi số này, nên người khác phải duyệt.",
    en="{name}: you sent this figure, so somebody else has to approve it.",
)
COMMENT_NEEDED = message(
    "return-comment",
    vi="Ghi lý do trả lại, để người nhập biết phải sửa gì.",
    en="Say why it is returned, so that whoever entered it knows what to mend.",
)
NONE_CHOSEN = message(
    "approve-none", vi="Chọn ít nhất một số liệu.", en="Choose at least one figure."
)


def save_draft(who: Who, request: Request, typed: Mapping[str, str]) -> Draft:
    """Keep what is typed, right or wrong, until it is sent. Raises ForbiddenError."""
    FIGURE.require(who, "enter", request.unit)
    assert who.account is not None
    kept, _ = Draft.objects.update_or_create(
        defaults={
            "typed": dict(typed),
            "saved_by_id": who.account,
            "saved_at": timezone.now(),
        },
        **_key(request),
    )
    return kept


def _key(request: Request) -> dict[str, Any]:
    return {
        "plan": request.plan,
        "duty": request.duty.code,
        "period": request.period.code,
        "unit_id": request.unit,
    }


def send(
    who: Who,
    known: Known,
    request: Request,
    report: Report,
    language: str = "vi",
    *,
    keep_good: bool = False,
) -> tuple[list[ReportedFigure], tuple[Problem, ...]]:
    """Send figures upward: each becomes a new answer, which starts at the first step.

    Raises ForbiddenError, and InputError with every problem, nothing being sent; with `keep_good`
    what is right is sent, and the problems of the rest are answered.
    """
    seat = FIGURE.require(who, "enter", request.unit).seat
    if who.day <= request.as_of:
        words = {"period": request.period.label, "last": request.as_of.strftime("%d/%m/%Y")}
        raise InputError([STILL_RUNNING(**words)])
    with transaction.atomic():
        rows = ReportedFigure.objects.select_for_update(of=("self",)).filter(**_key(request))
        list(rows)  # whoever else sends or rules on them waits here
        fresh = known.anew()
        found = examine(fresh, request, report, language)
        general = [one for one in found.problems if one.place.file == "evidence"]
        wrong = {one.place.file.partition(".")[0] for one in found.problems}
        good = {code: one for code, one in found.answers.items() if code not in wrong}
        if found.problems and (not keep_good or general):
            raise InputError(found.problems)
        if not good:
            raise InputError(found.problems or [NOTHING_TYPED()])
        sent = [
            _answer(who, seat, request, fresh, code, one, found.marks[code], report)
            for code, one in good.items()
        ]
        if not found.problems:
            Draft.objects.filter(**_key(request)).delete()
    return sent, found.problems


def _answer(
    who: Who,
    seat: Any,
    request: Request,
    known: Known,
    code: str,
    one: Answered,
    marks: Sequence[Problem],
    report: Report,
) -> ReportedFigure:
    figure = known.figures.get((code, request.unit))
    before = _state(figure)
    if figure is None:
        figure = ReportedFigure.objects.create(
            **_key(request), indicator=code, state=State.SENT.value, sent_on=who.day
        )
    number = figure.answers.count() + 1
    contradicts = known.contradictions(known.pack.indicators[code].indicator, request.unit)
    answer = Answer.objects.create(
        figure=figure,
        number=number,
        kind=one.kind.value,
        numerator=one.parts.numerator,
        denominator=one.parts.denominator,
        reason=one.reason,
        explanation=one.explanation,
        correction=one.correction,
        evidence=report.evidence.strip(),
        file=report.file,
        marks=[[mark.to("vi"), mark.to("en")] for mark in (*marks, *contradicts)],
        entered_by_id=who.account,
        position=seat.position if seat else "",
        at=timezone.now(),
        simulated=report.simulated,
    )
    figure.answer, figure.state, figure.passed = answer, State.SENT.value, ""
    figure.save(update_fields=["answer", "state", "passed"])
    _enter(who, seat, "enter", figure, before, one.correction or one.explanation or one.reason)
    return figure


def _state(figure: ReportedFigure | None) -> dict[str, Any]:
    """A figure as the ledger compares it before and after an act."""
    if figure is None or figure.answer is None:
        return {}
    answer = figure.answer
    return {
        "state": figure.state,
        "passed": figure.passed,
        "number": answer.number,
        "kind": answer.kind,
        "numerator": answer.numerator,
        "denominator": answer.denominator,
    }


def _enter(
    who: Who, seat: Any, verb: str, figure: ReportedFigure, before: dict[str, Any], reason: str
) -> None:
    record(
        who.actor(seat),
        f"{FIGURE.kind}.{verb}",
        Thing(FIGURE.kind, figure.name, figure.unit_id),
        before=before,
        after=_state(figure),
        reason=reason,
    )


@dataclass(frozen=True)
class Chosen:
    """A figure that somebody rules on, with the number of the answer that was looked at."""

    figure: uuid.UUID
    number: int


def require_step(who: Who, request: Request, step: Step, taker: str) -> Asked:
    """The right to take a step. Raises ForbiddenError."""
    if step is Step.STANDING_AGENCY:
        return FIGURE.require(who, "accept", request.unit)
    return FIGURE.require(who, "approve", taker)


def may_take(who: Who, request: Request, step: Step, taker: str) -> bool:
    """Whether somebody has the right to take a step, a second factor left aside."""
    verb, unit = ("accept", request.unit) if step is Step.STANDING_AGENCY else ("approve", taker)
    within = FIGURE.units(who, verb)
    return FIGURE.anywhere(who, verb) and (within is None or unit in within)


def approve(who: Who, chosen: Iterable[Chosen], comment: str = "") -> list[ReportedFigure]:
    """Take the next step for each, all or none. With the last one a figure is approved, and owed to
    the lake in the same transaction. Raises ForbiddenError, and InputError for what changed since
    it was looked at, or was sent by the one who approves."""
    return _rule(who, chosen, comment, approves=True)


def give_back(who: Who, chosen: Iterable[Chosen], comment: str) -> list[ReportedFigure]:
    """Return figures to those who entered them, with a comment; see `approve`."""
    if not comment.strip():
        raise InputError([COMMENT_NEEDED(Place("comment"))])
    return _rule(who, chosen, comment, approves=False)


def _rule(
    who: Who, chosen: Iterable[Chosen], comment: str, *, approves: bool
) -> list[ReportedFigure]:
    wanted = {one.figure: one.number for one in chosen}
    if not wanted:
        raise InputError([NONE_CHOSEN(Place("chosen"))])
    problems: list[Problem] = []
    with transaction.atomic():
        rows = ReportedFigure.objects.select_for_update(of=("self",)).filter(pk__in=wanted)
        figures = list(rows.order_by("pk").select_related("answer", "unit"))
        boards: dict[tuple[str, str, str], Known] = {}
        for figure in figures:
            known = _known_of(figure, who, boards)
            answer = figure.answer
            assert answer is not None
            name = _named(figure)
            if figure.state != State.SENT or answer.number != wanted[figure.pk]:
                problems.append(CHANGED_SINCE(Place("chosen"), name=name))
                continue
            request = known.requests[figure.unit_id]
            step = steps_left(known.units, request, passed(figure), who.day)[0]
            taker = step_unit(known.units, request, step, who.day) or request.unit
            seat = require_step(who, request, step, taker).seat
            if (
                approves
                and answer.entered_by_id is not None
                and answer.entered_by_id == who.account
            ):
                problems.append(OWN_FIGURE(Place("chosen"), name=name))
                continue
            before = _state(figure)
            Ruling.objects.create(
                answer=answer,
                step=step.value,
                approves=approves,
                comment=comment.strip(),
                by_id=who.account,
                position=seat.position if seat else "",
                unit_id=taker
                if step is not Step.STANDING_AGENCY
                else (seat.unit if seat else taker),
                at=timezone.now(),
            )
            if approves:
                _take(who, known, request, figure, step)
            else:
                figure.state, figure.passed = State.RETURNED.value, ""
            figure.save(update_fields=["state", "passed", "approved"])
            verb = "accept" if step is Step.STANDING_AGENCY else "approve"
            _enter(who, seat, verb if approves else "return", figure, before, comment.strip())
        if len(figures) < len(wanted):
            problems.append(NONE_CHOSEN(Place("chosen")))
        if problems:
            raise InputError(problems)
    return figures


def _take(who: Who, known: Known, request: Request, figure: ReportedFigure, step: Step) -> None:
    """One step up; after the last one the record is owed."""
    done = (*passed(figure), step)
    figure.passed = ",".join(done)
    if steps_left(known.units, request, done, who.day):
        return
    figure.state, figure.approved = State.APPROVED.value, figure.answer
    if not request.duty.control:
        _owe(who, known, request, figure)


def _owe(who: Who, known: Known, request: Request, figure: ReportedFigure) -> None:
    answer, indicator = figure.answer, known.pack.indicators[figure.indicator].indicator
    assert answer is not None
    evidence = answer.evidence or (f"tệp {answer.file_id}" if answer.file_id else answer.reason)
    span = known.units.boundaries.span(figure.unit_id, request.as_of)
    assert span is not None  # a unit owes only periods whose last day it lived to see
    plain = indicator.numerator.field == "value"
    row = {
        "figure_code": figure_of(indicator),
        "unit_code": span.code,
        "as_of": request.as_of.isoformat(),
        "numerator": None if plain else answer.numerator,
        "denominator": answer.denominator,
        "value": answer.numerator if plain else None,
        "evidence": f"{evidence} (mô phỏng)" if answer.simulated else evidence,
        "approved_on": who.day.isoformat(),
    }
    owe_records(STREAM, record_key(indicator, figure.unit_id, request.as_of), [row])


def _known_of(figure: ReportedFigure, who: Who, boards: dict[tuple[str, str, str], Known]) -> Known:
    key = (figure.plan, figure.duty, figure.period)
    if key not in boards:
        boards[key] = known_of(workspace(), *key, who.day)
    return boards[key]


def _named(figure: ReportedFigure) -> Text:
    units = workspace().units
    name = units.full_name(figure.unit_id)
    return Text(f"{name.vi}, {figure.indicator}", f"{name.en}, {figure.indicator}")
