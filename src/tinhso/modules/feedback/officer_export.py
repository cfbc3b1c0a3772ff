"""The officers' list to take away as Excel, with the filters and the day of its address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from tinhso.kernel.cases.kinds import kind
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.policies import CASE
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.files import lists
from tinhso.kernel.files.lists import Cell, Column
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.measure.text import InputError
from tinhso.modules.feedback import officer_forms, officer_queue
from tinhso.modules.feedback.officer_queue import Asked, Row
from tinhso.modules.feedback.officer_then import Then
from tinhso.modules.feedback.officer_words import KIND
from tinhso.modules.feedback.words import t

#: Rows of one file; the product's choice, so that it is made while somebody waits.
MOST = 10_000


@asks(CASE, "view")
@limited(HEAVY)
def download(request: HttpRequest) -> HttpResponse:
    """The whole list, the most pressing first; a wrong address goes to the page that says what is wrong."""
    who, now = who_is(request), timezone.now()
    try:
        asked = officer_forms.asked_in(request, kind(KIND).states)
    except InputError:
        return redirect(f"{reverse('desk:queue')}?{request.GET.urlencode()}")
    at = asked.then.last if asked.then else now
    cases: Iterable[Case]
    if asked.then:
        cases = Then(who, asked, at).cases(asked)
    else:
        rows = officer_queue.narrowed(officer_queue.of(who, asked), asked, now)
        cases = rows.only(*officer_queue.COLUMNS)[: MOST + 1]
    shown = officer_queue.shown(islice(cases, MOST + 1), at)
    name = f"phan-anh-1022-{at.astimezone(LOCAL):%Y-%m-%d}.xlsx"
    return lists.as_download(_workbook(shown, asked, at, request.GET.urlencode()), name)


def _workbook(rows: list[Row], asked: Asked, at: datetime, query: str) -> bytes:
    kept = rows[:MOST]
    about = [
        (gettext("Tính đến"), t(asked.then.end) if asked.then else _moment(at)),
        (gettext("Bộ lọc"), query or "–"),
        (gettext("Số dòng"), writing.number(len(kept), _language())),
        (gettext("Tải về lúc"), _moment(timezone.now())),
    ]
    if len(rows) > MOST:
        most = writing.number(MOST, _language())
        said = gettext("Chỉ %(most)s vụ việc gấp nhất; lọc hẹp lại để lấy phần còn lại.")
        about.insert(0, (gettext("CHƯA ĐỦ"), said % {"most": most}))
    if any(one.simulated for one in kept):
        said = gettext("Các dòng có chữ “mô phỏng” do phần mềm tạo ra để minh họa.")
        about.insert(0, (gettext("CÓ SỐ LIỆU MÔ PHỎNG"), said))
    return lists.workbook("1022", about, _columns(), map(_cells, kept))


def _columns() -> list[Column]:
    return [
        Column(gettext("Mã"), 19),
        Column(gettext("Vụ việc"), 48),
        Column(gettext("Lĩnh vực"), 22),
        Column(gettext("Nơi xảy ra"), 22),
        Column(gettext("Kênh"), 14),
        Column(gettext("Nhận lúc"), 17),
        Column(gettext("Trạng thái"), 20),
        Column(gettext("Việc cần làm"), 24),
        Column(gettext("Cơ quan xử lý"), 28),
        Column(gettext("Hạn gần nhất"), 17),
        Column(gettext("Hạn cả vụ việc"), 17),
        Column(gettext("Đúng hạn hay trễ"), 26),
        Column(gettext("Ghi chú"), 24),
    ]


def _cells(one: Row) -> Sequence[Cell]:
    notes = [gettext("mô phỏng")] * one.simulated + [gettext("không công khai")] * one.private
    return [
        one.code,
        one.title,
        t(one.category),
        t(one.place) if one.place else "",
        t(one.channel),
        one.received_at.astimezone(LOCAL),
        t(one.state),
        t(one.todo) if one.open else "",
        t(one.lead) if one.lead else "",
        one.due_at.astimezone(LOCAL) if one.due_at else None,
        one.whole_due_at.astimezone(LOCAL) if one.whole_due_at else None,
        t(one.lateness.words) if one.open else "",
        ", ".join(notes),
    ]


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _moment(at: datetime) -> str:
    return writing.moment(at, _language())
