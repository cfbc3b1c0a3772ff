"""A scorecard as a workbook: the tree of a unit, the ranking of every group."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import get_language, gettext

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure import writing
from tinhso.measure.figures import Status
from tinhso.measure.scorecards.definitions import Scorecard
from tinhso.measure.scorecards.ranking import Ranking
from tinhso.measure.scorecards.scoring import Score
from tinhso.modules.plan.queries import Lens
from tinhso.modules.scorecards import words
from tinhso.modules.scorecards.queries import CardQueries, shown_day
from tinhso.modules.scorecards.tables import PeerTable

Cell = str | float | int | None


def workbook(cards: CardQueries, card: Scorecard, unit: str, lens: Lens) -> bytes:
    """Texts are written as texts, never as formulas; empty cells are what is not known."""
    lang = "en" if get_language() == "en" else "vi"
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    about = _about(cards, card, lens, lang)
    whole = cards.unit_score(card, unit, lens).score
    name = cards.queries.units.full_name(unit, shown_day(lens)).to(lang)
    write_sheet(
        book,
        gettext("Điểm"),
        [*about, (gettext("Đơn vị"), name)],
        _tree_head(),
        [*_tree(whole.parts, lang), _line(gettext("Tổng"), "", whole, lang)],
    )
    for group in card.groups:
        found = cards.ranking(card, group, lens)
        write_sheet(
            book,
            group.code[:31],
            [*about, (gettext("Nhóm"), group.name.to(lang))],
            _ranking_head(),
            _ranking(cards, found, lens, lang),
        )
    book.close()
    return out.getvalue()


def table_workbook(units: UnitRegister, found: PeerTable) -> bytes:
    """A national table as it was published, with what the card's weights give."""
    lang = "en" if get_language() == "en" else "vi"
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    card, day = found.card, found.period.last_day
    source = found.table.source if found.table else gettext("Kết quả lẻ nêu trong gói")
    about = [
        (gettext("Bộ chỉ số"), f"{card.code} {card.name.to(lang)}"),
        (gettext("Kỳ của bảng"), found.period.label.to(lang)),
        (gettext("Nguồn công bố"), source),
    ]
    head = [gettext("Hạng"), gettext("Mã"), gettext("Tỉnh, thành phố"), gettext("Điểm công bố")]
    lines: list[list[Cell]] = [
        [
            row.rank or row.by_score,
            units.nearest(row.unit, day).code,
            units.full_name(row.unit, day).to(lang),
            None if row.score is None else float(row.score),
            None if row.reckoned is None else float(row.reckoned),
            *(float(row.parts[name]) if name in row.parts else None for name in card.columns),
        ]
        for row in found.rows
    ]
    write_sheet(book, found.period.code, about, [*head, gettext("Tính lại"), *card.columns], lines)
    book.close()
    return out.getvalue()


def _about(cards: CardQueries, card: Scorecard, lens: Lens, lang: str) -> list[tuple[str, str]]:
    boundaries = (
        gettext("như tại thời điểm đó")
        if lens.view.day is None
        else writing.day(lens.view.day, lang)
    )
    manifest = cards.queries.manifest
    lines = [
        (gettext("Bộ chỉ số"), f"{card.code} {card.name.to(lang)}"),
        (gettext("Kỳ số liệu"), f"{lens.period.label.to(lang)} ({lens.period.dates})"),
        (gettext("Địa giới"), boundaries),
        (gettext("Bản chụp"), str(manifest.snapshot)),
        (gettext("Tính lúc"), manifest.computed_at),
        (gettext("Chưa có số liệu"), words.UNKNOWNS[card.unknown].to(lang)),
    ]
    if card.example is not None:
        lines.insert(1, (gettext("Ví dụ"), card.example.to(lang)))
    if manifest.simulated:
        lines.insert(0, (gettext("SỐ LIỆU MÔ PHỎNG"), ", ".join(manifest.simulated)))
    return lines


def _tree_head() -> list[str]:
    return [
        gettext("Mã"),
        gettext("Tiêu chí"),
        gettext("Điểm đạt"),
        gettext("Điểm có thể đạt"),
        gettext("Chưa biết"),
        gettext("Không áp dụng"),
        gettext("Tử số"),
        gettext("Mẫu số"),
        gettext("Ghi chú"),
    ]


def _tree(parts: tuple[Score, ...], lang: str, depth: int = 0) -> list[list[Cell]]:
    lines: list[list[Cell]] = []
    for part in parts:
        assert part.component is not None
        name = "   " * depth + part.component.name.to(lang)
        lines.append(_line(part.component.code, name, part, lang))
        lines += _tree(part.parts, lang, depth + 1)
    return lines


def _line(code: str, name: str, part: Score, lang: str) -> list[Cell]:
    reading = part.reading
    why = reading.why.to(lang) if reading is not None and reading.why is not None else ""
    notes = [why]
    if part.component is not None and part.component.assumed is not None:
        notes.append(part.component.assumed.to(lang))
    measured = part.status is Status.MEASURED
    return [
        code,
        name,
        float(part.earned) if measured else None,
        float(part.reachable),
        float(part.open),
        float(part.out),
        reading.numerator if reading is not None else None,
        reading.denominator if reading is not None else None,
        " ".join(note for note in notes if note),
    ]


def _ranking_head() -> list[str]:
    return [
        gettext("Hạng"),
        gettext("Mã"),
        gettext("Đơn vị"),
        gettext("Tỷ lệ điểm"),
        gettext("Điểm đạt"),
        gettext("Điểm có thể đạt"),
        gettext("Chưa biết"),
        gettext("Ghi chú"),
    ]


def _ranking(cards: CardQueries, found: Ranking, lens: Lens, lang: str) -> list[list[Cell]]:
    day, units = shown_day(lens), cards.queries.units
    lines: list[list[Cell]] = []
    for row in found.rows:
        tied = gettext("đồng hạng") if row.tied > 1 else ""
        known = row.score.status is Status.MEASURED
        lines.append(
            [
                row.rank,
                units.nearest(row.unit, day).code,
                units.full_name(row.unit, day).to(lang),
                None if row.mark is None else float(row.mark),
                float(row.score.earned) if known else None,
                float(row.score.reachable),
                float(row.score.open),
                words.not_ranked(row).to(lang) or tied,
            ]
        )
    return lines


def write_sheet(
    book: xlsxwriter.Workbook,
    name: str,
    about: list[tuple[str, str]],
    head: list[str],
    lines: list[list[Cell]],
) -> None:
    sheet = book.add_worksheet(name)
    bold, bottom = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    share = book.add_format({"num_format": "0.00%"})
    number = book.add_format({"num_format": "0.0###"})
    count = book.add_format({"num_format": "#,##0"})
    for row, (label, text) in enumerate(about):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, text)
    top = len(about) + 1
    for column, heading in enumerate(head):
        sheet.write_string(top, column, heading, bottom)
    for row, line in enumerate(lines, start=top + 1):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                form = count if isinstance(cell, int) else number
                if head[column] == gettext("Tỷ lệ điểm"):
                    form = share
                sheet.write_number(row, column, cell, form)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 2, 42)
    sheet.set_column(3, len(head) - 2, 14)
    sheet.set_column(len(head) - 1, len(head) - 1, 60)
    sheet.freeze_panes(top + 1, 0)
