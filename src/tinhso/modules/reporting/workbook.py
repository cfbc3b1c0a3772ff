"""The workbook that offices fill in (biểu Excel): what is known is filled in and locked.

Written for one unit, or for a bigger one with all units below it. A hidden sheet says which plan,
duty and period it is of; each row is signed, so that a code that was changed is seen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.crypto import constant_time_compare, salted_hmac
from xlsxwriter.utility import xl_rowcol_to_cell

from tinhso.measure.definitions import Indicator
from tinhso.measure.text import Text
from tinhso.modules.reporting.checks import KINDS
from tinhso.modules.reporting.known import Known, carried, labels_of
from tinhso.modules.reporting.requests import Request

VERSION = "2"
META, SHEET = "tinhso", "Số liệu"
#: Rows above the headings: what it is, how to fill it in.
TOP = 4

_SALT = "tinhso.reporting.workbook"


@dataclass(frozen=True)
class Column:
    """A column: `field` names what is typed into it; "" for what is filled in and locked."""

    heading: Text
    width: int
    field: str = ""
    hidden: bool = False


COLUMNS = (
    Column(Text("mã", "code"), 12, hidden=True),
    Column(Text("dấu", "mark"), 12, hidden=True),
    Column(Text("Đơn vị", "Unit"), 26),
    Column(Text("Mã chỉ số", "Code"), 11),
    Column(Text("Chỉ số", "Indicator"), 40),
    Column(Text("Tử số là", "Numerator"), 30),
    Column(Text("Mẫu số là", "Denominator"), 22),
    Column(Text("Tử số lần trước", "Last numerator"), 14),
    Column(Text("Mẫu số lần trước", "Last denominator"), 14),
    Column(Text("Trả lời", "Answer"), 18, "kind"),
    Column(Text("TỬ SỐ", "NUMERATOR"), 14, "numerator"),
    Column(Text("MẪU SỐ", "DENOMINATOR"), 14, "denominator"),
    Column(Text("Tỷ lệ (tự tính)", "Share (computed)"), 11),
    Column(Text("Minh chứng (số văn bản, đường dẫn)", "Evidence (document, link)"), 32, "evidence"),
    Column(Text("Lý do chưa có / không áp dụng", "Why there is none"), 30, "reason"),
    Column(Text("Giải thích khi số nhảy vọt", "Why it jumps"), 30, "explanation"),
    Column(Text("Lý do đính chính số đã duyệt", "Why an approved figure is corrected"), 30, "correction"),
)  # fmt: skip

TITLE = Text("Biểu nhập số liệu báo cáo", "Figures to be reported")
HELP = Text(
    "Chỉ điền các ô màu vàng. Dòng để trống là chưa trả lời. Không thêm, xóa, đổi chỗ dòng hay cột.",
    "Fill in the yellow cells only. An empty row is not answered yet. Do not add, delete or move rows or columns.",
)
CARRIED = Text(
    "Mẫu số in nghiêng: như lần trước – sửa nếu đã đổi. Chỉ được gửi khi có tử số bên cạnh. Tỷ lệ tự tính, không đọc lại.",
    "A denominator in italics: as last time – change it if it has changed. It is sent only with a numerator beside it. The share is computed and not read back.",
)
AS_LAST = Text(
    "In nghiêng: như lần trước – sửa nếu đã đổi.",
    "In italics: as last time – change it if it has changed.",
)
#: Where the numerator and the denominator stand, counted from 0.
ABOVE, BELOW = (
    next(n for n, one in enumerate(COLUMNS) if one.field == name)
    for name in ("numerator", "denominator")
)
SHARE, LAST_BELOW = BELOW + 1, 8


def mark_of(known: Known, unit: str, code: str) -> str:
    """The signature of a row."""
    named = f"{VERSION}/{known.pack.code}/{known.duty.code}/{known.period.code}/{unit}/{code}"
    return salted_hmac(_SALT, named).hexdigest()[:16]


def is_ours(known: Known, unit: str, code: str, mark: str) -> bool:
    return constant_time_compare(mark_of(known, unit, code), mark)


def meta_of(known: Known) -> list[str]:
    return ["tinhso", VERSION, known.pack.code, known.duty.code, known.period.code]


def workbook(known: Known, requests: Sequence[Request], language: str) -> bytes:
    """The workbook of some requests of one period, in the order given."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, meta = book.add_worksheet(SHEET), book.add_worksheet(META)
    meta.hide()
    for at, name in enumerate(meta_of(known)):
        meta.write_string(0, at, name)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    fixed = book.add_format({"text_wrap": True, "valign": "top"})
    fixed_number = book.add_format({"num_format": "#,##0", "valign": "top"})
    yellow = {"locked": False, "bg_color": "#FFF8DC", "border": 1, "border_color": "#B9B5A8"}
    text, count, as_last = (
        book.add_format(yellow | {"num_format": "@", "text_wrap": True, "valign": "top"}),
        book.add_format(yellow | {"num_format": "#,##0", "valign": "top"}),
        book.add_format(yellow | {"num_format": "#,##0", "valign": "top", "italic": True}),
    )
    share = book.add_format({"num_format": "0.0%", "valign": "top"})
    label = known.period.label
    sheet.write_string(0, 2, TITLE.to(language), bold)
    sheet.write_string(1, 2, f"{known.duty.name.to(language)}, {label.to(language)}", bold)
    sheet.write_string(2, 2, HELP.to(language))
    sheet.write_string(3, 2, CARRIED.to(language))
    for number, column in enumerate(COLUMNS):
        hidden = {"hidden": column.hidden}
        sheet.set_column(number, number, column.width, None, hidden)
        sheet.write_string(TOP, number, column.heading.to(language), head)
    row = TOP
    for request in requests:
        for indicator in known.indicators:
            row += 1
            for number, value in enumerate(_filled_in(known, request, indicator, language)):
                if isinstance(value, int):
                    sheet.write_number(row, number, value, fixed_number)
                else:
                    sheet.write_string(row, number, value, fixed)
            for number, column in enumerate(COLUMNS):
                if column.field:
                    counted = column.field in ("numerator", "denominator")
                    sheet.write_blank(row, number, None, count if counted else text)
            before = _carried(known, request, indicator)
            if before:
                sheet.write_number(row, BELOW, int(before), as_last)
            if indicator.denominator is None:
                sheet.write_string(row, SHARE, "–", fixed)
            else:
                sheet.write_formula(row, SHARE, _share(row), share, "")
    _validate(sheet, row, language)
    sheet.freeze_panes(TOP + 1, 4)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(TOP)
    book.close()
    return out.getvalue()


