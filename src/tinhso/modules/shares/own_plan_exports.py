"""One version of a unit's own plan to take away: XLSX, with everything that tells what it is."""

from __future__ import annotations

import io

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.access import asks
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.queries import card
from tinhso.measure import writing
from tinhso.modules.plan.queries import Lens
from tinhso.modules.shares import own_plan_words as words
from tinhso.modules.shares.assigning import XLSX_TYPE
from tinhso.modules.shares.models import OwnPlan
from tinhso.modules.shares.own_plan_queries import Contents, ItemView, contents, version_of
from tinhso.modules.shares.own_plan_views import own_unit
from tinhso.modules.shares.pages import room_page
from tinhso.modules.shares.policies import OWN_PLAN
from tinhso.modules.shares.promises import Kind
from tinhso.modules.shares.queries import ShareQueries


@asks(OWN_PLAN, "view", unit=own_unit)
@limited(HEAVY)
@room_page
def download(
    _request: HttpRequest, queries: ShareQueries, _lens: Lens, uid: str, version: int
) -> HttpResponse:
    one = version_of(queries.who, queries.plan, uid, version)
    if one is None:
        raise Http404(str(version))
    shown = contents(queries, uid, one)
    content = _book(_about(queries, one, shown), [_line(item) for item in shown.items])
    response = HttpResponse(content, content_type=XLSX_TYPE)
    name = f"ke-hoach-{queries.plan.pack.code}-{uid}-{version}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _about(queries: ShareQueries, one: OwnPlan, shown: Contents) -> list[tuple[str, str]]:
    lang, none = _language(), gettext("chưa có")
    state = words.state(one)
    lines = [
        (gettext("Đơn vị"), card(one.unit_id).name.to(lang)),
        (gettext("Để thực hiện"), str(queries.plan.plan.document)),
        (gettext("Phiên bản"), str(one.version)),
        (gettext("Trạng thái"), state.to(lang) if state else ""),
        (gettext("Số, ký hiệu"), one.number or none),
        (gettext("Ngày ban hành"), writing.day(one.issued, lang) if one.issued else none),
        (gettext("Địa chỉ nơi đăng"), one.link or none),
    ]
    for label, at, by in (
        (gettext("Gửi:"), one.submitted_at, one.submitted_by),
        (gettext("Quyết định:"), one.decided_at, one.decided_by),
    ):
        if at is not None:
            moment = writing.moment(timezone.localtime(at), lang)
            lines.append((label.rstrip(":"), f"{moment}, {by}"))
    if one.simulated or shown.simulated:
        lines.insert(0, (gettext("MÔ PHỎNG"), gettext("Kế hoạch hoặc phần được giao là mô phỏng.")))
    return lines


def headings() -> list[str]:
    return [
        gettext("Loại"),
        gettext("Mã"),
        gettext("Nội dung"),
        gettext("Nguồn"),
        gettext("Sản phẩm"),
        gettext("Mức được giao"),
        gettext("Mốc quý"),
        gettext("Hạn được giao"),
        gettext("Mức đơn vị đặt"),
        gettext("Hạn đơn vị đặt"),
        gettext("Người chịu trách nhiệm"),
        gettext("Ghi chú"),
        gettext("So với phần được giao nay"),
    ]


def _line(view: ItemView) -> list[str]:
    lang, item, assigned = _language(), view.item, view.assigned
    source = gettext("đơn vị thêm")
    if assigned is not None:
        part = gettext("phiên bản %(n)s") % {"n": assigned.version}
        source = f"{words.role(assigned, lang) or gettext('được giao')}, {part}"
    told = [
        f"{name}: {before} → {after}"
        for name, before, after in (words.changed(one, lang) for one in view.changes)
    ]
    return [
        words.KINDS[Kind(item.kind)].to(lang),
        item.code,
        item.text.to(lang),
        source,
        item.product,
        words.level(assigned, lang) if assigned else "",
        words.steps(assigned.milestones, lang) if assigned else "",
        words.when(assigned, lang) if assigned else "",
        words.own_level(item, lang),
        writing.day(item.deadline, lang) if item.deadline else "",
        item.answers,
        item.note,
        gettext("không còn được giao") if view.withdrawn else "; ".join(told),
    ]


def _book(about: list[tuple[str, str]], lines: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(gettext("Kế hoạch riêng"))
    bold = book.add_format({"bold": True, "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (name, text) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 2, text)
    top = len(about) + 1
    for column, heading in enumerate(headings()):
        sheet.write_string(top, column, heading, head)
    for row, line in enumerate(lines, start=top + 1):
        for column, cell in enumerate(line):
            sheet.write_string(row, column, cell, wrap)
    for column, width in enumerate((15, 12, 44, 18, 26, 14, 26, 18, 16, 14, 26, 26, 30)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(top + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    book.close()
    return out.getvalue()
