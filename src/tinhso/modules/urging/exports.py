"""What was sent to whom, to take away as Excel: every line within reach, by person, and nobody's work."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from tinhso.kernel.files.tables import (
    Cell,
    Column,
    Form,
    Formula,
    Table,
    answer,
    in_words,
    language,
    tables,
)
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.people.who import Who
from tinhso.kernel.units.register import register
from tinhso.measure import writing
from tinhso.modules.urging import queries
from tinhso.modules.urging.models import Reminder
from tinhso.modules.urging.policies import REMINDER
from tinhso.modules.urging.templatetags.urging_words import rule_name, ways

#: The newest lines that one workbook holds.
MOST = 20_000


@asks(REMINDER, "view")
@limited(HEAVY)
def download(request: HttpRequest) -> HttpResponse:
    """All that the page lists, on all its pages."""
    who = who_is(request)
    return answer(workbook(who), f"don-doc-{who.day.isoformat()}.xlsx")


def workbook(who: Who) -> bytes:
    said = queries.said(who)
    rows = list(said[:MOST])
    nobodys = queries.nobodys(who)
    day = writing.day(who.day, language())
    count = f"{len(rows)} / {said.count()}"
    about = [(gettext("Tính đến ngày"), day), (gettext("Lời nhắc trong phạm vi của bạn"), count)]
    if any(row.simulated for row in rows) or any(one.need.simulated for one in nobodys):
        text = gettext("Các dòng có chữ “mô phỏng” do phần mềm tạo ra để minh họa.")
        about.insert(0, (gettext("CÓ SỐ LIỆU MÔ PHỎNG"), text))
    # Two people may have one name: each has a number here.
    numbers: dict[uuid.UUID, int] = {}
    for row in rows:
        numbers.setdefault(row.account_id, len(numbers) + 1)
    sent = _sent(about, rows, numbers)
    return tables(
        gettext("Đôn đốc"), [sent, _people(about, rows, numbers, sent), _nobodys(about, nobodys)]
    )


def _sent(
    about: list[tuple[str, str]], rows: Sequence[Reminder], numbers: dict[uuid.UUID, int]
) -> Table:
    english, units = language() == "en", register()
    columns = [
        Column(gettext("Ngày"), 11, Form.DAY),
        Column(gettext("Người số"), 8, Form.COUNT),
        Column(gettext("Ai"), 24),
        Column(gettext("Việc"), 48),
        Column(gettext("Đơn vị"), 28),
        Column(gettext("Mốc"), 26),
        Column(gettext("Hạn"), 11, Form.DAY),
        Column(gettext("Cách gửi"), 32),
        Column(gettext("Nhắc ngay lúc"), 15, Form.MOMENT),
        Column(gettext("Ghi chú"), 10),
    ]
    lines: list[list[Cell]] = [
        [
            row.digest.day,
            numbers[row.account_id],
            row.digest.account.name,
            row.title_en if english else row.title,
            in_words(units.full_name(row.unit, row.digest.day)),
            in_words(rule_name(row.rule)),
            row.due,
            in_words(ways(row)),
            row.digest.made_at if row.digest.at_once else None,
            gettext("mô phỏng") if row.simulated else "",
        ]
        for row in rows
    ]
    return Table(gettext("Đã nhắc"), about, columns, lines)


def _people(
    about: list[tuple[str, str]],
    rows: Sequence[Reminder],
    numbers: dict[uuid.UUID, int],
    sent: Table,
) -> Table:
    """Who was reminded how often, counted by Excel in the sheet of lines, and last when."""
    columns = [
        Column(gettext("Người số"), 8, Form.COUNT),
        Column(gettext("Ai"), 30),
        Column(gettext("Số lời nhắc"), 12, Form.COUNT, total=True),
        Column(gettext("Lần cuối"), 12, Form.DAY),
    ]
    counts = Counter(row.account_id for row in rows)
    last = {row.account_id: row for row in reversed(rows)}
    people, lines = sent.range(1), list[list[Cell]]()
    for account, number in numbers.items():
        row = last[account]
        often = Formula(f"=COUNTIF({people},$A{{row}})", counts[account])
        lines.append([number, row.digest.account.name, often, row.digest.day])
    return Table(gettext("Theo người"), about, columns, lines)


def _nobodys(about: list[tuple[str, str]], found: Sequence[queries.Waiting]) -> Table:
    columns = [
        Column(gettext("Việc"), 48),
        Column(gettext("Đơn vị"), 30),
        Column(gettext("Cần làm"), 30),
        Column(gettext("Khi nào"), 24),
        Column(gettext("Từ ngày"), 11, Form.DAY),
        Column(gettext("Hạn"), 11, Form.DAY),
        Column(gettext("Trễ (ngày)"), 9, Form.TALLY),
        Column(gettext("Ghi chú"), 10),
    ]
    lines: list[list[Cell]] = [
        [
            in_words(one.need.title),
            in_words(one.unit_name),
            in_words(one.todo),
            in_words(one.when),
            one.need.since,
            one.need.due,
            max(one.late, 0),
            gettext("mô phỏng") if one.need.simulated else "",
        ]
        for one in found
    ]
    return Table(gettext("Chưa có ai để nhắc"), about, columns, lines)
