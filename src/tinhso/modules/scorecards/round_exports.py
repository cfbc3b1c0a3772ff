"""The ranking of a closed round to take away: Excel and CSV, with everything that tells what it is."""

from __future__ import annotations

import csv
import io
import uuid
from fractions import Fraction

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.workbooks import written
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure import writing
from tinhso.measure.periods import Period
from tinhso.measure.scorecards.definitions import Component, Scorecard
from tinhso.measure.spreadsheets import safe_cell
from tinhso.modules.plan.queries import PlanQueries
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.exports import Cell, write_sheet
from tinhso.modules.scorecards.models import Line, Round
from tinhso.modules.scorecards.policies import ROUND
from tinhso.modules.scorecards.round_results import Placed, Result, result_of
from tinhso.modules.scorecards.round_views import round_of

FORMS = {"xlsx": XLSX.content_type, "csv": "text/csv; charset=utf-8"}


@asks(ROUND, "view")
@limited(HEAVY)
def download(request: HttpRequest, round_id: uuid.UUID, form: str) -> HttpResponse:
    """The ranking with every verified and measured point; what is out of reach is left out."""
    made, queries, card = round_of(request, round_id)
    result = result_of(who_is(request), made)
    if result is None or form not in FORMS:
        raise Http404
    lang = "en" if get_language() == "en" else "vi"
    about = _about(queries, made, card, result, lang)
    leaves = _leaves(made, card)
    head = [*_head(), *(text for leaf in leaves for text in _leaf_head(leaf, lang))]
    lines = _lines(queries.units, made, leaves, result, lang)
    content = (_xlsx if form == "xlsx" else _csv)(about, head, lines)
    response = HttpResponse(content, content_type=FORMS[form])
    name = f"{made.card}-{made.period}-{made.group}-{str(made.pk)[:8]}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _about(
    queries: PlanQueries, made: Round, card: Scorecard, result: Result, lang: str
) -> list[tuple[str, str]]:
    group, period = card.group(made.group), Period.parse(made.period)
    assert group is not None
    assert made.ended_at is not None
    ended = timezone.localtime(made.ended_at)
    count = gettext("%(ranked)s có hạng; tệp gồm %(rows)s đơn vị trong phạm vi người tải")
    lines = [
        (gettext("Xếp hạng sau thẩm định"), f"{card.code} {card.name.to(lang)}"),
        (gettext("Đợt"), str(made.pk)),
        (gettext("Phiên bản bộ chỉ số"), made.version),
        (gettext("Kỳ số liệu"), f"{period.label.to(lang)} ({period.dates})"),
        (gettext("Nhóm"), group.name.to(lang)),
        (gettext("Mở đợt"), made.opened_by),
        (gettext("Đóng lúc"), f"{writing.day(ended.date(), lang)} {ended:%H:%M}"),
        (gettext("Bản chụp khi đóng"), str(made.snapshot)),
        (gettext("Tính lúc"), made.computed_at),
        (gettext("Đơn vị"), count % {"ranked": result.ranked, "rows": len(result.rows)}),
        (gettext("Chưa có số liệu"), words.UNKNOWNS[card.unknown].to(lang)),
    ]
    if card.example is not None:
        lines.append((gettext("Ví dụ"), card.example.to(lang)))
    if card.feeds is not None:
        lines.append((gettext("Dùng cho"), card.feeds.to(lang)))
    makers = [*queries.manifest.simulated, *([made.opened_by] if made.simulated else [])]
    if makers:
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), ", ".join(makers)))
    return lines


def _head() -> list[str]:
    return [
        gettext("Hạng"),
        gettext("Mã"),
        gettext("Đơn vị"),
        gettext("Tỷ lệ điểm"),
        gettext("Điểm thẩm định"),
        gettext("Điểm có thể đạt"),
        gettext("Chưa thẩm định"),
        gettext("Ghi chú"),
    ]


def _leaf_head(leaf: Component, lang: str) -> tuple[str, str]:
    name = f"{leaf.code} {leaf.name.to(lang)}"
    return f"{name}: {gettext('thẩm định')}", f"{name}: {gettext('đo từ bản ghi')}"


def _leaves(made: Round, card: Scorecard) -> list[Component]:
    known = set(made.lines.values_list("component", flat=True))
    return [leaf for leaf in card.leaves if leaf.code in known]


def _lines(
    units: UnitRegister, made: Round, leaves: list[Component], result: Result, lang: str
) -> list[list[Cell]]:
    day = Period.parse(made.period).last_day
    points = {(line.unit_id, line.component): line for line in made.lines.all()}
    found = []
    for row in result.rows:
        line: list[Cell] = [
            row.rank,
            units.nearest(row.unit, day).code,
            units.full_name(row.unit, day).to(lang),
            None if row.mark is None else float(row.mark),
            float(row.earned),
            float(row.reachable),
            float(row.open),
            _note(row, lang),
        ]
        for leaf in leaves:
            line += _points(points.get((row.unit, leaf.code)))
        found.append(line)
    return found


def _note(row: Placed, lang: str) -> str:
    return row.why.to(lang) or (gettext("đồng hạng") if row.tied > 1 else "")


def _points(line: Line | None) -> list[Cell]:
    """Verified and measured points; what is not known is empty, what does not apply says so."""
    if line is None:
        return [None, None]
    verified = None if line.verified is None else float(line.verified)
    if line.status == "not-applicable":
        return [verified, gettext("không áp dụng")]
    return [verified, float(Fraction(line.measured)) if line.measured else None]


def _xlsx(about: list[tuple[str, str]], head: list[str], lines: list[list[Cell]]) -> bytes:
    return written(lambda book: write_sheet(book, gettext("Xếp hạng"), about, head, lines))


def _csv(about: list[tuple[str, str]], head: list[str], lines: list[list[Cell]]) -> bytes:
    """UTF-8 with a mark, so that Excel reads Vietnamese; what it is stands above the table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for name, text in about:
        writer.writerow([safe_cell(name), safe_cell(text)])
    writer.writerow([])
    writer.writerow(map(safe_cell, head))
    for line in lines:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in line])
    return ("\ufeff" + out.getvalue()).encode()
