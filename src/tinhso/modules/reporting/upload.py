"""Reading a filled-in workbook: every problem with its cell, and what to do about it.

A workbook of another period, an old one, or one whose codes were changed is recognised before any
number is looked at. What is right goes through the same checks as a form.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from python_calamine import CalamineError, load_workbook

from tinhso.kernel.people.who import Who
from tinhso.measure.text import InputError, Place, Problem, Text, fold, message
from tinhso.modules.reporting import actions
from tinhso.modules.reporting.checks import KINDS, Kind, Typed
from tinhso.modules.reporting.examining import Report, examine
from tinhso.modules.reporting.known import Known
from tinhso.modules.reporting.requests import Request
from tinhso.modules.reporting.workbook import (
    COLUMNS,
    LAST_BELOW,
    META,
    SHEET,
    TOP,
    VERSION,
    is_ours,
)

NOT_OURS = message(
    "workbook-not-ours",
    vi="Tệp này không phải biểu tải về từ đây. Tải biểu của kỳ này, điền, rồi gửi lại.",
    en="This file is no workbook from here. Download this period's, fill it in, then send it.",
)
OLD = message(
    "workbook-old",
    vi="Biểu này thuộc mẫu cũ (số {found}, nay là {version}). Tải biểu mới.",
    en="This workbook is of an old form (number {found}; now it is {version}). Download a new one.",
)
ANOTHER = message(
    "workbook-another",
    vi="Biểu này của {found}, còn trang này nhận {wanted}. Mở đúng trang, hoặc tải đúng biểu.",
    en="This workbook is of {found}; this page takes {wanted}. Open the right page, or download the right workbook.",
)
TAMPERED = message(
    "workbook-code",
    vi="Dòng này đã bị đổi mã hoặc chép từ chỗ khác, nên không biết số thuộc về ai. Chép số vào biểu mới tải.",
    en="The codes of this row were changed or copied, so nobody knows whose figure it is. Copy the figure into a workbook freshly downloaded.",
)
OUT_OF_REACH = message(
    "workbook-unit",
    vi="{unit} không thuộc các đơn vị bạn được nhập ở trang này.",
    en="{unit} is none of the units that you can enter figures for on this page.",
)
TWICE = message(
    "workbook-twice",
    vi="Chỉ số này của đơn vị đã có ở dòng {row}. Bỏ một trong hai dòng.",
    en="This unit's figure is in row {row} already. Remove one of the two.",
)
ANSWER_UNKNOWN = message(
    "workbook-answer",
    vi="“{value}” không phải câu trả lời. Chọn trong danh sách: {known}.",
    en="“{value}” is no answer. Choose from the list: {known}.",
)

#: More rows than any province's workbook has.
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Line:
    """A row of the workbook with something in it; `row` as Excel counts."""

    row: int
    unit: str
    code: str
    typed: Typed
    evidence: str


@dataclass(frozen=True)
class Taken:
    """What became of a workbook: how many figures were sent, and what was left out, by cell."""

    sent: int
    problems: tuple[Problem, ...]


def take(
    who: Who,
    known: Known,
    requests: Mapping[str, Request],
    path: Path,
    language: str,
    *,
    keep_good: bool,
) -> Taken:
    """Send what a workbook holds: all or nothing, or with `keep_good` the good rows.

    Raises InputError with every problem and nothing sent, ForbiddenError.
    """
    lines, problems = read(known, requests, path, language)
    if problems and not keep_good:
        # The numbers are looked at all the same: everything is told at once.
        problems = [*problems, *_looked_at(known, requests, lines)]
        raise InputError(sorted(problems, key=_order))
    sent = 0
    with transaction.atomic():
        for (unit, evidence), group in _groups(lines).items():
            report = Report({one.code: one.typed for one in group}, evidence)
            try:
                done, left = actions.send(
                    who, known, requests[unit], report, "vi", keep_good=keep_good
                )
            except InputError as error:
                left = error.problems
            else:
                sent += len(done)
            problems += [_in_cell(one, group) for one in left]
        if problems and not keep_good:
            raise InputError(sorted(problems, key=_order))
        if not sent:
            raise InputError(sorted(problems, key=_order) or [actions.NOTHING_TYPED()])
    return Taken(sent, tuple(sorted(problems, key=_order)))


def _looked_at(
    known: Known, requests: Mapping[str, Request], lines: list[Line]
) -> Iterator[Problem]:
    for (unit, evidence), group in _groups(lines).items():
        report = Report({one.code: one.typed for one in group}, evidence)
        for problem in examine(known, requests[unit], report, "vi").problems:
            yield _in_cell(problem, group)


def _groups(lines: list[Line]) -> Mapping[tuple[str, str], list[Line]]:
    found: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.unit, line.evidence].append(line)
    return found


def read(
    known: Known, requests: Mapping[str, Request], path: Path, language: str
) -> tuple[list[Line], list[Problem]]:
    """The answered rows, and what is wrong with the rest. Raises InputError for a file that is no
    workbook of this period."""
    try:
        with load_workbook(path) as book:
            if META not in book.sheet_names or SHEET not in book.sheet_names:
                raise InputError([NOT_OURS(Place("upload"))])
            meta = [str(one) for row in book.get_sheet_by_name(META).to_python()[:1] for one in row]
            rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)[: MOST_ROWS + TOP]
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise InputError([NOT_OURS(Place("upload"))]) from error
    _require_own(known, meta)
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(rows[TOP + 1 :], start=TOP + 2):
        values = [_text(one) for one in cells] + [""] * (len(COLUMNS) - len(cells))
        fields = {c.field: values[i] for i, c in enumerate(COLUMNS) if c.field}
        if not fields["numerator"] and fields["denominator"] == values[LAST_BELOW]:
            fields["denominator"] = ""  # as the workbook itself filled it in: nobody's answer
        if not any(fields.values()):
            continue
        unit, mark, code = values[0], values[1], values[3]
        if not is_ours(known, unit, code, mark):
            problems.append(TAMPERED(Place(f"A{number}", number)))
        elif unit not in requests:
            name = known.units.full_name(unit) if unit in known.units else Text(unit, unit)
            problems.append(OUT_OF_REACH(Place(f"C{number}", number), unit=name))
        elif (unit, code) in seen:
            problems.append(TWICE(Place(f"D{number}", number), row=seen[unit, code]))
        else:
            seen[unit, code] = number
            kind = _kind(fields["kind"])
            if kind is None:
                known_words = ", ".join(text.to(language) for text in KINDS.values())
                place = Place(f"{_letter('kind')}{number}", number)
                problems.append(ANSWER_UNKNOWN(place, value=fields["kind"][:40], known=known_words))
                continue
            evidence = fields.pop("evidence")
            typed = Typed(**fields | {"kind": kind.value})
            lines.append(Line(number, unit, code, typed, evidence))
    return lines, problems


def _require_own(known: Known, meta: list[str]) -> None:
    if len(meta) < 5 or meta[0] != "tinhso":
        raise InputError([NOT_OURS(Place("upload"))])
    if meta[1] != VERSION:
        raise InputError([OLD(Place("upload"), found=meta[1][:10], version=VERSION)])
    wanted = [known.pack.code, known.duty.code, known.period.code]
    if meta[2:5] != wanted:
        words = {"found": " ".join(meta[3:5])[:60], "wanted": " ".join(wanted[1:])}
        raise InputError([ANOTHER(Place("upload"), **words)])


def _text(value: Any) -> str:
    """A cell as somebody would have typed it: 1234.0 is 1234, with decimals after a comma."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", ",")
    return str(value).strip()


def _kind(value: str) -> Kind | None:
    """An empty answer with numbers beside it is a figure."""
    if not value:
        return Kind.VALUE
    for kind, text in KINDS.items():
        if fold(value) in (fold(text.vi), fold(text.en)):
            return kind
    return None


def _letter(field: str) -> str:
    return "ABCDEFGHIJKLMNOPQ"[[one.field for one in COLUMNS].index(field)]


def _in_cell(problem: Problem, group: list[Line]) -> Problem:
    """The same problem at its cell; one of a whole group at its first row."""
    code, _, field = problem.place.file.partition(".")
    line = next((one for one in group if one.code == code), group[0])
    named = field or (problem.place.file if problem.place.file == "evidence" else "numerator")
    return Problem(problem.message, problem.params, Place(f"{_letter(named)}{line.row}", line.row))


def _order(problem: Problem) -> tuple[int, str]:
    return problem.place.line or 0, problem.place.file
