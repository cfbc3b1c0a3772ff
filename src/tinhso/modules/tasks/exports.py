"""The list of tasks to take away as Excel: dates are dates, and filters survive."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from tinhso.kernel.files import lists
from tinhso.kernel.files.lists import Cell, Column
from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.measure.text import InputError, Text
from tinhso.modules.tasks import pages, queries
from tinhso.modules.tasks.words import RHYTHMS, STATES


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
    name = f"nhiem-vu-{plan}-{day.isoformat()}.xlsx"
    return lists.as_download(workbook(found, pages.address(request)), name)


def _to(text: Text) -> str:
    return text.to("en" if get_language() == "en" else "vi")


def workbook(found: queries.TaskList, query: str) -> bytes:
    rows = (_cells(one) for one in found.rows)
    return lists.workbook(gettext("Nhiệm vụ"), _about(found, query), _columns(), rows)


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


def _columns() -> list[Column]:
    return [
        Column(gettext("Mã"), 10),
        Column(gettext("Nhiệm vụ"), 48),
        Column(gettext("Nhóm"), 24),
        Column(gettext("Cơ quan chủ trì"), 26),
        Column(gettext("Chủ trì, theo văn bản"), 22),
        Column(gettext("Cơ quan phối hợp"), 30),
        Column(gettext("Sản phẩm"), 28),
        Column(gettext("Chu kỳ"), 14),
        Column(gettext("Thời hạn"), 12),
        Column(gettext("Thời hạn, theo văn bản"), 16),
        Column(gettext("Trạng thái"), 16),
        Column(gettext("Vì sao"), 40),
        Column(gettext("Tiến độ"), 9, "0%"),
        Column(gettext("Ghi chú"), 14),
    ]


def _cells(one: queries.TaskRow) -> Sequence[Cell]:
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
        None if one.percent is None else one.percent / 100,
        gettext("mô phỏng") if one.simulated else "",
    ]
