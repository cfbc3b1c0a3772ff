"""One target's shares to take away: XLSX, with everything that tells what they are."""

from __future__ import annotations

import io

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext

from tinhso.kernel.people.access import public
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.modules.plan.queries import Lens
from tinhso.modules.plan.words import STANDINGS
from tinhso.modules.shares.assigning import XLSX_TYPE
from tinhso.modules.shares.pages import room_page, target_of
from tinhso.modules.shares.queries import AllocationView, ShareQueries, UnitShare

Cell = str | float | None


@public
@limited(HEAVY)
@room_page
def download(_request: HttpRequest, queries: ShareQueries, lens: Lens, code: str) -> HttpResponse:
    """The version in force on the map of the lens."""
    target = target_of(queries, code)
    current = queries.version(code)
    if current is None:
        raise Http404(code)
    shown = queries.view(target, current, lens)
    content = _book(_about(queries, shown, lens), _lines(queries, shown))
    response = HttpResponse(content, content_type=XLSX_TYPE)
    name = f"giao-{code}-{current.number}-{lens.period.code}-{shown.day.isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _about(queries: ShareQueries, shown: AllocationView, lens: Lens) -> list[tuple[str, str]]:
    one, lang = shown.allocation, _language()
    target = queries.plan.plan.target(one.target)
    assert target is not None
    unknown = gettext("chưa có trong nguồn")
    value, differs = shown.sum.value, shown.sum.difference
    lines = [
        (gettext("Chỉ tiêu"), f"{one.target} {target.name.to(lang)}"),
        (gettext("Phiên bản"), str(one.number)),
        (gettext("Văn bản giao"), one.document or unknown),
        (
            gettext("Ngày văn bản"),
            writing.day(one.document_day, lang) if one.document_day else unknown,
        ),
        (gettext("Cơ quan ban hành"), one.issuer or unknown),
        (gettext("Kỳ số liệu"), f"{lens.period.label.to(lang)} ({lens.period.dates})"),
        (gettext("Đơn vị theo bản đồ ngày"), writing.day(shown.day, lang)),
        (
            gettext("Nếu mọi đơn vị đạt đúng phần giao"),
            "–" if value is None else writing.percent(value, lang),
        ),
        (
            gettext("Chênh so với chỉ tiêu của tỉnh (điểm)"),
            "–" if differs is None else writing.points(differs, lang),
        ),
        (gettext("Bản chụp"), str(queries.plan.manifest.snapshot)),
    ]
    if queries.plan.manifest.simulated or one.simulated:
        made = ", ".join(queries.plan.manifest.simulated) or one.made_by
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), made))
    return lines


def headings() -> list[str]:
    return [
        gettext("Mã"),
        gettext("Đơn vị"),
        gettext("Phần giao"),
        *(gettext("Mốc quý %(quarter)s") % {"quarter": one} for one in ("I", "II", "III", "IV")),
        gettext("Số liệu"),
        gettext("Tử số"),
        gettext("Mẫu số"),
        gettext("Trạng thái"),
        gettext("Vị trí chịu trách nhiệm"),
        gettext("Nhận từ"),
    ]


def _lines(queries: ShareQueries, shown: AllocationView) -> list[list[Cell]]:
    lines = [_line(queries, row, shown) for row in shown.rows]
    lang, units, day = _language(), queries.plan.units, shown.allocation.map_day
    for one in shown.lost:
        uid = one.given.uid
        name = units.full_name(uid, day).to(lang)
        lost: list[Cell] = [units.nearest(uid, day).code, name, float(one.given.amount)]
        lost += [None if m is None else float(m) for m in one.given.milestones]
        lines.append([*lost, None, None, None, gettext("chưa gán được"), one.given.answers, ""])
    return lines


def _line(queries: ShareQueries, row: UnitShare, shown: AllocationView) -> list[Cell]:
    lang, units, held = _language(), queries.plan.units, row.held
    answers = dict.fromkeys(part.answers for part in held.parts if part.answers)
    from_ = [units.full_name(one.uid, shown.allocation.map_day).to(lang) for one in held.parts]
    standing = STANDINGS[row.judgement.standing].to(lang) if row.judgement else ""
    return [
        units.nearest(held.uid, shown.day).code,
        units.full_name(held.uid, shown.day).to(lang),
        None if held.amount is None else float(held.amount),
        *(None if one is None else float(one) for one in held.milestones),
        None if row.value.value is None else float(row.value.value),
        row.value.numerator.amount,
        row.value.denominator.amount,
        standing or gettext("cần phiên bản mới"),
        "; ".join(answers),
        "; ".join(from_) if held.inherited else "",
    ]


def _book(about: list[tuple[str, str]], lines: list[list[Cell]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(gettext("Giao chỉ tiêu"))
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    share, count = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "#,##0"})
    for row, (name, text) in enumerate(about):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, text)
    top = len(about) + 1
    for column, heading in enumerate(headings()):
        sheet.write_string(top, column, heading, head)
    for row, line in enumerate(lines, start=top + 1):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell, count if column in (8, 9) else share)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 9, 11)
    sheet.set_column(10, 12, 30)
    sheet.freeze_panes(top + 1, 2)
    book.close()
    return out.getvalue()
