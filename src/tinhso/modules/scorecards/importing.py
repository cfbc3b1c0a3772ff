"""Reading a national table from a file: every wrong cell is named, nothing is guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import python_calamine

from tinhso.kernel.files.kinds import XLSX
from tinhso.kernel.files.models import StoredFile
from tinhso.kernel.files.storage import path_of
from tinhso.kernel.units.register import UnitRegister
from tinhso.measure.boundaries import Level
from tinhso.measure.periods import Period, PeriodKind
from tinhso.measure.scorecards.definitions import Component, Scorecard
from tinhso.measure.text import InputError, Place, Problem, Text, fold, message, nearest
from tinhso.measure.writing import rounded
from tinhso.modules.scorecards.tables import PeerRow, peer_row

MOST_ROWS = 200

PERIOD_WRONG = message(
    "table-period",
    vi="“{period}” không phải năm hoặc tháng. Ghi dạng 2022 hoặc 2024-05.",
    en="“{period}” is no year or month. Write 2022 or 2024-05.",
)
NO_TABLE = message(
    "table-empty",
    vi="Tệp không có dòng nào. Dòng đầu là tên cột, mỗi dòng sau là một tỉnh.",
    en="The file has no rows. The first row names the columns; each row after it is a province.",
)
NOT_UTF8 = message(
    "table-not-utf8",
    vi="Tệp CSV không phải UTF-8. Lưu lại từ Excel ở dạng “CSV UTF-8”, hoặc gửi tệp .xlsx.",
    en="The CSV file is not UTF-8. Save it from Excel as “CSV UTF-8”, or send the .xlsx file.",
)
UNREADABLE = message(
    "table-unreadable",
    vi="Không đọc được bảng tính. Mở trong Excel, lưu lại dạng .xlsx rồi gửi lại.",
    en="The workbook cannot be read. Open it in Excel, save it as .xlsx again and send that.",
)
TOO_MANY = message(
    "table-too-many-rows",
    vi="Tệp có hơn {most} dòng; một bảng quốc gia không dài như vậy. Kiểm tra lại tệp.",
    en="The file has more than {most} rows; no national table is so long. Look at the file again.",
)
NO_COLUMN = message(
    "table-column-missing",
    vi="Thiếu cột “{name}”. Các cột cần có: {wanted}.",
    en="The column “{name}” is missing. The columns needed: {wanted}.",
)
UNKNOWN_COLUMN = message(
    "table-column-unknown",
    vi="Không biết cột “{name}”{hint}. Các cột có thể dùng: {wanted}.",
    en="The column “{name}” is not known{hint}. The columns to use: {wanted}.",
)
COLUMN_TWICE = message(
    "table-column-twice",
    vi="Cột “{name}” có hai lần. Bỏ một cột.",
    en="The column “{name}” is there twice. Remove one.",
)
NO_PROVINCE = message(
    "table-province-unknown",
    vi="Dòng {row}: không có tỉnh “{name}” vào ngày {day}{hint}.",
    en="Row {row}: there was no province “{name}” on {day}{hint}.",
)
PROVINCE_TWICE = message(
    "table-province-twice",
    vi="Dòng {row}: tỉnh “{name}” đã có ở dòng {first}.",
    en="Row {row}: the province “{name}” is in row {first} already.",
)
NOT_A_NUMBER = message(
    "table-number",
    vi="Dòng {row}, cột “{column}”: “{value}” không phải một số.",
    en="Row {row}, column “{column}”: “{value}” is no number.",
)
OUT_OF_RANGE = message(
    "table-range",
    vi="Dòng {row}, cột “{column}”: {value} nằm ngoài 0 đến {most}.",
    en="Row {row}, column “{column}”: {value} is outside 0 to {most}.",
)
NOTHING_TOLD = message(
    "table-row-empty",
    vi="Dòng {row}: không có thứ hạng, điểm hay chỉ số nào. Bỏ dòng này hoặc điền số.",
    en="Row {row}: neither rank nor score nor any index. Remove the row, or fill it in.",
)

#: Things that are odd but published so; they are shown and do not stop an import.
OTHER_SUM = message(
    "table-other-sum",
    vi="Dòng {row}: điểm công bố {score}, tính lại từ các cột được {reckoned}.",
    en="Row {row}: the published score is {score}; by the columns it is {reckoned}.",
)
OTHER_RANK = message(
    "table-other-rank",
    vi="Dòng {row}: hạng công bố {rank}, theo điểm công bố là hạng {by_score}.",
    en="Row {row}: the published rank is {rank}; by the published scores it is {by_score}.",
)
NOT_WHOLE = message(
    "table-not-whole",
    vi="Bảng có {rows} tỉnh, cả nước có {expected}. Chưa đủ bảng thì không tính được khoảng cách tới hạng 10.",
    en="The table has {rows} provinces, the country {expected}. Without the whole table the distance to the tenth place cannot be told.",
)

PROVINCE, RANK, SCORE = "tinh", "hang", "diem"
_NUMBER = re.compile(r"\d{1,9}([.,]\d{1,9})?")


@dataclass(frozen=True)
class Preview:
    """What a file holds: its rows in order, and what is odd about it. Nothing is kept yet."""

    period: Period
    rows: tuple[PeerRow, ...]
    odd: tuple[Problem, ...]


def wanted_columns(card: Scorecard) -> tuple[str, ...]:
    return (PROVINCE, RANK, SCORE, *card.columns)


def table_period(written: str) -> Period:
    """Raises InputError (`table-period`)."""
    try:
        period = Period.parse(written)
    except InputError:
        period = None
    if period is None or period.reporting or period.kind not in (PeriodKind.YEAR, PeriodKind.MONTH):
        raise InputError([PERIOD_WRONG(Place("period"), period=written)])
    return period


def read_table(stored: StoredFile, card: Scorecard, period: Period, units: UnitRegister) -> Preview:
    """The table in a stored file. Raises InputError with every wrong cell; then nothing is taken."""
    return parse_table(_cells(stored), card, period, units)


def _cells(stored: StoredFile) -> list[list[str]]:
    content = path_of(stored.digest).read_bytes()
    if stored.kind == XLSX.code:
        return _of_workbook(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([NOT_UTF8(Place("file"))]) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return [
        [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
    ]


def _of_workbook(content: bytes) -> list[list[str]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, IndexError) as error:
        raise InputError([UNREADABLE(Place("file"))]) from error
    return [[_written(cell) for cell in row] for row in rows]


def _written(cell: object) -> str:
    """A cell as it reads: whole numbers without a point, others to the digits that Excel keeps."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.9g}"
    return str(cell).strip()


