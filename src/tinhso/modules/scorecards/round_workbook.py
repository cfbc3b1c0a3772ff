"""A step of a round in Excel: out with what is known, in again cell by cell, looked at before it is kept.

A row is a unit's leaf. Hidden columns say whose it is, signed, and what stood in its open cells, so
that a row nobody touched changes nothing, and what somebody else wrote meanwhile is not undone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import xlsxwriter

from tinhso.kernel.files.workbooks import (
    UnreadableError,
    cells_of,
    is_marked,
    mark_of,
    written,
)
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.figures import Status
from tinhso.measure.periods import Period
from tinhso.measure.scorecards.definitions import Component, Scorecard
from tinhso.measure.scorecards.scoring import Score
from tinhso.measure.text import InputError, Language, Place, Problem, Text
from tinhso.modules.scorecards import round_messages as messages
from tinhso.modules.scorecards.models import Line, Round
from tinhso.modules.scorecards.points import bounds
from tinhso.modules.scorecards.round_checks import weigh_claim, weigh_finding
from tinhso.modules.scorecards.round_queries import ASSESS

META, SHEET = "tinhso", "Điểm"
VERSION, TOP = "1", 4
#: More rows than any round of a province has.
MOST_ROWS = 20_000
_SALT = "round"
_LETTERS = "ABCDEFGHIJKLM"
_HEAD = (
    (Text("mã", "code"), 10),
    (Text("dấu", "mark"), 10),
    (Text("điểm đã có", "points before"), 10),
    (Text("lời đã có", "words before"), 10),
    (Text("Đơn vị", "Unit"), 30),
    (Text("Mã tiêu chí", "Code"), 16),
    (Text("Tiêu chí", "Component"), 42),
    (Text("Điểm tối đa", "At most"), 10),
    (Text("Đo từ bản ghi", "From records"), 12),
    (Text("ĐIỂM TỰ CHẤM", "CLAIMED"), 12),
    (Text("Căn cứ (văn bản, đường dẫn)", "Evidence (document, link)"), 40),
    (Text("ĐIỂM THẨM ĐỊNH", "VERIFIED"), 12),
    (Text("Nhận xét (bắt buộc khi khác điểm tự chấm)", "Finding (needed where points differ)"), 40),
)
_HELP = Text(
    "Chỉ điền các ô màu vàng. Ô điểm để trống là chưa có điểm, không phải 0. Không thêm, xóa, đổi chỗ dòng hay cột.",
    "Fill in the yellow cells only. Empty points are no points, not 0. Do not add, delete or move rows or columns.",
)
_NOT_APPLICABLE = Text("không áp dụng", "not applicable")


@dataclass(frozen=True)
class Change:
    """A line that the workbook changes: what stands there, what would. `cell` is that of the points."""

    cell: str
    unit: str
    leaf: Component
    was: Decimal | None
    now: Decimal | None
    was_text: str
    text: str


@dataclass(frozen=True)
class Filled:
    """A workbook, looked at: what it would change and what is wrong with it. Nothing is kept."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """Equal exactly for equal changes: what was looked at is what is saved."""
        named = [
            f"{one.unit}|{one.leaf.code}|{one.was}|{one.now}|{one.was_text}|{one.text}"
            for one in self.changes
        ]
        return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]


def _open_columns(step: str) -> tuple[int, int]:
    """The columns of points and of words that a step fills in."""
    return (9, 10) if step == ASSESS else (11, 12)


def _standing(line: Line, step: str) -> tuple[Decimal | None, str]:
    """What stands in a line's open cells."""
    return (line.claimed, line.evidence) if step == ASSESS else (line.verified, line.finding)


