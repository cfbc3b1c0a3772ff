"""Figures to take away: CSV and XLSX, with everything that tells what they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.measure.figures import Value
from tinhso.measure.spreadsheets import safe_cell
from tinhso.modules.plan.pages import plan_page
from tinhso.modules.plan.queries import Lens, PlanQueries
from tinhso.modules.plan.views import indicator_code, unit_of
from tinhso.modules.plan.words import REASONS


@public
@limited(HEAVY)
@plan_page
def download(
    request: HttpRequest, queries: PlanQueries, lens: Lens, code: str, form: str
) -> HttpResponse:
    """The table of an indicator: the unit and those below it, numerators and denominators apart."""
    if form not in ("csv", "xlsx"):
        raise Http404(form)
    wanted, unit = indicator_code(queries, code), unit_of(request, queries)
    table = queries.table(wanted, unit, lens)
    lines = [_line(queries, value, lens) for value in (*table.rows, table.parent)]
    about = _about(queries, table.parent, lens)
    name = f"{queries.pack.code}-{code}-{lens.period.code}-{lens.view.code}.{form}"
    content = _csv(lines, about) if form == "csv" else _xlsx(lines, about)
    kind = (
        "text/csv; charset=utf-8"
        if form == "csv"
        else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _headings() -> list[str]:
    return [
        gettext("Mã"),
        gettext("Đơn vị"),
        gettext("Tử số"),
        gettext("Mẫu số"),
        gettext("Giá trị"),
        gettext("Ghi chú"),
    ]


def _line(queries: PlanQueries, value: Value, lens: Lens) -> list[str | int | float | None]:
    day = lens.view.day or lens.period.last_day
    return [
        queries.units.nearest(value.unit, day).code,
        queries.units.full_name(value.unit, day).to(_language()),
        value.numerator.amount,
        value.denominator.amount,
        None if value.value is None else float(value.value),
        REASONS[value.reason].to(_language()) if value.reason else "",
    ]


def _about(queries: PlanQueries, value: Value, lens: Lens) -> list[tuple[str, str]]:
    lang = _language()
    boundaries = (
        gettext("như tại thời điểm đó")
        if lens.view.day is None
        else writing.day(lens.view.day, lang)
    )
    lines = [
        (gettext("Chỉ số"), f"{value.indicator.code} {value.indicator.name.to(lang)}"),
        (gettext("Kỳ số liệu"), f"{lens.period.label.to(lang)} ({lens.period.dates})"),
        (gettext("Địa giới"), boundaries),
        (gettext("Bản chụp"), str(value.snapshot)),
        (gettext("Tính lúc"), queries.manifest.computed_at),
    ]
    if queries.manifest.simulated:
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), ", ".join(queries.manifest.simulated)))
    return lines


def _csv(lines: Iterable[list[str | int | float | None]], about: list[tuple[str, str]]) -> bytes:
    """UTF-8 with a mark, so that Excel reads Vietnamese; what it is stands above the table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for name, text in about:
        writer.writerow([safe_cell(name), safe_cell(text)])
    writer.writerow([])
    writer.writerow(_headings())
    for line in lines:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in line])
    return ("\ufeff" + out.getvalue()).encode()


def _xlsx(lines: Iterable[list[str | int | float | None]], about: list[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(gettext("Số liệu"))
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1})
    share, whole = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "#,##0"})
    for row, (name, text) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text)
    top = len(about) + 1
    for column, heading in enumerate(_headings()):
        sheet.write_string(top, column, heading, head)
    for row, line in enumerate(lines, start=top + 1):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell, share if column == 4 else whole)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 42)
    sheet.set_column(2, 4, 14)
    sheet.set_column(5, 5, 48)
    sheet.freeze_panes(top + 1, 0)
    book.close()
    return out.getvalue()