def parse_table(
    cells: list[list[str]], card: Scorecard, period: Period, units: UnitRegister
) -> Preview:
    """See `read_table`. `cells`: the rows of the file, the names of columns first."""
    place = Place("file")
    rows = [(number, row) for number, row in enumerate(cells, start=1) if any(row)]
    if len(rows) < 2:
        raise InputError([NO_TABLE(place)])
    if len(rows) - 1 > MOST_ROWS:
        raise InputError([TOO_MANY(place, most=MOST_ROWS)])
    columns = _columns(rows[0][1], card)
    reader = _Reader(card, period, units, columns)
    found = [one for number, row in rows[1:] if (one := reader.row(number, row)) is not None]
    if reader.problems:
        raise InputError(reader.problems)
    return Preview(period, tuple(one for _, one in found), tuple(_odd(period, units, found)))


def _columns(head: list[str], card: Scorecard) -> dict[str, int]:
    place, known = Place("file"), wanted_columns(card)
    listed, problems, columns = ", ".join(known), [], {}
    by_fold = {fold(name).replace("-", " "): name for name in known}
    by_fold |= {fold(leaf.name.vi): leaf.column for leaf in card.tabled.leaves if leaf.column}
    for index, written in enumerate(head):
        name = by_fold.get(fold(written).replace("-", " "))
        if name is None:
            if written:
                near = nearest(written, known)
                hint = Text(f" (có phải “{near}”?)", f" (did you mean “{near}”?)")
                problems.append(
                    UNKNOWN_COLUMN(
                        place, name=written, hint=hint if near else Text("", ""), wanted=listed
                    )
                )
        elif name in columns:
            problems.append(COLUMN_TWICE(place, name=name))
        else:
            columns[name] = index
    if PROVINCE not in columns:
        problems.append(NO_COLUMN(place, name=PROVINCE, wanted=listed))
    elif len(columns) == 1:
        problems.append(NO_COLUMN(place, name=RANK, wanted=listed))
    if problems:
        raise InputError(problems)
    return columns


