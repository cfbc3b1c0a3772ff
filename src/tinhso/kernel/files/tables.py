"""Tables to take away as Excel (bảng tải về): what they are stands above, numbers are numbers, days are
days, sums go on summing, and paper is thought of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

import xlsxwriter
import xlsxwriter.worksheet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from xlsxwriter.utility import xl_col_to_name

from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.workbooks import written
from tinhso.measure.text import Language, Text


def language() -> Language:
    """The reader's."""
    return "en" if get_language() == "en" else "vi"


def in_words(text: Text) -> str:
    """A text as the reader reads it."""
    return text.to(language())


class Form(StrEnum):
    """How a column's cells are written, as Excel calls it."""

    TEXT = "@"
    COUNT = "#,##0"
    TALLY = '#,##0;-#,##0;"–"'
    NUMBER = "General"  # Excel writes 75 in "0.###" with a point and nothing behind it
    SHARE = "0.0%"
    PERCENT = "0.0##%"
    POINTS = "0.0"
    CHANGE = "+0.0;-0.0;0.0"
    DAY = "d/m/yyyy"
    MOMENT = "h:mm d/m/yyyy"


@dataclass(frozen=True)
class Formula:
    """What Excel works out; `{row}` in it is the row's number. `value`: what it comes to, for readers
    that work out nothing."""

    text: str
    value: float | str


@dataclass(frozen=True)
class As:
    """A cell of another form than its column's."""

    value: int | float | Fraction | Formula | None
    form: Form


Cell = str | int | float | Fraction | date | datetime | Formula | As | None


@dataclass(frozen=True)
class Column:
    """`total`: the last line sums what a filter leaves of it."""

    heading: str
    width: int
    form: Form = Form.TEXT
    total: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet: `about` says above the table what it is. None in a row is an empty cell, never 0."""

    sheet: str
    about: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]

    @property
    def top(self) -> int:
        """The row of the headings, as Excel counts."""
        return len(self.about) + 3

    @property
    def last(self) -> int:
        return self.top + max(len(self.rows), 1)

    def range(self, column: int) -> str:
        """A column's cells as a formula names them from another sheet."""
        name, sheet = xl_col_to_name(column), self.sheet.replace("'", "''")
        return f"'{sheet}'!${name}${self.top + 1}:${name}${self.last}"


def tables(title: str, found: Iterable[Table]) -> bytes:
    """A workbook of tables, each on its sheet under the same title."""

    def fill(book: xlsxwriter.Workbook) -> None:
        forms = _Forms(book)
        for one in found:
            _write(book.add_worksheet(one.sheet), forms, title, one)

    return written(fill)


def answer(content: bytes, name: str) -> HttpResponse:
    """A workbook as a file to be saved, kept by nobody on the way."""
    response = HttpResponse(content, content_type=XLSX.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


def for_paper(sheet: xlsxwriter.worksheet.Worksheet, top: int) -> None:
    """A4 across, as wide as the page, the headings (row `top` from 0) on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer("&L&8&A&R&8&P/&N")


def height(cells: Iterable[tuple[object, int]]) -> float | None:
    """The height of a row, in points, whose wrapped texts stand in columns of these widths; None for one
    line, which Excel itself makes higher when somebody types more."""
    most = 1
    for text, width in cells:
        if isinstance(text, str):
            lines = text.split("\n")
            most = max(most, sum(max(1, math.ceil(len(one) / width)) for one in lines))
    return None if most == 1 else min(15.0 * most, 400.0)


class _Forms:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"bold": True})
        line = {"valign": "top", "bottom": 1, "bottom_color": "#DDD9CE"}
        head = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#ECEAE3"}
        ends = {"bold": True, "top": 1}
        self.head, self.cells, self.total = (
            {one: book.add_format(shape | _shape(one)) for one in Form}
            for shape in (head, line, ends)
        )


def _shape(form: Form) -> dict[str, object]:
    """Words to the left, a little off the number before them; numbers and days to the right."""
    if form is Form.TEXT:
        return {"align": "left", "indent": 1, "text_wrap": True}
    return {"align": "right", "num_format": form.value}


def _write(sheet: xlsxwriter.worksheet.Worksheet, forms: _Forms, title: str, table: Table) -> None:
    sheet.write_string(0, 0, title, forms.title)
    for row, (name, text) in enumerate(table.about, start=1):
        loud = name == name.upper()
        sheet.write_string(row, 0, f"{name}: {text}", forms.note if loud else None)
    top = table.top - 1
    widths = [column.width for column in table.columns]
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(top, at, column.heading, forms.head[column.form])
    headings = [column.heading for column in table.columns]
    sheet.set_row(top, height(zip(headings, widths, strict=True)))
    for row, line in enumerate(table.rows, start=top + 1):
        sheet.set_row(row, height(zip(line, widths, strict=True)))
        for at, cell in enumerate(line):
            _cell(sheet, row, at, cell, forms.cells, table.columns[at].form)
    if not table.rows:
        sheet.write_string(top + 1, 0, gettext("Không có dòng nào."))
    sheet.autofilter(top, 0, table.last - 1, len(widths) - 1)
    if any(column.total for column in table.columns):
        _total(sheet, forms, table)
    sheet.freeze_panes(top + 1, 1)
    for_paper(sheet, top)


def _cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    at: int,
    cell: Cell,
    forms: Mapping[Form, object],
    form: Form,
) -> None:
    match cell:
        case None | "":
            sheet.write_blank(row, at, None, forms[form])
        case As(value, own):
            _cell(sheet, row, at, value, forms, own)
        case str():
            sheet.write_string(row, at, cell.replace("\r\n", "\n"), forms[form])
        case Formula():
            text = cell.text.replace("{row}", str(row + 1))
            sheet.write_formula(row, at, text, forms[form], cell.value)
        case datetime():
            local = timezone.localtime(cell).replace(tzinfo=None)
            sheet.write_datetime(row, at, local, forms[form])
        case date():
            sheet.write_datetime(row, at, cell, forms[form])
        case _:
            sheet.write_number(row, at, float(cell), forms[form])


def _total(sheet: xlsxwriter.worksheet.Worksheet, forms: _Forms, table: Table) -> None:
    for at, column in enumerate(table.columns):
        form = forms.total[column.form]
        if column.total:
            name = xl_col_to_name(at)
            cells = f"{name}{table.top + 1}:{name}{table.last}"
            come = sum(map(_amount, (row[at] for row in table.rows)))
            sheet.write_formula(table.last, at, f"=SUBTOTAL(9,{cells})", form, come)
        else:
            sheet.write_string(table.last, at, "" if at else gettext("Tổng"), form)


def _amount(cell: Cell) -> float:
    found = cell.value if isinstance(cell, Formula | As) else cell
    return float(found) if isinstance(found, int | float | Fraction) else 0.0