def _carried(known: Known, request: Request, indicator: Indicator) -> str:
    figure = known.figures.get((indicator.code, request.unit))
    last = known.last(indicator, request.unit)
    return carried(indicator, last, None if figure is None else figure.answer)


def _share(row: int) -> str:
    """The share of what stands in a row, as Excel works it out; empty while a number is missing."""
    above, below = (xl_rowcol_to_cell(row, column) for column in (ABOVE, BELOW))
    return f'=IF(OR({above}="",{below}="",{below}=0),"",{above}/{below})'


def _filled_in(
    known: Known, request: Request, indicator: Indicator, language: str
) -> list[str | int]:
    labels, last = labels_of(indicator), known.last(indicator, request.unit)
    below = "–" if labels.denominator is None else labels.denominator.to(language)
    before = (None, None) if last is None else (last.parts.numerator, last.parts.denominator)
    return [
        request.unit,
        mark_of(known, request.unit, indicator.code),
        known.units.full_name(request.unit, request.as_of).to(language),
        indicator.code,
        indicator.name.to(language),
        labels.numerator.to(language),
        below,
        *("–" if one is None else one for one in before),
    ]


def _validate(sheet: xlsxwriter.worksheet.Worksheet, last_row: int, language: str) -> None:
    kinds = [text.to(language) for text in KINDS.values()]
    wrong = Text("Chọn trong danh sách.", "Choose from the list.").to(language)
    count = Text("Ghi số nguyên, từ 0 trở lên.", "A whole number, 0 or more.").to(language)
    for number, column in enumerate(COLUMNS):
        if column.field == "kind":
            rule: dict[str, object] = {"validate": "list", "source": kinds, "error_message": wrong}
        elif column.field in ("numerator", "denominator"):
            rule = {
                "validate": "integer",
                "criteria": ">=",
                "value": 0,
                "error_message": count,
            }
            if number == BELOW:
                rule["input_message"] = AS_LAST.to(language)
        else:
            continue
        sheet.data_validation(TOP + 1, number, max(last_row, TOP + 1), number, rule)
