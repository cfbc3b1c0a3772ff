"""Shares in an Excel workbook: out with the units and what is known, back in cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import xlsxwriter
import xlsxwriter.worksheet
from django.utils.translation import get_language, gettext
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from tinhso.kernel.files.workbooks import UnreadableError, cells_of, written
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.shares.preparing import Asked, Line
from tinhso.modules.shares.rules import QUARTERS, Receiver
from tinhso.modules.shares.typed import (
    read_milestones,
    read_percent,
    write_percent,
)

DAMAGED = message(
    "workbook-damaged",
    vi="Không đọc được tệp Excel này. Tải lại bảng từ trang này, điền vào rồi gửi.",
    en="This Excel file cannot be read. Download the table from this page again, fill it in and send it.",
)
OTHER = message(
    "workbook-other",
    vi="Tệp này không phải bảng giao của chỉ tiêu {target}, kế hoạch {plan}. Tải đúng bảng từ trang này.",
    en="This file is no table for target {target} of plan {plan}. Download the right one from this page.",
)
CELL_WRONG = message(
    "workbook-cell",
    vi="Ô {cell}: “{value}” không phải tỷ lệ phần trăm từ 0 đến 100, nhiều nhất 3 chữ số sau dấu phẩy.",
    en="Cell {cell}: “{value}” is no percentage from 0 to 100 with at most 3 decimals.",
)
CELL_SMALL = message(
    "workbook-cell-small",
    vi="Ô {cell}: {value}. Cột này tính bằng phần trăm: 75 % ghi là 75, không ghi 0,75 hay 75%.",
    en="Cell {cell}: {value}. This column is in per cent: write 75 for 75 %, not 0.75 or 75%.",
)
UNIT_WRONG = message(
    "workbook-unit",
    vi="Ô {cell}: “{value}” không thuộc các đơn vị nhận đã chọn. Không sửa cột A; tải lại bảng nếu đổi cấp nhận hoặc ngày.",
    en="Cell {cell}: “{value}” is not among the units chosen. Leave column A as it is; download the table again after changing levels or day.",
)
UNIT_TWICE = message(
    "workbook-twice",
    vi="Ô {cell}: đơn vị “{value}” đã có ở dòng {line}. Bỏ một dòng.",
    en="Cell {cell}: the unit “{value}” stands in line {line} already. Remove one of them.",
)
TOO_LONG = message(
    "workbook-long",
    vi="Ô {cell}: dài hơn {limit} ký tự. Rút ngắn lại.",
    en="Cell {cell}: longer than {limit} characters. Make it shorter.",
)

#: The line (from 1) that holds the headings; those above say what the table is.
HEAD = 7
#: Lines and columns that a table may have at most, and mistakes that one answer names.
MOST_LINES, COLUMNS, MOST_PROBLEMS = 3000, 11, 60
ANSWERS, NOTE = 200, 300
_LETTERS = "ABCDEFGHIJK"
#: What a unit's share weighs in the sum: its denominator, 0 where it has none, empty where it lies in
#: a unit that counts already. Filled in, hidden, never read back.
_WEIGHT = COLUMNS
#: Excel keeps "75%" as 0.75: what is no bigger than one is asked about, not believed.
ONE_PERCENT = Fraction(1, 100)


def headings() -> list[str]:
    return [
        gettext("Mã đơn vị (không sửa)"),
        gettext("Đơn vị"),
        gettext("Số liệu gốc (%)"),
        gettext("Mẫu số kỳ gốc"),
        gettext("Phần giao (%)"),
        *(
            gettext("Mốc quý %(quarter)s (%%)") % {"quarter": one}
            for one in ("I", "II", "III", "IV")
        ),
        gettext("Vị trí chịu trách nhiệm"),
        gettext("Ghi chú"),
    ]


def write(plan: str, asked: Asked, lines: Sequence[Line], units: UnitRegister) -> bytes:
    """The workbook: what is known is locked, what is to be filled in is open and checked by Excel."""
    return written(lambda book: _fill(book, plan, asked, lines, units))


def _fill(
    book: xlsxwriter.Workbook, plan: str, asked: Asked, lines: Sequence[Line], units: UnitRegister
) -> None:
    sheet = book.add_worksheet(gettext("Giao chỉ tiêu"))
    lang = "en" if get_language() == "en" else "vi"
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    known = book.add_format({"num_format": "0.0##", "font_color": "#4d5963"})
    counted = book.add_format({"num_format": "#,##0", "font_color": "#4d5963"})
    open_cell = book.add_format({"num_format": "General", "locked": False, "bg_color": "#e3efee"})
    open_text = book.add_format({"locked": False, "bg_color": "#e3efee"})
    about = (
        (gettext("Kế hoạch"), plan),
        (gettext("Chỉ tiêu"), asked.target.code),
        (gettext("Tên chỉ tiêu"), asked.target.name.to(lang)),
        (gettext("Đơn vị theo bản đồ ngày"), asked.map_day.isoformat()),
        (gettext("Kỳ gốc"), asked.basis.code),
    )
    for row, (name, text) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text)
    for column, heading in enumerate(headings()):
        sheet.write_string(HEAD - 1, column, heading, head)
    for row, line in enumerate(lines, start=HEAD):
        one = line.receiver
        sheet.write_string(row, 0, one.uid)
        sheet.write_string(row, 1, units.full_name(one.uid, asked.map_day).to(lang))
        if one.baseline is not None:
            sheet.write_number(row, 2, float(one.baseline * 100), known)
        if one.denominator is not None:
            sheet.write_number(row, 3, one.denominator, counted)
        if not one.inside:
            sheet.write_number(row, _WEIGHT, one.denominator or 0, counted)
        milestones = read_milestones(line.milestones) or ()
        for column, amount in enumerate([read_percent(line.share), *milestones], start=4):
            if amount is None:
                sheet.write_blank(row, column, None, open_cell)
            else:
                sheet.write_number(row, column, float(amount * 100), open_cell)
        for column in range(5 + len(milestones), 5 + QUARTERS):
            sheet.write_blank(row, column, None, open_cell)
        sheet.write_string(row, 9, line.answers, open_text)
        sheet.write_string(row, 10, line.note, open_text)
    last = HEAD + max(len(lines), 1) - 1
    sheet.data_validation(
        *(HEAD, 4, last, 8),
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": 100,
            "error_title": gettext("Tỷ lệ phần trăm"),
            "error_message": gettext("Ghi một số từ 0 đến 100, ví dụ 75,5."),
        },
    )
    _write_sums(book, sheet, asked, last)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 8, 11)
    sheet.set_column(9, 10, 34)
    sheet.set_column(_WEIGHT, _WEIGHT, 11, None, {"hidden": True})
    sheet.freeze_panes(HEAD, 2)
    sheet.protect("", {"format_columns": True, "sort": True, "autofilter": True})


def _write_sums(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, asked: Asked, last: int
) -> None:
    """Live, above the headings: what the shares come to, as `rules.summed` adds them up, and how far
    that is from the province's target; for the milestones likewise."""
    result = book.add_format({"num_format": "0.0##", "bold": True})
    goal, total, apart, left_out = 2, 3, 4, 5  # rows, from 0
    sheet.write_string(goal, 3, gettext("Mức của tỉnh"))
    sheet.write_number(goal, 4, float(asked.target.required.amount * 100), result)
    sheet.write_string(total, 3, gettext("Cộng theo mẫu số"))
    sheet.write_string(apart, 3, gettext("Chênh lệch"))
    weights = xl_range_abs(HEAD, _WEIGHT, last, _WEIGHT)
    for column in range(4, 5 + QUARTERS):
        cells = xl_range(HEAD, column, last, column)
        whole = f'SUMPRODUCT(({cells}<>"")*{weights})'
        sum_ = f'=IF({whole}=0,"",SUMPRODUCT({cells},{weights})/{whole})'
        sheet.write_formula(total, column, sum_, result, "")
    added, wanted = xl_rowcol_to_cell(total, 4), xl_rowcol_to_cell(goal, 4)
    sheet.write_formula(apart, 4, f'=IF({added}="","",{added}-{wanted})', result, "")
    given = xl_range(HEAD, 4, last, 4)
    sheet.write_string(left_out, 3, gettext("Không có mẫu số, không cộng (đơn vị)"))
    count = f'=SUMPRODUCT(({given}<>"")*ISNUMBER({weights})*({weights}=0))'
    counted = book.add_format({"num_format": "#,##0", "bold": True})
    sheet.write_formula(left_out, 4, count, counted, "")


