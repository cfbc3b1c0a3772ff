"""Looking at what is handed in (xem xét báo cáo): pure, so that forms, files and programs are judged alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.kernel.files.models import StoredFile
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.reporting.checks import (
    CORRECTION_NEEDED,
    Answered,
    Kind,
    Typed,
    jumps,
    read,
)
from tinhso.modules.reporting.known import Known, labels_of, parts_of
from tinhso.modules.reporting.models import ReportedFigure
from tinhso.modules.reporting.requests import Request
from tinhso.modules.reporting.standing import State

EVIDENCE_NEEDED = message(
    "evidence-needed",
    vi="Ghi số văn bản, đường dẫn, hoặc gửi kèm tệp làm minh chứng.",
    en="Give the number of a document, a link, or a file as evidence.",
)
EVIDENCE_LONG = message(
    "evidence-long",
    vi="Minh chứng dài quá {most} ký tự. Ghi ngắn lại, hoặc gửi kèm tệp.",
    en="The evidence has more than {most} characters. Shorten it, or send a file.",
)
NOT_ASKED = message(
    "figure-not-asked",
    vi="Kỳ này không hỏi chỉ số “{indicator}”. Các chỉ số: {known}.",
    en="This period does not ask for the indicator “{indicator}”. The indicators: {known}.",
)

MOST_EVIDENCE = 300


@dataclass(frozen=True)
class Report:
    """What is handed in for one request: figures word for word, by indicator, and the evidence."""

    typed: Mapping[str, Typed]
    evidence: str = ""
    file: StoredFile | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Examined:
    """A report, looked at: what can be sent, the marks that come with it, what is wrong."""

    answers: Mapping[str, Answered]
    marks: Mapping[str, tuple[Problem, ...]]
    problems: tuple[Problem, ...]


def examine(known: Known, request: Request, report: Report, language: str = "vi") -> Examined:
    """Look at every figure that was answered anew; pure, so that forms, files and programs are
    judged alike. What is as it was sent before is left out."""
    answers: dict[str, Answered] = {}
    marks: dict[str, tuple[Problem, ...]] = {}
    problems: list[Problem] = []
    asked = {one.code: one for one in known.indicators}
    for code, typed in report.typed.items():
        if code not in asked:
            named = ", ".join(asked)
            problems.append(NOT_ASKED(Place(code), indicator=code, known=named))
            continue
        figure = known.figures.get((code, request.unit))
        if typed.empty:
            continue
        try:
            found = read(typed, labels_of(asked[code]), code, language)
        except InputError as error:
            problems += error.problems
            continue
        if figure is not None and figure.state != State.RETURNED and _same(figure, found):
            continue
        last = known.last(asked[code], request.unit)
        neighbours = known.neighbours(asked[code], request.unit)
        marked = jumps(found, last.parts if last else None, neighbours, request.duty.jumps, code)
        if marked and not found.explanation:
            problems += marked
        if figure is not None and figure.approved_id is not None and not found.correction:
            problems.append(CORRECTION_NEEDED(Place(f"{code}.correction")))
        answers[code] = found
        marks[code] = tuple(marked)
    told = bool(report.evidence.strip()) or report.file is not None
    if not told and any(one.kind is Kind.VALUE for one in answers.values()):
        problems.append(EVIDENCE_NEEDED(Place("evidence")))
    if len(report.evidence.strip()) > MOST_EVIDENCE:
        problems.append(EVIDENCE_LONG(Place("evidence"), most=MOST_EVIDENCE))
    return Examined(answers, marks, tuple(problems))


def _same(figure: ReportedFigure, found: Answered) -> bool:
    newest = figure.answer
    return newest is not None and newest.kind == found.kind and parts_of(figure) == found.parts