def write(
    made: Round,
    card: Scorecard,
    step: str,
    lines: Sequence[Line],
    measured: Mapping[str, Mapping[str, Score]],
    units: UnitRegister,
    language: Language,
) -> bytes:
    """The workbook of some lines of a round, by unit and in the order of the card."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet, meta = book.add_worksheet(SHEET), book.add_worksheet(META)
        meta.hide()
        for at, name in enumerate(("tinhso", VERSION, str(made.pk), step)):
            meta.write_string(0, at, name)
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        fixed = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"num_format": "General", "valign": "top"})
        yellow = {"locked": False, "bg_color": "#FFF8DC", "border": 1, "border_color": "#B9B5A8"}
        text = book.add_format(yellow | {"num_format": "@", "text_wrap": True, "valign": "top"})
        count = book.add_format(yellow | {"num_format": "General", "valign": "top"})
        period, group = Period.parse(made.period), card.group(made.group)
        assert group is not None
        title = f"{card.name.to(language)}, {period.label.to(language)}, {group.name.to(language)}"
        sheet.write_string(0, 4, title, bold)
        sheet.write_string(1, 4, _HELP.to(language))
        last = 10 if step == ASSESS else 12
        for column, (heading, width) in enumerate(_HEAD[: last + 1]):
            sheet.set_column(column, column, width, None, {"hidden": column < 4})
            sheet.write_string(TOP, column, heading.to(language), head)
        open_ones = _open_columns(step)
        day = period.last_day
        for row, line in enumerate(lines, start=TOP + 1):
            leaf = card.component(line.component)
            assert leaf is not None
            found = measured.get(line.unit_id, {}).get(leaf.code)
            points, words = _standing(line, step)
            cells: list[str | float | None] = [
                line.unit_id,
                mark_of(_SALT, str(made.pk), step, line.unit_id, leaf.code),
                _plain(points),
                words,
                units.full_name(line.unit_id, day).to(language),
                leaf.code,
                leaf.name.to(language),
                float(bounds(leaf)[1]),
                _measured(found, language),
                *(None if line.claimed is None else float(line.claimed), line.evidence),
                *(None if line.verified is None else float(line.verified), line.finding),
            ]
            for column, cell in enumerate(cells[: last + 1]):
                is_open = column in open_ones
                counted = column == open_ones[0]
                if cell is None or cell == "":
                    form = (count if counted else text) if is_open else fixed
                    sheet.write_blank(row, column, None, form)
                elif isinstance(cell, str):
                    sheet.write_string(row, column, cell, text if is_open else fixed)
                else:
                    sheet.write_number(row, column, cell, count if is_open else number)
        end = TOP + max(len(lines), 1)
        sheet.autofilter(TOP, 4, end, last)
        sheet.freeze_panes(TOP + 1, 7)
        allowed = ("select_locked_cells", "format_columns", "format_rows", "autofilter", "sort")
        sheet.protect("", dict.fromkeys(allowed, True))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(TOP)

    return written(fill)


def _measured(found: Score | None, language: Language) -> str | float | None:
    if found is None or found.status is Status.UNKNOWN:
        return None
    if found.status is Status.NOT_APPLICABLE:
        return _NOT_APPLICABLE.to(language)
    return float(round(found.earned, 3))


def read(
    path: Path,
    made: Round,
    card: Scorecard,
    step: str,
    reach: Sequence[str],
    units: UnitRegister,
    account: str,
) -> Filled:
    """Look at a workbook that came back. `reach`: the units that its sender can fill in.

    Raises InputError for a file that is none of this round and step.
    """
    try:
        (meta, *_) = cells_of(path, META, 1, 8)
        rows = cells_of(path, SHEET, MOST_ROWS, 40)
    except (UnreadableError, ValueError) as error:
        raise InputError([messages.SHEET_NOT_OURS(Place("tep"))]) from error
    if meta[:2] != ["tinhso", VERSION]:
        raise InputError([messages.SHEET_NOT_OURS(Place("tep"))])
    if meta[2:4] != [str(made.pk), step]:
        raise InputError([messages.SHEET_ANOTHER(Place("tep"))])
    reader = _Reader(made, card, step, frozenset(reach), units, account)
    for number, cells in enumerate(rows[TOP + 1 :], start=TOP + 2):
        reader.row(number, cells + [""] * (len(_HEAD) - len(cells)))
    return Filled(tuple(reader.changes), tuple(reader.problems))


class _Reader:
    def __init__(
        self,
        made: Round,
        card: Scorecard,
        step: str,
        reach: frozenset[str],
        units: UnitRegister,
        account: str,
    ) -> None:
        self.made, self.card, self.step, self.reach = made, card, step, reach
        self.units, self.account = units, account
        rows = made.lines.filter(unit__in=sorted(reach)).select_related("file")
        self.lines = {(line.unit_id, line.component): line for line in rows}
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self.seen: dict[tuple[str, str], int] = {}

    def row(self, number: int, cells: list[str]) -> None:
        points_at, words_at = _open_columns(self.step)
        points, words = cells[points_at], cells[words_at]
        unit, mark, code = cells[0], cells[1], cells[5]
        if not any((unit, code, points, words)) or (
            _same(points, cells[2]) and words == cells[3].strip()
        ):
            return
        points_cell = f"{_LETTERS[points_at]}{number}"
        if not is_marked(mark, _SALT, str(self.made.pk), self.step, unit, code):
            self._wrong(messages.ROW_CHANGED(Place("tep"), cell=f"A{number}"))
            return
        if unit not in self.reach:
            name = self.units.full_name(unit)
            self._wrong(messages.ROW_OUT_OF_REACH(Place("tep"), cell=f"E{number}", unit=name))
            return
        line, leaf = self.lines.get((unit, code)), self.card.component(code)
        if line is None or leaf is None:
            self._wrong(messages.ROW_CHANGED(Place("tep"), cell=f"F{number}"))
            return
        if (unit, code) in self.seen:
            first = self.seen[unit, code]
            self._wrong(messages.ROW_TWICE(Place("tep"), cell=f"F{number}", row=first))
            return
        self.seen[unit, code] = number
        was, was_words = _standing(line, self.step)
        changed, found = self._weigh(line, leaf, points, words)
        if changed and (not _same(cells[2], _plain(was)) or cells[3].strip() != was_words):
            stood = f"{_plain(was) or '–'} {was_words}".strip()
            self._wrong(messages.ROW_STALE(Place("tep"), cell=points_cell, now=f"“{stood}”"))
            return
        for one in found:
            at = points_at if one.place.file.startswith("diem-") else words_at
            cell = f"{_LETTERS[at]}{number}"
            said = Text(one.to("vi"), one.to("en"))
            self._wrong(messages.CELL_WRONG(Place("tep"), cell=cell, said=said))
        if changed and not found:
            now, text = _standing(line, self.step)
            self.changes.append(Change(points_cell, unit, leaf, was, now, was_words, text))

    def _weigh(
        self, line: Line, leaf: Component, points: str, words: str
    ) -> tuple[bool, list[Problem]]:
        found: list[Problem] = []
        if self.step == ASSESS:
            said = {"points": points, "evidence": words}
            changed = weigh_claim(line, leaf, self.account, found, **said, file=None)
        else:
            changed = weigh_finding(line, leaf, self.account, found, points=points, text=words)
        return changed or bool(found), found

    def _wrong(self, problem: Problem) -> None:
        self.problems.append(problem)


def _plain(points: Decimal | None) -> str:
    return "" if points is None else f"{points.normalize():f}"


def _same(one: str, other: str) -> bool:
    """Whether two cells hold the same points; what is no number is compared as it stands."""
    try:
        return Decimal(one.replace(",", ".")) == Decimal(other.replace(",", "."))
    except InvalidOperation:
        return one.strip() == other.strip()