@dataclass(frozen=True)
class _Reader:
    cells: list[list[str]]

    def at(self, line: int, column: int) -> str:
        row = self.cells[line - 1] if line <= len(self.cells) else []
        return row[column] if column < len(row) else ""


def read(path: Path, plan: str, asked: Asked, receivers: Sequence[Receiver]) -> list[Line]:
    """The table that a workbook holds, for all receivers; who is not in it has no share.

    Raises InputError naming every cell that is wrong (at most 60): nothing is taken from a file
    with a wrong cell.
    """
    sheet = _Reader(_cells(path))
    if (sheet.at(1, 1), sheet.at(2, 1)) != (plan, asked.target.code):
        raise InputError([OTHER(Place("tep"), target=asked.target.code, plan=plan)])
    known, problems = {one.uid: one for one in receivers}, list[Problem]()
    seen: dict[str, int] = {}
    lines: dict[str, Line] = {}
    for number in range(HEAD + 1, len(sheet.cells) + 1):
        uid = sheet.at(number, 0)
        if not uid and not any(sheet.at(number, column) for column in range(4, COLUMNS)):
            continue
        where = {"cell": f"A{number}", "value": uid}
        if uid not in known:
            problems.append(UNIT_WRONG(Place("tep"), **where))
        elif uid in seen:
            problems.append(UNIT_TWICE(Place("tep"), **where, line=seen[uid]))
        else:
            seen[uid] = number
            lines[uid] = _line(sheet, number, known[uid], problems)
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return [lines.get(one.uid, Line(one)) for one in receivers]


