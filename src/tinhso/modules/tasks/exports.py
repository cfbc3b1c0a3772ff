"""The list of tasks to take away as Excel: dates are dates, and filters survive."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.measure.text import InputError, Text
from tinhso.modules.tasks import pages, queries
from tinhso.modules.tasks.words import RHYTHMS, STATES

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@public
@limited(HEAVY)
def download(request: HttpRequest) -> HttpResponse:
    """The list with the filters of its address."""
    plan = pages.plan_code(request)
    try:
        day, asked = pages.asked_day(request), pages.filters(request)
    except InputError:
        # The list itself says what is wrong with the address.
        return redirect(f"{reverse('tasks:list')}?{request.GET.urlencode()}")
    found = queries.task_list(plan, day, asked)
    response = HttpResponse(workbook(found, pages.address(request)), content_type=_TYPE)
    name = f"nhiem-vu-{plan}-{day.isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _to(text: Text) -> str:
    return text.to("en" if get_language() == "en" else "vi")


def workbook(found: queries.TaskList, query: str) -> bytes:
    """What it is stands above the table; no text is ever a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(gettext("Nhiệm vụ"))
    bold, plain = book.add_format({"bold": True}), book.add_format({"valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    days = book.add_format({"num_format": "d/m/yyyy", "valign": "top"})
    share = book.add_format({"num_format": "0%", "valign": "top"})
    about = _about(found, query)
    for row, (name, text) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 2, text)
    top = len(about) + 1
    headings = _headings()
    for column, (heading, width) in enumerate(headings):
        sheet.write_string(top, column, heading, head)
        sheet.set_column(column, column, width)
    for row, one in enumerate(found.rows, start=top + 1):
        for column, cell in enumerate(_cells(one)):
            if isinstance(cell, date):
                sheet.write_datetime(row, column, cell, days)
            elif isinstance(cell, float):
                sheet.write_number(row, column, cell, share)
            else:
                sheet.write_string(row, column, cell, wrap if len(cell) > 20 else plain)
    sheet.autofilter(top, 0, top + max(len(found.rows), 1), len(headings) - 1)
    sheet.freeze_panes(top + 1, 2)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _about(found: queries.TaskList, query: str) -> list[tuple[str, str]]:
    language = "en" if get_language() == "en" else "vi"
    lines = [
        (gettext("Kế hoạch"), found.plan),
        (gettext("Tính đến ngày"), writing.day(found.day, language)),
        (gettext("Bộ lọc"), query.lstrip("?") or "–"),
        (gettext("Số dòng"), f"{len(found.rows)} / {found.total}"),
        (gettext("Tải về ngày"), writing.day(timezone.localdate(), language)),
    ]
    if found.simulated:
        text = gettext("Các dòng có chữ “mô phỏng” do phần mềm tạo ra để minh họa.")
        lines.insert(0, (gettext("CÓ SỐ LIỆU MÔ PHỎNG"), text))
    return lines


def _headings() -> list[tuple[str, int]]:
    return [
        (gettext("Mã"), 10),
        (gettext("Nhiệm vụ"), 48),
        (gettext("Nhóm"), 24),
        (gettext("Cơ quan chủ trì"), 26),
        (gettext("Chủ trì, theo văn bản"), 22),
        (gettext("Cơ quan phối hợp"), 30),
        (gettext("Sản phẩm"), 28),
        (gettext("Chu kỳ"), 14),
        (gettext("Thời hạn"), 12),
        (gettext("Thời hạn, theo văn bản"), 16),
        (gettext("Trạng thái"), 16),
        (gettext("Vì sao"), 40),
        (gettext("Tiến độ"), 9),
        (gettext("Ghi chú"), 14),
    ]


def _cells(one: queries.TaskRow) -> Sequence[str | date | float]:
    unknown = gettext("chưa có trong nguồn")
    helping = [_to(unit.name) for unit in one.coordinating]
    return [
        one.code,
        _to(one.title),
        _to(one.group_name),
        _to(one.lead.name) if one.lead else unknown,
        one.lead_written,
        "; ".join(helping) or one.coordinating_written or unknown,
        one.product or unknown,
        _to(RHYTHMS[one.rhythm]),
        one.status.due or one.deadline or "",
        one.deadline_written,
        _to(STATES[one.state]),
        _to(one.why),
        "" if one.percent is None else one.percent / 100,
        gettext("mô phỏng") if one.simulated else "",
    ]
