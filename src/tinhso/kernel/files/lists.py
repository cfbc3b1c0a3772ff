"""A list to take away as Excel: what it is stands above it, dates are dates, no text is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter
from django.http import HttpResponse

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Texts longer than this are wrapped.
_WRAPPED = 20

Cell = str | date | datetime | int | float | None


@dataclass(frozen=True)
class Column:
    """`width` in letters; `form`: how its numbers are shown, as Excel writes formats."""

    heading: str
    width: int
    form: str = "General"


def as_download(content: bytes, name: str) -> HttpResponse:
    """`name`: ends in .xlsx."""
    response = HttpResponse(content, content_type=TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook(
    name: str,
    about: Sequence[tuple[str, str]],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
) -> bytes:
    """One sheet of that name. `about`: lines of a name and a text. Moments are written as the clock on the
    wall showed them."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    days = book.add_format({"num_format": "d/m/yyyy", "valign": "top"})
    moments = book.add_format({"num_format": "hh:mm d/m/yyyy", "valign": "top"})
    numbers = [book.add_format({"num_format": one.form, "valign": "top"}) for one in columns]
    for row, (label, text) in enumerate(about):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 2, text)
    top = last = len(about) + 1
    for at, column in enumerate(columns):
        sheet.write_string(top, at, column.heading, head)
        sheet.set_column(at, at, column.width)
    for last, line in enumerate(rows, start=top + 1):
        for at, cell in enumerate(line):
            if isinstance(cell, datetime):
                sheet.write_datetime(last, at, cell.replace(tzinfo=None), moments)
            elif isinstance(cell, date):
                sheet.write_datetime(last, at, cell, days)
            elif isinstance(cell, int | float):
                sheet.write_number(last, at, cell, numbers[at])
            elif cell is not None:
                sheet.write_string(last, at, cell, wrap if len(cell) > _WRAPPED else plain)
    sheet.autofilter(top, 0, max(last, top + 1), len(columns) - 1)
    sheet.freeze_panes(top + 1, 2)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()