def _cells(path: Path) -> list[list[str]]:
    try:
        return cells_of(path, 0, MOST_LINES, 4 * COLUMNS)
    except UnreadableError as error:
        raise InputError([DAMAGED(Place("tep"))]) from error


def _line(sheet: _Reader, number: int, one: Receiver, problems: list[Problem]) -> Line:
    percents = [
        _percent(sheet.at(number, column), f"{_LETTERS[column]}{number}", problems)
        for column in range(4, 5 + QUARTERS)
    ]
    texts = []
    for column, limit in ((9, ANSWERS), (10, NOTE)):
        text = sheet.at(number, column)
        if len(text) > limit:
            cell = f"{_LETTERS[column]}{number}"
            problems.append(TOO_LONG(Place("tep"), cell=cell, limit=limit))
        texts.append(text)
    share, *milestones = percents
    steps = "; ".join(milestones) if any(milestones) else ""
    answers, note = texts
    return Line(one, share, steps, answers, note)


def _percent(text: str, cell: str, problems: list[Problem]) -> str:
    """A cell as it would be typed on the page; a wrong one is named, and empty."""
    if not text:
        return ""
    amount = read_percent(text)
    where = {"cell": cell, "value": text}
    if amount is None:
        problems.append(CELL_WRONG(Place("tep"), **where))
        return ""
    if 0 < amount <= ONE_PERCENT:
        problems.append(CELL_SMALL(Place("tep"), **where))
        return ""
    return write_percent(amount)
