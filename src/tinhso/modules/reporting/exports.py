"""The overview to take away as Excel: who has reported what, who is late, counted from the rows below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from xlsxwriter.utility import xl_col_to_name

from tinhso.kernel.files.tables import Cell, Column, Form, Formula, Table, answer, tables
from tinhso.kernel.people.access import asks
from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.limits import HEAVY, limited
from tinhso.measure import writing
from tinhso.modules.reporting import queries
from tinhso.modules.reporting.checks import KINDS, Kind
from tinhso.modules.reporting.known import Cell as Figure
from tinhso.modules.reporting.known import Known, NoSuchReportError
from tinhso.modules.reporting.policies import FIGURE
from tinhso.modules.reporting.queries import Overview, OverviewRow
from tinhso.modules.reporting.standing import STEPS, WORDS, Standing
from tinhso.modules.reporting.views import chosen_period, found, language

#: Columns of the sheet of figures, from 0, that the sheet of units counts.
UNIT, STANDING, LATE, DOUBT = 0, 5, 12, 13


@asks(FIGURE, "view")
@limited(HEAVY)
@found
def download(request: HttpRequest) -> HttpResponse:
    """The period of the page's address, over the same units."""
    who = who_is(request)
    _, chosen = chosen_period(request)
    if not chosen:
        raise NoSuchReportError
    shown = queries.overview(who, *chosen.split("/"))
    return answer(workbook(shown), f"tinh-hinh-{chosen.replace('/', '-')}-{who.day}.xlsx")


def workbook(shown: Overview) -> bytes:
    figures = _figures(shown)
    title = gettext("Tình hình báo cáo số liệu")
    return tables(title, [_units(shown, figures), figures])


def _about(shown: Overview) -> list[tuple[str, str]]:
    known, lang = shown.known, language()
    lines = [
        (gettext("Kế hoạch"), str(known.pack.plan.document)),
        (
            gettext("Kỳ báo cáo"),
            f"{known.duty.name.to(lang)}, {known.period.label.to(lang)} ({known.period.dates})",
        ),
        (gettext("Tính đến ngày"), writing.day(known.day, lang)),
        (gettext("Bản chụp"), str(known.place.lake.snapshot(known.place.connection()))),
    ]
    lines += [(gettext("Mâu thuẫn"), one.to(lang)) for one in shown.sums]
    if queries.simulated():
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), gettext("có số liệu do phần mềm tạo ra.")))
    return lines


def _units(shown: Overview, figures: Table) -> Table:
    """How many figures of each unit stand where: counted by Excel in the other sheet."""
    about, lang = _about(shown), language()
    top = len(about) + 3
    units, standings = figures.range(UNIT), figures.range(STANDING)
    late, doubts = figures.range(LATE), figures.range(DOUBT)
    rows: list[list[Cell]] = []
    for row in shown.rows:
        line: list[Cell] = [_code(shown.known, row), row.unit.name.to(lang), _holder(shown, row)]
        for at, one in enumerate(Standing, start=len(line)):
            text = f"=COUNTIFS({units},$A{{row}},{standings},{xl_col_to_name(at)}${top})"
            line.append(Formula(text, sum(cell.standing is one for cell in row.cells)))
        line += [
            Formula(f"=COUNTIFS({units},$A{{row}})", len(row.cells)),
            Formula(
                f"=SUMPRODUCT(MAX(({units}=$A{{row}})*{late}))",
                max((cell.late for cell in row.cells), default=0),
            ),
            Formula(
                f"=SUMIFS({doubts},{units},$A{{row}})", sum(cell.two_sources for cell in row.cells)
            ),
        ]
        rows.append(line)
    columns = [
        Column(gettext("Mã"), 12),
        Column(gettext("Đơn vị"), 34),
        Column(gettext("Ai báo cáo thay"), 28),
        *(Column(WORDS[one].to(lang), 11, Form.TALLY, total=True) for one in Standing),
        Column(gettext("Số liệu phải báo cáo"), 11, Form.COUNT, total=True),
        Column(gettext("Trễ nhiều nhất (ngày)"), 11, Form.TALLY),
        Column(gettext("Mâu thuẫn"), 11, Form.TALLY, total=True),
    ]
    return Table(gettext("Theo đơn vị"), about, columns, rows)


def _code(known: Known, row: OverviewRow) -> str:
    return known.units.nearest(row.unit.uid, row.request.as_of).code


def _holder(shown: Overview, row: OverviewRow) -> str:
    """Who reports today for a unit that has ended."""
    request = row.request
    if not request.passed_on:
        return ""
    return shown.known.units.full_name(request.holder or request.keeper).to(language())


def _figures(shown: Overview) -> Table:
    lang = language()
    columns = [
        Column(gettext("Mã"), 12),
        Column(gettext("Đơn vị"), 30),
        Column(gettext("Mã chỉ số"), 12),
        Column(gettext("Chỉ số"), 40),
        Column(gettext("Trả lời"), 14),
        Column(gettext("Tình trạng"), 24),
        Column(gettext("Chờ ai duyệt"), 22),
        Column(gettext("Tử số"), 11, Form.COUNT),
        Column(gettext("Mẫu số"), 11, Form.COUNT),
        Column(gettext("Tỷ lệ"), 9, Form.SHARE),
        Column(gettext("Hạn"), 11, Form.DAY),
        Column(gettext("Gửi ngày"), 11, Form.DAY),
        Column(gettext("Trễ (ngày)"), 10, Form.TALLY),
        Column(gettext("Mâu thuẫn (1 là có)"), 11, Form.TALLY, total=True),
    ]
    rows = [
        [
            _code(shown.known, row),
            row.unit.name.to(lang),
            cell.indicator.code,
            cell.indicator.name.to(lang),
            *_figure(shown, cell),
        ]
        for row in shown.rows
        for cell in row.cells
    ]
    return Table(gettext("Từng số liệu"), _about(shown), columns, rows)


def _figure(shown: Overview, cell: Figure) -> list[Cell]:
    lang, parts, figure = language(), cell.parts, cell.figure
    said = figure.answer if figure is not None else None
    share = parts.share if parts is not None else None
    waits = ""
    if cell.step is not None:
        taker = shown.known.units.full_name(cell.step_unit).to(lang) if cell.step_unit else ""
        waits = ": ".join(part for part in (STEPS[cell.step].to(lang), taker) if part)
    return [
        KINDS[Kind(said.kind)].to(lang) if said is not None else "",
        WORDS[cell.standing].to(lang),
        waits,
        parts.numerator if parts is not None else None,
        parts.denominator if parts is not None else None,
        Formula(
            '=IF(OR(H{row}="",I{row}="",I{row}=0),"",H{row}/I{row})',
            "" if share is None else float(share),
        ),
        cell.request.due,
        figure.sent_on if figure is not None else None,
        cell.late,
        int(cell.two_sources),
    ]