class _Reader:
    def __init__(
        self, card: Scorecard, period: Period, units: UnitRegister, columns: dict[str, int]
    ) -> None:
        self.card, self.period, self.columns = card, period, columns
        day = period.last_day
        self.day = day
        self.provinces = {
            _province(units.nearest(uid, day).name): uid for uid in units.on(day, Level.PROVINCE)
        }
        self.codes = {units.nearest(uid, day).code: uid for uid in self.provinces.values()}
        self.names = [units.nearest(uid, day).name for uid in self.provinces.values()]
        self.leaves = [leaf for leaf in card.tabled.leaves if leaf.column]
        self.first: dict[str, int] = {}
        self.problems: list[Problem] = []

    def row(self, number: int, row: list[str]) -> tuple[int, PeerRow] | None:
        before = len(self.problems)
        name = self._cell(row, PROVINCE)
        unit = self.provinces.get(_province(name)) or self.codes.get(name)
        place = Place("file")
        if unit is None:
            near = nearest(name, self.names)
            hint = Text(f" (có phải “{near}”?)", f" (did you mean “{near}”?)")
            self.problems.append(
                NO_PROVINCE(
                    place,
                    row=number,
                    name=name,
                    day=self.day.isoformat(),
                    hint=hint if near else Text("", ""),
                )
            )
        elif unit in self.first:
            self.problems.append(
                PROVINCE_TWICE(place, row=number, name=name, first=self.first[unit])
            )
        else:
            self.first[unit] = number
        rank = self._number(number, row, RANK, 100, whole=True)
        score = self._number(number, row, SCORE, int(self.card.total) or 1)
        parts = {
            leaf.column: value
            for leaf in self.leaves
            if (value := self._number(number, row, leaf.column, self._most(leaf))) is not None
        }
        if len(self.problems) > before or unit is None:
            return None
        if rank is None and score is None and not parts:
            self.problems.append(NOTHING_TOLD(place, row=number))
            return None
        return number, peer_row(self.card, unit, None if rank is None else int(rank), score, parts)

    def _most(self, leaf: Component) -> Fraction:
        """An index is at most 1, a group of points at most what it counts."""
        return Fraction(1) if self.card.of_tables else leaf.points

    def _cell(self, row: list[str], column: str) -> str:
        index = self.columns.get(column)
        return row[index] if index is not None and index < len(row) else ""

    def _number(
        self, number: int, row: list[str], column: str, most: Fraction | int, *, whole: bool = False
    ) -> Fraction | None:
        """The exact number in a cell, decimal comma or point; None for an empty cell."""
        written = self._cell(row, column)
        if not written or written in ("-", "–"):
            return None
        place = Place("file")
        if not _NUMBER.fullmatch(written) or (whole and not written.isdecimal()):
            self.problems.append(NOT_A_NUMBER(place, row=number, column=column, value=written[:40]))
            return None
        value = Fraction(written.replace(",", "."))
        if value > most or (whole and value < 1):
            self.problems.append(
                OUT_OF_RANGE(place, row=number, column=column, value=written, most=most)
            )
            return None
        return value


def _province(name: str) -> str:
    """A province's name for comparing: “TP. Hồ Chí Minh”, “Tỉnh Bình Phước” and so on."""
    folded = fold(name).replace("-", " ")
    return re.sub(r"^(tinh|thanh pho|tp\.?) ?", "", folded).strip()


def _odd(
    period: Period, units: UnitRegister, found: list[tuple[int, PeerRow]]
) -> Iterator[Problem]:
    place = Place("file")
    scores = [row.score for _, row in found if row.score is not None]
    for number, row in found:
        if row.score is not None and row.reckoned is not None:
            places = len(str(float(row.score)).partition(".")[2])
            reckoned = rounded(row.reckoned, places)
            if Fraction(reckoned) != row.score:
                yield OTHER_SUM(
                    place, row=number, score=rounded(row.score, places), reckoned=reckoned
                )
        if row.rank is not None and row.score is not None and len(scores) == len(found):
            by_score = 1 + sum(one > row.score for one in scores)
            if by_score != row.rank:
                yield OTHER_RANK(place, row=number, rank=row.rank, by_score=by_score)
    expected = len(units.on(period.last_day, Level.PROVINCE))
    if len(found) != expected:
        yield NOT_WHOLE(place, rows=len(found), expected=expected)
